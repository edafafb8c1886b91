import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { createdId, items, openAccount, refusal, type TestAccount } from "./test-account.ts";

let account: TestAccount;
let vendor: string;
let customer: string;
let item: string;
const strict = { "x-netsuite-propertynamevalidation": "Error" };

beforeAll(async () => {
  account = await openAccount();
  vendor = await account.make("vendor", { companyName: "Acme Carriers", subsidiary: { id: "1" }, externalId: "TMS-VEND-1" });
  customer = await account.make("customer", { companyName: "Shipper One", subsidiary: { id: "1" } });
  item = String((await account.rows("SELECT id FROM item WHERE itemtype = 'Service' ORDER BY id FETCH FIRST 1 ROWS ONLY"))[0]?.["id"]);
});
afterAll(() => account.close());

const journal = (more: JsonObject = {}): JsonObject => ({
  subsidiary: { id: "1" },
  tranDate: "2026-11-05",
  memo: "Fuel accrual",
  line: {
    items: [
      { account: { id: account.account("5210") }, debit: 250.0, memo: "Load 88", department: { id: "4" }, cseg_lane: { id: "9" } },
      { account: { id: account.account("2010") }, credit: 250.0, entity: { id: vendor } },
    ],
  },
  ...more,
});
const bill = (more: JsonObject = {}): JsonObject => ({
  entity: { id: vendor },
  subsidiary: { id: "1" },
  tranDate: "2026-11-05",
  tranId: "CARR-5512",
  expense: {
    items: [{ account: { id: account.account("5130") }, amount: 1250.5, memo: "Linehaul", department: { id: "4" }, custcol_load: "L-88" }],
  },
  ...more,
});
const invoice = (more: JsonObject = {}): JsonObject => ({
  entity: { id: customer },
  tranDate: "2026-11-05",
  terms: { id: "2" },
  item: { items: [{ item: { id: item }, quantity: 1, rate: 1800, price: { id: "-1" }, description: "Load 88 linehaul" }] },
  ...more,
});

