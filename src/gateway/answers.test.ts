import { once } from "node:events";
import { request as rawRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTenant, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";

let stage: Stage;
let carrier: Tenant;
beforeAll(async () => {
  stage = await startStage();
  carrier = await createTenant(stage.database);
});
afterAll(() => stage.close());

async function ask(path: string, init: RequestInit = {}, url = stage.url) {
  const response = await fetch(url + path, { redirect: "manual", ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text.startsWith("{") ? JSON.parse(text) : null };
}
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
const json = (key: string, body: unknown, more: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...more },
  body: JSON.stringify(body),
});

describe("every answer", () => {
  test("carries headers that keep browsers from mischief, and opens to no other site", async () => {
    for (const path of ["/login", "/v1/events", "/docs", "/nothing"]) {
      const { headers } = await ask(path, { headers: { origin: "https://evil.example" } });
      expect(headers.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
      expect(headers.get("content-security-policy")).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toContain("no-store");
      expect(headers.get("access-control-allow-origin")).toBeNull();
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test("an unknown route and a wrong method say what is there", async () => {
    expect(await ask("/v1/event")).toMatchObject({
      status: 404,
      body: { code: "route_unknown", detail: expect.stringContaining('"/v1/events"') },
    });
    const wrong = await ask("/v1/review/retry", { method: "DELETE" });
    expect(wrong).toMatchObject({ status: 405, body: { code: "method_not_allowed" } });
    expect(wrong.headers.get("allow")).toBe("POST");
  });

  test("a body that does not fit says where, and a body of another type is refused", async () => {
    const key = carrier.keys.clerk;
    expect(await ask("/v1/review/retry", json(key, { cause: "x", eventIds: ["no-uuid"], extra: 1 }))).toMatchObject({
      status: 400,
      body: {
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: "/eventIds/0" }),
          expect.objectContaining({ pointer: "/extra" }),
        ]),
      },
    });
    expect(await ask("/v1/review/retry", { ...json(key, {}), body: "{" })).toMatchObject({ status: 400, body: { code: "body_malformed" } });
    expect(await ask("/v1/review/retry", json(key, {}, { "content-type": "text/plain" }))).toMatchObject({ status: 415 });
    expect(await ask("/v1/review/retry", json(key, {}))).toMatchObject({ status: 400 });
  });

  test("a failure nobody foresaw is a 500 that tells its id and nothing else", async () => {
    const broken = new Proxy(stage.database, {
      get: (target, name) => (name === "pool" ? { connect: () => Promise.reject(new Error("secret detail")) } : Reflect.get(target, name)),
    });
    const { url } = await stage.open({ database: broken });
    const answer = await ask("/v1/events", bearer(carrier.keys.admin), url);
    expect(answer).toMatchObject({ status: 500, body: { code: "internal", requestId: answer.headers.get("x-request-id") } });
    expect(answer.text).not.toContain("secret");
  });

  test("a database that is away is a 503 that may be tried again, and readiness says so", async () => {
    const away = new Proxy(stage.database, {
      get: (target, name) =>
        name === "pool"
          ? { connect: () => Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })) }
          : Reflect.get(target, name),
    });
    const { url } = await stage.open({ database: away });
    const answer = await ask("/v1/events", bearer(carrier.keys.admin), url);
    expect(answer).toMatchObject({ status: 503, body: { code: "database_unavailable" } });
    expect(answer.headers.get("retry-after")).not.toBeNull();
    expect((await ask("/readyz", {}, url)).status).toBe(503);
    expect((await ask("/healthz", {}, url)).status).toBe(200);
    expect((await ask("/readyz")).status).toBe(200);
  });
});

test("a client that asks before sending is refused before it uploads", async () => {
  const answer = await new Promise<{ status: number; continued: boolean }>((resolve, reject) => {
    let continued = false;
    const headers = {
      authorization: `Bearer ${carrier.keys.auditor}`,
      "content-type": "application/json",
      "content-length": "1000000",
      expect: "100-continue",
    };
    const request = rawRequest(`${stage.url}/v1/events`, { method: "POST", headers });
    request.on("continue", () => {
      continued = true;
    });
    request.on("response", (response) => {
      resolve({ status: response.statusCode!, continued });
      request.destroy();
    });
    request.on("error", reject);
    request.flushHeaders();
  });
  expect(answer).toEqual({ status: 403, continued: false });
});

test("a client that sends all of 1 GiB before it listens still gets its 413", async () => {
  const { hostname, port } = new URL(stage.url);
  const socket = connect(Number(port), hostname).pause();
  const head = [
    "POST /v1/events HTTP/1.1",
    "Host: x",
    `Authorization: Bearer ${carrier.keys.machine}`,
    "Content-Type: application/x-ndjson",
    "Transfer-Encoding: chunked",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000, " "), Buffer.from("\r\n")]);
  for (let sent = 0; sent < 1024; sent++) if (!socket.write(chunk)) await once(socket, "drain");
  socket.write("0\r\n\r\n");
  const [answer] = (await once(socket.resume(), "data")) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
});

