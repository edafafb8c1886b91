import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { createdId, items, openAccount, refusal, type TestAccount } from "./test-account.ts";

let account: TestAccount;
let vendor: string;
let customer: string;

beforeAll(async () => {
  account = await openAccount();
  vendor = await account.make("vendor", { companyName: "Acme Carriers", subsidiary: "1" });
  customer = await account.make("customer", { companyName: "Shipper One", subsidiary: "1" });
});
afterAll(() => account.close());

const line = (number: string, side: "debit" | "credit", amount: number, more: JsonObject = {}): JsonObject => ({
  account: account.account(number),
  [side]: amount,
  ...more,
});
const journal = (lines: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  subsidiary: "1",
  tranDate: "2026-11-05",
  line: { items: [...lines] },
  ...more,
});
const plain = () => journal([line("5210", "debit", 10), line("1010", "credit", 10)]);
const bill = (more: JsonObject = {}): JsonObject => ({
  entity: vendor,
  tranDate: "2026-11-05",
  expense: { items: [{ account: account.account("5130"), amount: 100 }] },
  ...more,
});
const refused = async (type: string, body: JsonObject) => refusal(await account.record("POST", type, body));
const sentence = (text: string) => ({
  status: 400,
  code: "USER_ERROR",
  detail: expect.stringContaining(`Error while accessing a resource. ${text}`),
});
const posting = async (id: string) => (await account.rows(`SELECT posting, status, approvalstatus FROM transaction WHERE id = ${id}`))[0];

describe("journals", () => {
  test.each<[string, () => JsonObject, string]>([
    [
      "unbalanced",
      () => journal([line("5210", "debit", 10), line("1010", "credit", 9.99)]),
      "The amounts in a journal entry must balance.",
    ],
    [
      "with both sides on a line",
      () => journal([line("5210", "debit", 10, { credit: 10 }), line("1010", "credit", 0)]),
      "A journal line can have a debit or a credit",
    ],
    ["without lines", () => journal([]), "You must enter at least one line item"],
    ["without an account", () => journal([{ debit: 5 }, line("1010", "credit", 5)]), "Please enter value(s) for: Account."],
    [
      "with a payable and no vendor",
      () => journal([line("5210", "debit", 5), line("2010", "credit", 5)]),
      "Please enter value(s) for: Entity.",
    ],
    [
      "with a payable of a customer",
      () => journal([line("5210", "debit", 5), line("2010", "credit", 5, { entity: customer })]),
      "Invalid Field Value",
    ],
    ["on a statistical account", () => journal([line("9010", "debit", 5), line("1010", "credit", 5)]), "Invalid Field Value"],
    [
      "without a subsidiary",
      () => journal([line("5210", "debit", 5), line("1010", "credit", 5)], { subsidiary: null }),
      "Please enter value(s) for: Subsidiary.",
    ],
  ])("are refused %s", async (_name, body, text) => {
    expect(await refused("journalEntry", body())).toMatchObject(sentence(text));
  });

  test("a reversal date makes a second journal, which follows the first and goes with it", async () => {
    const id = await account.make("journalEntry", plain());
    await account.record("PATCH", `journalEntry/${id}`, { reversalDate: "2026-12-01" });
    const [row] = await account.rows(`SELECT reversal, TO_CHAR(reversaldate,'YYYY-MM-DD') AS day FROM transaction WHERE id = ${id}`);
    const reversal = String(row?.["reversal"]);
    expect(row).toMatchObject({ day: "2026-12-01" });
    const second = await account.read("journalEntry", reversal);
    expect(second).toMatchObject({ isReversal: true, tranDate: "2026-12-01" });
    expect(items(second["line"])).toMatchObject([{ credit: 10 }, { debit: 10 }]);
    expect(await account.rows(`SELECT isreversal FROM transaction WHERE id = ${reversal}`)).toMatchObject([{ isreversal: "T" }]);
    await account.record("DELETE", `journalEntry/${id}`);
    expect(refusal(await account.record("GET", `journalEntry/${reversal}`)).status).toBe(400);
  });

  test("statistical journals count on one side, outside the balance of the ledger", async () => {
    const before = objectOf((await account.ledger())["totals"]);
    const id = await account.make("statisticalJournalEntry", {
      subsidiary: "1",
      line: { items: [{ account: account.account("9010"), debit: 612 }] },
    });
    expect(await account.rows(`SELECT amount FROM transactionaccountingline WHERE transaction = ${id}`)).toEqual([
      { links: [], amount: "612" },
    ]);
    expect(objectOf((await account.ledger())["totals"])).toEqual(before);
    expect(await refused("statisticalJournalEntry", journal([line("5210", "debit", 5)]))).toMatchObject(sentence("Invalid Field Value"));
  });
});

