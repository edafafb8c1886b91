import type { FoundRecord } from "../connector.ts";
import type { Call } from "./api.ts";
import type { Company } from "./company.ts";
import { entityByMark, sha256 } from "./keys.ts";
import { restTypeOf } from "./kinds.ts";
import { dayText, inSlices, isIn, queryPage, timeText } from "./suiteql.ts";
import { rowsMax } from "./limits.ts";
import { isTrue, minorOf, textOf, type JsonObject } from "./wire.ts";

/** One leg in the ledger, in the transaction's currency; a debit is positive. */
export interface Leg {
  readonly account: string;
  readonly item: string;
  readonly entity: string;
  readonly isMain: boolean;
  readonly amountMinor: bigint;
}

/** A transaction as the query service tells it. */
export interface Transaction {
  readonly id: string;
  /** As we call it towards the engine. */
  readonly entity: string;
  /** Of REST: `vendorBill`. */
  readonly restType: string;
  /** Of SuiteQL: `VendBill`. */
  readonly type: string;
  readonly number: string;
  readonly externalId: string;
  readonly date: string;
  readonly currency: string;
  readonly party: string;
  readonly memo: string;
  /** False while it awaits an approval: it is not in the general ledger then. */
  readonly isPosting: boolean;
  readonly isVoided: boolean;
  /** Of the head, as they sign it. */
  readonly totalMinor: bigint | null;
  readonly openMinor: bigint | null;
  /** Subsidiary of the main line; empty where that line has none. */
  readonly subsidiary: string;
  readonly modifiedAt: string;
  readonly version: string;
  readonly row: JsonObject;
}

export interface WithLegs extends Transaction {
  readonly legs: readonly Leg[];
  readonly lines: readonly JsonObject[];
}

/** Columns of every question about transactions: all of them go into the version, so all questions ask for the same. */
export const transactionColumns = [
  ...[
    "t.id",
    "t.type",
    "t.recordtype",
    "t.tranid",
    "t.externalid",
    "t.memo",
    "t.currency",
    "t.entity",
    "t.status",
    "t.posting",
    "t.approvalstatus",
  ],
  ...["t.foreigntotal", "t.postingperiod", "BUILTIN.DF(t.status) AS statusname", "tl.foreignamountunpaid", "tl.subsidiary"],
  `${dayText("t.trandate")} AS trandate`,
  `${timeText("t.lastmodifieddate")} AS modified`,
].join(", ");

/** The main line carries what is open; journals have none, or one that says nothing. */
export const transactionTables = "transaction t LEFT JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = 'T'";

/** Transactions by a condition on `t`; the condition must not match more than a page. */
export async function transactionsWhere(call: Call, company: Company, where: string): Promise<Transaction[]> {
  const rows = await queryPage(call, `SELECT ${transactionColumns} FROM ${transactionTables} WHERE ${where} ORDER BY t.id`);
  return transactionsOf(rows, company);
}

export async function transactionsById(call: Call, company: Company, ids: readonly string[]): Promise<Map<string, Transaction>> {
  const found = await inSlices([...new Set(ids)], (slice) => transactionsWhere(call, company, isIn("t.id", slice)));
  return new Map(found.map((each) => [each.id, each]));
}

/** One transaction a row, whatever the join made of it. */
export function transactionsOf(rows: readonly JsonObject[], company: Company): Transaction[] {
  const byId = new Map<string, Transaction>();
  for (const row of rows) {
    const id = textOf(row, "id");
    if (!byId.has(id)) byId.set(id, transactionOf(row, company));
  }
  return [...byId.values()];
}

function transactionOf(row: JsonObject, company: Company): Transaction {
  const currency = company.currencyOf.get(textOf(row, "currency")) ?? company.homeCurrency;
  const type = textOf(row, "type");
  const externalId = textOf(row, "externalid");
  const restType = restTypeOf[type] ?? textOf(row, "recordtype");
  const modifiedAt = textOf(row, "modified");
  // Some accounts print `VendBill:V` where others print `V`.
  const status = textOf(row, "status").replace(/^.*:/, "");
  return {
    id: textOf(row, "id"),
    entity: entityByMark(externalId) ?? restType,
    restType,
    type,
    number: textOf(row, "tranid"),
    externalId,
    date: textOf(row, "trandate"),
    currency,
    party: textOf(row, "entity"),
    memo: textOf(row, "memo"),
    isPosting: textOf(row, "posting") !== "F",
    isVoided: status === "V" || /^void/i.test(textOf(row, "statusname")),
    totalMinor: minorOf(textOf(row, "foreigntotal"), currency),
    openMinor: minorOf(textOf(row, "foreignamountunpaid"), currency),
    subsidiary: textOf(row, "subsidiary"),
    modifiedAt,
    version: versionOf(modifiedAt, row),
    row,
  };
}

