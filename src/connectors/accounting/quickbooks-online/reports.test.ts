import { describe, expect, test } from "vitest";
import { scripted, token } from "../../../../tests/contract/scripted-quickbooks.ts";
import type { ReportPeriod } from "../connector.ts";
import { quickBooksOnline } from "./connector.ts";
import { monthsOf, profitAndLoss, trialBalance } from "./reports.ts";
import type { JsonObject } from "./wire.ts";

const period: ReportPeriod = { from: "2026-01-01", through: "2026-01-31", basis: "accrual" };
const cells = (...values: (string | [string, string])[]) => ({
  ColData: values.map((value) => (typeof value === "string" ? { value } : { value: value[0], id: value[1] })),
});
const header = { Time: "t", ReportName: "R", ReportBasis: "Accrual", StartPeriod: "2026-01-01", EndPeriod: "2026-01-31", Currency: "USD" };
const money = (...titles: string[]) => ({
  Column: [{ ColTitle: "", ColType: "Account" }, ...titles.map((ColTitle) => ({ ColTitle, ColType: "Money" }))],
});
const asJson = (value: unknown) => value as JsonObject;

describe("the trial balance", () => {
  const report = (rows: object[], total: [string, string] = ["36587.47", "36587.47"]) =>
    asJson({
      Header: { ...header, Option: [{ Name: "NoReportData", Value: "false" }] },
      Columns: money("Debit", "Credit"),
      Rows: { Row: [...rows, { group: "GrandTotal", type: "Section", Summary: cells("TOTAL", ...total) }] },
    });

  test("gives debits and credits by account, to the cent", () => {
    const { rows, currency, basis } = trialBalance(
      report([
        cells(["Checking", "35"], "4151.74", ""),
        cells(["Fuel", "5000000000000007280"], "32435.73", ""),
        cells(["A/P", "33"], "", "36587.47"),
      ]),
      period,
    );
    expect([currency, basis]).toEqual(["USD", "accrual"]);
    expect(rows).toEqual([
      { accountId: "35", account: "Checking", debitMinor: 415174n, creditMinor: 0n },
      { accountId: "5000000000000007280", account: "Fuel", debitMinor: 3243573n, creditMinor: 0n },
      { accountId: "33", account: "A/P", debitMinor: 0n, creditMinor: 3658747n },
    ]);
  });

  test("columns are known by their names, not by their places", () => {
    const swapped = {
      ...report([cells(["A", "1"], "", "5.00"), cells(["B", "2"], "5", "")], ["5.00", "5.00"]),
      Columns: money("Credit", "Debit"),
    };
    expect(trialBalance(asJson(swapped), period).rows[0]).toMatchObject({ debitMinor: 500n, creditMinor: 0n });
  });

  test("an empty one has no rows", () => {
    const empty = { Header: { ...header, Option: [{ Name: "NoReportData", Value: "true" }] }, Columns: money("Debit", "Credit"), Rows: {} };
    expect(trialBalance(asJson(empty), period).rows).toEqual([]);
  });

  const wrong: [string, JsonObject][] = [
    ["debits and credits that differ", report([cells(["A", "1"], "5.00", ""), cells(["B", "2"], "", "5.01")])],
    ["rows that do not give the total", report([cells(["A", "1"], "5.00", ""), cells(["B", "2"], "", "5.00")])],
    ["an amount that is none", report([cells(["A", "1"], "1,000.00", "")])],
    ["no report at all", asJson({ QueryResponse: {} })],
  ];
  for (const [name, body] of wrong) {
    test(`${name} is not believed`, () => {
      expect(() => trialBalance(body, period)).toThrow(/cannot be relied on/);
    });
  }
});

