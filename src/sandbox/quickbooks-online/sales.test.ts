import { afterAll, beforeAll, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { faultIn, openBench, saleLine, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let customer: string;
let linehaul: string;
let fuelSurcharge: string;

beforeAll(async () => {
  bench = await openBench();
  const address = { Line1: "1 Dock Rd", City: "Atlanta", CountrySubDivisionCode: "GA", PostalCode: "30301" };
  customer = String((await bench.make("Customer", { DisplayName: "Shipper One", BillAddr: address }))["Id"]);
  linehaul = await bench.row("Item", "Linehaul Revenue - Company Fleet");
  fuelSurcharge = await bench.row("Item", "Fuel Surcharge Revenue - Fleet");
});
afterAll(() => bench.close());

const invoice = (more: JsonObject = {}): JsonObject => ({
  CustomerRef: { value: customer },
  TxnDate: "2026-01-18",
  Line: [saleLine(linehaul, 2400, { Qty: 1, UnitPrice: 2400 }), saleLine(fuelSurcharge, 312.5)],
  ...more,
});

async function legsOf(id: unknown): Promise<JsonObject[]> {
  const entries = listOf((await bench.ledger())["entries"]).map(objectOf);
  return listOf(entries.findLast((entry) => entry["id"] === id)?.["lines"]).map(objectOf);
}

test("an invoice gets its defaults, a subtotal line, the customer's address, and credits the items' income", async () => {
  const terms = await bench.row("Term", "Net 30");
  const klass = await bench.row("Class", "DEDICATED");
  const made = await bench.make(
    "Invoice",
    invoice({
      DocNumber: "INV-1",
      SalesTermRef: { value: terms },
      Line: [saleLine(linehaul, 2400, { Qty: 1, UnitPrice: 2400, ClassRef: { value: klass } }), saleLine(fuelSurcharge, 312.5)],
      CustomField: [{ DefinitionId: "1", Type: "StringType", StringValue: "L-90210" }],
    }),
  );
  expect(made).toMatchObject({
    TotalAmt: 2712.5,
    Balance: 2712.5,
    DueDate: "2026-02-17",
    BillAddr: { City: "Atlanta" },
    EmailStatus: "NotSet",
    PrintStatus: "NotSet",
    LinkedTxn: [],
    CustomField: [{ Name: "Load #", StringValue: "L-90210" }],
  });
  const lines = listOf(made["Line"]).map(objectOf);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatchObject({
    Id: "1",
    SalesItemLineDetail: { ItemRef: { name: "Linehaul Revenue - Company Fleet" }, TaxCodeRef: { value: "NON" } },
  });
  expect(lines[2]).toEqual({ Amount: 2712.5, DetailType: "SubTotalLineDetail", SubTotalLineDetail: {} });
  expect(await legsOf(made["Id"])).toMatchObject([
    { account: "4010", credit: "2400.00", dimensions: { class: "DEDICATED" } },
    { account: "4040", credit: "312.50" },
    { account: "1100", debit: "2712.50", party: { type: "Customer", name: "Shipper One" } },
  ]);
});

const refused: [string, () => JsonObject, string][] = [
  ["no customer", () => ({ Line: [saleLine(linehaul, 1)] }), "2020"],
  ["no lines", () => invoice({ Line: [] }), "2250"],
  ["a line without an item", () => invoice({ Line: [{ DetailType: "SalesItemLineDetail", Amount: 5, SalesItemLineDetail: {} }] }), "2020"],
  ["an amount that is not quantity times price", () => invoice({ Line: [saleLine(linehaul, 10, { Qty: 3, UnitPrice: 3.33 })] }), "6070"],
  ["a negative line", () => invoice({ Line: [saleLine(linehaul, -1)] }), "2290"],
  ["an item that is not there", () => invoice({ Line: [saleLine("9999", 1)] }), "2500"],
  ["mail to send and nobody to send it to", () => invoice({ EmailStatus: "NeedToSend" }), "2020"],
  ["a mail address that is none", () => invoice({ BillEmail: { Address: "nobody" } }), "2210"],
  ["a custom field beyond the third", () => invoice({ CustomField: [{ DefinitionId: "9", StringValue: "x" }] }), "3000"],
];
test.each(refused)("an invoice is refused with %s", async (_case, body, code) => {
  const answer = await bench.post("invoice", body());
  expect([answer.status, faultIn(answer).code]).toEqual([400, code]);
});

test("quantity times price is rounded to the cent before it is compared", async () => {
  const made = await bench.make("Invoice", invoice({ Line: [saleLine(linehaul, 411.34, { Qty: 112.418, UnitPrice: 3.659 })] }));
  expect(made).toMatchObject({ TotalAmt: 411.34 });
});

test("a discount line debits the discount account", async () => {
  const discount = { DetailType: "DiscountLineDetail", DiscountLineDetail: { PercentBased: true, DiscountPercent: 2 } };
  const made = await bench.make("Invoice", invoice({ Line: [saleLine(linehaul, 1000), discount] }));
  expect(made).toMatchObject({ TotalAmt: 980 });
  expect(await legsOf(made["Id"])).toMatchObject([
    { account: "4010", credit: "1000.00" },
    { account: "4910", debit: "20.00" },
    { account: "1100", debit: "980.00" },
  ]);
});

test("a number that is taken is refused with the holder's id, unless the switch accepts it", async () => {
  const first = await bench.make("Invoice", invoice({ DocNumber: "INV-50211" }));
  const again = await bench.post("invoice", invoice({ DocNumber: "INV-50211" }));
  expect(faultIn(again)).toMatchObject({
    code: "6140",
    detail: expect.stringContaining(`DocNumber=INV-50211 is assigned to TxnType=Invoice with TxnId=${String(first["Id"])}`),
  });
  await bench.control("PUT", "switches", { system: "quickbooks-online", id: bench.realm, switches: { duplicateSalesNumber: "accept" } });
  expect((await bench.post("invoice", invoice({ DocNumber: "INV-50211" }))).status).toBe(200);
});

test("numbers are given out when the company does not use its own, or when asked for", async () => {
  expect(await bench.make("Invoice", invoice())).not.toHaveProperty("DocNumber");
  expect((await bench.make("Invoice", invoice({ DocNumber: "AUTO_GENERATE" })))["DocNumber"]).toMatch(/^\d+$/);
  await bench.control("POST", "preferences", {
    system: "quickbooks-online",
    id: bench.realm,
    preferences: { SalesFormsPrefs: { CustomTxnNumbers: false } },
  });
  expect((await bench.make("Invoice", invoice()))["DocNumber"]).toMatch(/^\d+$/);
});

test("a credit memo posts the opposite of an invoice", async () => {
  const made = await bench.make("CreditMemo", {
    CustomerRef: { value: customer },
    TxnDate: "2026-01-28",
    DocNumber: "CM-12",
    Line: [saleLine(linehaul, 100)],
  });
  expect(made).toMatchObject({ RemainingCredit: 100, Balance: 100, TotalAmt: 100 });
  expect(await legsOf(made["Id"])).toMatchObject([
    { account: "4010", debit: "100.00" },
    { account: "1100", credit: "100.00" },
  ]);
});

test("a voided invoice stays without its money", async () => {
  const made = await bench.make("Invoice", invoice({ PrivateNote: "Load 50211" }));
  const { json } = await bench.post("invoice?operation=void", { Id: made["Id"] ?? "", SyncToken: "0" });
  expect(json["Invoice"]).toMatchObject({ Id: made["Id"], SyncToken: "1", TotalAmt: 0, Balance: 0, PrivateNote: "Voided - Load 50211" });
  expect(listOf(objectOf(json["Invoice"])["Line"]).map((line) => objectOf(line)["Amount"])).toEqual([0, 0, 0]);
  const entries = listOf((await bench.ledger())["entries"]).map(objectOf);
  expect(entries.at(-1)).toMatchObject({ operation: "void", id: made["Id"] });
  expect(listOf(entries.at(-1)?.["lines"])).toMatchObject([
    { account: "4010", debit: "2400.00", reversal: true },
    { account: "4040", debit: "312.50", reversal: true },
    { account: "1100", credit: "2712.50", reversal: true },
  ]);
});
