import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { newestLines, openIntacct, type IntacctBench, type Reply } from "./raw-client.ts";

let bench: IntacctBench;
beforeAll(async () => {
  bench = await openIntacct();
  await make("accounts-payable/vendor", {
    id: "V-1",
    name: "Carrier 1",
    contacts: { default: { printAs: "Carrier 1", email1: "a@example.com" } },
  });
  await make("accounts-receivable/customer", { id: "C-1", name: "Shipper 1" });
});
afterAll(() => bench.close());

const resultOf = ({ json }: Reply): JsonObject => objectOf(json["ia::result"]);
const errorOf = (reply: Reply): JsonObject => objectOf(resultOf(reply)["ia::error"]);
const detailsOf = (reply: Reply) => listOf(errorOf(reply)["details"]).map((detail) => String(objectOf(detail)["message"]));

async function make(address: string, body: JsonObject, headers = {}): Promise<string> {
  const reply = await bench.rest("POST", `/objects/${address}`, body, headers);
  if (reply.status !== 201) throw new Error(reply.text);
  return String(resultOf(reply)["key"]);
}
const read = async (address: string, key: string) => resultOf(await bench.rest("GET", `/objects/${address}/${key}`));
const bill = (number: string, more: JsonObject = {}): JsonObject => ({
  billNumber: number,
  vendor: { id: "V-1" },
  createdDate: "2026-04-01",
  dueDate: "2026-04-08",
  state: "posted",
  currency: { txnCurrency: "USD" },
  lines: [{ glAccount: { id: "5010" }, txnAmount: "100.00", dimensions: { location: { id: "DAL" }, class: { id: "REEFER" } } }],
  ...more,
});