describe("profit and loss", () => {
  const section = (group: string, rows: object[], total: string) => ({
    type: "Section",
    group,
    Header: cells(group, ""),
    Rows: { Row: rows },
    Summary: cells(`Total ${group}`, total),
  });
  const report = (net: string) =>
    asJson({
      Header: header,
      Columns: money("Total"),
      Rows: {
        Row: [
          section("Income", [cells(["Freight", "79"], "2400.00")], "2400.00"),
          section("COGS", [cells(["Purchased transportation", "62"], "1800.00")], "1800.00"),
          { type: "Section", group: "GrossProfit", Summary: cells("Gross Profit", "600.00") },
          section(
            "Expenses",
            [
              // An account with its own amount and a sub-account.
              {
                type: "Section",
                Header: cells(["Auto", "55"], "10.00"),
                Rows: { Row: [cells(["Fuel", "57"], "40.50")] },
                Summary: cells("Total Auto", "50.50"),
              },
            ],
            "50.50",
          ),
          { type: "Section", group: "NetOperatingIncome", Summary: cells("Net Operating Income", "549.50") },
          section("OtherExpenses", [cells(["Loss", "90"], "-.50")], "-0.50"),
          { type: "Section", group: "NetOtherIncome", Summary: cells("Net Other Income", "0.50") },
          { type: "Section", group: "NetIncome", Summary: cells("Net Income", net) },
        ],
      },
    });

  test("gives each account once, a parent with what is its own", () => {
    const { rows, netIncomeMinor } = profitAndLoss(report("550.00"), period);
    expect(rows.map(({ accountId, section: name, amountMinor }) => [accountId, name, amountMinor])).toEqual([
      ["79", "Income", 240000n],
      ["62", "COGS", 180000n],
      ["57", "Expenses", 4050n],
      ["55", "Expenses", 1000n],
      ["90", "OtherExpenses", -50n],
    ]);
    expect(netIncomeMinor).toBe(55000n);
  });

  test("that does not give its own net income is not believed", () => {
    expect(() => profitAndLoss(report("549.99"), period)).toThrow(/net income/);
  });
});

describe("the general ledger", () => {
  const types = ["tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount"];
  const columns = { Column: types.map((ColType) => ({ ColTitle: ColType.toUpperCase(), ColType })) };
  const leg = (date: string, id: string, amount: string, balance: string) =>
    cells(date, ["Bill", id], "N-1", ["Acme", "41"], "Load", "-Split-", amount, balance);
  const opening = (balance: string) => cells("Beginning Balance", "", "", "", "", "", "", balance);
  const account = (name: string, id: string, rows: object[]) => ({
    type: "Section",
    Header: cells([name, id]),
    Rows: { Row: rows },
    Summary: cells("Total"),
  });
  const chart = [
    { Id: "33", AccountType: "Accounts Payable" },
    { Id: "62", AccountType: "Cost of Goods Sold" },
  ];

  async function ledger(rows: (month: string) => object[], asked: ReportPeriod) {
    const { settings, seen } = await scripted(({ path, query }) => ({
      body: path.endsWith("/query")
        ? { QueryResponse: { Account: chart }, time: "t" }
        : { Header: header, Columns: columns, Rows: { Row: rows(query.get("start_date")!.slice(0, 7)) } },
    }));
    return { report: await quickBooksOnline.connect(settings, token).report("general_ledger", asked), seen };
  }

  test("turns amounts so that debits are positive in every account, and asks month by month", async () => {
    const { report, seen } = await ledger(
      (month) => [
        account(
          "A/P",
          "33",
          month === "2026-01"
            ? [opening("100.00"), leg("2026-01-20", "145", "1800.00", "1900.00")]
            : [opening("1900.00"), leg("2026-02-02", "236", "-1500.00", "400.00")],
        ),
        ...(month === "2026-01" ? [account("Transport", "62", [leg("2026-01-20", "145", "1800.00", "1800.00")])] : []),
      ],
      { ...period, through: "2026-02-10" },
    );
    expect(
      seen
        .filter(({ path }) => path.endsWith("/reports/GeneralLedger"))
        .map(({ query }) => [query.get("start_date"), query.get("end_date")]),
    ).toEqual([
      ["2026-01-01", "2026-01-31"],
      ["2026-02-01", "2026-02-10"],
    ]);
    expect(
      report.rows.map(({ accountId, date, transactionId, amountMinor, balanceMinor }) => [
        accountId,
        date,
        transactionId,
        amountMinor,
        balanceMinor,
      ]),
    ).toEqual([
      ["33", null, null, 0n, -10000n],
      ["33", "2026-01-20", "145", -180000n, -190000n],
      ["62", "2026-01-20", "145", 180000n, 180000n],
      ["33", "2026-02-02", "236", 150000n, -40000n],
    ]);
    expect(report.rows[1]).toMatchObject({ number: "N-1", party: "Acme", memo: "Load", transactionType: "Bill" });
  });

  test("whose balances do not follow is not believed", async () => {
    await expect(ledger(() => [account("A/P", "33", [opening("1.00"), leg("2026-01-20", "145", "5.00", "6.01")])], period)).rejects.toThrow(
      /do not follow/,
    );
  });
});

test("a period is cut into months", () => {
  const months = monthsOf({ from: "2026-01-15", through: "2026-03-01", basis: "cash" });
  expect(months.map(({ from, through }) => [from, through])).toEqual([
    ["2026-01-15", "2026-01-31"],
    ["2026-02-01", "2026-02-28"],
    ["2026-03-01", "2026-03-01"],
  ]);
});