describe("creating and reading", () => {
  test("a create answers 204, an empty body and the lower-case address of the new record, with ids for support", async () => {
    const answer = await account.record("POST", "JournalEntry", journal({ externalId: "TMS-JE-1001" }), strict);
    expect(answer).toMatchObject({ status: 204, text: "" });
    expect(answer.headers["location"]).toBe(`${account.sandbox.url}/netsuite/services/rest/record/v1/journalentry/${createdId(answer)}`);
    expect(answer.headers["x-n-operationid"]).toMatch(/^[0-9a-f-]{36}$/);
    const read = await account.read("journalEntry", createdId(answer));
    expect(read).toMatchObject({
      externalId: "TMS-JE-1001",
      tranDate: "2026-11-05",
      memo: "Fuel accrual",
      status: { id: "B", refName: "Approved for Posting" },
    });
    const [first, second] = items(read["line"]);
    expect(first).toMatchObject({
      line: 0,
      debit: 250,
      memo: "Load 88",
      department: { id: "4" },
      cseg_lane: { id: "9", refName: "West Coast" },
    });
    expect(first).not.toHaveProperty("credit");
    expect(second).toMatchObject({ line: 1, credit: 250, entity: { id: vendor, refName: "Acme Carriers" } });
  });

  test("a read gives references with link and name, enumerations without links, and never null", async () => {
    const id = await account.make("vendorBill", bill());
    const read = await account.record("GET", `vendorbill/${id}`);
    expect(read.headers["content-type"]).toBe("application/vnd.oracle.resource+json; type=singular; charset=UTF-8");
    expect(read.json).toMatchObject({
      id,
      tranId: "CARR-5512",
      total: 1250.5,
      balance: 1250.5,
      approvalStatus: { links: [], id: "2", refName: "Approved" },
    });
    expect(objectOf(read.json["expense"])).toEqual({
      links: [{ rel: "self", href: expect.stringMatching(/\/vendorbill\/\d+\/expense$/), method: "GET" }],
    });
    expect(read.text).not.toContain("null");
    const expanded = await account.read("vendorBill", id);
    expect(objectOf(expanded["expense"])).toMatchObject({ totalResults: 1, items: [{ line: 1, amount: 1250.5, custcol_load: "L-88" }] });
    const simple = await account.record("GET", `vendorBill/${id}?simpleEnumFormat=true&fields=approvalStatus,tranId`);
    expect(simple.json).toMatchObject({ approvalStatus: "2", tranId: "CARR-5512" });
    expect(simple.json).not.toHaveProperty("entity");
    const both = await account.record("GET", `vendorBill/${id}?expandSubResources=true&fields=tranId`);
    expect(refusal(both)).toMatchObject({ status: 400, code: "INVALID_PARAMETER" });
  });

  test("an empty expanded sublist says so, and lines have addresses of their own", async () => {
    const id = await account.make("vendorBill", bill({ item: { items: [] } }));
    const read = await account.read("vendorBill", id);
    expect(read["item"]).toMatchObject({ count: 0, hasMore: false, items: [], offset: 0, totalResults: 0 });
    const line = await account.record("GET", `vendorBill/${id}/expense/1`);
    expect(line.json).toMatchObject({ line: 1, memo: "Linehaul" });
    expect((await account.record("GET", `vendorBill/${id}/expense/7`)).status).toBe(404);
  });

  test("what does not exist: 404 for lists and entities, 400 for transactions, 404 for types", async () => {
    expect(refusal(await account.record("GET", "vendor/99999"))).toEqual({
      status: 404,
      code: "NONEXISTENT_ID",
      detail: "The record instance does not exist. Provide a valid record instance ID.",
    });
    const wrongType = {
      status: 400,
      code: "USER_ERROR",
      detail: "Error while accessing a resource. Transaction type specified is incorrect.",
    };
    expect(refusal(await account.record("GET", "vendorBill/99999"))).toEqual(wrongType);
    const id = await account.make("journalEntry", journal());
    expect(refusal(await account.record("GET", `vendorBill/${id}`))).toEqual(wrongType);
    const file = await account.record("GET", "file");
    expect(refusal(file)).toMatchObject({ status: 404, code: "NONEXISTENT_ID", detail: "Record type 'file' does not exist." });
    expect(objectOf(listOf(file.json["o:errorDetails"])[0])).toHaveProperty("o:errorUrl");
  });

  test("OPTIONS is a cheap check of the sign-in", async () => {
    const path = "/netsuite/services/rest/record/v1";
    const authorization = `Bearer ${account.token}`;
    expect((await account.raw({ method: "OPTIONS", path: `${path}/`, headers: { authorization } })).status).toBe(204);
    expect((await account.raw({ method: "OPTIONS", path: `${path}/`, headers: { authorization: "Bearer no" } })).status).toBe(401);
  });

  test("the vendor's own path, a path with the account, and a body without a content type work too", async () => {
    for (const start of ["", `/netsuite/${account.id.toLowerCase()}`]) {
      const authorization = `Bearer ${account.token}`;
      const answer = await account.raw({
        method: "GET",
        path: `${start}/services/rest/record/v1/vendor/${vendor}`,
        headers: { authorization },
      });
      expect(answer).toMatchObject({ status: 200, json: { id: vendor } });
    }
    const other = await account.raw({
      method: "GET",
      path: "/netsuite/999/services/rest/record/v1/vendor",
      headers: { authorization: `Bearer ${account.token}` },
    });
    expect(other.status).toBe(401);
  });
});