describe("objects", () => {
  test("a record of one API is the record of the other", async () => {
    const { key } = await bench.run("<create><CLASS><CLASSID>XML</CLASSID><NAME>Made in XML</NAME></CLASS></create>");
    expect(await read("company-config/class", key)).toMatchObject({ key, id: "XML", name: "Made in XML", status: "active" });
    expect((await bench.rest("PATCH", `/objects/company-config/class/${key}`, { name: "Changed in REST" })).status).toBe(200);
    expect(
      (await bench.run(`<read><object>CLASS</object><keys>${key}</keys><fields>NAME</fields></read>`)).element.children[3]?.children[0]
        ?.children[0]?.text,
    ).toBe("Changed in REST");
    expect((await bench.rest("DELETE", `/objects/company-config/class/${key}`)).status).toBe(204);
    expect((await bench.rest("GET", `/objects/company-config/class/${key}`)).status).toBe(404);
  });

  test("a bill reads back with references, texts and its lines", async () => {
    const key = await make("accounts-payable/bill", bill("R-1", { referenceNumber: "REF", "nsp::TMS_KEY": "k-1" }));
    const found = await read("accounts-payable/bill", key);
    expect(found).toMatchObject({
      key,
      id: key,
      href: `/objects/accounts-payable/bill/${key}`,
      state: "posted",
      totalTxnAmount: "100.00",
      "nsp::TMS_KEY": "k-1",
      createdDate: "2026-04-01",
    });
    expect(found["vendor"]).toMatchObject({ id: "V-1", name: "Carrier 1" });
    const line = objectOf(listOf(found["lines"])[0]);
    expect(line).toMatchObject({
      txnAmount: "100.00",
      glAccount: { id: "5010" },
      dimensions: { location: { id: "DAL" }, class: { id: "REEFER" } },
    });
  });

  test("a bill without a state is a draft, and is posted by its workflow", async () => {
    const { state: _state, ...body } = bill("R-2");
    const key = await make("accounts-payable/bill", body);
    expect((await read("accounts-payable/bill", key))["state"]).toBe("draft");
    expect((await bench.rest("PATCH", `/objects/accounts-payable/bill/${key}`, { state: "posted" })).status).toBe(400);
    expect((await bench.rest("POST", "/workflows/accounts-payable/bill/submit", { key })).status).toBe(200);
    expect((await read("accounts-payable/bill", key))["state"]).toBe("posted");
  });

  test("payments: details for vendors, paymentDetails for customers, and no change of a receipt", async () => {
    const key = await make("accounts-payable/bill", bill("R-3"));
    const payment = await make("accounts-payable/payment", {
      financialEntity: { id: "BANK1" },
      vendor: { id: "V-1" },
      paymentMethod: "Cash",
      paymentDate: "2026-04-08",
      state: "submitted",
      txnCurrency: { currency: "USD" },
      baseCurrency: { currency: "USD" },
      details: [{ bill: { key }, txnCurrency: { paymentAmount: "100.00" } }],
    });
    expect((await read("accounts-payable/bill", key))["state"]).toBe("paid");
    expect(
      (await bench.rest("POST", "/workflows/accounts-payable/payment/reverse", { key: payment, paymentDate: "2026-04-09" })).status,
    ).toBe(200);
    expect((await read("accounts-payable/bill", key))["state"]).toBe("posted");
    const invoice = await make("accounts-receivable/invoice", {
      invoiceNumber: "I-1",
      customer: { id: "C-1" },
      invoiceDate: "2026-04-01",
      dueDate: "2026-05-01",
      state: "posted",
      lines: [{ glAccount: { id: "4010" }, txnAmount: "250.00", memo: "Load" }],
    });
    const body = {
      financialEntity: { entityId: "BANK1" },
      customer: { id: "C-1" },
      paymentMethod: "eft",
      txnCurrency: { currency: "USD" },
      state: "completed",
      paymentSummary: { receiptDate: "2026-04-20" },
      paymentDetails: [{ arInvoice: { key: invoice }, txnCurrency: { paymentAmount: "250.00" } }],
    };
    const wrong = await bench.rest("POST", "/objects/accounts-receivable/payment", {
      ...body,
      paymentDetails: undefined,
      details: body.paymentDetails,
    });
    expect(detailsOf(wrong).at(-1)).toBe("/details is not a valid field");
    const receipt = await make("accounts-receivable/payment", body);
    expect((await read("accounts-receivable/invoice", invoice))["state"]).toBe("paid");
    expect(await read("accounts-receivable/payment", receipt)).toMatchObject({ state: "completed", paymentMethod: "eft" });
    expect((await bench.rest("PATCH", `/objects/accounts-receivable/payment/${receipt}`, { description: "x" })).status).toBe(405);
  });

  test("expense reports, card transactions, statistical entries, employees, terms and attachments", async () => {
    await make("company-config/contact", { id: "Ann Lee", printAs: "Ann Lee" });
    await make("company-config/employee", {
      id: "E-1",
      primaryContact: { id: "Ann Lee" },
      location: { id: "DAL" },
      department: { id: "OPS" },
    });
    const line = {
      txnAmount: "80.00",
      txnCurrency: "USD",
      entryDate: "2026-04-04",
      paidTo: "Dock",
      dimensions: { location: { id: "DAL" } },
    };
    await make("expenses/employee-expense", {
      state: "submitted",
      employee: { id: "E-1" },
      createdDate: "2026-04-05",
      expenseReportNumber: "X-1",
      basePayment: { baseCurrency: "USD" },
      reimbursement: { reimbursementCurrency: "USD" },
      lines: [{ expenseType: { id: "Lumper" }, ...line }],
    });
    expect(newestLines(await bench.ledger())).toEqual(["5645 80.00 0.00", "2070 0.00 80.00"]);
    await make("cash-management/credit-card-txn", {
      creditCardAccount: { id: "FUEL1" },
      txnDate: "2026-04-06",
      referenceNumber: "T-1",
      payee: "Stop",
      currency: { baseCurrency: "USD", txnCurrency: "USD" },
      lines: [{ glAccount: { id: "5210" }, txnAmount: "12.00", description: "Diesel", isBillable: false }],
    });
    expect(newestLines(await bench.ledger())).toEqual(["5210 12.00 0.00", "2040 0.00 12.00"]);
    const statistical = await make("general-ledger/statistical-journal-entry", {
      statisticalJournal: { id: "STJ" },
      postingDate: "2026-04-30",
      description: "Miles",
      lines: [{ txnType: "increase", txnAmount: "412", statisticalAccount: { id: "S-MILES" } }],
    });
    const journals = await bench.rest("POST", "/services/core/query", {
      object: "general-ledger/journal-entry",
      fields: ["key"],
      filters: [],
      filterExpression: null,
      orderBy: [],
    });
    expect(JSON.stringify(journals.json["ia::result"])).not.toContain(`"${statistical}"`);
    await make("accounts-payable/term", { id: "N21", description: "21 days", due: { days: "21", from: "fromInvoiceDate" } });
    const attachment = await make("company-config/attachment", {
      id: "POD-1",
      name: "POD",
      folder: { id: "TMS" },
      files: [{ name: "a.pdf", data: "aGk=" }],
    });
    const [file] = listOf((await read("company-config/attachment", attachment))["files"]).map(objectOf);
    expect(await read("company-config/file", String(file?.["key"]))).toMatchObject({ name: "a.pdf", data: "aGk=" });
    const key = await make("accounts-payable/bill", bill("R-4"));
    expect((await bench.rest("PATCH", `/objects/accounts-payable/bill/${key}`, { attachment: { id: "POD-1" } })).status).toBe(200);
    expect((await read("accounts-payable/bill", key))["attachment"]).toMatchObject({ id: "POD-1", key: attachment });
  });

  test("a batch takes each item by itself", async () => {
    const reply = await bench.rest("POST", "/objects/company-config/class", [
      { id: "B1", name: "1" },
      { id: "REEFER", name: "2" },
      { id: "B3", name: "3" },
    ]);
    expect(reply.status).toBe(207);
    expect(listOf(reply.json["ia::result"]).map((item) => objectOf(item)["ia::status"])).toEqual([201, 409, 201]);
    expect(reply.json["ia::meta"]).toEqual({ totalCount: 3, totalSuccess: 2, totalError: 1 });
  });
});

