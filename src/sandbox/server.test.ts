import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "./json.ts";
import { faultIn, journal, openBench, rowsOf, type TestBench } from "./raw-client.ts";
import { truckingChart } from "./trucking-chart.ts";

const chartSize = truckingChart.trim().split("\n").length;

let bench: TestBench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const qbo = { system: "quickbooks-online" };
const entry = (amount = 10) =>
  journal([
    [bench.account("5210"), amount],
    [bench.account("2050"), -amount],
  ]);

describe("companies", () => {
  test("the trucking company tracks account numbers, classes and locations, and has no parties yet", async () => {
    const accounts = rowsOf((await bench.query("select * from Account maxresults 1000")).json, "Account");
    expect(accounts).toHaveLength(chartSize);
    expect(accounts.find((account) => account["AcctNum"] === "5215")).toMatchObject({
      Name: "Diesel - Bulk Tanks",
      AccountType: "Cost of Goods Sold",
    });
    const names = async (entity: string) => rowsOf((await bench.query(`select * from ${entity}`)).json, entity).map((row) => row["Name"]);
    expect(await names("Class")).toEqual(["OTR-VAN", "REEFER", "DEDICATED", "OO-FLEET", "BROKERAGE"]);
    expect(await names("Department")).toEqual(["DAL", "CHI", "ATL"]);
    expect(await names("Term")).toEqual(["Due on receipt", "Net 7", "Net 15", "Net 21", "Net 30", "Net 45", "Net 60"]);
    expect(await names("Vendor")).toEqual([]);
    const income = accounts.filter((account) => account["AccountType"] === "Income").map((account) => account["Name"]);
    expect(await names("Item")).toEqual(income);
  });

  test("are listed with all that a client needs to sign in", async () => {
    const [company] = listOf((await bench.control("GET", "companies")).json["companies"]).map(objectOf);
    expect(company).toMatchObject({ ...qbo, id: bench.realm, credentials: { realmId: bench.realm } });
    expect(Object.keys(objectOf(company?.["credentials"])).sort()).toEqual([
      "clientId",
      "clientSecret",
      "realmId",
      "redirectUris",
      "tokens",
    ]);
  });

  test("are made with an id, a close date, more accounts and switches", async () => {
    const options = {
      closedThrough: "2026-06-30",
      accounts: [{ Name: "Toll Reserve", AccountType: "Expense", AcctNum: "5699" }],
      switches: { negativeLines: true },
    };
    const { status, json } = await bench.control("POST", "companies", { ...qbo, id: "777", template: "trucking", options });
    expect([status, json["id"]]).toEqual([200, "777"]);
    const { accessToken } = (await bench.control("POST", "tokens", { ...qbo, id: "777" })).json;
    const headers = { authorization: `Bearer ${String(accessToken)}` };
    const preferences = await bench.raw({ method: "GET", path: "/v3/company/777/preferences", headers });
    expect(objectOf(preferences.json["Preferences"])["AccountingInfoPrefs"]).toMatchObject({ BookCloseDate: "2026-06-30" });
    const path = `/v3/company/777/query?query=${encodeURIComponent("select count(*) from Account")}`;
    expect((await bench.raw({ method: "GET", path, headers })).json["QueryResponse"]).toEqual({ totalCount: chartSize + 1 });
  });

  const wrong: [string, JsonObject, number][] = [
    ["an unknown system", { system: "ledger-book" }, 400],
    ["an unknown template", { ...qbo, template: "bakery" }, 400],
    ["a close date that is none", { ...qbo, options: { closedThrough: "soon" } }, 400],
    ["an unknown switch", { ...qbo, options: { switches: { loud: true } } }, 400],
    ["an account that is refused", { ...qbo, options: { accounts: [{ Name: "x", AccountType: "Nope" }] } }, 400],
  ];
  test.each(wrong)("are not made with %s", async (_case, body, status) => {
    expect((await bench.control("POST", "companies", body)).status).toBe(status);
    expect(listOf((await bench.control("GET", "companies")).json["companies"])).toHaveLength(1);
  });

  test("are not made twice, and the empty one has no numbers", async () => {
    expect((await bench.control("POST", "companies", { ...qbo, id: bench.realm })).status).toBe(409);
    expect((await bench.control("POST", "companies", { ...qbo, template: "empty" })).status).toBe(200);
  });
});

