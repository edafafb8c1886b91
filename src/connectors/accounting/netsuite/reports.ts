import { Fault } from "../../../core/errors.ts";
import type { LedgerRow, ProfitAndLossRow, ReportName, ReportOf, ReportPeriod, TrialBalanceRow } from "../connector.ts";
import type { Call } from "./api.ts";
import type { Company } from "./company.ts";
import type { Work } from "./desk.ts";
import { refuse } from "./entry.ts";
import { rowsMax } from "./limits.ts";
import { day, dayText, queryAll, queryPage } from "./suiteql.ts";
import { minorOf, textOf, type JsonObject } from "./wire.ts";

/** Reads one report from the general ledger's own table, of the primary book and these books' subsidiary. */
export async function readReport<Name extends ReportName>(work: Work, name: Name, period: ReportPeriod): Promise<ReportOf[Name]> {
  if (period.basis !== "accrual")
    refuse("NetSuite's ledger is read on the accrual basis; a report on the cash basis cannot be computed from it.");
  return (await readers[name](work, period)) as ReportOf[Name];
}

type Reader<Name extends ReportName> = (work: Work, period: ReportPeriod) => Promise<ReportOf[Name]>;
const readers: { readonly [Name in ReportName]: Reader<Name> } = {
  trial_balance: trialBalance,
  profit_and_loss: profitAndLoss,
  general_ledger: generalLedger,
};

/** Income and cost begin anew each fiscal year; what they came to before stands in retained earnings. */
const resultTypes: readonly string[] = ["Income", "COGS", "Expense", "OthIncome", "OthExpense"];

const ledgerTables =
  "transactionaccountingline tal JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline " +
  "JOIN transaction t ON t.id = tal.transaction JOIN accountingperiod ap ON ap.id = t.postingperiod JOIN account a ON a.id = tal.account";

function scope({ bookId, subsidiary }: Company): string {
  const book = bookId === null ? "" : ` AND tal.accountingbook = ${bookId}`;
  // Quantities on statistical accounts are no money.
  return `tal.posting = 'T' AND a.accttype NOT IN ('Stat', 'Statistical')${book}${subsidiary === null ? "" : ` AND tl.subsidiary = ${subsidiary.id}`}`;
}

/** The posting period decides; within the period that holds the day, the transaction's date does. */
function through(date: string): string {
  return `(ap.enddate <= ${day(date)} OR (ap.startdate <= ${day(date)} AND t.trandate <= ${day(date)}))`;
}

function before(date: string): string {
  return through(new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10));
}

interface Balance {
  readonly accountId: string;
  readonly minor: bigint;
}

async function balances({ call, company }: Work, where: string): Promise<Balance[]> {
  const sums = "tal.account, SUM(NVL(tal.debit, 0)) AS debits, SUM(NVL(tal.credit, 0)) AS credits";
  const rows = await queryPage(
    call,
    `SELECT ${sums} FROM ${ledgerTables} WHERE ${scope(company)} AND ${where} GROUP BY tal.account ORDER BY tal.account`,
  );
  if (rows.length === rowsMax)
    throw new Fault("books_refused", `The chart has more than ${rowsMax} accounts with postings; such a report is not read`);
  return rows.map((row) => ({
    accountId: textOf(row, "account"),
    minor: amountIn(row, "debits", company) - amountIn(row, "credits", company),
  }));
}

function amountIn(row: JsonObject, name: string, { homeCurrency }: Company): bigint {
  return minorOf(textOf(row, name) || "0", homeCurrency) ?? 0n;
}

interface Account {
  readonly name: string;
  readonly type: string;
  readonly special: string;
}

async function chartOf(call: Call): Promise<Map<string, Account>> {
  const rows = await queryAll(call, { select: "id, acctnumber, fullname, accttype, sspecacct", from: "account" });
  return new Map(
    rows.map((row) => [
      textOf(row, "id"),
      {
        name: [textOf(row, "acctnumber"), textOf(row, "fullname")].filter((part) => part !== "").join(" "),
        type: textOf(row, "accttype"),
        special: textOf(row, "sspecacct"),
      },
    ]),
  );
}

const headOf = ({ from, through: to, basis }: ReportPeriod, { homeCurrency }: Company) => ({
  from,
  through: to,
  basis,
  currency: homeCurrency,
});

/** Balances at the end of the period. Debits must equal credits. */
async function trialBalance(work: Work, period: ReportPeriod): Promise<ReportOf["trial_balance"]> {
  const { call, company } = work;
  const chart = await chartOf(call);
  const yearStart = company.years.findLast((start) => start <= period.through);
  const all = await balances(work, through(period.through));
  const earlier =
    yearStart === undefined ? [] : (await balances(work, before(yearStart))).filter(({ accountId }) => isResult(chart, accountId));
  const totals = new Map(all.map(({ accountId, minor }) => [accountId, minor]));
  const retained = [...chart].find(([, { special, name }]) => /retearn/i.test(special) || /retained earnings/i.test(name))?.[0] ?? "";
  for (const { accountId, minor } of earlier) {
    totals.set(accountId, (totals.get(accountId) ?? 0n) - minor);
    totals.set(retained, (totals.get(retained) ?? 0n) + minor);
  }
  const rows: TrialBalanceRow[] = [...totals]
    .filter(([, minor]) => minor !== 0n)
    .map(([accountId, minor]) => ({
      accountId,
      account: chart.get(accountId)?.name ?? "Retained earnings of earlier years",
      debitMinor: minor > 0n ? minor : 0n,
      creditMinor: minor < 0n ? -minor : 0n,
    }));
  const net = rows.reduce((sum, { debitMinor, creditMinor }) => sum + debitMinor - creditMinor, 0n);
  if (net !== 0n) throw untrusted("its debits and credits differ");
  return { ...headOf(period, company), rows };
}

