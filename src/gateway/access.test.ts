import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTenant, fuelEvent, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";
import { seedEvent, unmapped } from "../../tests/setup/seeded.ts";
import { createApiKey, listApiKeys, revokeApiKey, type Role } from "../store/access.ts";
import { inOrganization } from "../store/database.ts";

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

describe("API keys", () => {
  test("a request without a key, with a wrong one or another scheme is refused, and says what to send", async () => {
    const wrong = carrier.keys.admin.replace(/.{4}$/, "AAAA");
    for (const init of [{}, bearer("nonsense"), bearer(wrong), { headers: { authorization: "Basic eDp5" } }]) {
      const answer = await ask("/v1/events", init);
      expect(answer).toMatchObject({ status: 401, body: { code: "unauthorized", status: 401, fix: expect.stringContaining("Bearer") } });
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
    }
  });

  test("a revoked key is refused from then on", async () => {
    const { keyId, token } = await inOrganization(stage.database, carrier.organizationId, (tx) =>
      createApiKey(tx, { name: "short", role: "auditor", sourceId: null }),
    );
    expect((await ask("/v1/events", bearer(token))).status).toBe(200);
    expect(await inOrganization(stage.database, carrier.organizationId, (tx) => revokeApiKey(tx, keyId))).toBe(true);
    expect((await ask("/v1/events", bearer(token))).status).toBe(401);
    const keys = await inOrganization(stage.database, carrier.organizationId, listApiKeys);
    expect(keys.find((key) => key.keyId === keyId)?.revokedAt).toBeInstanceOf(Date);
  });

  test("a key that claims another organization is refused", async () => {
    const other = await createTenant(stage.database);
    const secret = carrier.keys.admin.split("_").slice(2).join("_");
    expect((await ask("/v1/events", bearer(`ll_${other.organizationId.replaceAll("-", "")}_${secret}`))).status).toBe(401);
  });

  test("a key of any shape works where it is known", async () => {
    const token = `my-own-demo-key-${randomUUID()}`;
    await inOrganization(stage.database, carrier.organizationId, (tx) =>
      createApiKey(tx, { name: "demo", role: "admin", sourceId: null, token }),
    );
    const knownKeys = new Map([[createHash("sha256").update(token).digest("hex"), carrier.organizationId]]);
    const { url } = await stage.open({ knownKeys });
    expect((await ask("/v1/events", bearer(token), url)).status).toBe(200);
    expect((await ask("/v1/events", bearer(token))).status).toBe(401);
  });

  test("the secret is nowhere in the database", async () => {
    const rows = await inOrganization(stage.database, carrier.organizationId, (tx) =>
      tx.rows({ name: "test_keys", text: "select k::text as row from api_keys k" }),
    );
    expect(JSON.stringify(rows)).not.toContain(carrier.keys.admin.slice(-43));
  });

  const may: [Role, number, number, number][] = [
    ["auditor", 403, 403, 403],
    ["machine", 202, 403, 403],
    ["clerk", 202, 200, 403],
    ["controller", 202, 200, 404],
    ["admin", 202, 200, 404],
  ];
  test.each(may)("role %s: send %i, retry %i, change rules %i", async (role, send, retry, publish) => {
    const key = carrier.keys[role];
    expect((await ask("/v1/events", bearer(key))).status).toBe(200);
    expect((await ask("/v1/events?source=tms", json(key, fuelEvent()))).status).toBe(send);
    expect((await ask("/v1/review/retry", json(key, { cause: "none" }))).status).toBe(retry);
    expect((await ask("/v1/rule-sets/none/accounts", json(key, { account: "1" }))).status).toBe(publish);
  });

  test("one key's flood is answered 429 with the time to wait, and another key goes on", async () => {
    const { url } = await stage.open({ requestsPerSecond: 5 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask("/v1/books", bearer(carrier.keys.clerk), url)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(8);
    expect(refused[0]).toMatchObject({ body: { code: "rate_limited" } });
    expect(Number(refused[0]!.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await ask("/v1/books", bearer(carrier.keys.admin), url)).status).toBe(200);
  });
});

describe("signing in", () => {
  const signIn = (email: string, password: string, headers: Record<string, string> = {}, url = stage.url) =>
    ask("/login", { method: "POST", headers, body: new URLSearchParams({ email, password }) }, url);
  const cookieOf = (answer: { headers: Headers }) => answer.headers.get("set-cookie")!.split(";")[0]!;

  test("the right password gives a cookie that scripts cannot read, and signing out ends it", async () => {
    const answer = await signIn(carrier.email.toUpperCase(), carrier.password);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("set-cookie")).toMatch(/HttpOnly; SameSite=Lax; Path=\/; Max-Age=43200$/);
    const cookie = cookieOf(answer);
    expect((await ask("/v1/status", { headers: { cookie } })).status).toBe(200);
    expect((await ask("/", { headers: { cookie } })).text).toContain("Where every event stands");
    const out = await ask("/logout", { method: "POST", headers: { cookie, origin: stage.url } });
    expect(out.headers.get("location")).toBe("/login");
    expect((await ask("/v1/status", { headers: { cookie } })).status).toBe(401);
  });

  test("the cookie is only for https where the server is reached by https", async () => {
    const { url } = await stage.open({ publicUrl: "https://books.example.com" });
    const answer = await signIn(carrier.email, carrier.password, {}, url);
    expect(answer.headers.get("set-cookie")).toContain("; Secure");
    expect(answer.headers.get("strict-transport-security")).toContain("max-age");
  });

  test("a wrong password and an unknown address look alike, and guessing is slowed", async () => {
    const { url } = await stage.open({});
    const wrong = await signIn(carrier.email, "wrong", {}, url);
    const unknown = await signIn("nobody@example.com", "wrong", {}, url);
    expect(wrong.status).toBe(401);
    expect(unknown.status).toBe(401);
    expect(wrong.text.replace(carrier.email, "")).toBe(unknown.text.replace("nobody@example.com", ""));
    for (let guess = 0; guess < 5; guess++) await signIn(carrier.email, `guess ${guess}`, {}, url);
    const late = await signIn(carrier.email, carrier.password, {}, url);
    expect(late.status).toBe(429);
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("a page of another site can change nothing with the cookie, and neither can one that hides its origin", async () => {
    const cookie = cookieOf(await signIn(carrier.email, carrier.password));
    const retry = (headers: Record<string, string>) =>
      ask("/v1/review/retry", {
        method: "POST",
        headers: { cookie, "content-type": "application/json", ...headers },
        body: '{"cause":"none"}',
      });
    expect(await retry({ origin: "https://evil.example" })).toMatchObject({ status: 403, body: { code: "cross_site" } });
    expect(await retry({ origin: stage.url, "sec-fetch-site": "same-site" })).toMatchObject({ status: 403 });
    expect(await retry({})).toMatchObject({ status: 403 });
    expect(await retry({ origin: stage.url })).toMatchObject({ status: 200 });
    expect(await signIn(carrier.email, carrier.password, { origin: "https://evil.example" })).toMatchObject({ status: 403 });
  });

  test("a page without a sign-in leads to the sign-in page", async () => {
    const answer = await ask("/");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/login");
  });

  test("what was typed comes back as text, never as markup", async () => {
    const answer = await signIn('"><script>alert(1)</script>', "x");
    expect(answer.text).not.toContain("<script>alert");
  });
});

describe("Idempotency-Key", () => {
  const retry = (key: string, body: unknown, idempotencyKey: string) =>
    ask("/v1/review/retry", json(key, body, { "idempotency-key": idempotencyKey }));

  test("the same request gets the first answer again and does nothing twice; another body is refused", async () => {
    const { eventId } = await seedEvent(stage, carrier, { state: "review", findings: [unmapped("DEF")] });
    const key = randomUUID();
    const first = await retry(carrier.keys.clerk, { eventIds: [eventId] }, key);
    expect(first).toMatchObject({ status: 200, body: { retried: 1 } });
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    const again = await retry(carrier.keys.clerk, { eventIds: [eventId] }, key);
    expect(again).toMatchObject({ status: 200, body: { retried: 1 } });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await retry(carrier.keys.clerk, { cause: "other" }, key)).toMatchObject({ status: 422, body: { code: "idempotency_mismatch" } });
    expect(await retry(carrier.keys.admin, { cause: "other" }, key)).toMatchObject({ status: 200, body: { retried: 0 } });
  });

  test("many at once: the work is done once, and the others hear so", async () => {
    const { eventId } = await seedEvent(stage, carrier, { state: "review", findings: [unmapped("DEF")] });
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => retry(carrier.keys.clerk, { eventIds: [eventId] }, key)));
    const done = answers.filter(({ status }) => status === 200);
    expect(done.filter(({ headers }) => headers.get("idempotency-replayed") === null)).toHaveLength(1);
    expect(done.every(({ body }) => body.retried === 1)).toBe(true);
    expect(
      answers.filter(({ status }) => status !== 200).every(({ status, body }) => status === 409 && body.code === "idempotency_busy"),
    ).toBe(true);
  });

  test("a refusal that is final is kept as well, a bad key is refused", async () => {
    const key = randomUUID();
    const put = (idempotencyKey: string) =>
      ask("/v1/rule-sets/broken", {
        ...json(carrier.keys.admin, { name: "broken", documents: "none" }, { "idempotency-key": idempotencyKey }),
        method: "PUT",
      });
    const first = await put(key);
    expect(first).toMatchObject({ status: 422, body: { code: "rule_set_invalid", errors: [{ pointer: expect.stringContaining("/") }] } });
    const again = await put(key);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.body).toMatchObject({ code: "rule_set_invalid", errors: first.body.errors });
    expect(await put("has blanks in it")).toMatchObject({ status: 400, body: { code: "request_invalid" } });
  });
});
