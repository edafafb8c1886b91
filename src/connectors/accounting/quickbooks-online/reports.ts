import type { LedgerRow, ProfitAndLossRow, ReportName, ReportOf, ReportPeriod, TrialBalanceRow } from "../connector.ts";
import type { AccountTypes } from "./accounts.ts";
import type { Call } from "./api.ts";
import { readTimeoutMs } from "./limits.ts";
import { amountIn, readTable, untrusted, type ReportRow, type ReportTable } from "./report-table.ts";
import type { JsonObject } from "./wire.ts";

/** Reads one report. The general ledger is asked a month at a time: it has no pages, and a long one ends in a time-out. */
export async function readReport<Name extends ReportName>(
  call: Call,
  accounts: AccountTypes,
  name: Name,
  period: ReportPeriod,
): Promise<ReportOf[Name]> {
  return (await readers[name](call, accounts, period)) as ReportOf[Name];
}

type Reader<Name extends ReportName> = (call: Call, accounts: AccountTypes, period: ReportPeriod) => Promise<ReportOf[Name]>;

const readers: { readonly [Name in ReportName]: Reader<Name> } = {
  trial_balance: async (call, _accounts, period) => trialBalance(await ask(call, "TrialBalance", period), period),
  profit_and_loss: async (call, _accounts, period) => profitAndLoss(await ask(call, "ProfitAndLoss", period), period),
  general_ledger: readLedger,
};

function ask(call: Call, name: string, { from, through, basis }: ReportPeriod): Promise<JsonObject> {
  const query = { start_date: from, end_date: through, accounting_method: basis === "cash" ? "Cash" : "Accrual" };
  return call({ method: "GET", path: `reports/${name}`, query, timeoutMs: readTimeoutMs });
}

const headOf = ({ from, through, basis, currency }: ReportTable) => ({ from, through, basis, currency });

/** Balances by account. Debits must equal credits, and both their own total. */
export function trialBalance(report: JsonObject, period: ReportPeriod): ReportOf["trial_balance"] {
  const table = readTable(report, period);
  const debit = table.column("debit");
  const credit = table.column("credit");
  if (table.rows.length > 0 && (debit < 0 || credit < 0)) throw untrusted("it has no debit or credit column");
  const rows: TrialBalanceRow[] = table.rows.map(({ cells }) => ({
    accountId: cells[0]?.id ?? "",
    account: cells[0]?.value ?? "",
    debitMinor: amountIn(cells[debit], table.currency),
    creditMinor: amountIn(cells[credit], table.currency),
  }));
  const sum = (side: "debitMinor" | "creditMinor") => rows.reduce((total, row) => total + row[side], 0n);
  if (sum("debitMinor") !== sum("creditMinor")) throw untrusted("its debits and credits differ");
  const total = table.totals.get("GrandTotal");
  if (total !== undefined && rows.length > 0 && amountIn(total[debit], table.currency) !== sum("debitMinor")) {
    throw untrusted("its rows do not sum to its total");
  }
  return { ...headOf(table), rows };
}

/** Results by account. The sections must give the net income that it names. */
export function profitAndLoss(report: JsonObject, period: ReportPeriod): ReportOf["profit_and_loss"] {
  const table = readTable(report, period);
  const rows: ProfitAndLossRow[] = table.rows.flatMap(({ cells, sections }) => {
    const accountId = cells[0]?.id ?? "";
    const section = sections[0]?.group ?? "";
    if (accountId === "" && section === "") return [];
    return [{ accountId, account: cells[0]?.value ?? "", section, amountMinor: amountIn(cells.at(-1), table.currency) }];
  });
  const netIncomeMinor = rows.reduce((sum, { section, amountMinor }) => sum + (isIncome(section) ? amountMinor : -amountMinor), 0n);
  const told = table.totals.get("NetIncome")?.at(-1);
  if (told !== undefined && amountIn(told, table.currency) !== netIncomeMinor) throw untrusted("its rows do not sum to its net income");
  return { ...headOf(table), rows, netIncomeMinor };
}

function isIncome(section: string): boolean {
  return /Income$/.test(section);
}

