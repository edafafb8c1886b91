import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseMoney } from "../../core/money.ts";
import { listOf, objectOf, type Json, type JsonObject } from "../json.ts";
import { expenseLine, faultIn, journal, openBench, saleLine, type TestBench } from "../raw-client.ts";

let bench: TestBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const report = async (name: string, query: string) => (await bench.get(`reports/${name}?${query}`)).json;
const cells = (row: Json | undefined): string[] => listOf(objectOf(row)["ColData"]).map((cell) => String(objectOf(cell)["value"]));
const rowsIn = (value: Json | undefined): JsonObject[] => listOf(objectOf(value)["Row"]).map(objectOf);
/** Data rows at any depth. */
function dataRows(value: Json | undefined): JsonObject[] {
  return rowsIn(value).flatMap((row) => (row["ColData"] === undefined ? dataRows(row["Rows"]) : [row]));
}
const option = (answer: JsonObject) =>
  Object.fromEntries(
    listOf(objectOf(answer["Header"])["Option"])
      .map(objectOf)
      .map(({ Name: name, Value: value }) => [name, value]),
  );
const minor = (text: string) => (text === "" ? 0n : parseMoney(text, "USD").minor);
const rowOf = (answer: JsonObject, name: string) => cells(dataRows(answer["Rows"]).find((row) => cells(row)[0] === name));

