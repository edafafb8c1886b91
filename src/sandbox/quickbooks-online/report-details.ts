import type { JsonObject } from "../json.ts";
import type { Posting, ReportAccount } from "./report-ledger.ts";
import { fiscalYearStart } from "./report-period.ts";
import {
  blanks,
  cell,
  dataRow,
  isPosition,
  money,
  moneyOrBlank,
  natural,
  reportOf,
  section,
  summaryRow,
  type Column,
  type ReportWork,
} from "./report-shape.ts";
import { pacificDate } from "./time.ts";

const column = (ColTitle: string, ColType: string, key: string): Column => ({
  ColTitle,
  ColType,
  MetaData: [{ Name: "ColKey", Value: key }],
});

/** Every account that moved or stands, with its beginning balance, its postings of the period and its running balance. */
export function generalLedger(work: ReportWork): JsonObject {
  const columns = [
    column("Date", "Date", "tx_date"),
    column("Transaction Type", "String", "txn_type"),
    column("Num", "String", "doc_num"),
    column("Name", "String", "name"),
    column("Memo/Description", "String", "memo"),
    column("Split", "String", "split_acc"),
    column("Amount", "Money", "subt_nat_amount"),
    column("Balance", "Money", "rbal_nat_amount"),
  ];
  const byAccount = new Map<string, Posting[]>();
  for (const posting of work.postings) {
    const known = byAccount.get(posting.account);
    if (known === undefined) byAccount.set(posting.account, [posting]);
    else known.push(posting);
  }
  const rows = work.chart.flatMap((account) => accountSection(work, account, byAccount.get(account.id) ?? []));
  return reportOf(work, columns, rows);
}

function accountSection({ period, company }: ReportWork, account: ReportAccount, postings: readonly Posting[]): JsonObject[] {
  // Income and expenses begin anew with the fiscal year.
  const from = isPosition(account) ? "" : fiscalYearStart(period.start, company.rules.fiscalMonth);
  const earlier = postings.filter(({ transaction }) => transaction.date < period.start && transaction.date >= from);
  const within = postings.filter(({ transaction }) => transaction.date >= period.start);
  const beginning = earlier.reduce((sum, { minor }) => sum + natural(account, minor), 0n);
  if (within.length === 0 && beginning === 0n) return [];
  let running = beginning;
  const rows = within.map(({ transaction, minor, name, memo, split }) => {
    const amount = natural(account, minor);
    running += amount;
    return dataRow([
      cell(transaction.date),
      cell(transaction.type, transaction.id),
      cell(transaction.number),
      cell(name),
      cell(memo),
      cell(split),
      money(amount),
      money(running),
    ]);
  });
  const opening = beginning === 0n ? [] : [dataRow([cell("Beginning Balance"), ...blanks(6), money(beginning)])];
  return [
    section({
      header: [cell(account.name, account.id), ...blanks(7)],
      rows: [...opening, ...rows],
      summary: [cell(`Total for ${account.name}`), ...blanks(5), money(running - beginning), cell("")],
    }),
  ];
}

/** Every transaction of the period with its legs; only the first line of each says which it is. */
export function journalReport(work: ReportWork): JsonObject {
  const extras = new Set((work.query.get("columns") ?? "").split(","));
  const columns = [
    column("Date", "Date", "tx_date"),
    column("Transaction Type", "String", "txn_type"),
    column("Num", "String", "doc_num"),
    column("Name", "String", "name"),
    column("Memo/Description", "String", "memo"),
    column("Account", "String", "account_name"),
    column("Debit", "Money", "debt_amt"),
    column("Credit", "Money", "credit_amt"),
    ...(extras.has("create_date") ? [column("Create Date", "Date", "create_date")] : []),
    ...(extras.has("last_mod_date") ? [column("Last Modified", "Date", "last_mod_date")] : []),
  ];
  const names = new Map(work.chart.map(({ id, name }) => [id, name]));
  const groups = new Map<string, Posting[]>();
  for (const posting of work.postings) {
    if (posting.transaction.date < work.period.start) continue;
    const { entity, id } = posting.transaction;
    groups.set(`${entity} ${id}`, [...(groups.get(`${entity} ${id}`) ?? []), posting]);
  }
  const rows = [...groups.values()].flatMap((postings) => transactionRows(postings, { names, extras, width: columns.length }));
  const all = [...groups.values()].flat();
  const total = summaryRow("GrandTotal", [
    cell("TOTAL"),
    ...blanks(5),
    money(side(all, 1n)),
    money(side(all, -1n)),
    ...blanks(columns.length - 8),
  ]);
  return reportOf(work, columns, rows.length === 0 ? [] : [...rows, total]);
}

function side(postings: readonly Posting[], sign: bigint): bigint {
  return postings.reduce((sum, { minor }) => (minor * sign > 0n ? sum + minor * sign : sum), 0n);
}

interface JournalPage {
  readonly names: ReadonlyMap<string, string>;
  readonly extras: ReadonlySet<string>;
  readonly width: number;
}

function transactionRows(postings: readonly Posting[], { names, extras, width }: JournalPage): JsonObject[] {
  const lines = postings.map(({ transaction, account, minor, name, memo }, index) => {
    const isFirst = index === 0;
    const lead = isFirst
      ? [cell(transaction.date), cell(transaction.type, transaction.id), cell(transaction.number)]
      : [cell("0-00-00"), cell(""), cell("")];
    const times = [
      ...(extras.has("create_date") ? [pacificDate(transaction.createdMs)] : []),
      ...(extras.has("last_mod_date") ? [pacificDate(transaction.updatedMs)] : []),
    ].map((text) => cell(isFirst ? text : ""));
    const amounts = [moneyOrBlank(minor > 0n ? minor : 0n), moneyOrBlank(minor < 0n ? -minor : 0n)];
    return dataRow([...lead, cell(name), cell(memo), cell(names.get(account) ?? "", account), ...amounts, ...times]);
  });
  const total = [cell(""), ...blanks(5), money(side(postings, 1n)), money(side(postings, -1n)), ...blanks(width - 8)];
  return [...lines, dataRow(total)];
}