describe("periods", () => {
  afterAll(() =>
    account.preferences({
      periods: [{ month: "2026-09", closed: false, allLocked: false, apLocked: false, arLocked: false }],
      overridePeriodRestrictions: false,
    }),
  );
  const inSeptember = { tranDate: "2026-09-15" };

  test("a closed period refuses new documents, changes and deletions; harmless changes pass when the period lets them", async () => {
    const id = await account.make("vendorBill", bill(inSeptember));
    await account.preferences({ periods: [{ month: "2026-09", closed: true }] });
    const closed = { status: 400, detail: expect.stringMatching(/period is closed/) };
    expect(await refused("vendorBill", bill(inSeptember))).toMatchObject(closed);
    expect(refusal(await account.record("PATCH", `vendorBill/${id}`, { memo: "m" }))).toMatchObject(closed);
    expect(refusal(await account.record("DELETE", `vendorBill/${id}`))).toMatchObject(closed);
    await account.preferences({
      periods: [{ month: "2026-09", closed: false, allLocked: false, apLocked: true, arLocked: false, allowNonGLChanges: true }],
    });
    expect((await account.record("PATCH", `vendorBill/${id}`, { memo: "m" })).status).toBe(204);
    expect((await account.record("PATCH", `vendorBill/${id}`, { department: "4" })).status).toBe(400);
  });

  test("locks stop what they are for; a role may override locks, never a closed period", async () => {
    await account.preferences({
      periods: [{ month: "2026-09", closed: false, allLocked: false, apLocked: true, arLocked: false, allowNonGLChanges: false }],
    });
    const locked = { status: 400, detail: expect.stringMatching(/period is locked/) };
    expect(await refused("vendorBill", bill(inSeptember))).toMatchObject(locked);
    expect(await refused("journalEntry", { ...plain(), ...inSeptember })).toMatchObject({ status: 204 });
    await account.preferences({ periods: [{ month: "2026-09", allLocked: true }] });
    expect(await refused("journalEntry", { ...plain(), ...inSeptember })).toMatchObject(locked);
    await account.preferences({ overridePeriodRestrictions: true });
    expect(await refused("vendorBill", bill(inSeptember))).toMatchObject({ status: 204 });
  });

  test("a date without a period, or outside the one that is named, has its own sentence", async () => {
    const text = "The transaction date you specified is not within the date range of your accounting period.";
    expect(await refused("vendorBill", bill({ tranDate: "2010-01-01" }))).toMatchObject(sentence(text));
    const [november] = await account.rows("SELECT id FROM accountingperiod WHERE periodname = 'Nov 2026'");
    const body = bill({ tranDate: "2026-10-05", postingPeriod: String(november?.["id"]) });
    expect(await refused("vendorBill", body)).toMatchObject(sentence(text));
    await account.preferences({ allowDateOutsidePeriod: true });
    expect(await refused("vendorBill", body)).toMatchObject({ status: 204 });
    await account.preferences({ allowDateOutsidePeriod: false });
  });
});