describe("errors", () => {
  test("a business rule: the wrapper first, the reason last", async () => {
    const reply = await bench.rest("POST", "/objects/general-ledger/journal-entry", {
      glJournal: { id: "GJ" },
      postingDate: "2026-03-31",
      description: "x",
      lines: [
        { txnType: "debit", txnAmount: "2.00", glAccount: { id: "5010" } },
        { txnType: "credit", txnAmount: "1.00", glAccount: { id: "1010" } },
      ],
    });
    expect(reply.status).toBe(422);
    expect(errorOf(reply)).toMatchObject({ code: "operationFailed", errorId: "REST-7001" });
    expect(listOf(errorOf(reply)["details"]).map((detail) => objectOf(detail)["errorId"])).toEqual(["GL-0951", "GL-1009"]);
    expect(detailsOf(reply).at(-1)).toBe("Transactions do not balance for Location ,");
  });

  test.each([
    ["a body that is no JSON", "POST", "/objects/company-config/class", "{", 400, "REST-1028"],
    ["no body", "POST", "/objects/company-config/class", undefined, 400, "REST-1028"],
    ["an unknown object", "GET", "/objects/company-config/nothing/1", undefined, 404, "REST-1031"],
    ["a verb that is not supported", "DELETE", "/objects/company-config/entity/1", undefined, 405, "REST-1045"],
    ["an unknown path", "GET", "/nowhere", undefined, 404, "REST-1031"],
  ])("%s", async (_, method, path, body, status, errorId) => {
    const headers = { authorization: `Bearer ${await bench.token()}` };
    const reply = await bench.send(method, `/ia/api/v1${path}`, body, headers);
    expect(reply.status).toBe(status);
    expect(errorOf(reply)["errorId"]).toBe(errorId);
  });

  test("a number that is taken, and an unknown record, have statuses of their own", async () => {
    await make("accounts-payable/bill", bill("R-5"));
    const twin = await bench.rest("POST", "/objects/accounts-payable/bill", bill("R-5"));
    expect([twin.status, detailsOf(twin).at(-1)]).toEqual([409, "A transaction with the number 'R-5' already exists."]);
    expect((await bench.rest("PATCH", "/objects/accounts-payable/bill/99999", { description: "x" })).status).toBe(404);
  });

  test("a token that is none, or is over", async () => {
    const reply = await bench.rest("GET", "/objects/company-config/class", undefined, { authorization: "Bearer x" });
    expect([reply.status, objectOf(reply.json["error"])["errorId"]]).toEqual([401, "REST-2102"]);
    const token = await bench.token();
    await bench.control("PUT", "faults", {
      seed: 1,
      rules: [{ system: "sage-intacct", match: { company: bench.id }, kind: "expire_token", count: 1 }],
    });
    const over = await bench.rest("GET", "/objects/company-config/class", undefined, { authorization: `Bearer ${token}` });
    expect(over.status).toBe(401);
  });
});

