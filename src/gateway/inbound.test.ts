import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTenant, fuelEvent, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";

let stage: Stage;
let carrier: Tenant;
beforeAll(async () => {
  stage = await startStage();
  carrier = await createTenant(stage.database);
});
afterAll(() => stage.close());

async function send(path: string, body: string | Uint8Array | ReadableStream, headers: Record<string, string> = {}) {
  const init = {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${carrier.keys.machine}`, "content-type": "application/json", ...headers },
    duplex: "half" as const,
  };
  const response = await fetch(stage.url + path, init as RequestInit);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, never> & { receipts: { status: string; findings: unknown[] }[] },
  };
}

describe("POST /v1/events", () => {
  test("takes one event, tells it again as a duplicate, and refuses other content of the same revision", async () => {
    const event = fuelEvent();
    expect(await send("/v1/events", JSON.stringify(event))).toMatchObject({
      status: 202,
      body: { receipts: [{ type: "fuel_transaction", id: event.id, revision: 1, status: "accepted", findings: [] }] },
    });
    expect(await send("/v1/events", JSON.stringify(event))).toMatchObject({ status: 202, body: { receipts: [{ status: "duplicate" }] } });
    const other = JSON.stringify({ ...event, number: "0044822" });
    expect(await send("/v1/events", other)).toMatchObject({
      status: 422,
      body: { code: "events_rejected", receipts: [{ status: "conflict" }] },
    });
  });

  test("an array answers one receipt an event in its order, and takes what is good", async () => {
    const { status, body } = await send("/v1/events", JSON.stringify([fuelEvent(), fuelEvent({ netTotal: "1.00" }), fuelEvent()]));
    expect(status).toBe(202);
    expect(body.receipts.map((receipt) => receipt.status)).toEqual(["accepted", "rejected", "accepted"]);
  });

  test.each([
    ["application/x-ndjson", () => `${JSON.stringify(fuelEvent())}\n${JSON.stringify(fuelEvent())}\n`, 2],
    [
      "application/cloudevents+json",
      () => JSON.stringify({ specversion: "1.0", id: "a", source: "/tms", type: "fuel", data: fuelEvent() }),
      1,
    ],
    [
      "application/cloudevents-batch+json",
      () => JSON.stringify([{ specversion: "1.0", id: "a", source: "/tms", type: "fuel", data: fuelEvent() }]),
      1,
    ],
    ["application/json; charset=utf-8", () => JSON.stringify(fuelEvent()), 1],
  ])("takes %s", async (contentType, body, count) => {
    const answer = await send("/v1/events", body(), { "content-type": contentType });
    expect(answer.status).toBe(202);
    expect(answer.body.receipts.map((receipt) => receipt.status)).toEqual(new Array(count).fill("accepted"));
  });

  test("a message that cannot be read is a problem that says why", async () => {
    expect(await send("/v1/events", "{not json")).toMatchObject({ status: 400, body: { code: "body_malformed" } });
    expect(await send("/v1/events", "[]")).toMatchObject({ status: 422, body: { code: "events_rejected" } });
    expect(await send("/v1/events", "x", { "content-type": "text/plain" })).toMatchObject({
      status: 415,
      body: { code: "format_unknown" },
    });
    expect(await send("/v1/events", "<a", { "content-type": "text/xml" })).toMatchObject({
      status: expect.toSatisfy((status: number) => status >= 400 && status < 500),
    });
  });

  test("a key without a source must name one that exists", async () => {
    const asAdmin = { authorization: `Bearer ${carrier.keys.admin}` };
    expect(await send("/v1/events", JSON.stringify(fuelEvent()), asAdmin)).toMatchObject({
      status: 400,
      body: { code: "request_invalid" },
    });
    expect(await send("/v1/events?source=tms", JSON.stringify(fuelEvent()), asAdmin)).toMatchObject({ status: 202 });
    expect(await send("/v1/events?source=nobody", JSON.stringify(fuelEvent()), asAdmin)).toMatchObject({ status: 404 });
    expect(await send("/v1/events?sorce=tms", JSON.stringify(fuelEvent()), asAdmin)).toMatchObject({
      status: 400,
      body: { code: "request_invalid", errors: [{ pointer: "/sorce", detail: expect.stringContaining('Did you mean "source"?') }] },
    });
  });

  test("a declared length over the limit is refused before it is read", async () => {
    const { status, body } = await send("/v1/events", new Uint8Array(33 * 1024 * 1024));
    expect(status).toBe(413);
    expect(body).toMatchObject({
      code: "body_too_large",
      detail: expect.stringContaining("32 MiB"),
      fix: expect.stringContaining("/v1/files"),
    });
  });

  test("a gigabyte that streams in is answered 413, and memory stays where it was", async () => {
    const chunk = Buffer.from(`${JSON.stringify(fuelEvent({ memo: "x".repeat(60_000) })).slice(0, -1)}`.padEnd(65_536, " "));
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (sent >= 1024 ** 3) return controller.close();
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    const answer = await send("/v1/events", body, { "content-type": "application/x-ndjson" });
    clearInterval(watch);
    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({ code: "body_too_large" });
    expect((peak - before) / 1024 ** 2).toBeLessThan(64);
  });
});

describe("POST /v1/files/{format}", () => {
  const lines = (count: number) => Array.from({ length: count }, () => JSON.stringify(fuelEvent())).join("\n");

  test("streams a file, counts it, and knows it again by its content", async () => {
    const file = `${lines(450)}\n{"type":"fuel_transaction"}\n`;
    const first = await send("/v1/files/auto?name=month.ndjson", file, { "content-type": "application/octet-stream" });
    expect(first).toMatchObject({
      status: 202,
      body: { format: "ndjson", known: false, counts: { accepted: 450, duplicate: 0, conflict: 0, rejected: 1 } },
    });
    expect(first.body.problems).toMatchObject([{ place: "line 451", status: "rejected" }]);
    const again = await send("/v1/files/ndjson?name=again.ndjson", file, { "content-type": "application/octet-stream" });
    expect(again).toMatchObject({ status: 200, body: { known: true, counts: { accepted: 0, duplicate: 450 } } });
  });

  test("an unknown format is named with the known ones", async () => {
    const answer = await send("/v1/files/fuel-card", "x", { "content-type": "text/csv" });
    expect(answer).toMatchObject({ status: 415, body: { code: "format_unknown", detail: expect.stringContaining("fuel-card-csv") } });
  });
});