describe("subsidiaries", () => {
  test("a party must be assigned to the subsidiary; a relationship does that", async () => {
    const both = bill({ subsidiary: "2" });
    expect(await refused("vendorBill", both)).toMatchObject(sentence("Invalid combination of entity and subsidiary"));
    await account.make("vendorSubsidiaryRelationship", { entity: vendor, subsidiary: "2", isPrimarySub: false });
    expect(await refused("vendorBill", both)).toMatchObject({ status: 204 });
  });

  test("without a subsidiary a bill takes that of its vendor", async () => {
    const own = await account.make("vendor", { companyName: "Broker's Carrier", subsidiary: "2" });
    const id = await account.make("vendorBill", bill({ entity: own }));
    expect(await account.read("vendorBill", id)).toMatchObject({ subsidiary: { id: "2", refName: "Cedar Ridge Brokerage" } });
  });

  test("accounts, locations and departments of another subsidiary are invalid values", async () => {
    const location = await account.make("location", { name: "BROKER DESK", subsidiary: { items: [{ id: "2" }] } });
    const where = `Invalid Field Value ${location} for the following field: location`;
    expect(await refused("vendorBill", bill({ location }))).toMatchObject(sentence(where));
    const expense = { items: [{ account: account.account("5130"), amount: 5, location }] };
    expect(await refused("vendorBill", bill({ expense }))).toMatchObject({ ...sentence(where), path: "expense.items[0].location" });
    expect(await refused("vendorBill", bill({ subsidiary: "2", expense }))).toMatchObject({ status: 204 });
    await account.switches({ invalidValueCode: "INVALID_CONTENT" });
    expect(await refused("vendorBill", bill({ location }))).toMatchObject({
      code: "INVALID_CONTENT",
      detail: `You have entered an ${where}`,
    });
    await account.switches({ invalidValueCode: "USER_ERROR" });
  });

  test("an elimination subsidiary takes no documents", async () => {
    expect(await refused("vendorBill", bill({ subsidiary: "3" }))).toMatchObject(
      sentence("Invalid Field Value 3 for the following field: subsidiary"),
    );
  });

  test("an intercompany journal needs the other subsidiary, and balances in each where lines say whose they are", async () => {
    const lines = [
      line("1810", "debit", 40, { lineSubsidiary: "1" }),
      line("4010", "credit", 40, { lineSubsidiary: "1" }),
      line("5180", "debit", 40, { lineSubsidiary: "2" }),
      line("2070", "credit", 40, { lineSubsidiary: "2" }),
    ];
    expect(await refused("intercompanyJournalEntry", journal(lines))).toMatchObject(sentence("Please enter value(s) for: To Subsidiary."));
    const id = await account.make("intercompanyJournalEntry", journal(lines, { toSubsidiary: "2" }));
    expect(
      await account.rows(
        `SELECT subsidiary, SUM(netamount) AS net FROM transactionline WHERE transaction = ${id} GROUP BY subsidiary ORDER BY subsidiary`,
      ),
    ).toEqual([
      { links: [], subsidiary: "1", net: "0" },
      { links: [], subsidiary: "2", net: "0" },
    ]);
    const crooked = lines.map((row, index) => (index === 3 ? { ...row, lineSubsidiary: "1" } : row));
    expect(await refused("intercompanyJournalEntry", journal(crooked, { toSubsidiary: "2" }))).toMatchObject(
      sentence("The amounts in a journal entry must balance."),
    );
    const stranger = lines.map((row, index) => (index === 3 ? { ...row, lineSubsidiary: "3" } : row));
    expect(await refused("intercompanyJournalEntry", journal(stranger, { toSubsidiary: "2" }))).toMatchObject(
      sentence("Invalid Field Value 3"),
    );
  });

  test("advanced intercompany journals, unless their lines cannot be written", async () => {
    const body = journal([
      line("1810", "debit", 100, { lineSubsidiary: { id: "1" } }),
      line("4010", "credit", 100, { lineSubsidiary: { id: "1" }, dueToFromSubsidiary: { id: "2" } }),
      line("5180", "debit", 100, { lineSubsidiary: { id: "2" } }),
      line("2070", "credit", 100, { lineSubsidiary: { id: "2" }, dueToFromSubsidiary: { id: "1" } }),
    ]);
    expect(await refused("advIntercompanyJournalEntry", body)).toMatchObject({ status: 204 });
    await account.switches({ advIntercompanyLine: false });
    expect((await refused("advIntercompanyJournalEntry", body)).status).toBe(400);
    await account.switches({ advIntercompanyLine: true });
  });

  test("an account that is not OneWorld has no subsidiary at all", async () => {
    const single = await openAccount({ options: { preferences: { oneWorld: false } } });
    try {
      const own = await single.make("vendor", { companyName: "Acme" });
      const expense = { items: [{ account: single.account("5130"), amount: 5 }] };
      await single.make("vendorBill", { entity: own, expense });
      expect(refusal(await single.record("POST", "vendorBill", { entity: own, subsidiary: "1", expense })).detail).toContain(
        "You do not have permissions to set a value for element subsidiary",
      );
      expect((await single.query("SELECT id FROM subsidiary")).status).toBe(400);
    } finally {
      await single.close();
    }
  });
});

