import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseMoney } from "../../core/money.ts";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { expenseLine, journal, openBench, saleLine, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let vendor: string;
let customer: string;
let item: string;
beforeAll(async () => {
  bench = await openBench();
  vendor = String((await bench.make("Vendor", { DisplayName: "Acme Carriers" }))["Id"]);
  customer = String((await bench.make("Customer", { DisplayName: "Shipper One" }))["Id"]);
  item = await bench.row("Item", "Linehaul Revenue - Company Fleet");
});
afterAll(() => bench.close());

const cents = fc.integer({ min: 1, max: 100_000_000 });
const amounts = fc.array(cents, { minLength: 1, maxLength: 6 });
const account = fc.constantFrom("5130", "5210", "5630", "1030", "2060", "7095");
const lines = fc.array(fc.tuple(account, cents), { minLength: 1, maxLength: 6 });
type Act =
  | { kind: "journal"; amounts: number[] }
  | { kind: "bill" | "credit" | "purchase"; lines: [string, number][]; refund: boolean }
  | { kind: "invoice" | "memo"; amounts: number[] };
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant("journal" as const), amounts }),
  fc.record({ kind: fc.constantFrom("bill" as const, "credit" as const, "purchase" as const), lines, refund: fc.boolean() }),
  fc.record({ kind: fc.constantFrom("invoice" as const, "memo" as const), amounts }),
);
const after = fc.constantFrom("keep", "update", "delete", "void");

function documentOf(made: Act): [entity: string, body: JsonObject] {
  const expenses = (rows: [string, number][]) => rows.map(([number, minor]) => expenseLine(bench.account(number), minor / 100));
  const sales = (rows: number[]) => rows.map((minor) => saleLine(item, minor / 100));
  const total = (rows: number[]) => rows.reduce((sum, minor) => sum + minor, 0) / 100;
  switch (made.kind) {
    case "journal": {
      const debits = made.amounts.map((minor): [string, number] => [bench.account("5210"), minor / 100]);
      return ["JournalEntry", journal([...debits, [bench.account("2050"), -total(made.amounts)]])];
    }
    case "bill":
      return ["Bill", { VendorRef: { value: vendor }, Line: expenses(made.lines) }];
    case "credit":
      return ["VendorCredit", { VendorRef: { value: vendor }, Line: expenses(made.lines) }];
    case "purchase":
      return [
        "Purchase",
        { PaymentType: "CreditCard", AccountRef: { value: bench.account("2040") }, Credit: made.refund, Line: expenses(made.lines) },
      ];
    case "invoice":
      return ["Invoice", { CustomerRef: { value: customer }, Line: sales(made.amounts) }];
    case "memo":
      return ["CreditMemo", { CustomerRef: { value: customer }, Line: sales(made.amounts) }];
  }
}

async function perform(made: Act, then: string): Promise<void> {
  const [entity, body] = documentOf(made);
  const record = await bench.make(entity, body);
  const reference = { Id: String(record["Id"]), SyncToken: "0" };
  const path = entity.toLowerCase();
  if (then === "delete") expect((await bench.post(`${path}?operation=delete`, reference)).status).toBe(200);
  if (then === "void") expect((await bench.post(`${path}?operation=void`, reference)).status).toBe(entity === "Invoice" ? 200 : 400);
  if (then === "update") expect((await bench.post(path, { ...body, ...reference, PrivateNote: "changed" })).status).toBe(200);
}

const minor = (text: unknown) => parseMoney(String(text), "USD").minor;
const sum = (rows: readonly JsonObject[], side: string) => rows.reduce((total, row) => total + minor(row[side]), 0n);

test("whatever is written, changed, voided or deleted: debits equal credits in every row and in all", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(act, after), { minLength: 1, maxLength: 8 }), async (acts) => {
      for (const [made, then] of acts) await perform(made, then);
      const ledger = await bench.ledger();
      const entries = listOf(ledger["entries"]).map(objectOf);
      for (const entry of entries) {
        const legs = listOf(entry["lines"]).map(objectOf);
        expect(sum(legs, "debit")).toBe(sum(legs, "credit"));
      }
      const balances = listOf(ledger["balances"]).map(objectOf);
      expect(sum(balances, "balance")).toBe(0n);
      expect(objectOf(ledger["totals"])["debit"]).toBe(objectOf(ledger["totals"])["credit"]);
      expect(balancesFrom(entries)).toEqual(new Map(balances.map((row) => [row["id"], minor(row["balance"])])));
    }),
    { numRuns: 25 },
  );
});

/** The balances once more, from the rows alone. */
function balancesFrom(entries: readonly JsonObject[]): Map<unknown, bigint> {
  const totals = new Map<unknown, bigint>();
  for (const leg of entries.flatMap((entry) => listOf(entry["lines"]).map(objectOf))) {
    totals.set(leg["accountId"], (totals.get(leg["accountId"]) ?? 0n) + minor(leg["debit"]) - minor(leg["credit"]));
  }
  return totals;
}

test("the payable and receivable accounts equal what the parties are owed and owe", async () => {
  const read = async (path: string, entity: string) => objectOf((await bench.get(path)).json[entity]);
  const payable = await read(`account/${bench.account("2010")}`, "Account");
  const receivable = await read(`account/${bench.account("1100")}`, "Account");
  expect((await read(`vendor/${vendor}`, "Vendor"))["Balance"]).toBe(payable["CurrentBalance"]);
  expect((await read(`customer/${customer}`, "Customer"))["Balance"]).toBe(receivable["CurrentBalance"]);
});

test("amounts of fifteen digits keep their cents", async () => {
  const made = await bench.make(
    "JournalEntry",
    journal([
      [bench.account("1510"), 9_999_999_999_999.98],
      [bench.account("2050"), -9_999_999_999_999.98],
    ]),
  );
  expect(listOf(made["Line"])).toMatchObject([{ Amount: 9_999_999_999_999.98 }, { Amount: 9_999_999_999_999.98 }]);
  const entries = listOf((await bench.ledger())["entries"]).map(objectOf);
  expect(listOf(entries.at(-1)?.["lines"])).toMatchObject([{ debit: "9999999999999.98" }, { credit: "9999999999999.98" }]);
});