describe("over a small set of books", () => {
  beforeAll(async () => {
    const customer = String((await bench.make("Customer", { DisplayName: "Shipper One" }))["Id"]);
    const vendor = String((await bench.make("Vendor", { DisplayName: "Acme Carriers" }))["Id"]);
    const item = await bench.row("Item", "Linehaul Revenue - Company Fleet");
    const [klass, place] = [await bench.row("Class", "REEFER"), await bench.row("Department", "DAL")];
    const sale = (date: string, amount: number, detail: JsonObject = {}) =>
      bench.make("Invoice", {
        CustomerRef: { value: customer },
        TxnDate: date,
        DepartmentRef: { value: place },
        Line: [saleLine(item, amount, detail)],
      });
    await sale("2025-12-15", 1000);
    await sale("2026-01-10", 2000, { ClassRef: { value: klass } });
    await sale("2026-02-10", 500);
    await bench.make("Bill", {
      ...{ VendorRef: { value: vendor }, TxnDate: "2026-01-20", DocNumber: "CARR-1" },
      Line: [expenseLine(bench.account("5130"), 800), expenseLine(bench.account("7080"), 25, { ClassRef: { value: klass } })],
    });
    await bench.make("JournalEntry", {
      ...journal([
        [bench.account("8010"), 10],
        [bench.account("8060"), -4],
        [bench.account("2540"), -6],
      ]),
      TxnDate: "2026-01-31",
      DocNumber: "JE-1",
      PrivateNote: "interest",
    });
  });

  test("the trial balance rolls last year's profit into retained earnings and balances", async () => {
    const answer = await report("TrialBalance", "start_date=2026-01-01&end_date=2026-01-31");
    expect(objectOf(answer["Header"])).toMatchObject({
      ...{ ReportName: "TrialBalance", ReportBasis: "Accrual", StartPeriod: "2026-01-01", EndPeriod: "2026-01-31", Currency: "USD" },
    });
    expect(answer).not.toHaveProperty("time");
    expect(rowOf(answer, "Accounts Receivable - Trade").slice(1)).toEqual(["3000.00", ""]);
    expect(rowOf(answer, "Retained Earnings").slice(1)).toEqual(["", "1000.00"]);
    expect(rowOf(answer, "Linehaul Revenue - Company Fleet").slice(1)).toEqual(["", "2000.00"]);
    const total = rowsIn(answer["Rows"]).at(-1);
    expect(total).toMatchObject({ group: "GrandTotal", type: "Section" });
    expect(cells(total?.["Summary"])).toEqual(["TOTAL", "3835.00", "3835.00"]);
    const receivable = dataRows(answer["Rows"]).find((row) => cells(row)[0] === "Accounts Receivable - Trade");
    expect(listOf(receivable?.["ColData"])[0]).toMatchObject({ id: bench.account("1100") });
  });

  test("profit and loss has its sections and comes to the net income", async () => {
    const answer = await report("ProfitAndLoss", "start_date=2026-01-01&end_date=2026-01-31&accounting_method=Accrual");
    const groups = rowsIn(answer["Rows"]).map((row) => [row["group"], cells(row["Summary"]).at(-1)]);
    expect(groups).toEqual([
      ["Income", "2000.00"],
      ["COGS", "800.00"],
      ["GrossProfit", "1200.00"],
      ["Expenses", "35.00"],
      ["NetOperatingIncome", "1165.00"],
      ["OtherIncome", "4.00"],
      ["NetOtherIncome", "4.00"],
      ["NetIncome", "1169.00"],
    ]);
  });

  test("by month, by class and by department it has a column each and a total", async () => {
    const by = async (what: string) => {
      const answer = await report("ProfitAndLoss", `start_date=2025-12-10&end_date=2026-02-15&summarize_column_by=${what}`);
      const titles = listOf(objectOf(answer["Columns"])["Column"]).map((column) => objectOf(column)["ColTitle"]);
      return { titles, income: cells(rowsIn(answer["Rows"])[0]?.["Summary"]) };
    };
    expect(await by("Month")).toEqual({
      titles: ["", "Dec 2025", "Jan 2026", "Feb 2026", "Total"],
      income: ["Total Income", "1000.00", "2000.00", "500.00", "3500.00"],
    });
    expect(await by("Classes")).toEqual({
      titles: ["", "REEFER", "Not Specified", "Total"],
      income: ["Total Income", "2000.00", "1500.00", "3500.00"],
    });
    expect((await by("Departments")).titles).toEqual(["", "DAL", "Not Specified", "Total"]);
  });

  test("the general ledger has a section an account, with its beginning and its running balance", async () => {
    const answer = await report("GeneralLedger", "start_date=2026-01-01&end_date=2026-02-28");
    const section = rowsIn(answer["Rows"]).find((row) => cells(row["Header"])[0] === "Accounts Receivable - Trade");
    expect(rowsIn(section?.["Rows"]).map((row) => cells(row))).toEqual([
      ["Beginning Balance", "", "", "", "", "", "", "1000.00"],
      ["2026-01-10", "Invoice", "", "Shipper One", "", "Linehaul Revenue - Company Fleet", "2000.00", "3000.00"],
      ["2026-02-10", "Invoice", "", "Shipper One", "", "Linehaul Revenue - Company Fleet", "500.00", "3500.00"],
    ]);
    expect(cells(section?.["Summary"])).toContain("2500.00");
    const keys = listOf(objectOf(answer["Columns"])["Column"]).map((column) => objectOf(listOf(objectOf(column)["MetaData"])[0])["Value"]);
    expect(keys).toEqual(["tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount"]);
  });

  test("the journal names a transaction on its first line only, and totals it", async () => {
    const answer = await report("JournalReport", "start_date=2026-01-31&end_date=2026-01-31");
    const rows = dataRows(answer["Rows"]).map(cells);
    expect(rows).toEqual([
      ["2026-01-31", "Journal Entry", "JE-1", "", "interest", "Interest Expense - Equipment", "10.00", ""],
      ["0-00-00", "", "", "", "interest", "Other Income", "", "4.00"],
      ["0-00-00", "", "", "", "interest", "Line of Credit", "", "6.00"],
      ["", "", "", "", "", "", "10.00", "10.00"],
    ]);
    const [first] = dataRows(answer["Rows"]);
    expect(objectOf(listOf(first?.["ColData"])[1])["id"]).toMatch(/^\d+$/);
  });

  test("filters leave out what is not asked for; nothing at all is said to be no data", async () => {
    const answer = await report("GeneralLedger", `start_date=2026-01-01&end_date=2026-12-31&account=${bench.account("7080")}`);
    expect(rowsIn(answer["Rows"])).toHaveLength(1);
    const empty = await report("TrialBalance", "start_date=2020-01-01&end_date=2020-01-31");
    expect([empty["Rows"], option(empty)["NoReportData"]]).toEqual([{}, "true"]);
  });
});

