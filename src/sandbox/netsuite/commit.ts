import type { JsonObject } from "../json.ts";
import { appendWrite, type Leg } from "../ledger.ts";
import type { Row } from "../storage.ts";
import { userError } from "./errors.ts";
import type { Prepared } from "./kind.ts";
import { baseAmounts } from "./money.ts";
import type { Stored } from "./records.ts";
import { dayText } from "./sql-dates.ts";
import { refreshStatus } from "./status.ts";
import type { RecordType } from "./types.ts";
import type { Work } from "./work.ts";

export interface Commit {
  readonly type: RecordType;
  readonly id: number;
  readonly external: string | null;
  readonly before: Stored | null;
  readonly prepared: Prepared;
}

/** Keeps a transaction: record, header, lines, links and oracle move together. */
export function commitTransaction(work: Work, commit: Commit): Stored {
  const { company, records, atMs, atText } = work;
  const { type, id, external, before, prepared } = commit;
  const { header } = prepared;
  const stored: Stored = {
    space: "transaction",
    type: type.name,
    id,
    external,
    name: header.tranId ?? header.number ?? String(id),
    number: "",
    kind: "",
    inactive: false,
    body: bodyOf(prepared),
    createdMs: before?.createdMs ?? atMs,
    updatedMs: atMs,
  };
  const undo = before === null ? [] : legsOf(work, id);
  noteChanges(work, before, stored);
  if (before === null) records.insert(company.key, stored, { created: atText, updated: atText });
  else records.update(company.key, stored, atText);
  const isPosting = prepared.isPosting !== false && (header.approval === null || header.approval === "2");
  writeHeader(work, commit, isPosting);
  writeLines(work, id, prepared, isPosting);
  writeLinks(work, id, prepared);
  appendWrite(work.storage, {
    company: company.key,
    atMs,
    operation: before === null ? "create" : "update",
    entity: type.name,
    id: String(id),
    key: work.key,
    number: header.tranId,
    date: header.date,
    legs: legsOf(work, id),
    undo,
  });
  return stored;
}

/** System notes: one for a creation, one for each body field that an update changed. */
function noteChanges({ storage, company, atText }: Work, before: Stored | null, { id, body }: Stored): void {
  const note = (field: string, kind: number, values: readonly [old: string | null, next: string | null]) =>
    storage.run(
      "INSERT INTO ns_notes (company, record, record_type, field, kind, old, new, at) VALUES (?, ?, -30, ?, ?, ?, ?, ?)",
      ...[company.key, id, field, kind, ...values, atText],
    );
  if (before === null) return note("TRANDOC.KDOC", 1, [null, null]);
  const shown = (value: unknown) => (value === undefined || value === null || typeof value === "object" ? null : String(value));
  for (const name of new Set([...Object.keys(before.body), ...Object.keys(body)])) {
    const [old, next] = [shown(before.body[name]), shown(body[name])];
    if (old !== next) note(`TRANDOC.${name.toUpperCase()}`, 2, [old, next]);
  }
}

/** What the header looked up, and what the account filled in, stands in the record like everything else. */
function bodyOf({ body, header }: Prepared): JsonObject {
  const { subsidiary, currency, rateText, date, period, tranId, number, approval } = header;
  return {
    ...body,
    subsidiary: String(subsidiary.id),
    currency: String(currency.id),
    exchangeRate: Number(rateText),
    tranDate: date,
    postingPeriod: String(period.id),
    ...(tranId === null ? {} : { tranId }),
    transactionNumber: number,
    ...(approval === null ? {} : { approvalStatus: approval }),
  };
}

function writeHeader(work: Work, { type, id, external, before, prepared }: Commit, isPosting: boolean): void {
  const { company, storage, atText } = work;
  const { header, body, entity, total, status, dueDate, otherRef } = prepared;
  const kept =
    before === null
      ? undefined
      : storage.get("SELECT created, reversal, is_reversal FROM ns_transactions WHERE company = ? AND id = ?", company.key, id);
  const base = baseAmounts(prepared.lines, header.rate);
  const mainBase = prepared.lines.reduce(
    (sum, line, index) => (line.isMain || type.code === "Journal" ? sum + positive(base[index] ?? 0n) : sum),
    0n,
  );
  const custom = Object.fromEntries(Object.entries(body).filter(([name]) => /^(custbody|cseg)_/.test(name)));
  storage.run(
    `INSERT OR REPLACE INTO ns_transactions (company, id, type, recordtype, number, tranid, trandate, duedate, closedate, period, entity, subsidiary, currency, rate, minor,
       base_minor, status, approval, posting, memo, external, otherref, created, updated, reversal_date, custom, reversal, is_reversal)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[company.key, id, type.code, type.name.toLowerCase(), header.number, header.tranId, dayText(header.date)],
    ...[
      dueDate === null || dueDate === undefined ? null : dayText(dueDate),
      header.period.id,
      entity,
      header.subsidiary.id,
      header.currency.id,
    ],
    ...[
      header.rateText,
      total,
      total < 0n ? -mainBase : mainBase,
      status ?? "",
      header.approval,
      isPosting ? 1 : 0,
      textOrNull(body["memo"]),
      external,
    ],
    ...[
      otherRef ?? null,
      kept?.["created"] ?? atText,
      atText,
      typeof body["reversalDate"] === "string" ? dayText(body["reversalDate"]) : null,
      JSON.stringify(custom),
      kept?.["reversal"] ?? null,
      kept?.["is_reversal"] ?? 0,
    ],
  );
}

const positive = (minor: bigint) => (minor < 0n ? -minor : minor);
const textOrNull = (value: unknown) => (typeof value === "string" ? value : null);

function writeLines(work: Work, id: number, { lines, header }: Prepared, isPosting: boolean): void {
  const { storage, company, atText } = work;
  const base = baseAmounts(lines, header.rate);
  storage.run("DELETE FROM ns_lines WHERE company = ? AND trans = ?", company.key, id);
  for (const [sequence, line] of lines.entries()) {
    storage.run(
      `INSERT INTO ns_lines (company, trans, id, sequence, is_main, account, minor, base_minor, entity, department, class, location, subsidiary, item,
         quantity, rate, memo, posting, updated, eliminate, billable, custom) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[company.key, id, line.id, sequence, line.isMain ? 1 : 0, line.account.id, line.minor, base[sequence] ?? 0n, line.entity],
      ...[
        line.department,
        line.class,
        line.location,
        line.subsidiary,
        line.item ?? null,
        line.quantity ?? null,
        line.rate ?? null,
        line.memo,
      ],
      ...[isPosting ? 1 : 0, atText, line.eliminate === true ? 1 : 0, line.billable === true ? 1 : 0, JSON.stringify(line.custom)],
    );
  }
}