describe("approval", () => {
  test("where bills are routed a new one waits outside the ledger, whatever was sent; a role that may approve posts it", async () => {
    await account.preferences({ approvalRouting: ["vendorBill", "journalEntry"] });
    const id = await account.make("vendorBill", bill({ approvalStatus: { id: "2" } }));
    expect(await posting(id)).toMatchObject({ posting: "F", status: "D", approvalstatus: "1" });
    expect(await account.rows(`SELECT posting FROM transactionaccountingline WHERE transaction = ${id} AND posting = 'T'`)).toEqual([]);
    const approve = () => account.record("PATCH", `vendorBill/${id}`, { approvalStatus: { id: "2" } });
    expect(refusal(await approve()).detail).toContain("You do not have permissions to set a value for element approvalstatus");
    await account.preferences({ mayApprove: true });
    expect((await approve()).status).toBe(204);
    expect(await posting(id)).toMatchObject({ posting: "T", status: "A", approvalstatus: "2" });
    const entry = await account.make("journalEntry", plain());
    expect(await posting(entry)).toMatchObject({ posting: "F", status: "A" });
    await account.record("PATCH", `journalEntry/${entry}`, { approved: true });
    expect(await posting(entry)).toMatchObject({ posting: "T", status: "B" });
    await account.preferences({ approvalRouting: [], mayApprove: false });
  });
});

