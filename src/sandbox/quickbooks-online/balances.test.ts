import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listOf, objectOf, type JsonObject } from "../json.ts";
import { openBench, rowsOf, saleLine, type TestBench } from "../raw-client.ts";

let bench: TestBench;
let item: string;
beforeAll(async () => {
  bench = await openBench();
  item = await bench.row("Item", "Linehaul Revenue - Company Fleet");
});
afterAll(() => bench.close());

const cents = (value: unknown) => Math.round(Number(value) * 100);
const sum = (rows: readonly JsonObject[], member: string) => rows.reduce((total, row) => total + cents(row[member]), 0);
const rows = async (entity: string, customer: string) => {
  const all = rowsOf((await bench.query(`select * from ${entity} where CustomerRef = '${customer}' maxresults 1000`)).json, entity);
  return all;
};

const step = fc.oneof(
  fc.record({ kind: fc.constantFrom("invoice", "memo", "payment"), amount: fc.integer({ min: 1, max: 50_000 }), pick: fc.nat() }),
  fc.record({
    kind: fc.constantFrom("void payment", "void invoice", "delete payment", "apply memo"),
    amount: fc.constant(0),
    pick: fc.nat(),
  }),
);

async function perform({ kind, amount, pick }: { kind: string; amount: number; pick: number }, customer: string): Promise<void> {
  const ref = { CustomerRef: { value: customer } };
  const [invoices, payments, memos] = [
    await rows("Invoice", customer),
    await rows("Payment", customer),
    await rows("CreditMemo", customer),
  ];
  const open = invoices.filter((row) => cents(row["Balance"]) > 0);
  const invoice = open[pick % Math.max(1, open.length)];
  const link = (minor: number, type: string, row: JsonObject) => ({
    Amount: minor / 100,
    LinkedTxn: [{ TxnId: String(row["Id"]), TxnType: type }],
  });
  const undo = async (entity: string, row: JsonObject | undefined, query: string) => {
    if (row === undefined) return;
    const answer = await bench.post(`${entity}?${query}`, { Id: String(row["Id"]), SyncToken: String(row["SyncToken"]) });
    expect(answer.status).toBe(200);
  };
  switch (kind) {
    case "invoice":
    case "memo":
      await bench.make(kind === "invoice" ? "Invoice" : "CreditMemo", { ...ref, Line: [saleLine(item, amount / 100)] });
      break;
    case "payment": {
      const applied = invoice === undefined ? 0 : Math.min(amount, cents(invoice["Balance"]));
      const lines = invoice === undefined ? [] : [link(applied, "Invoice", invoice)];
      await bench.make("Payment", { ...ref, TotalAmt: amount / 100, Line: lines });
      break;
    }
    case "apply memo": {
      const memo = memos.find((row) => cents(row["RemainingCredit"]) > 0);
      if (memo === undefined || invoice === undefined) break;
      const applied = Math.min(cents(memo["RemainingCredit"]), cents(invoice["Balance"]));
      await bench.make("Payment", { ...ref, TotalAmt: 0, Line: [link(applied, "Invoice", invoice), link(applied, "CreditMemo", memo)] });
      break;
    }
    case "void payment":
      await undo("payment", payments[pick % Math.max(1, payments.length)], "operation=update&include=void");
      break;
    case "delete payment":
      await undo("payment", payments[pick % Math.max(1, payments.length)], "operation=delete");
      break;
    case "void invoice":
      await undo("invoice", invoices[pick % Math.max(1, invoices.length)], "operation=void");
      break;
  }
}

let names = 0;
test("whatever is invoiced, credited, paid, voided and deleted: open items, the customer's balance and the ledger agree", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
      const customer = String((await bench.make("Customer", { DisplayName: `Shipper ${(names += 1)}` }))["Id"]);
      for (const one of steps) await perform(one, customer);
      const [invoices, payments, memos] = [
        await rows("Invoice", customer),
        await rows("Payment", customer),
        await rows("CreditMemo", customer),
      ];
      const open = sum(invoices, "Balance") - sum(memos, "Balance") - sum(payments, "UnappliedAmt");
      const card = objectOf((await bench.get(`customer/${customer}`)).json["Customer"]);
      expect(cents(card["Balance"])).toBe(open);
      for (const invoice of invoices) {
        const paid = payments
          .flatMap((payment) => listOf(payment["Line"]).map(objectOf))
          .filter((line) => {
            const link = objectOf(listOf(line["LinkedTxn"])[0]);
            return link["TxnId"] === invoice["Id"] && link["TxnType"] === "Invoice";
          });
        expect(cents(invoice["TotalAmt"]) - sum(paid, "Amount")).toBe(cents(invoice["Balance"]));
        expect(cents(invoice["Balance"])).toBeGreaterThanOrEqual(0);
      }
      const entries = listOf((await bench.ledger())["entries"]).map(objectOf);
      const legs = entries
        .flatMap((entry) => listOf(entry["lines"]).map(objectOf))
        .filter((leg) => objectOf(leg["party"])["id"] === customer && leg["account"] === "1100");
      expect(sum(legs, "debit") - sum(legs, "credit")).toBe(open);
    }),
    { numRuns: 20 },
  );
});