/**
 * They keep no count of versions, and a payment may leave a bill's own time of modification as it was: the version is the
 * time, to the second, with a hash of what the head says now.
 */
function versionOf(modifiedAt: string, row: JsonObject): string {
  const names = ["tranid", "memo", "currency", "entity", "status", "posting", "approvalstatus", "foreigntotal", "postingperiod"];
  const facts = [...names, "foreignamountunpaid", "trandate"].map((name) => textOf(row, name));
  return `${modifiedAt}.${sha256(JSON.stringify(facts)).slice(0, 12)}`;
}

/** Adds the legs, from the general ledger of the primary book; amounts are the lines' own, in the transaction's currency. */
export async function withLegs(call: Call, company: Company, transactions: readonly Transaction[]): Promise<WithLegs[]> {
  const lines = await linesById(
    call,
    company,
    transactions.map(({ id }) => id),
  );
  return transactions.map((each) => joined(each, lines));
}

/** Transactions with their legs by id; both questions at once, because lanes stand idle meanwhile. */
export async function wholeById(call: Call, company: Company, ids: readonly string[]): Promise<WithLegs[]> {
  const [heads, lines] = await Promise.all([transactionsById(call, company, ids), linesById(call, company, ids)]);
  return [...heads.values()].map((each) => joined(each, lines));
}

async function linesById(call: Call, company: Company, ids: readonly string[]): Promise<Map<string, JsonObject[]>> {
  const rows = await inSlices(ids, (slice) => lineRows(call, company, isIn("tl.transaction", slice)));
  return Map.groupBy(rows, (row) => textOf(row, "transaction"));
}

function joined(transaction: Transaction, byTransaction: ReadonlyMap<string, readonly JsonObject[]>): WithLegs {
  const lines = byTransaction.get(transaction.id) ?? [];
  return { ...transaction, lines, legs: lines.flatMap((row) => legOf(row, transaction.currency)) };
}

const lineColumns = [
  ...["tl.transaction", "tl.id", "tl.mainline", "tl.taxline", "tl.item", "tl.entity", "tl.debitforeignamount", "tl.creditforeignamount"],
  ...["tl.foreignamount", "tal.account"],
].join(", ");

async function lineRows(call: Call, company: Company, where: string): Promise<JsonObject[]> {
  const book = company.bookId === null ? "" : ` AND tal.accountingbook = ${company.bookId}`;
  const tables = `transactionline tl JOIN transactionaccountingline tal ON tal.transaction = tl.transaction AND tal.transactionline = tl.id${book}`;
  const rows: JsonObject[] = [];
  for (let after = ""; ; ) {
    const page = await queryPage(call, `SELECT ${lineColumns} FROM ${tables} WHERE ${where}${after} ORDER BY tl.transaction, tl.id`);
    rows.push(...page);
    const last = page.at(-1);
    if (page.length < rowsMax || last === undefined) return rows;
    const [transaction, line] = [textOf(last, "transaction"), textOf(last, "id")];
    after = ` AND (tl.transaction > ${transaction} OR (tl.transaction = ${transaction} AND tl.id > ${line}))`;
  }
}

function legOf(row: JsonObject, currency: string): Leg[] {
  const debit = minorOf(textOf(row, "debitforeignamount"), currency);
  const credit = minorOf(textOf(row, "creditforeignamount"), currency);
  const told = debit !== null || credit !== null ? (debit ?? 0n) - (credit ?? 0n) : minorOf(textOf(row, "foreignamount"), currency);
  const account = textOf(row, "account");
  if (account === "" || told === null || told === 0n || isTrue(row, "taxline")) return [];
  return [{ account, item: textOf(row, "item"), entity: textOf(row, "entity"), isMain: isTrue(row, "mainline"), amountMinor: told }];
}

/** What the engine wants to know of a transaction that was found. */
export function foundFrom(transaction: WithLegs, told: { readonly sameContent: boolean; readonly ours: boolean }): FoundRecord {
  return {
    providerId: transaction.id,
    version: transaction.version,
    number: transaction.number || null,
    date: transaction.date || null,
    currency: transaction.currency || null,
    totalMinor: totalOf(transaction),
    sameContent: told.sameContent,
    ours: told.ours,
    active: !transaction.isVoided,
    inLedger: transaction.isPosting,
  };
}

/** A journal's total is its debits; a journal has no main line that could be one. */
export function totalOf({ type, legs, totalMinor }: WithLegs): bigint | null {
  if (type !== "Journal") {
    const main = legs.find(({ isMain }) => isMain)?.amountMinor ?? totalMinor;
    return main === null ? null : main < 0n ? -main : main;
  }
  return legs.reduce((sum, { amountMinor }) => (amountMinor > 0n ? sum + amountMinor : sum), 0n);
}