test.each([
  ["ProfitAndLoss", "accounting_method=Cash", "5030"],
  ["ProfitAndLoss", "accounting_method=Guess", "2170"],
  ["ProfitAndLoss", "summarize_column_by=Weather", "5030"],
  ["ProfitAndLoss", "start_date=tomorrow", "2060"],
  ["ProfitAndLoss", "start_date=2026-02-01&end_date=2026-01-01", "2180"],
  ["ProfitAndLoss", "date_macro=Once", "2170"],
  ["ProfitAndLoss", "class=4", "2500"],
  ["BudgetVsActuals", "", "5030"],
])("%s with %s is refused", async (name, query, code) => {
  expect(faultIn(await bench.get(`reports/${name}?${query}`)).code).toBe(code);
});

test("a macro is a period", async () => {
  await bench.control("PUT", "clock", { now: "2026-11-20T20:00:00Z" });
  const header = async (macro: string) => objectOf((await report("TrialBalance", `date_macro=${encodeURIComponent(macro)}`))["Header"]);
  expect(await header("Last Month")).toMatchObject({ StartPeriod: "2026-10-01", EndPeriod: "2026-10-31", DateMacro: "Last Month" });
  expect(await header("This Fiscal Year-to-date")).toMatchObject({ StartPeriod: "2026-01-01", EndPeriod: "2026-11-20" });
  await bench.control("PUT", "clock", { reset: true });
});

test("whatever is posted, the reports agree with the oracle to the cent", async () => {
  const account = fc.constantFrom("1010", "1510", "2050", "3010", "4010", "5210", "7080", "8030", "8050");
  const entry = fc.record({
    from: account,
    to: account,
    amount: fc.integer({ min: 1, max: 10_000_000 }),
    month: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 5 }), async (entries) => {
      for (const { from, to, amount, month } of entries) {
        const legs: [string, number][] = [
          [bench.account(to), amount / 100],
          [bench.account(from), -amount / 100],
        ];
        await bench.make("JournalEntry", { ...journal(legs), TxnDate: `2026-${String(month).padStart(2, "0")}-15` });
      }
      const balances = listOf((await bench.ledger())["balances"]).map(objectOf);
      const ledger = await report("GeneralLedger", "start_date=2026-01-01&end_date=2026-12-31");
      const trial = await report("TrialBalance", "start_date=2026-01-01&end_date=2026-12-31");
      const total = cells(rowsIn(trial["Rows"]).at(-1)?.["Summary"]);
      expect(total[1]).toBe(total[2]);
      const trialById = new Map(
        dataRows(trial["Rows"]).map((row) => [
          objectOf(listOf(row["ColData"])[0])["id"],
          minor(cells(row)[1] ?? "") - minor(cells(row)[2] ?? ""),
        ]),
      );
      const plain = balances.filter(({ number }) => /^[12]/.test(String(number)));
      for (const { id, balance } of plain) expect(trialById.get(String(id)) ?? 0n).toBe(minor(String(balance)));
      const profit = await report("ProfitAndLoss", "start_date=2026-01-01&end_date=2026-12-31&summarize_column_by=Month");
      const net = cells(rowsIn(profit["Rows"]).at(-1)?.["Summary"]).slice(1).map(minor);
      expect(net.slice(0, -1).reduce((sum, amount) => sum + amount, 0n)).toBe(net.at(-1) ?? 0n);
      expect(rowsIn(ledger["Rows"]).length).toBeGreaterThan(0);
    }),
    { numRuns: 10 },
  );
});
