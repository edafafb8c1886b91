import { Fault } from "../../../core/errors.ts";
import type { Change, ChangePage } from "../connector.ts";
import type { Call } from "./api.ts";
import type { Company } from "./company.ts";
import { isMissing } from "./errors.ts";
import { entityByMark } from "./keys.ts";
import { changesOverlapMs, rowsMax } from "./limits.ts";
import { linksOf } from "./links.ts";
import { listVersion, lists, type List } from "./lists.ts";
import { queryPage, quote, timeText } from "./suiteql.ts";
import { transactionColumns, transactionsById, transactionsOf, transactionTables, type Transaction } from "./transactions.ts";
import { textOf, type JsonObject } from "./wire.ts";

/**
 * Where the reading stands, in the account's own clock: all times are text to the second, without a zone. Between two
 * readings only `since`. Within one, `until` is their clock at its start, `at` the part that is being read, and `after` the
 * last row of it that was seen. `offsetMinutes` is what their clock shows more than UTC.
 */
interface Cursor {
  readonly since: string;
  readonly until?: string;
  readonly offsetMinutes?: number;
  readonly at?: number;
  readonly after?: { readonly time: string; readonly id: string };
}

/** Transactions first: money matters most. Then lists, then what was deleted. */
type Part = { readonly name: "transactions" } | { readonly name: "list"; readonly list: List } | { readonly name: "deleted" };
const parts: readonly Part[] = [{ name: "transactions" }, ...lists.map((list) => ({ name: "list", list }) as const), { name: "deleted" }];

export interface ChangeSource {
  readonly call: Call;
  readonly company: Company;
}

/**
 * Everything that changed after `cursor`, at most about a thousand rows a page. Rows are read in order of their time and id, so
 * that many rows of one second, and rows that move to the end meanwhile, are neither skipped nor read for ever. Each reading
 * begins some minutes before the last one's clock: changes become visible late.
 */
export async function readChanges(source: ChangeSource, cursor: string | null): Promise<ChangePage> {
  if (cursor === null) return { changes: [], cursor: write({ since: (await clockOf(source.call)).now }), complete: true };
  let place = await begun(source, parse(cursor));
  const changes: Change[] = [];
  while (changes.length < rowsMax) {
    const part = parts[place.at ?? 0];
    if (part === undefined) return { changes, cursor: write({ since: place.until! }), complete: true };
    const page = await readPart(source, place, part);
    changes.push(...page.changes);
    const { after: _done, ...rest } = place;
    place = page.last ? { ...rest, after: page.last } : { ...rest, at: (place.at ?? 0) + 1 };
  }
  return { changes, cursor: write(place), complete: false };
}

async function begun({ call }: ChangeSource, place: Cursor): Promise<Cursor> {
  if (place.until !== undefined) return place;
  const { now, offsetMinutes } = await clockOf(call);
  return { since: place.since, until: now, offsetMinutes, at: 0 };
}

/** Their clock, and how far it is from UTC in whole quarters of an hour. */
async function clockOf(call: Call): Promise<{ now: string; offsetMinutes: number }> {
  const [row] = await queryPage(call, `SELECT ${timeText("SYSDATE")} AS now FROM accountingperiod FETCH FIRST 1 ROWS ONLY`);
  const now = textOf(row, "now");
  const local = Date.parse(`${now}Z`);
  if (Number.isNaN(local))
    throw new Fault("upstream_silent", "NetSuite answered without its time, so it is not known how far the changes reach");
  return { now, offsetMinutes: Math.round((local - Date.now()) / 900_000) * 15 };
}

interface PartPage {
  readonly changes: Change[];
  /** Where to go on; null when the part is read to its end. */
  readonly last: Cursor["after"] | null;
}

async function readPart(source: ChangeSource, place: Cursor, part: Part): Promise<PartPage> {
  if (part.name === "transactions") return readTransactions(source, place);
  if (part.name === "deleted") return readDeleted(source, place);
  const { list } = part;
  const rows = await pageOf(source.call, place, {
    columns: list.columns,
    from: list.table,
    time: "lastmodifieddate",
    id: "id",
    optional: list.optional === true,
  });
  const changes = rows.map((row) => changedRow(list.entity, row, place));
  return { changes, last: lastOf(rows, "modified", "id") };
}

function changedRow(entity: string, row: JsonObject, place: Cursor): Change {
  return {
    entity,
    providerId: textOf(row, "id"),
    version: listVersion(row),
    operation: "changed",
    at: instantOf(textOf(row, "modified"), place),
    record: row,
  };
}