/** Accounts by the side that makes them grow. */
const debitTypes: readonly string[] = [
  ...["Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset"],
  ...["Cost of Goods Sold", "Expense", "Other Expense"],
];

async function readLedger(call: Call, accounts: AccountTypes, period: ReportPeriod): Promise<ReportOf["general_ledger"]> {
  const rows: LedgerRow[] = [];
  const begun = new Set<string>();
  let head = { from: period.from, through: period.through, basis: period.basis, currency: "USD" };
  for (const month of monthsOf(period)) {
    const table = readTable(await ask(call, "GeneralLedger", month), month);
    head = { ...head, basis: table.basis, currency: table.currency };
    const natural = ledgerRows(table);
    await accounts.load([...new Set(natural.map(({ accountId }) => accountId))].filter((id) => id !== ""));
    for (const row of natural) {
      // What an account begins with is told once, at its first month.
      if (row.date === null && begun.has(row.accountId)) continue;
      begun.add(row.accountId);
      rows.push(debitPositive(row, accounts.of(row.accountId)));
    }
  }
  return { ...head, rows };
}

/** Their amounts are positive in the account's own direction; ours where it is debited. */
function debitPositive(row: LedgerRow, type: string | undefined): LedgerRow {
  if (type === undefined) throw untrusted(`account ${row.account} is not in the chart`);
  return debitTypes.includes(type) ? row : { ...row, amountMinor: -row.amountMinor, balanceMinor: -row.balanceMinor };
}

/** The legs of a ledger report, in the account's own direction. Each balance must follow from the one before. */
function ledgerRows(table: ReportTable): LedgerRow[] {
  const columns = {
    date: table.column("tx_date", "date"),
    type: table.column("txn_type", "transaction type"),
    number: table.column("doc_num", "num"),
    party: table.column("name"),
    memo: table.column("memo", "memo/description"),
    amount: table.column("subt_nat_amount", "amount"),
    balance: table.column("rbal_nat_amount", "balance"),
  };
  if (table.rows.length > 0 && (columns.amount < 0 || columns.balance < 0)) throw untrusted("it has no amount or balance column");
  const running = new Map<string, bigint>();
  return table.rows.flatMap((row) => {
    const account = row.sections.findLast(({ header }) => (header[0]?.id ?? "") !== "")?.header[0];
    if (account === undefined) return [];
    const leg = legOf(row, columns, { id: account.id, name: account.value, currency: table.currency });
    const before = running.get(account.id);
    if (before !== undefined && before + leg.amountMinor !== leg.balanceMinor)
      throw untrusted(`the balances of ${account.value} do not follow`);
    running.set(account.id, leg.balanceMinor);
    return [leg];
  });
}

interface LegColumns {
  readonly date: number;
  readonly type: number;
  readonly number: number;
  readonly party: number;
  readonly memo: number;
  readonly amount: number;
  readonly balance: number;
}

function legOf({ cells }: ReportRow, columns: LegColumns, account: { id: string; name: string; currency: string }): LedgerRow {
  const isOpening = /beginning balance/i.test(cells[0]?.value ?? "");
  const text = (at: number): string => (isOpening ? "" : (cells[at]?.value ?? ""));
  return {
    accountId: account.id,
    account: account.name,
    date: text(columns.date) || null,
    transactionId: (isOpening ? "" : (cells[columns.type]?.id ?? "")) || null,
    transactionType: text(columns.type),
    number: text(columns.number) || null,
    party: text(columns.party) || null,
    memo: text(columns.memo),
    amountMinor: isOpening ? 0n : amountIn(cells[columns.amount], account.currency),
    balanceMinor: amountIn(cells[columns.balance], account.currency),
  };
}

/** Whole months, the first and the last as far as asked. */
export function monthsOf(period: ReportPeriod): ReportPeriod[] {
  const months: ReportPeriod[] = [];
  for (let from = period.from; from <= period.through; ) {
    const [year = 0, month = 1] = from.split("-").map(Number);
    const last = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
    months.push({ ...period, from, through: last < period.through ? last : period.through });
    from = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
  }
  return months;
}
