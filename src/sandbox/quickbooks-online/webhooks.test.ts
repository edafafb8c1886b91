import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { listOf, objectOf, parseJson, type Json, type JsonObject } from "../json.ts";
import { expenseLine, openBench, type TestBench } from "../raw-client.ts";
import { payloadOf, signatureOf } from "./webhook-payload.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Json | undefined;
}

let bench: TestBench;
let server: Server;
let url: string;
let received: Received[];
let status: number;

beforeEach(async () => {
  received = [];
  status = 200;
  server = createServer((message, response) => {
    let text = "";
    message.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    message.on("end", () => {
      received.push({ headers: message.headers, text, json: parseJson(text) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  bench = await openBench();
});
afterEach(async () => {
  await bench.close();
  server.closeAllConnections();
  server.close();
});

const hook = (more: JsonObject = {}) =>
  bench.control("PUT", "webhooks", { system: "quickbooks-online", id: bench.realm, url, verifierToken: "verify-me", ...more });
const queue = async () => listOf((await bench.control("GET", "webhooks")).json["events"]).map(objectOf);
const vendor = (name: string) => bench.make("Vendor", { DisplayName: name });
const until = (condition: () => boolean | Promise<boolean>) => vi.waitUntil(async () => await condition(), { timeout: 5000, interval: 10 });

test("the signature is that of the published examples", () => {
  expect(signatureOf("verify_me", '{"stuff":"5"}')).toBe("nfPLN16u3vMvv08ghDs+dOkLuirEVDy5wAeG/lmM2OA=");
});

test("a write is told as a CloudEvent, signed over the bytes that are sent", async () => {
  await hook();
  const made = await vendor("Acme Carriers");
  await until(() => received.length === 1);
  const [delivery] = received;
  expect(listOf(delivery?.json)).toMatchObject([
    {
      ...{ specversion: "1.0", type: "qbo.vendor.created.v1", datacontenttype: "application/json", data: {} },
      ...{ intuitentityid: String(made["Id"]), intuitaccountid: bench.realm },
    },
  ]);
  expect(delivery?.headers["intuit-signature"]).toBe(
    createHmac("sha256", "verify-me")
      .update(delivery?.text ?? "")
      .digest("base64"),
  );
  for (const name of ["intuit-created-time", "intuit-t-id", "intuit-notification-schema-version"])
    expect(delivery?.headers).toHaveProperty(name);
});

test("in the classic form, several events of one realm are told at once", async () => {
  await hook({ form: "classic", delayMs: 60_000 });
  const made = await vendor("Acme Carriers");
  const bill = await bench.make("Bill", { VendorRef: { value: String(made["Id"]) }, Line: [expenseLine(bench.account("5130"), 5)] });
  const payment = await bench.make("BillPayment", {
    ...{
      VendorRef: { value: String(made["Id"]) },
      PayType: "Check",
      TotalAmt: 5,
      CheckPayment: { BankAccountRef: { value: bench.account("1010") } },
    },
    Line: [{ Amount: 5, LinkedTxn: [{ TxnId: String(bill["Id"]), TxnType: "Bill" }] }],
  });
  await bench.post("billpayment?operation=update&include=void", { Id: String(payment["Id"]), SyncToken: "0" });
  expect(received).toEqual([]);
  expect((await queue()).map((event) => [event["entity"], event["operation"], event["state"]])).toEqual([
    ["Vendor", "Create", "waiting"],
    ["Bill", "Create", "waiting"],
    ["Bill", "Update", "waiting"],
    ["BillPayment", "Create", "waiting"],
    ["Bill", "Update", "waiting"],
    ["BillPayment", "Void", "waiting"],
  ]);
  await bench.control("PUT", "clock", { advanceMs: 60_001 });
  await until(() => received.length === 1);
  const [notification] = listOf(objectOf(received[0]?.json)["eventNotifications"]).map(objectOf);
  expect(notification?.["realmId"]).toBe(bench.realm);
  const entities = listOf(objectOf(notification?.["dataChangeEvent"])["entities"]).map(objectOf);
  expect(entities).toHaveLength(6);
  expect(entities.at(-1)).toMatchObject({ name: "BillPayment", id: String(payment["Id"]), operation: "Void" });
  await until(async () => (await queue()).every((event) => event["state"] === "delivered"));
});

test("what is not acknowledged is told again after 10, 20 and 30 seconds, and holds back what comes later", async () => {
  await hook();
  await bench.control("PUT", "clock", { frozen: true });
  status = 503;
  await vendor("First");
  await until(async () => (await queue())[0]?.["attempts"] === 1);
  await vendor("Second");
  const waits = [10, 20, 30];
  for (const [index, seconds] of waits.entries()) {
    await bench.control("PUT", "clock", { advanceMs: seconds * 1000 - 1 });
    expect((await queue())[0]).toMatchObject({ attempts: index + 1, outcome: "503", state: "waiting" });
    await bench.control("PUT", "clock", { advanceMs: 1 });
    await until(async () => (await queue())[0]?.["attempts"] === index + 2);
  }
  expect(received).toHaveLength(4);
  status = 200;
  await bench.control("PUT", "clock", { advanceMs: 300_000 });
  await until(async () => (await queue()).every((event) => event["state"] === "delivered"));
  const ids = received.map((delivery) => listOf(delivery.json).map((event) => objectOf(event)["id"]));
  expect(new Set(ids.slice(0, 4).map(([first]) => first)).size).toBe(1);
});

test("an endpoint for all takes every realm without its own; a merge names the one that is gone", async () => {
  const other = (await bench.control("POST", "companies", { system: "quickbooks-online", template: "empty" })).json;
  await bench.control("PUT", "webhooks", { system: "quickbooks-online", url, verifierToken: "v", delayMs: 1000 });
  const [gone, kept] = [await vendor("Acme Carriers LLC"), await vendor("Acme Carriers")];
  const bill = await bench.make("Bill", { VendorRef: { value: String(gone["Id"]) }, Line: [expenseLine(bench.account("5130"), 50)] });
  const payment = await bench.make("BillPayment", {
    ...{
      VendorRef: { value: String(gone["Id"]) },
      PayType: "Check",
      TotalAmt: 20,
      CheckPayment: { BankAccountRef: { value: bench.account("1010") } },
    },
    Line: [{ Amount: 20, LinkedTxn: [{ TxnId: String(bill["Id"]), TxnType: "Bill" }] }],
  });
  await bench.control("POST", "preferences", { system: "quickbooks-online", id: String(other["id"]), preferences: {} });
  const order = { system: "quickbooks-online", id: bench.realm, entity: "Vendor", from: String(gone["Id"]), into: String(kept["Id"]) };
  expect((await bench.control("POST", "merge", order)).status).toBe(200);
  await bench.control("PUT", "clock", { advanceMs: 2000 });
  await until(() => received.length === 1);
  const events = listOf(received[0]?.json).map(objectOf);
  expect(new Set(events.map((event) => event["intuitaccountid"]))).toEqual(new Set([bench.realm, String(other["id"])]));
  expect(events.find((event) => event["type"] === "qbo.vendor.merged.v1")).toMatchObject({
    intuitentityid: String(kept["Id"]),
    data: { deletedid: String(gone["Id"]) },
  });
  expect((await bench.get(`vendor/${String(gone["Id"])}`)).status).toBe(400);
  const moved = objectOf((await bench.get(`bill/${String(bill["Id"])}`)).json["Bill"]);
  expect(moved).toMatchObject({
    VendorRef: { value: String(kept["Id"]), name: "Acme Carriers" },
    Balance: 30,
    LinkedTxn: [{ TxnId: String(payment["Id"]) }],
  });
  expect(objectOf((await bench.get(`vendor/${String(kept["Id"])}`)).json["Vendor"])["Balance"]).toBe(30);
});

describe("a wrong order", () => {
  test.each([
    [{ url: "ftp://elsewhere", verifierToken: "v" }],
    [{ url: "http://127.0.0.1:1/" }],
    [{ url: "http://127.0.0.1:1/", verifierToken: "v", form: "carrier pigeon" }],
    [{ url: "http://127.0.0.1:1/", verifierToken: "v", delayMs: -1 }],
  ])("%j is refused", async (order) => {
    expect((await bench.control("PUT", "webhooks", { system: "quickbooks-online", ...order })).status).toBe(400);
  });
});

test("a merge in the classic form has a deletedId", () => {
  const notification = {
    sequence: 1,
    realm: "9",
    uuid: "u",
    entity: "Vendor",
    id: "41",
    operation: "Merge",
    other: "52",
    atMs: 0,
    dueMs: 0,
  };
  const text = payloadOf("classic", [{ ...notification, attempts: 0, state: "waiting", outcome: null }]);
  expect(text).toContain('"operation":"Merge","lastUpdated":"1970-01-01T00:00:00.000Z","deletedId":"52"');
});