function isResult(chart: ReadonlyMap<string, Account>, accountId: string): boolean {
  return resultTypes.includes(chart.get(accountId)?.type ?? "");
}

/** Income and costs both positive in their usual direction. */
async function profitAndLoss(work: Work, period: ReportPeriod): Promise<ReportOf["profit_and_loss"]> {
  const { call, company } = work;
  const chart = await chartOf(call);
  const within = await balances(work, `${through(period.through)} AND NOT ${before(period.from)}`);
  const rows: ProfitAndLossRow[] = within
    .filter(({ accountId, minor }) => isResult(chart, accountId) && minor !== 0n)
    .map(({ accountId, minor }) => {
      const { type, name } = chart.get(accountId)!;
      return { accountId, account: name, section: type, amountMinor: isIncome(type) ? -minor : minor };
    });
  const netIncomeMinor = rows.reduce((sum, { section, amountMinor }) => sum + (isIncome(section) ? amountMinor : -amountMinor), 0n);
  return { ...headOf(period, company), rows, netIncomeMinor };
}

function isIncome(type: string): boolean {
  return /Income$/.test(type);
}

const legColumns = [
  ...["tal.transaction", "tal.transactionline", "tal.account", "tal.debit", "tal.credit", "t.type", "t.tranid", "tl.memo"],
  ...["BUILTIN.DF(tl.entity) AS party", `${dayText("t.trandate")} AS trandate`],
].join(", ");

/** Every leg of the period by account and date, after what each account began with. */
async function generalLedger(work: Work, period: ReportPeriod): Promise<ReportOf["general_ledger"]> {
  const { call, company } = work;
  const chart = await chartOf(call);
  const opening = new Map((await balances(work, before(period.from))).map(({ accountId, minor }) => [accountId, minor]));
  const legs = await legsOf(work, `${through(period.through)} AND NOT ${before(period.from)}`);
  const byAccount = Map.groupBy(legs, (row) => textOf(row, "account"));
  const rows: LedgerRow[] = [];
  for (const accountId of new Set([...opening.keys(), ...byAccount.keys()])) {
    const account = { accountId, account: chart.get(accountId)?.name ?? accountId };
    let balanceMinor = opening.get(accountId) ?? 0n;
    const none = { date: null, transactionId: null, transactionType: "", number: null, party: null, memo: "" };
    if (balanceMinor !== 0n) rows.push({ ...account, ...none, amountMinor: 0n, balanceMinor });
    const inOrder = [...(byAccount.get(accountId) ?? [])].sort((one, other) =>
      textOf(one, "trandate") < textOf(other, "trandate") ? -1 : 1,
    );
    for (const row of inOrder) {
      const amountMinor = amountIn(row, "debit", company) - amountIn(row, "credit", company);
      if (amountMinor === 0n) continue;
      balanceMinor += amountMinor;
      rows.push({ ...account, ...legOf(row), amountMinor, balanceMinor });
    }
  }
  return { ...headOf(period, company), rows };
}

function legOf(row: JsonObject): Pick<LedgerRow, "date" | "transactionId" | "transactionType" | "number" | "party" | "memo"> {
  return {
    date: textOf(row, "trandate") || null,
    transactionId: textOf(row, "transaction") || null,
    transactionType: textOf(row, "type"),
    number: textOf(row, "tranid") || null,
    party: textOf(row, "party") || null,
    memo: textOf(row, "memo"),
  };
}

/** A thousand at a time by transaction and line, in whatever order people post meanwhile. */
async function legsOf({ call, company }: Work, where: string): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  for (let after = ""; ; ) {
    const page = await queryPage(
      call,
      `SELECT ${legColumns} FROM ${ledgerTables} WHERE ${scope(company)} AND ${where}${after} ORDER BY tal.transaction, tal.transactionline`,
    );
    rows.push(...page);
    const last = page.at(-1);
    if (page.length < rowsMax || last === undefined) return rows;
    const [transaction, line] = [textOf(last, "transaction"), textOf(last, "transactionline")];
    after = ` AND (tal.transaction > ${transaction} OR (tal.transaction = ${transaction} AND tal.transactionline > ${line}))`;
  }
}

function untrusted(why: string): Fault {
  return new Fault("upstream_silent", `NetSuite's ledger cannot be trusted: ${why}. Somebody may be posting; it is read again.`);
}