describe("values and names", () => {
  test("an unknown name is dropped with a warning header, and refused when the request asks for that", async () => {
    const quiet = await account.record("POST", "vendorBill", bill({ memmo: "lost", tranId: "DROP" }));
    expect(quiet.status).toBe(204);
    expect(quiet.headers["x-netsuite-propertyvalidation"]).toBe("memmo");
    expect(quiet.headers["x-netsuite-warning"]).toContain("memmo");
    expect(await account.read("vendorBill", createdId(quiet))).not.toHaveProperty("memo");
    const loud = await account.record("POST", "vendorBill", bill({ expense: { items: [{ account: { id: "1" }, amuont: 5 }] } }), strict);
    expect(refusal(loud)).toMatchObject({ status: 400, code: "NONEXISTENT_FIELD", path: "expense.items[0].amuont" });
    const silent = await account.record("POST", "vendorBill", bill({ memmo: "x" }), { "x-netsuite-propertynamevalidation": "Ignore" });
    expect(silent.headers["x-netsuite-warning"]).toBeUndefined();
    const nonsense = await account.record("POST", "vendorBill", bill(), { "x-netsuite-propertynamevalidation": "Maybe" });
    expect(refusal(nonsense)).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
  });

  test("names are matched without regard to case, references come in every documented form", async () => {
    const id = await account.make("vendorbill", {
      ENTITY: { externalId: "tms-vend-1" },
      Subsidiary: "1",
      trandate: "2026-11-06",
      expense: { items: [{ account: account.account("5130"), amount: 10, department: 4 }] },
    });
    expect(await account.read("vendorBill", id)).toMatchObject({ entity: { id: vendor }, tranDate: "2026-11-06" });
  });

  test("a quoted number, a bare list and a wrong date are refused", async () => {
    const quoted = await account.record("POST", "customerPayment", { customer: { id: customer }, payment: "312.0" });
    expect(refusal(quoted)).toMatchObject({
      status: 400,
      detail: "Unable to parse value '312.0' (String) from the Number field (payment)",
    });
    const bare = await account.record("POST", "vendorBill", bill({ expense: [{ account: { id: "1" }, amount: 1 }] }));
    expect(refusal(bare)).toMatchObject({
      status: 400,
      code: "INVALID_CONTENT",
      detail: expect.stringContaining("Invalid content in the request body"),
    });
    expect(refusal(await account.record("POST", "vendorBill", bill({ tranDate: "31/03/2026" })))).toMatchObject({
      status: 400,
      code: "INVALID_CONTENT",
    });
    expect(refusal(await account.record("POST", "vendorBill", "{no json"))).toMatchObject({ status: 400, code: "INVALID_CONTENT" });
    expect(refusal(await account.record("POST", "vendorBill", bill({ tranId: "x".repeat(46) })))).toMatchObject({
      status: 400,
      code: "USER_ERROR",
    });
  });

  test("syntax of values can be waived: the value is dropped", async () => {
    const answer = await account.record("POST", "vendorBill", bill({ dueDate: "soon" }), {
      "x-netsuite-propertyvaluevalidation": "Warning",
    });
    expect(answer.status).toBe(204);
    expect(answer.headers["x-netsuite-propertyvalidation"]).toBe("dueDate");
  });
});

