import { expect, test } from "vitest";
import { postedTarget } from "./cases-records.ts";
import { everyKind, type Bench } from "./world.ts";

const period = { from: "2026-10-01", through: "2026-11-30", basis: "accrual" } as const;

/** What the books compute, for tying out. */
export function reportCases(bench: () => Promise<Bench>): void {
  test("the trial balance equals the ledger, account by account", async () => {
    const books = await bench();
    for (const kind of everyKind) await postedTarget(books, kind);
    const { rows } = await books.connector.report("trial_balance", { ...period, through: "2026-12-31" });
    const told = new Map(rows.map(({ accountId, debitMinor, creditMinor }) => [accountId, debitMinor - creditMinor] as const));
    const held = [...(await books.balances())].filter(([, balance]) => balance !== 0n);
    expect(held.length).toBeGreaterThan(3);
    for (const [account, balance] of held) expect([account, told.get(account)]).toEqual([account, balance]);
  });

  test("the general ledger has each leg once, debits positive", async () => {
    const books = await bench();
    const ids = new Map<string, string>();
    for (const kind of everyKind) ids.set((await postedTarget(books, kind)).target.providerId, kind);
    const { rows } = await books.connector.report("general_ledger", period);
    for (const [id, kind] of ids) {
      const legs = rows.filter(({ transactionId }) => transactionId === id);
      // The other side may come a line at a time.
      expect(legs.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(0n);
      const byAccount = Map.groupBy(legs, ({ accountId, amountMinor }) => (legs.length === 3 ? `${accountId} ${amountMinor}` : accountId));
      const sums = [...byAccount.values()].map((group) => group.reduce((sum, { amountMinor }) => sum + amountMinor, 0n));
      const isSale = kind === "invoice" || kind === "credit_memo";
      expect([kind, sums.map((sum) => (sum < 0n ? -sum : sum)).sort((a, b) => Number(a - b))]).toEqual([
        kind,
        legs.length === 3 || !isSale ? [10045n, 170010n, 180055n] : [180055n, 180055n],
      ]);
    }
    const last = new Map(rows.map(({ accountId, balanceMinor }) => [accountId, balanceMinor] as const));
    const payable = books.lookup("account", books.names.payable)!;
    expect(last.get(payable)).toBe((await books.balances()).get(payable));
  });

  test("profit and loss gives income and cost by account", async () => {
    const books = await bench();
    await postedTarget(books, "invoice");
    await postedTarget(books, "bill");
    const { rows, netIncomeMinor } = await books.connector.report("profit_and_loss", period);
    const amount = (account: string) =>
      rows.filter(({ accountId }) => accountId === books.lookup("account", account)).reduce((sum, row) => sum + row.amountMinor, 0n);
    expect(amount(books.names.income)).toBe(180055n);
    expect([amount(books.names.expense), amount(books.names.otherExpense)]).toEqual([170010n, 10045n]);
    expect(netIncomeMinor).toBe(0n);
  });

  test("a period without anything is empty", async () => {
    const { connector } = await bench();
    const quiet = { from: "2001-01-01", through: "2001-01-31", basis: "accrual" } as const;
    expect((await connector.report("trial_balance", quiet)).rows).toEqual([]);
    expect(await connector.report("profit_and_loss", quiet)).toMatchObject({ rows: [], netIncomeMinor: 0n });
  });
}

/** Budgets and rates. */
export function planCases(bench: () => Promise<Bench>): void {
  test("budgets come with their amounts by account and month", async () => {
    const books = await bench();
    const accountId = books.lookup("account", books.names.expense)!;
    await books.person.createBudget("FY26 Ops", accountId, "50000.00");
    const budget = (await books.connector.budgets()).find(({ name }) => name === "FY26 Ops");
    expect(budget).toMatchObject({ from: "2026-01-01", period: "month", active: true });
    // Through the year, or through its last month with an amount.
    expect(["2026-12-31", "2026-01-31"]).toContain(budget?.through);
    expect(budget?.amounts).toMatchObject([{ date: "2026-01-01", accountId, amountMinor: 5000000n, classId: null }]);
  });

  test("the home currency needs no rate, and books with one currency have no other", async () => {
    const { connector } = await bench();
    expect(await connector.exchangeRate("USD", "2026-01-31")).toEqual({
      currency: "USD",
      homeCurrency: "USD",
      rate: "1",
      date: "2026-01-31",
    });
    if (!(await connector.reference()).preferences.multiCurrency) expect(await connector.exchangeRate("CAD", "2026-01-31")).toBeNull();
  });
}