/** A payment may leave the time of what it settles as it was: those documents are told with it. */
async function readTransactions({ call, company }: ChangeSource, place: Cursor): Promise<PartPage> {
  const rows = await pageOf(call, place, {
    columns: transactionColumns,
    from: transactionTables,
    time: "t.lastmodifieddate",
    id: "t.id",
    optional: false,
  });
  const own = transactionsOf(rows, company).filter((each) => isOfBooks(each, company));
  const known = new Set(own.map(({ id }) => id));
  const links = await linksOf(
    call,
    company,
    own.filter(({ type }) => settling.has(type)),
  );
  const settled = [...links.values()]
    .flatMap((list) => list.flatMap(({ previous, next }) => [previous, next]))
    .filter((id) => !known.has(id));
  const others = [...(await transactionsById(call, company, settled)).values()];
  const changes = [...own, ...others].map((each) => ({
    entity: each.entity,
    providerId: each.id,
    version: each.version,
    operation: "changed" as const,
    at: instantOf(each.modifiedAt, place),
    record: each.row,
  }));
  return { changes, last: lastOf(rows, "modified", "id") };
}

const settling: ReadonlySet<string> = new Set(["VendPymt", "CustPymt", "VendCred", "CustCred", "Deposit"]);

/** Other subsidiaries are other books; a journal does not say on its head whose it is. */
function isOfBooks({ subsidiary }: Transaction, company: Company): boolean {
  return company.subsidiary === null || subsidiary === "" || subsidiary === company.subsidiary.id;
}

/** An account that shows no record ids here cannot say what was deleted: such records are noticed when they are looked at. */
async function readDeleted({ call }: ChangeSource, place: Cursor): Promise<PartPage> {
  const columns = `recordid, recordtype, name, externalid, ${timeText("deleteddate")} AS modified`;
  const rows = await pageOf(call, place, { columns, from: "deletedrecord", time: "deleteddate", id: "recordid", optional: true });
  const changes = rows.map(
    (row): Change => ({
      entity: entityByMark(textOf(row, "externalid")) ?? spelled(textOf(row, "recordtype")),
      providerId: textOf(row, "recordid"),
      version: null,
      operation: "deleted",
      at: instantOf(textOf(row, "modified"), place),
      record: row,
    }),
  );
  return { changes, last: lastOf(rows, "modified", "recordid") };
}

interface Question {
  readonly columns: string;
  readonly from: string;
  readonly time: string;
  readonly id: string;
  readonly optional: boolean;
}

/** One page in order of time and id. The time is compared as the text it is shown as: whatever is finer than that cannot loop. */
async function pageOf(call: Call, place: Cursor, { columns, from, time, id, optional }: Question): Promise<readonly JsonObject[]> {
  const { after } = place;
  const shown = timeText(time);
  const bound = after?.time ?? overlapped(place.since);
  const rest =
    after === undefined ? "" : ` AND (${shown} > ${quote(after.time)} OR (${shown} = ${quote(after.time)} AND ${id} > ${after.id}))`;
  const since = `${time} >= TO_TIMESTAMP(${quote(bound.replace("T", " "))}, 'YYYY-MM-DD HH24:MI:SS')`;
  try {
    return await queryPage(call, `SELECT ${columns} FROM ${from} WHERE ${since}${rest} ORDER BY ${shown}, ${id}`);
  } catch (error) {
    if (optional && isMissing(error)) return [];
    throw error;
  }
}

function lastOf(rows: readonly JsonObject[], time: string, id: string): Cursor["after"] | null {
  const last = rows.at(-1);
  if (rows.length < rowsMax || last === undefined) return null;
  return { time: textOf(last, time), id: textOf(last, id) };
}

function overlapped(time: string): string {
  return new Date(Date.parse(`${time}Z`) - changesOverlapMs).toISOString().slice(0, 19);
}

function instantOf(time: string, { offsetMinutes = 0 }: Cursor): string {
  const local = Date.parse(`${time}Z`);
  return Number.isNaN(local) ? time : new Date(local - offsetMinutes * 60_000).toISOString();
}

/** Types of deleted records come in any case. */
function spelled(type: string): string {
  const folded = type.toLowerCase();
  const names = ["journalEntry", "vendorBill", "vendorCredit", "vendorPayment", "customerPayment", "creditMemo", "expenseReport"];
  return names.find((name) => name.toLowerCase() === folded) ?? folded;
}

function write(place: Cursor): string {
  return JSON.stringify(place);
}

function parse(text: string): Cursor {
  try {
    const value = JSON.parse(text) as Partial<Cursor> | null;
    if (typeof value?.since === "string" && !Number.isNaN(Date.parse(`${value.since}Z`))) return value as Cursor;
  } catch {
    // Told below with the rest.
  }
  throw new Fault("request_invalid", "The cursor of changes is not one of ours");
}