describe("services", () => {
  test("the same idempotency key is refused once its write is done, or answered again", async () => {
    const headers = { "idempotency-key": "key-1" };
    const first = await bench.rest("POST", "/objects/accounts-payable/bill", bill("K-1"), headers);
    expect(first.status).toBe(201);
    expect((await bench.rest("POST", "/objects/accounts-payable/bill", bill("K-2"), headers)).status).toBe(409);
    await bench.control("PUT", "switches", { system: "sage-intacct", id: bench.id, switches: { idempotencyKey: "replay" } });
    const again = await bench.rest("POST", "/objects/accounts-payable/bill", bill("K-1"), headers);
    expect([again.status, again.text]).toEqual([201, first.text]);
    const failed = { "idempotency-key": "key-2" };
    expect((await bench.rest("POST", "/objects/accounts-payable/bill", bill("K-1"), failed)).status).toBe(409);
    expect((await bench.rest("POST", "/objects/accounts-payable/bill", bill("K-3"), failed)).status).toBe(201);
  });

  test.each([
    ["$eq", [{ $eq: { billNumber: "Q-1" } }], null, ["Q-1"]],
    ["$ne and $startsWith", [{ $ne: { billNumber: "Q-1" } }, { $startsWith: { billNumber: "Q-" } }], "1 and 2", ["Q-2", "Q-3"]],
    ["$contains or $endsWith", [{ $contains: { billNumber: "Q-2" } }, { $endsWith: { billNumber: "Q-3" } }], "or", ["Q-2", "Q-3"]],
    [
      "numbers in parentheses",
      [{ $eq: { billNumber: "Q-1" } }, { $eq: { billNumber: "Q-2" } }, { $gt: { totalTxnAmount: "1" } }],
      "(1 or 2) and 3",
      ["Q-1", "Q-2"],
    ],
    ["$between", [{ $between: { billNumber: ["Q-1", "Q-2"] } }], null, ["Q-1", "Q-2"]],
    ["$notIn", [{ $notIn: { billNumber: ["Q-1"] } }, { $startsWith: { billNumber: "Q" } }], "and", ["Q-2", "Q-3"]],
    [
      "a reference by key",
      [{ $eq: { "vendor.name": "Carrier 1" } }, { $startsWith: { billNumber: "Q" } }],
      "1 and 2",
      ["Q-1", "Q-2", "Q-3"],
    ],
  ])("query by %s", async (_, filters, filterExpression, expected) => {
    const seen = await bench.rest("POST", "/services/core/query", {
      object: "accounts-payable/bill",
      fields: ["key"],
      filters: [{ $eq: { billNumber: "Q-1" } }],
    });
    if (listOf(seen.json["ia::result"]).length === 0)
      for (const number of ["Q-1", "Q-2", "Q-3"]) await make("accounts-payable/bill", bill(number));
    const reply = await bench.rest("POST", "/services/core/query", {
      object: "accounts-payable/bill",
      fields: ["billNumber"],
      filters,
      filterExpression,
      orderBy: [{ billNumber: "asc" }],
    });
    expect(listOf(reply.json["ia::result"]).map((row) => objectOf(row)["billNumber"])).toEqual(expected);
  });

  test("query: pages, sums and what it refuses", async () => {
    const ask = (body: JsonObject) => bench.rest("POST", "/services/core/query", { object: "company-config/class", ...body });
    const page = await ask({ fields: ["id"], orderBy: [{ id: "asc" }], start: 3, size: 2 });
    expect(page.json["ia::meta"]).toMatchObject({ start: 3, pageSize: 2, next: 5, previous: 1 });
    const sum = await ask({ fields: ["count:key"] });
    expect(objectOf(listOf(sum.json["ia::result"])[0])["count:key"]).toBeGreaterThan(4);
    for (const body of [
      { fields: ["nope"] },
      { fields: [] },
      { fields: ["id"], size: 5000 },
      { fields: ["id"], filters: [{ $like: { id: "x" } }] },
    ])
      expect((await ask(body)).status).toBe(400);
  });

  test("values of the customer's own dimension stand under platform-apps and on lines", async () => {
    const rows = await bench.rest("POST", "/services/core/query", {
      object: "platform-apps/nsp::unit",
      fields: ["key", "name"],
      filters: [{ $eq: { name: "T-1042" } }],
      filterExpression: "1",
    });
    const key = String(objectOf(listOf(rows.json["ia::result"])[0])["key"]);
    const made = await make(
      "accounts-payable/bill",
      bill("U-1", { lines: [{ glAccount: { id: "5010" }, txnAmount: "1.00", dimensions: { "nsp::unit": { key } } }] }),
    );
    expect(JSON.stringify(await read("accounts-payable/bill", made))).toContain(`"nsp::unit":{"key":"${key}"`);
    const list = await bench.rest("GET", "/services/company-config/dimensions/list");
    expect(listOf(list.json["ia::result"])).toContainEqual(
      expect.objectContaining({ dimensionName: "project", termName: "Load", isUserDefinedDimension: false }),
    );
    const model = await bench.rest("GET", "/services/core/model?name=general-ledger/journal-entry");
    expect(resultOf(model)["idempotenceSupported"]).toBe(true);
  });

  test("a composite is done in whole or not at all, and later items use earlier ones", async () => {
    const vendor = {
      method: "POST",
      path: "/objects/accounts-payable/vendor",
      body: { id: "CMP-1", name: "Composite 1" },
      resultReference: "vendor",
    };
    const good = await bench.rest("POST", "/services/core/composite", [
      vendor,
      { method: "GET", path: "/objects/accounts-payable/vendor/@{vendor.key}" },
    ]);
    expect(good.status).toBe(200);
    expect(objectOf(objectOf(listOf(good.json["ia::result"])[1])["ia::result"])["id"]).toBe("CMP-1");
    const other = { ...vendor, body: { id: "CMP-2", name: "Composite 2" } };
    const bad = await bench.rest("POST", "/services/core/composite", [
      other,
      { method: "POST", path: "/objects/accounts-payable/bill", body: {} },
    ]);
    expect(bad.status).toBe(207);
    expect(objectOf(objectOf(listOf(bad.json["ia::result"])[0])["ia::error"])["code"]).toBe("unprocessed");
    const found = await bench.rest("POST", "/services/core/query", {
      object: "accounts-payable/vendor",
      fields: ["id"],
      filters: [{ $eq: { id: "CMP-2" } }],
    });
    expect(found.json["ia::result"]).toEqual([]);
  });

  test("a bulk job takes a file and keeps its result", async () => {
    const body = `--b\r\nContent-Disposition: form-data; name="ia::requestBody"\r\n\r\n${JSON.stringify({ objectName: "company-config/class", operation: "create", jobFile: "rows", fileContentType: "json" })}\r\n--b\r\nContent-Disposition: form-data; name="rows"; filename="rows.json"\r\n\r\n${JSON.stringify([{ id: "BULK-1", name: "1" }])}\r\n--b--\r\n`;
    const headers = { authorization: `Bearer ${await bench.token()}`, "content-type": "multipart/form-data; boundary=b" };
    const created = await bench.send("POST", "/ia/api/v1/services/bulk/job/create", body, headers);
    expect(created.status).toBe(202);
    const { jobId } = resultOf(created);
    const status = await bench.send("GET", `/ia/api/v1/services/bulk/job/status?jobId=${String(jobId)}&download=true`, undefined, headers);
    expect(resultOf(status)).toMatchObject({ status: "completed", percentComplete: 100 });
    const download = await fetch(String(resultOf(status)["downloadURL"]), { headers });
    expect(await download.text()).toContain('"ia::status":201');
  });

  test("an entity is named by a header", async () => {
    const own = await openIntacct({ multiEntity: true }, bench.sandbox);
    const made = await own.rest(
      "POST",
      "/objects/general-ledger/journal-entry",
      {
        glJournal: { id: "GJ" },
        postingDate: "2026-03-31",
        description: "x",
        lines: [
          { txnType: "debit", txnAmount: "2.00", glAccount: { id: "5010" } },
          { txnType: "credit", txnAmount: "2.00", glAccount: { id: "1010" } },
        ],
      },
      { "x-ia-api-param-entity": "200" },
    );
    expect(made.status).toBe(201);
    const query = (includePrivate: boolean) =>
      own.rest("POST", "/services/core/query", {
        object: "general-ledger/journal-entry",
        fields: ["key", "entity.id"],
        filterParameters: { includePrivate },
      });
    expect((await query(false)).json["ia::result"]).toEqual([]);
    expect(listOf((await query(true)).json["ia::result"])).toEqual([{ key: String(resultOf(made)["key"]), "entity.id": "200" }]);
    expect((await own.rest("GET", "/objects/company-config/class", undefined, { "x-ia-api-param-entity": "900" })).status).toBe(400);
  });
});