describe("updating", () => {
  test("PATCH changes fields, null clears, a line without key is appended, a keyed one changed", async () => {
    const id = await account.make("vendorBill", bill({ memo: "old" }));
    const line = { account: { id: account.account("5130") }, amount: 100 };
    expect((await account.record("PATCH", `vendorBill/${id}`, { memo: null, expense: { items: [line] } })).status).toBe(204);
    const appended = await account.read("vendorBill", id);
    expect(appended).not.toHaveProperty("memo");
    expect(items(appended["expense"]).map((row) => [row["line"], row["amount"]])).toEqual([
      [1, 1250.5],
      [2, 100],
    ]);
    expect(appended).toMatchObject({ total: 1350.5 });
    await account.record("PATCH", `vendorBill/${id}`, { expense: { items: [{ line: 2, amount: 50 }] } });
    expect(await account.read("vendorBill", id)).toMatchObject({ total: 1300.5 });
    const unknown = await account.record("PATCH", `vendorBill/${id}`, { expense: { items: [{ line: 9, amount: 50 }] } });
    expect(refusal(unknown)).toMatchObject({ status: 400, code: "INVALID_CONTENT" });
  });

  test("sending all lines again without keys doubles the document; ?replace= does not", async () => {
    const id = await account.make("vendorBill", bill());
    const { expense } = bill();
    await account.record("PATCH", `vendorBill/${id}`, { expense: expense ?? null });
    expect(await account.read("vendorBill", id)).toMatchObject({ total: 2501 });
    await account.record("PATCH", `vendorBill/${id}?replace=expense`, { expense: expense ?? null });
    expect(await account.read("vendorBill", id)).toMatchObject({ total: 1250.5 });
    const emptied = await account.record("PATCH", `vendorBill/${id}?replace=expense`, { expense: { items: [] } });
    expect(refusal(emptied)).toMatchObject({ status: 400, code: "USER_ERROR" });
  });

  test("selected fields are cleared when they are named and not sent", async () => {
    const id = await account.make("vendorBill", bill({ memo: "m", department: { id: "4" } }));
    await account.record("PATCH", `vendorBill/${id}?replaceSelectedFields=true&replace=memo,department`, { department: { id: "3" } });
    const read = await account.read("vendorBill", id);
    expect(read).not.toHaveProperty("memo");
    expect(read).toMatchObject({ department: { id: "3" } });
  });

  test("PUT by external id creates once and then changes; lines are appended as in PATCH", async () => {
    const put = (body: JsonObject, query = "") => account.record("PUT", `vendorBill/eid:TMS-PUT-1${query}`, body);
    const first = await put(bill());
    const second = await put(bill(), "?replace=expense");
    expect([first.status, second.status, createdId(second)]).toEqual([204, 204, createdId(first)]);
    expect(await account.read("vendorBill", "eid:TMS-PUT-1")).toMatchObject({ externalId: "TMS-PUT-1", total: 1250.5 });
    await put(bill());
    expect(await account.read("vendorBill", "eid:tms-put-1")).toMatchObject({ total: 2501 });
    expect(refusal(await account.record("PUT", `vendorBill/${createdId(first)}`, bill()))).toMatchObject({
      status: 400,
      code: "INVALID_REQUEST",
    });
  });

  test("DELETE takes the document out of the books and leaves a trace in deletedrecord", async () => {
    const id = await account.make("vendorBill", bill({ externalId: "TMS-GONE" }));
    expect((await account.record("DELETE", `vendorBill/${id}`)).status).toBe(204);
    expect(refusal(await account.record("GET", `vendorBill/${id}`))).toMatchObject({ status: 400, code: "USER_ERROR" });
    expect(await account.rows(`SELECT recordid, recordtype, externalid FROM deletedrecord WHERE recordid = ${id}`)).toEqual([
      { links: [], recordid: id, recordtype: "vendorbill", externalid: "TMS-GONE" },
    ]);
    expect(await account.rows(`SELECT debit FROM transactionaccountingline WHERE transaction = ${id}`)).toEqual([]);
  });

  test("a media type that is not JSON is 415", async () => {
    expect(refusal(await account.record("POST", "vendorBill", "<bill/>", { "content-type": "application/xml" }))).toMatchObject({
      status: 415,
    });
  });

  test("a method that a resource does not have is 405", async () => {
    expect((await account.record("PATCH", "vendorBill", {})).status).toBe(405);
    expect((await account.record("POST", `vendorBill/${vendor}`, {})).status).toBe(405);
  });
});

describe("external ids", () => {
  test("all transactions share one name space, all entities another, without regard to case", async () => {
    await account.make("journalEntry", journal({ externalId: "SHARED-1" }));
    expect(refusal(await account.record("POST", "vendorBill", bill({ externalId: "shared-1" })))).toMatchObject({
      status: 400,
      code: "USER_ERROR",
      detail: "Error while accessing a resource. This record already exists",
    });
    expect(
      refusal(await account.record("POST", "customer", { companyName: "Twin", subsidiary: "1", externalId: "TMS-VEND-1" })),
    ).toMatchObject({
      status: 400,
      detail: "Error while accessing a resource. This entity already exists.",
    });
    await account.switches({ duplicateTransactionText: "duplicate record" });
    expect(refusal(await account.record("POST", "vendorBill", bill({ externalId: "SHARED-1" }))).detail).toContain(
      "duplicate record has been detected",
    );
    await account.switches({ duplicateTransactionText: "already exists" });
  });

  test("in a path an external id has letters, digits, _ and - only; others are found by q", async () => {
    const id = await account.make("vendorBill", bill({ externalId: "A|B.C" }));
    expect(refusal(await account.record("GET", "vendorBill/eid:A%7CB.C"))).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
    const found = await account.record("GET", `vendorBill?q=${encodeURIComponent('externalId IS "A|B.C"')}`);
    expect(items(found.json)).toMatchObject([{ id }]);
  });

  test("a synchronous create ignores the idempotency key", async () => {
    const headers = { "x-netsuite-idempotency-key": "0a4f0f1e-8f0b-4a52-9a62-4f6f9f6f0001" };
    const [first, second] = [
      await account.record("POST", "vendorBill", bill(), headers),
      await account.record("POST", "vendorBill", bill(), headers),
    ];
    expect(createdId(first)).not.toBe(createdId(second));
  });
});