/** Notes what the document settles, and what this makes of the documents it settles. */
function writeLinks(work: Work, id: number, { links }: Prepared): void {
  const { storage, company } = work;
  const before = storage.all("SELECT previous FROM ns_links WHERE company = ? AND next = ?", company.key, id);
  storage.run("DELETE FROM ns_links WHERE company = ? AND next = ?", company.key, id);
  for (const { previous, next = id, minor, type } of links) {
    storage.run(
      `INSERT INTO ns_links VALUES (?, ?, ?, ?, ?) ON CONFLICT (company, previous, next, type) DO UPDATE SET minor = minor + excluded.minor`,
      ...[company.key, previous, next, minor, type],
    );
  }
  const touched = [...before.map((row) => Number(row["previous"])), ...links.flatMap(({ previous, next }) => [previous, next ?? id]), id];
  for (const touchedId of new Set(touched)) refreshStatus(work, touchedId);
}

/** What a document has in the ledger now. */
export function legsOf(work: Pick<Work, "storage" | "company" | "records">, id: number): Leg[] {
  const { storage, company } = work;
  const rows = storage.allExact(
    "SELECT * FROM ns_lines WHERE company = ? AND trans = ? AND posting = 1 ORDER BY sequence",
    company.key,
    id,
  );
  return rows.flatMap((row) => {
    const minor = BigInt(row["base_minor"] as bigint);
    const leg = legOf(work, row, minor);
    return leg === null ? [] : [leg];
  });
}

const dimensionTypes = { department: "department", class: "classification", location: "location", subsidiary: "subsidiary" } as const;

/** Nothing stands in the ledger for zero, nor for counts on statistical accounts. */
function legOf({ company, records }: Pick<Work, "company" | "records">, row: Row, minor: bigint): Leg | null {
  const named = (space: string, id: unknown) => (id === null || id === undefined ? null : records.find(company.key, space, Number(id)));
  const account = named("account", row["account"]);
  if (account === null) throw new Error(`Line without an account in transaction ${String(row["trans"])}`);
  if (minor === 0n || account.kind === "Stat") return null;
  const party = named("entity", row["entity"]);
  const dimensions = Object.entries(dimensionTypes).flatMap(([name, space]) => {
    const found = named(space, row[name]);
    return found === null ? [] : [[name, found.name]];
  });
  return {
    account: { id: String(account.id), number: account.number, name: account.name },
    minor,
    party: party === null ? null : { type: party.type, id: String(party.id), name: party.name },
    dimensions: Object.fromEntries(dimensions) as Record<string, string>,
    isControl: account.kind === "AcctRec" || account.kind === "AcctPay",
  };
}

/** Takes a transaction out of the books; what it had settled is open again. */
export function uncommitTransaction(work: Work, before: Stored, type: RecordType): void {
  const { storage, company, records, atMs, atText } = work;
  const undo = legsOf(work, before.id);
  const settled = storage.all("SELECT previous FROM ns_links WHERE company = ? AND next = ?", company.key, before.id);
  for (const table of [
    "ns_links WHERE company = ? AND next",
    "ns_lines WHERE company = ? AND trans",
    "ns_transactions WHERE company = ? AND id",
  ]) {
    storage.run(`DELETE FROM ${table} = ?`, company.key, before.id);
  }
  records.remove(company.key, before);
  noteDeletion(work, before, atText);
  for (const { previous } of settled) refreshStatus(work, Number(previous));
  appendWrite(storage, {
    company: company.key,
    atMs,
    operation: "delete",
    entity: type.name,
    id: String(before.id),
    key: work.key,
    number: before.name,
    date: textOrNull(before.body["tranDate"]),
    legs: [],
    undo,
  });
}

export function noteDeletion({ storage, company }: Work, before: Stored, at: string): void {
  storage.run(
    "INSERT INTO ns_deleted (company, record, name, type, external, at, by) VALUES (?, ?, ?, ?, ?, ?, -5)",
    ...[company.key, before.id, before.name, before.type.toLowerCase(), before.external, at],
  );
}

/** A document others are linked to stays as it is. */
export function refuseLinked({ storage, company }: Work, id: number): void {
  const row = storage.get("SELECT 1 AS found FROM ns_links WHERE company = ? AND previous = ? LIMIT 1", company.key, id);
  if (row !== undefined)
    throw userError("This transaction cannot be deleted because it is linked to by one or more transactions and is in use.");
}