describe("sign-in", () => {
  const form = (fields: Record<string, string>) =>
    bench.send("POST", "/ia/api/v1/oauth2/token", new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
    });
  const client = () => ({ client_id: String(bench.credentials["clientId"]), client_secret: String(bench.credentials["clientSecret"]) });

  test("client credentials, refresh with rotation, revocation", async () => {
    const username = `${String(bench.credentials["userId"])}@${bench.id}`;
    const first = await form({ grant_type: "client_credentials", ...client(), username });
    expect(first.json).toMatchObject({ token_type: "Bearer", expires_in: 21_600 });
    const refresh = { grant_type: "refresh_token", ...client(), refresh_token: String(first.json["refresh_token"]) };
    const second = await form(refresh);
    expect(second.status).toBe(200);
    expect((await form(refresh)).json["error"]).toBe("invalid_grant");
    expect((await form({ ...refresh, client_secret: "no" })).status).toBe(401);
    const token = String(second.json["access_token"]);
    const ask = () => bench.rest("GET", "/objects/company-config/class", undefined, { authorization: `Bearer ${token}` });
    expect((await ask()).status).toBe(200);
    await bench.send("POST", "/ia/api/v1/oauth2/revoke", { ...client(), token } as JsonObject, { "content-type": "application/json" });
    expect((await ask()).status).toBe(401);
    expect((await form({ grant_type: "client_credentials", ...client(), username: `nobody@${bench.id}` })).json["error"]).toBe(
      "invalid_grant",
    );
  });

  test("a person consents, and the code is good once", async () => {
    const redirect = "http://127.0.0.1:9/callback";
    const asked = new URLSearchParams({
      response_type: "code",
      client_id: client().client_id,
      redirect_uri: redirect,
      state: "s",
      scope: "offline_access",
    });
    const page = await bench.send("GET", `/ia/api/v1/oauth2/authorize?${asked}`);
    expect(page.text).toContain("Connect a company");
    const decided = await bench.send(
      "POST",
      "/ia/api/v1/oauth2/authorize",
      new URLSearchParams({ ...Object.fromEntries(asked), company: bench.id, decision: "approve" }).toString(),
    );
    const back = new URL(decided.headers.get("location") ?? "");
    expect(back.searchParams.get("state")).toBe("s");
    const exchange = { grant_type: "authorization_code", ...client(), code: back.searchParams.get("code") ?? "", redirect_uri: redirect };
    const older = await bench.token();
    expect((await form(exchange)).json["refresh_token"]).toBeTypeOf("string");
    // A new consent of the same person ends the earlier one.
    expect((await bench.rest("GET", "/objects/company-config/class", undefined, { authorization: `Bearer ${older}` })).status).toBe(401);
    expect((await form(exchange)).json["error"]).toBe("invalid_grant");
  });
});

