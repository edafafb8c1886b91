import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objectOf, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, journal, openBench, rowsOf, saleLine, type TestBench } from "../raw-client.ts";

let bench: TestBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const id = (record: JsonObject) => String(record["Id"]);

describe("vendors and customers", () => {
  test("get their defaults", async () => {
    const terms = await bench.row("Term", "Net 15");
    const made = await bench.make("Vendor", {
      DisplayName: "Kestrel Haulage",
      AcctNum: "TMS-V-1",
      TaxIdentifier: "12-3456789",
      TermRef: { value: terms },
      PrimaryEmailAddr: { Address: "ap@kestrel.example" },
    });
    expect(made).toMatchObject({
      Balance: 0,
      Vendor1099: false,
      Active: true,
      PrintOnCheckName: "Kestrel Haulage",
      TaxIdentifier: "XXXXX6789",
      TermRef: { name: "Net 15" },
      CurrencyRef: { value: "USD" },
    });
    expect(await bench.make("Customer", { GivenName: "Ada", FamilyName: "Marsh" })).toMatchObject({
      DisplayName: "Ada Marsh",
      FullyQualifiedName: "Ada Marsh",
      BalanceWithJobs: 0,
      PreferredDeliveryMethod: "Print",
    });
  });

  test("share one space of names, without regard to case", async () => {
    await bench.make("Vendor", { DisplayName: "Clash Ltd" });
    expect(faultIn(await bench.post("customer", { DisplayName: "CLASH LTD" }))).toMatchObject({
      code: "6240",
      detail:
        "The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a different name.",
    });
  });

  const refused: [string, JsonObject, string][] = [
    ["no name at all", { CompanyName: "x" }, "6080"],
    ["a colon in the name", { DisplayName: "a:b" }, "2040"],
    ["a name that is too long", { DisplayName: "x".repeat(501) }, "2050"],
    ["a term that is not there", { DisplayName: "Termless", TermRef: { value: "99" } }, "2500"],
    ["a foreign currency", { DisplayName: "Foreign", CurrencyRef: { value: "CAD" } }, "6000"],
    ["a boolean that is none", { DisplayName: "Perhaps", Vendor1099: "perhaps" }, "2240"],
  ];
  test.each(refused)("are refused with %s", async (_case, body, code) => {
    expect(faultIn(await bench.post("vendor", body))).toMatchObject({ code });
  });

  test("leave by becoming inactive: the name is freed, lists hide them, new writes cannot use them", async () => {
    const made = await bench.make("Vendor", { DisplayName: "Gone Carrier" });
    const change = { Id: id(made), SyncToken: "0", sparse: true, Active: false };
    expect((await bench.post("vendor", change)).json["Vendor"]).toMatchObject({
      Active: false,
      DisplayName: "Gone Carrier (deleted)",
      SyncToken: "1",
    });
    expect(rowsOf((await bench.query("select * from Vendor where DisplayName like 'Gone%'")).json, "Vendor")).toHaveLength(0);
    expect(
      rowsOf((await bench.query("select * from Vendor where DisplayName like 'Gone%' and Active in (true, false)")).json, "Vendor"),
    ).toHaveLength(1);
    const bill = { VendorRef: { value: id(made) }, Line: [expenseLine(bench.account("5130"), 1)] };
    expect(faultIn(await bench.post("bill", bill))).toMatchObject({
      code: "2500",
      detail: expect.stringContaining("has been made inactive"),
    });
    await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { inactiveReferenceCode: "610" } });
    expect(faultIn(await bench.post("bill", bill))).toMatchObject({ code: "610" });
    await bench.make("Vendor", { DisplayName: "Gone Carrier" });
    expect((await bench.get(`vendor/${id(made)}`)).json["Vendor"]).toMatchObject({ Active: false });
  });

  test("cannot leave with a balance, and are never deleted", async () => {
    const made = await bench.make("Vendor", { DisplayName: "Owed Carrier" });
    await bench.make("Bill", { VendorRef: { value: id(made) }, Line: [expenseLine(bench.account("5130"), 12)] });
    expect(faultIn(await bench.post("vendor", { Id: id(made), SyncToken: "0", sparse: true, Active: false }))).toMatchObject({
      code: "6220",
    });
    expect(faultIn(await bench.post("vendor?operation=delete", { Id: id(made), SyncToken: "0" }))).toMatchObject({ code: "500" });
  });

  test("a sparse update cannot clear the display name", async () => {
    const made = await bench.make("Vendor", { DisplayName: "Named For Ever", AcctNum: "1" });
    const { json } = await bench.post("vendor", { Id: id(made), SyncToken: "0", sparse: true, DisplayName: null, AcctNum: "" });
    expect(json["Vendor"]).toMatchObject({ DisplayName: "Named For Ever" });
    expect(json["Vendor"]).not.toHaveProperty("AcctNum");
  });

  test("a customer below another has a full name, and follows when its parent is renamed", async () => {
    const parent = await bench.make("Customer", { DisplayName: "Big Shipper" });
    const child = await bench.make("Customer", { DisplayName: "Plant 7", ParentRef: { value: id(parent) } });
    expect(child).toMatchObject({ FullyQualifiedName: "Big Shipper:Plant 7", Job: true });
    const item = await bench.row("Item", "Detention Revenue");
    const invoice = { CustomerRef: { value: id(child) }, Line: [saleLine(item, 60)] };
    expect(await bench.make("Invoice", invoice)).toMatchObject({ CustomerRef: { name: "Big Shipper:Plant 7" } });
    await bench.post("customer", { Id: id(parent), SyncToken: "0", sparse: true, DisplayName: "Bigger Shipper" });
    expect(await bench.make("Invoice", invoice)).toMatchObject({ CustomerRef: { name: "Bigger Shipper:Plant 7" } });
    expect((await bench.get(`customer/${id(parent)}`)).json["Customer"]).toMatchObject({ Balance: 0, BalanceWithJobs: 120 });
    expect((await bench.get(`customer/${id(child)}`)).json["Customer"]).toMatchObject({ FullyQualifiedName: "Bigger Shipper:Plant 7" });
  });
});