describe("lists", () => {
  test("a list has ids and links only, in pages whose offset lies on a border", async () => {
    for (const name of ["One", "Two", "Three"])
      await account.make("department", { name: `List ${name}`, subsidiary: { items: [{ id: "1" }] } });
    const page = await account.record("GET", "department?limit=2&offset=2");
    expect(page.headers["content-type"]).toContain("type=collection");
    expect(page.json).toMatchObject({ count: 2, hasMore: true, offset: 2, totalResults: 7 });
    expect(items(page.json)[0]).toEqual({
      links: [{ rel: "self", href: expect.stringMatching(/\/department\/3$/), method: "GET" }],
      id: "3",
    });
    expect(listOf(page.json["links"]).map((link) => objectOf(link)["rel"])).toEqual(["first", "previous", "next", "last", "self"]);
    expect(refusal(await account.record("GET", "department?limit=2&offset=3"))).toMatchObject({ status: 400, code: "INVALID_PARAMETER" });
    expect(refusal(await account.record("GET", "department?limit=1001"))).toMatchObject({ status: 400, code: "INVALID_PARAMETER" });
  });

  test.each([
    ['companyName START_WITH "Acme"', 1],
    ['companyName CONTAIN "shipper"', 0],
    ['isInactive IS false AND companyName IS "Acme Carriers"', 1],
    ['companyName IS "Nobody" OR (email EMPTY AND companyName CONTAIN "carriers")', 1],
    ["subsidiary ANY_OF [1,2]", 1],
    ["creditLimit GREATER 5", 0],
    ['lastModifiedDate ON_OR_AFTER "1/31/2020 03:04 PM"', 1],
    ['lastModifiedDate BEFORE "1/31/2020"', 0],
  ])("q=%s", async (q, count) => {
    expect((await account.record("GET", `vendor?q=${encodeURIComponent(q)}`)).json["totalResults"]).toBe(count);
  });

  test("a filter on a field that does not exist is refused", async () => {
    expect(refusal(await account.record("GET", `vendor?q=${encodeURIComponent('colour IS "red"')}`))).toMatchObject({
      status: 400,
      code: "INVALID_PARAMETER",
    });
  });
});

test("people see an account and its records on pages", async () => {
  const id = await account.make("vendorBill", bill({ tranId: "SEEN-1", memo: "<b>bold</b>" }));
  const list = await account.raw({ method: "GET", path: `/netsuite/app/common/center.nl?compid=${account.id}` });
  expect(list.text).toContain("Bill #SEEN-1");
  const shown = await account.raw({
    method: "GET",
    path: `/netsuite/app/accounting/transactions/transaction.nl?id=${id}&compid=${account.id}`,
  });
  expect(shown).toMatchObject({ status: 200, text: expect.stringContaining("5130 Purchased Transportation - Carrier Linehaul") });
  expect(shown.text).toContain("&lt;b&gt;bold&lt;/b&gt;");
  const party = await account.raw({ method: "GET", path: `/netsuite/app/common/entity/vendor.nl?id=${vendor}&compid=${account.id}` });
  expect(party.text).toContain("Acme Carriers");
  expect((await account.raw({ method: "GET", path: "/netsuite/app/common/center.nl?compid=999" })).status).toBe(404);
});

test("an invoice has items, never expense lines; its amount is quantity times rate", async () => {
  const id = await account.make("invoice", invoice({ externalId: "TMS-INV-9" }));
  const read = await account.read("invoice", id);
  expect(read).toMatchObject({
    total: 1800,
    amountRemaining: 1800,
    dueDate: "2026-11-12",
    terms: { refName: "Net 7" },
    status: { id: "A" },
  });
  expect(items(read["item"])[0]).toMatchObject({ line: 1, amount: 1800, price: { id: "-1", refName: "Custom" } });
  const wrong = await account.record("POST", "invoice", invoice({ expense: { items: [] } }), strict);
  expect(refusal(wrong)).toMatchObject({ code: "NONEXISTENT_FIELD", path: "expense" });
});