test("a trigger posts what happened with a signed token; after a refusal it comes again, with the same key", async () => {
  const own = await openIntacct({}, bench.sandbox);
  const seen: { authorization: string; key: string; body: string }[] = [];
  const listener = createServer((message, response) => {
    let body = "";
    message.on("data", (chunk: Buffer) => (body += chunk.toString()));
    message.on("end", () => {
      seen.push({ authorization: message.headers.authorization ?? "", key: String(message.headers["idempotency-key"]), body });
      response.writeHead(seen.length === 1 ? 503 : 200).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
  await own.control("PUT", "webhooks", { system: "sage-intacct", id: own.id, url, form: "webhook", verifierToken: "a-secret-of-ours" });
  const key = String(resultOf(await own.rest("POST", "/objects/company-config/class", { id: "W", name: "W" }))["key"]);
  await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(1);
  await own.control("PUT", "clock", { advanceMs: 11_000 });
  await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(2);
  expect(seen[0]?.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  expect(seen[0]?.key).toBe(seen[1]?.key);
  expect(JSON.parse(seen[1]?.body ?? "{}")).toMatchObject({ topic: "ADD_CLASS", recordNo: key });
  await own.control("PUT", "webhooks", { system: "sage-intacct", id: own.id, url: null });
  listener.close();
  listener.closeAllConnections();
});