describe("accounts", () => {
  test("get type, classification and live balance", async () => {
    const made = await bench.make("Account", { Name: "Yard Rent", AccountSubType: "RentOrLeaseOfBuildings", AcctNum: "6999" });
    expect(made).toMatchObject({ AccountType: "Expense", Classification: "Expense", CurrentBalance: 0, SubAccount: false });
    const clearing = bench.account("2050");
    await bench.make(
      "JournalEntry",
      journal([
        [id(made), 25.5],
        [clearing, -25.5],
      ]),
    );
    expect((await bench.get(`account/${id(made)}`)).json["Account"]).toMatchObject({ CurrentBalance: 25.5 });
    expect((await bench.get(`account/${clearing}`)).json["Account"]).toMatchObject({ CurrentBalance: 25.5, Classification: "Liability" });
  });

  const refused: [string, JsonObject, string][] = [
    ["no name", { AccountType: "Expense" }, "2020"],
    ["neither type nor subtype", { Name: "Nothing" }, "6010"],
    ["an unknown type", { Name: "Odd", AccountType: "Costs" }, "2170"],
    ["a subtype of another type", { Name: "Odd", AccountType: "Bank", AccountSubType: "Travel" }, "6000"],
    ["a number that is taken", { Name: "Second Diesel", AccountType: "Expense", AcctNum: "5210" }, "6000"],
    ["a number over seven characters", { Name: "Long", AccountType: "Expense", AcctNum: "12345678" }, "2050"],
    ["a name that is taken", { Name: "tolls", AccountType: "Expense" }, "6240"],
    ["a quote in the name", { Name: 'The "Yard"', AccountType: "Expense" }, "2040"],
  ];
  test.each(refused)("are refused with %s", async (_case, body, code) => {
    expect(faultIn(await bench.post("account", body))).toMatchObject({ code });
  });

  test("nest five levels deep and no deeper", async () => {
    let parent: string | null = null;
    for (let level = 1; level <= 5; level += 1) {
      const made: JsonObject = await bench.make("Account", {
        Name: `Level ${level}`,
        AccountType: "Expense",
        ...(parent === null ? {} : { ParentRef: { value: parent } }),
      });
      parent = id(made);
      if (level === 5) expect(made["FullyQualifiedName"]).toBe("Level 1:Level 2:Level 3:Level 4:Level 5");
    }
    const tooDeep = { Name: "Level 6", AccountType: "Expense", ParentRef: { value: String(parent) } };
    expect(faultIn(await bench.post("account", tooDeep))).toMatchObject({ code: "6180" });
  });
});