describe("what the form and the role demand", () => {
  test("mandatory fields and classifications are named by their labels", async () => {
    expect(await refused("employee", { subsidiary: "1" })).toMatchObject(sentence("Please enter value(s) for: First Name, Last Name."));
    await account.preferences({ mandatory: ["location", "department"] });
    expect(await refused("vendorBill", bill())).toMatchObject(sentence("Please enter value(s) for: Location, Department."));
    await account.preferences({ mandatory: [], requiredFields: { vendor: ["addressBook"] } });
    expect(await refused("vendor", { companyName: "No Address", subsidiary: "1" })).toMatchObject(
      sentence("Please enter value(s) for: Address."),
    );
    await account.preferences({ requiredFields: { vendor: null } });
  });

  test("a field that the form hides cannot be set; a record type can be denied to the role", async () => {
    await account.preferences({ hiddenFields: { vendorBill: ["memo"] }, deniedTypes: ["check"] });
    expect(await refused("vendorBill", bill({ memo: "x" }))).toMatchObject(
      sentence("You do not have permissions to set a value for element memo"),
    );
    expect(refusal(await account.record("GET", "check"))).toMatchObject({ status: 403, code: "INSUFFICIENT_PERMISSION" });
    await account.preferences({ hiddenFields: { vendorBill: null }, deniedTypes: [] });
  });

  test("unknown and inactive references are invalid values", async () => {
    expect(await refused("vendorBill", bill({ entity: "9999" }))).toMatchObject(
      sentence("Invalid Field Value 9999 for the following field: entity"),
    );
    const gone = await account.make("vendor", { companyName: "Gone", subsidiary: "1", isInactive: true });
    expect(await refused("vendorBill", bill({ entity: gone }))).toMatchObject(
      sentence(`Invalid Field Value ${gone} for the following field: entity`),
    );
  });

  test("names of parties are unique among all of them; numbers of accounts too", async () => {
    expect(await refused("customer", { companyName: "Acme Carriers", subsidiary: "1" })).toMatchObject({
      status: 400,
      detail: expect.stringContaining("already exists"),
    });
    const twin = { acctName: "Twin", acctNumber: "1010", acctType: "Bank", subsidiary: { items: [{ id: "1" }] } };
    expect(await refused("account", twin)).toMatchObject({ status: 400, detail: expect.stringContaining("already exists") });
    expect(await refused("account", { acctName: "No Number", acctType: "Bank", subsidiary: { items: [{ id: "1" }] } })).toMatchObject(
      sentence("Please enter value(s) for: Number."),
    );
  });

  test("a vendor's reference number twice passes, unless the account refuses it", async () => {
    await account.make("vendorBill", bill({ tranId: "TWICE" }));
    expect(await refused("vendorBill", bill({ tranId: "TWICE" }))).toMatchObject({ status: 204 });
    await account.preferences({ duplicateBillNumbers: "refuse" });
    expect(await refused("vendorBill", bill({ tranId: "TWICE" }))).toMatchObject({
      status: 400,
      detail: expect.stringContaining("already exists"),
    });
    await account.preferences({ duplicateBillNumbers: "allow" });
  });

  test("numbers of journals are generated, and ours are taken only where that is allowed", async () => {
    const numberOf = async (more: JsonObject) =>
      (await account.read("journalEntry", await account.make("journalEntry", { ...plain(), ...more })))["tranId"];
    expect(await numberOf({ tranId: "MINE-1" })).toMatch(/^JE\d+$/);
    await account.preferences({ allowNumberOverride: true });
    expect(await numberOf({ tranId: "MINE-2" })).toBe("MINE-2");
    await account.preferences({ allowNumberOverride: false });
  });

  test("a used account cannot be deleted, an unused one can", async () => {
    await account.make("vendorBill", bill());
    expect(refusal(await account.record("DELETE", `account/${account.account("5130")}`)).detail).toContain("in use");
    const fresh = await account.make("account", {
      acctName: "Fresh",
      acctNumber: "9999",
      acctType: "Expense",
      subsidiary: { items: [{ id: "1" }] },
    });
    expect((await account.record("DELETE", `account/${fresh}`)).status).toBe(204);
  });
});

describe("currencies", () => {
  test("documents in a party's currency are kept at the rate of their day; the ledger is in that of the subsidiary", async () => {
    await account.preferences({ rates: [{ currency: "CAD", base: "USD", day: "2026-11-01", rate: 0.7333 }] });
    const own = await account.make("vendor", { companyName: "Maple Haulage", subsidiary: "1", currency: "2" });
    const id = await account.make(
      "vendorBill",
      bill({
        entity: own,
        expense: {
          items: [
            { account: account.account("5130"), amount: 100.01 },
            { account: account.account("5135"), amount: 50.5 },
          ],
        },
      }),
    );
    expect(await account.read("vendorBill", id)).toMatchObject({
      currency: { refName: "Canadian Dollar" },
      exchangeRate: 0.7333,
      total: 150.51,
    });
    const rows = await account.rows(
      `SELECT debit, credit FROM transactionaccountingline WHERE transaction = ${id} ORDER BY transactionline`,
    );
    expect(rows).toMatchObject([{ credit: "110.37" }, { debit: "73.34" }, { debit: "37.03" }]);
    const payment = await account.record("POST", `vendorBill/${id}/!transform/vendorPayment`, {
      account: account.account("1010"),
      exchangeRate: 0.75,
    });
    const gains = await account.rows(
      `SELECT BUILTIN.DF(account) AS account, debit, credit FROM transactionaccountingline WHERE transaction = ${createdId(payment)} ORDER BY transactionline`,
    );
    expect(gains).toMatchObject([
      { credit: "112.88" },
      { debit: "110.37" },
      { account: "8050 Realized Exchange Gain or Loss", debit: "2.51" },
    ]);
  });

  test("a currency the party does not hold is an invalid value", async () => {
    expect(await refused("vendorBill", bill({ currency: "3" }))).toMatchObject(
      sentence("Invalid Field Value 3 for the following field: currency"),
    );
    const own = await account.make("vendor", {
      companyName: "Two Currencies",
      subsidiary: "1",
      currencyList: { items: [{ currency: "3" }] },
    });
    expect(await refused("vendorBill", bill({ entity: own, currency: "3" }))).toMatchObject({ status: 204 });
  });
});