test("the contract is OpenAPI 3.1 with every route, and the docs are made from it", async () => {
  const { body } = await ask("/openapi.json");
  expect(body.openapi).toBe("3.1.0");
  const operations = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.sort()).toEqual(
    [
      "GET /healthz",
      "GET /readyz",
      "GET /v1/approvals",
      "GET /v1/approvals/delegations",
      "GET /v1/approvals/policy",
      "GET /v1/budgets",
      "GET /v1/budgets/{id}/lines",
      "GET /v1/periods",
      "GET /v1/periods/{period}/late",
      "POST /v1/approvals/decide",
      "POST /v1/approvals/delegations",
      "POST /v1/approvals/delegations/{id}/end",
      "POST /v1/approvals/{id}/approve",
      "POST /v1/approvals/{id}/reject",
      "POST /v1/budgets",
      "POST /v1/budgets/refresh",
      "POST /v1/budgets/{id}/delete",
      "POST /v1/periods/{period}/exceptions",
      "PUT /v1/approvals/policy",
      "PUT /v1/budgets/{id}",
      "PUT /v1/periods/{period}",
      "GET /v1/checks",
      "GET /v1/review/history",
      "GET /v1/review/jobs",
      "GET /v1/review/jobs/{id}",
      "POST /v1/checks/own/{name}/remove",
      "PUT /v1/checks",
      "PUT /v1/checks/own/{name}",
      "POST /v1/dry-run",
      "POST /v1/dry-run/{format}",
      "POST /v1/review/add-row",
      "POST /v1/review/alias",
      "POST /v1/review/assign",
      "POST /v1/review/comment",
      "POST /v1/review/create-party",
      "POST /v1/review/edit",
      "POST /v1/review/exclude",
      "POST /v1/review/jobs",
      "POST /v1/review/jobs/{id}/cancel",
      "POST /v1/review/link",
      "POST /v1/review/plan",
      "POST /v1/review/snooze",
      "POST /v1/review/undo",
      "GET /v1/audit",
      "GET /v1/books",
      "GET /v1/documents/{id}",
      "GET /v1/events",
      "GET /v1/events/{type}/{id}",
      "GET /v1/postings",
      "GET /v1/review",
      "GET /v1/rule-sets",
      "GET /v1/rule-sets/backtests/{id}",
      "GET /v1/rule-sets/drafts",
      "GET /v1/rule-sets/policy",
      "GET /v1/rule-sets/schema",
      "GET /v1/rule-sets/{name}",
      "GET /v1/rule-sets/{name}/coverage",
      "GET /v1/rule-sets/{name}/draft",
      "GET /v1/rule-sets/{name}/suggestions",
      "GET /v1/rule-sets/{name}/versions",
      "GET /v1/status",
      "POST /v1/books/{id}/disconnect",
      "POST /v1/books/{id}/pause",
      "POST /v1/books/{id}/reconnect",
      "POST /v1/books/{id}/resume",
      "POST /v1/connect/{provider}",
      "POST /v1/events",
      "POST /v1/files/{format}",
      "POST /v1/hooks/quickbooks-online",
      "POST /v1/review/retry",
      "POST /v1/rule-sets/backtests/{id}/cancel",
      "POST /v1/rule-sets/{name}/accounts",
      "POST /v1/rule-sets/{name}/backtests",
      "POST /v1/rule-sets/{name}/check",
      "POST /v1/rule-sets/{name}/diff",
      "POST /v1/rule-sets/{name}/draft/approve",
      "POST /v1/rule-sets/{name}/draft/discard",
      "POST /v1/rule-sets/{name}/draft/publish",
      "POST /v1/rule-sets/{name}/explain",
      "POST /v1/rule-sets/{name}/remap",
      "POST /v1/rule-sets/{name}/rollback",
      "POST /v1/rule-sets/{name}/suggestions/accept",
      "POST /v1/rule-sets/{name}/use",
      "PUT /v1/connect/{provider}/notifications",
      "PUT /v1/rule-sets/policy",
      "PUT /v1/rule-sets/{name}",
      "PUT /v1/rule-sets/{name}/draft",
    ].sort(),
  );
  const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
  expect(references.length).toBeGreaterThan(20);
  for (const name of references) expect(body.components.schemas).toHaveProperty(name);
  const docs = await ask("/docs");
  expect(docs.text).toContain("Put what was mended back to work");
  expect(docs.text).not.toMatch(/<script|https?:\/\//);
});