describe("the other lists", () => {
  test("class ids are too long for a JavaScript number", async () => {
    const made = await bench.make("Class", { Name: "Flatbed" });
    expect(id(made)).toMatch(/^50000000000000\d{5}$/);
    expect(BigInt(id(made)) > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
    expect((await bench.get(`class/${id(made)}`)).json["Class"]).toMatchObject({ Name: "Flatbed", SubClass: false });
  });

  test("departments, items and terms come back with their defaults", async () => {
    expect(await bench.make("Department", { Name: "PHX" })).toMatchObject({ SubDepartment: false, FullyQualifiedName: "PHX" });
    const item = await bench.make("Item", { Name: "Escort", Type: "Service", IncomeAccountRef: { value: bench.account("4190") } });
    expect(item).toMatchObject({
      UnitPrice: 0,
      PurchaseCost: 0,
      TrackQtyOnHand: false,
      IncomeAccountRef: { name: "Other Accessorial Revenue" },
    });
    expect(await bench.make("Term", { Name: "Net 10", DueDays: "10" })).toMatchObject({ DueDays: 10, Type: "STANDARD" });
    expect(await bench.make("Term", { Name: "The 15th", DayOfMonthDue: 15 })).toMatchObject({ Type: "DATE_DRIVEN" });
  });

  const refused: [string, string, JsonObject, string][] = [
    ["class", "a name that is taken", { Name: "reefer" }, "6240"],
    ["department", "no name", {}, "2020"],
    ["item", "no account", { Name: "Nowhere", Type: "Service" }, "2020"],
    ["item", "goods on a shelf", { Name: "Tyre", Type: "Inventory" }, "5030"],
    ["term", "no due days", { Name: "Whenever" }, "2020"],
    ["term", "too many days", { Name: "Never", DueDays: 1000 }, "2180"],
  ];
  test.each(refused)("%s is refused with %s", async (entity, _case, body, code) => {
    expect(faultIn(await bench.post(entity, body))).toMatchObject({ code });
  });

  test("a class on a line is dropped while tracking is off, or refused where the switch says so", async () => {
    const [klass] = rowsOf((await bench.query("select * from Class")).json, "Class");
    await bench.control("POST", "preferences", {
      system: "quickbooks-online",
      id: bench.realm,
      preferences: { AccountingInfoPrefs: { ClassTrackingPerTxnLine: false } },
    });
    const body = journal([
      [bench.account("5210"), 1],
      [bench.account("2050"), -1],
    ]);
    const [first, second] = body["Line"] as JsonObject[];
    const detail = { ...objectOf(first?.["JournalEntryLineDetail"]), ClassRef: { value: String(klass?.["Id"]) } };
    const withClass = { ...body, Line: [{ ...first, JournalEntryLineDetail: detail }, second ?? {}] };
    expect(JSON.stringify(await bench.make("JournalEntry", withClass))).not.toContain("ClassRef");
    await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { classWhenTrackingOff: "5020" } });
    expect(faultIn(await bench.post("journalentry", withClass))).toMatchObject({ code: "5020" });
  });
});