describe("scripts and workflows of the account", () => {
  test.each([
    "The nexus of the transaction is not valid for transaction subsidiary.",
    "An employee with external access already has this e-mail address.",
    "This transaction is already voided.",
    "Invalid URL. Spaces are not allowed in the URL.",
    "This carrier is on hold.",
  ])("refuse with their own sentence: %s", async (refuse) => {
    await account.preferences({ scripts: { vendorBill: { refuse } } });
    expect(await refused("vendorBill", bill())).toEqual({
      status: 400,
      code: "USER_ERROR",
      detail: `Error while accessing a resource. ${refuse}`,
    });
    await account.preferences({ scripts: { vendorBill: null } });
  });

  test("change what was sent", async () => {
    await account.preferences({ scripts: { vendorBill: { set: { memo: "by a workflow" } } } });
    const id = await account.make("vendorBill", bill({ memo: "ours" }));
    expect(await account.read("vendorBill", id)).toMatchObject({ memo: "by a workflow" });
    await account.preferences({ scripts: { vendorBill: null } });
  });
});

test("budgets are imported by account and year and read by period", async () => {
  await account.make("budgetImport", {
    year: "2026",
    account: account.account("5210"),
    subsidiary: "1",
    periodamount1: 1000,
    periodamount11: 1200.5,
  });
  expect(await account.rows("SELECT BUILTIN.DF(account) AS account, amount FROM budgets ORDER BY amount")).toMatchObject([
    { amount: "1000" },
    { amount: "1200.5" },
  ]);
});

test("the metadata catalog lists types, schemas with custom fields, and transforms; a denied type is not in it", async () => {
  const list = await account.record("GET", "metadata-catalog");
  expect(items(list.json).find(({ name }) => name === "vendorBill")).toMatchObject({
    links: [{ rel: "canonical" }, { rel: "alternate", mediaType: "application/swagger+json" }, { rel: "alternate" }],
  });
  const schema = await account.record("GET", "metadata-catalog/vendorBill", undefined, { accept: "application/schema+json" });
  const properties = objectOf(schema.json["properties"]);
  expect(properties["custbody_load"]).toMatchObject({ "x-ns-custom-field": true, title: "Load #" });
  expect(JSON.stringify(properties["expense"])).toContain("custcol_load");
  const open = await account.record("GET", "metadata-catalog?select=vendorBill,customer", undefined, {
    accept: "application/swagger+json",
  });
  expect(Object.keys(objectOf(open.json["paths"]))).toContain("/vendorBill/{id}/!transform/vendorPayment");
  expect(refusal(await account.record("GET", "metadata-catalog?select=vendorBill,%20customer"))).toMatchObject({
    status: 400,
    code: "INVALID_REQUEST",
  });
  await account.preferences({ deniedTypes: ["check"] });
  expect(items((await account.record("GET", "metadata-catalog")).json).some(({ name }) => name === "check")).toBe(false);
  await account.preferences({ deniedTypes: [] });
});

test("whatever was written: debits equal credits in every row of the oracle", async () => {
  const { entries } = await account.ledger();
  for (const entry of listOf(entries).map(objectOf)) {
    const sum = listOf(entry["lines"])
      .map(objectOf)
      .reduce((total, row) => total + Math.round((Number(row["debit"]) - Number(row["credit"])) * 100), 0);
    expect(sum).toBe(0);
  }
});