describe("the ledger", () => {
  test("tells every write, totals and balances, and pages", async () => {
    await bench.post("journalentry?requestid=one", entry(10));
    await bench.make("Vendor", { DisplayName: "Acme" });
    await bench.post("journalentry?requestid=two", entry(2.5));
    const ledger = await bench.ledger();
    expect(
      listOf(ledger["entries"])
        .map(objectOf)
        .map(({ entity, key }) => [entity, key]),
    ).toEqual([
      ["JournalEntry", "one"],
      ["Vendor", null],
      ["JournalEntry", "two"],
    ]);
    expect(ledger["totals"]).toEqual({ debit: "12.50", credit: "12.50" });
    expect(listOf(ledger["balances"])).toEqual(
      [
        {
          id: bench.account("2050"),
          number: "2050",
          name: "Fuel Card Clearing (Accrued Fuel)",
          debit: "0.00",
          credit: "12.50",
          balance: "-12.50",
        },
        { id: bench.account("5210"), number: "5210", name: "Diesel - Tractor (Card)", debit: "12.50", credit: "0.00", balance: "12.50" },
      ].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    const first = objectOf(listOf(ledger["entries"])[0])["sequence"];
    const rest = await bench.control("GET", `ledger?system=quickbooks-online&id=${bench.realm}&after=${String(first)}&limit=1`);
    expect(listOf(rest.json["entries"])).toMatchObject([{ entity: "Vendor" }]);
  });

  test("is of a known company", async () => {
    expect((await bench.control("GET", "ledger?system=quickbooks-online&id=1")).status).toBe(404);
    expect((await bench.control("GET", "ledger?id=1")).status).toBe(400);
  });
});

test("reset brings back the template, drops faults and limits, and leaves connections and other companies alone", async () => {
  const other = String((await bench.control("POST", "companies", qbo)).json["id"]);
  await bench.make("JournalEntry", entry());
  await bench.make("Class", { Name: "Flatbed" });
  await bench.control("POST", "preferences", {
    ...qbo,
    id: bench.realm,
    preferences: { AccountingInfoPrefs: { BookCloseDate: "2026-12-31" } },
  });
  expect((await bench.control("POST", "reset", { ...qbo, id: other })).status).toBe(200);
  expect(listOf((await bench.ledger())["entries"])).toHaveLength(2);
  await bench.control("PUT", "faults", { seed: 1, rules: [{ match: {}, kind: "throttle" }] });
  expect((await bench.control("POST", "reset", {})).status).toBe(200);
  expect(await bench.ledger()).toEqual({ entries: [], totals: { debit: "0.00", credit: "0.00" }, balances: [] });
  expect(rowsOf((await bench.query("select * from Class")).json, "Class")).toHaveLength(5);
  expect(await bench.make("JournalEntry", entry())).toMatchObject({ Id: "1" });
});

test("requests are told with time, path, status, key and fault", async () => {
  await bench.control("PUT", "faults", { seed: 1, rules: [{ match: { entity: "journalentry" }, kind: "commit_then_cut", count: 1 }] });
  await bench.post("journalentry?requestid=told", entry());
  const log = listOf((await bench.control("GET", `requests?system=quickbooks-online&id=${bench.realm}`)).json["requests"]).map(objectOf);
  expect(log.at(-1)).toMatchObject({
    method: "POST",
    path: `/quickbooks-online/v3/company/${bench.realm}/journalentry`,
    status: null,
    throttled: false,
    fault: "commit_then_cut",
    key: "told",
  });
  expect(Date.parse(String(log.at(-1)?.["time"]))).not.toBeNaN();
});

describe("the clock", () => {
  test("can be set, moved and frozen", async () => {
    const { json } = await bench.control("PUT", "clock", { now: "2027-01-15T20:00:00Z", frozen: true });
    expect(json["now"]).toBe("2027-01-15T20:00:00.000Z");
    await bench.control("PUT", "clock", { advanceMs: 3_600_000 });
    expect((await bench.control("GET", "clock")).json["now"]).toBe("2027-01-15T21:00:00.000Z");
    const { accessToken } = (await bench.control("POST", "tokens", { ...qbo, id: bench.realm })).json;
    const headers = { authorization: `Bearer ${String(accessToken)}` };
    const answer = await bench.raw({ method: "GET", path: `/v3/company/${bench.realm}/preferences`, headers });
    expect(answer.json["time"]).toBe("2027-01-15T13:00:00.000-08:00");
    await bench.control("PUT", "clock", { now: "2027-07-15T20:00:00Z" });
    const summer = (await bench.control("POST", "tokens", { ...qbo, id: bench.realm })).json;
    const later = await bench.raw({
      method: "GET",
      path: `/v3/company/${bench.realm}/preferences`,
      headers: { authorization: `Bearer ${String(summer["accessToken"])}` },
    });
    expect(later.json["time"]).toBe("2027-07-15T13:00:00.000-07:00");
    expect((await bench.control("PUT", "clock", { now: "soon" })).status).toBe(400);
  });
});

describe("the door", () => {
  test("the control API does not answer pages from elsewhere", async () => {
    const ask = (origin: string) => bench.raw({ method: "GET", path: "/_control/companies", headers: { origin } });
    expect((await ask("https://evil.example")).status).toBe(403);
    expect((await ask("http://localhost:4400")).status).toBe(200);
  });

  test("unknown routes and bodies that are no objects", async () => {
    expect((await bench.control("GET", "nothing")).status).toBe(404);
    expect((await bench.raw({ method: "PUT", path: "/_control/clock", body: "[]" })).status).toBe(400);
    expect((await bench.raw({ method: "GET", path: "/nowhere" })).status).toBe(404);
  });

  test("unknown switches and preferences of unknown companies", async () => {
    expect((await bench.control("PUT", "switches", { ...qbo, id: bench.realm, switches: { batchOrder: "random" } })).status).toBe(400);
    expect((await bench.control("POST", "preferences", { ...qbo, id: "1", preferences: {} })).status).toBe(404);
  });

  test("a body that is no UTF-8 is unreadable to the service", async () => {
    const { request } = await import("node:http");
    const body = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { authorization: `Bearer ${bench.accessToken}`, accept: "application/json", "content-type": "application/json" };
      const outgoing = request(`${bench.sandbox.url}/v3/company/${bench.realm}/bill`, { method: "POST", headers }, (message) => {
        let got = "";
        message.on("data", (chunk: Buffer) => (got += chunk.toString()));
        message.on("end", () => resolve(got));
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
    expect(faultIn({ json: objectOf(JSON.parse(text)) })).toMatchObject({
      code: "500",
      detail: expect.stringContaining("MalformedByteSequence"),
    });
  });
});
