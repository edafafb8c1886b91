import { appendWrite, type Leg } from "../ledger.ts";
import { checkComplete, checkInput } from "./check.ts";
import { checkOpen, removeDetails, writeDetails } from "./posting.ts";
import type { Draft, Entry, Input, Kind, ListShape, Prepared, Values, Work } from "./kind.ts";
import { applyLinks, checkUnlinked } from "./links.ts";
import { Refusal, refuse, refuseRule, wrapped } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { queueEvent } from "./webhook-queue.ts";
import { canSee } from "./visible.ts";

/** What the vendor compares and shows of times: whole seconds. */
const wholeSecond = (atMs: number) => Math.floor(atMs / 1000) * 1000;

/** The name of a record in wrappers of refusals. */
function labelOf({ object }: Kind): string {
  return object === "GLBATCH" ? "GLBatch" : object.toLowerCase();
}

function inside<T>(kind: Kind, verb: "create" | "update" | "delete", work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal ? wrapped(error, verb, labelOf(kind)) : error;
  }
}

function preparedBy(work: Work, kind: Kind, draft: Draft, before: Stored | null): Prepared {
  if (kind.isReadOnly === true || kind.prepare === undefined || kind.type === "line" || kind.type === "view")
    return refuse("BL01001973", `${kind.name} cannot be written by API`, { category: "methodNotSupported", status: 405 });
  return kind.prepare(work, draft, before);
}

/** Creates one record; refusals end with the wrapper of its object. */
export function createRecord(work: Work, kind: Kind, input: Input): Stored {
  return inside(kind, "create", () => {
    const draft = checkInput(work.company, kind, input, (object) => kindIn(work, object));
    checkComplete(kind, draft);
    const prepared = preparedBy(work, kind, draft, null);
    const entries = prepared.entries ?? [];
    checkDates(work, prepared);
    const recordno = work.records.next(work.company.key, kind.counter);
    const atMs = wholeSecond(work.atMs);
    const stored: Stored = {
      object: kind.object,
      recordno,
      id: prepared.id ?? null,
      parent: null,
      entity: work.company.rules.multiEntity ? work.entity : "",
      date: prepared.date ?? null,
      minor: null,
      createdMs: atMs,
      updatedMs: work.company.switches.nullModified ? null : atMs,
      values: { ...prepared.values, CREATEDBY: work.user, MODIFIEDBY: work.user },
      legs: entries.map(plainLeg),
    };
    work.records.insert(work.company.key, stored);
    keepLines(work, kind, stored, prepared);
    settle(work, { kind, stored, prepared, before: null, operation: "create" });
    kind.after?.(work, stored);
    return stored;
  });
}

/** Changes one record. Lists of lines that were sent are the whole of them. */
export function updateRecord(work: Work, kind: Kind, before: Stored, input: Input): Stored {
  return inside(kind, "update", () => {
    checkOwner(work, before);
    const sent = checkInput(work.company, kind, input, (object) => kindIn(work, object));
    kind.guard?.(work, before, "update");
    const kept = Object.fromEntries(kind.lists.map((shape) => [shape.list, linesOf(work, shape, before)]));
    const draft: Draft = { values: { ...before.values, ...sent.values }, lists: { ...kept, ...sent.lists } };
    return keepChange(work, kind, before, preparedBy(work, kind, draft, before));
  });
}

/** Keeps a change that was prepared already: an approval, a reversal, a confirmation. */
export function keepChange(work: Work, kind: Kind, before: Stored, prepared: Prepared): Stored {
  checkDates(work, prepared);
  if (before.legs.length > 0) checkOpen(work, before.values["WHENPOSTED"] ?? before.date ?? "9999-12-31", []);
  const stored: Stored = {
    ...before,
    id: prepared.id ?? null,
    date: prepared.date ?? null,
    updatedMs: wholeSecond(work.atMs),
    values: { ...prepared.values, CREATEDBY: before.values["CREATEDBY"] ?? null, MODIFIEDBY: work.user },
    legs: (prepared.entries ?? []).map(plainLeg),
  };
  work.records.update(work.company.key, stored);
  if (prepared.lines !== undefined) keepLines(work, kind, stored, prepared);
  settle(work, { kind, stored, prepared, before, operation: "update" });
  kind.after?.(work, stored);
  return work.records.find(work.company.key, stored.object, stored.recordno) ?? stored;
}

/** Marks a document as reversed and posts its twin on the day of the reversal. */
export function keepReversal(
  work: Work,
  kind: Kind,
  before: Stored,
  twin: { date: string; entries: readonly Entry[]; memo: string | null },
): Stored {
  checkOwner(work, before);
  const { records, company } = work;
  applyLinks(work, before, [], true);
  const atMs = wholeSecond(work.atMs);
  const marked: Stored = { ...before, updatedMs: atMs, values: { ...before.values, STATE: "Reversed", MODIFIEDBY: work.user } };
  records.update(company.key, marked);
  const recordno = records.next(company.key, kind.counter);
  const reversal: Stored = {
    ...before,
    recordno,
    date: twin.date,
    createdMs: atMs,
    updatedMs: atMs,
    values: {
      ...before.values,
      STATE: "Reversal",
      DESCRIPTION: twin.memo ?? before.values["DESCRIPTION"] ?? null,
      WHENCREATED: twin.date,
      WHENPOSTED: twin.date,
      REVERSEDFROM: String(before.recordno),
    },
    legs: twin.entries.map(plainLeg),
  };
  records.insert(company.key, reversal);
  writeDetails(work, {
    object: kind.object,
    recordno,
    entity: before.entity,
    prepared: {
      values: reversal.values,
      entries: twin.entries,
      date: twin.date,
      id: before.id,
      module: before.values["MODULEKEY"] ?? "2.GL",
    },
    before: null,
  });
  record(work, { kind, stored: marked, undo: before.legs, operation: "update" });
  record(work, { kind, stored: reversal, undo: [], operation: "create" });
  return reversal;
}

export function deleteRecord(work: Work, kind: Kind, before: Stored): void {
  inside(kind, "delete", () => {
    checkOwner(work, before);
    if (kind.isReadOnly === true || kind.type === "view")
      refuse("BL01001973", `${kind.name} cannot be deleted by API`, { category: "methodNotSupported", status: 405 });
    kind.guard?.(work, before, "delete");
    checkUnlinked(work, before);
    if (kind.type === "list") checkUnused(work, kind, before);
    if (before.legs.length > 0) checkOpen(work, before.values["WHENPOSTED"] ?? before.date ?? "9999-12-31", []);
    const { records, company } = work;
    for (const { object } of kind.lists) records.removeChildren(company.key, object, String(before.recordno));
    removeDetails(work, kind.object, before.recordno);
    applyLinks(work, before, [], true);
    records.remove(company.key, kind.object, before.recordno);
    record(work, { kind, stored: { ...before, legs: [] }, undo: before.legs, operation: "delete" });
  });
}

/** A list row that transactions name cannot go. */
function checkUnused({ storage, company }: Work, kind: Kind, before: Stored): void {
  if (kind.id === "RECORDNO" || before.id === null) return;
  const used = storage.get(
    `SELECT 1 FROM intacct_records WHERE company = ? AND object = 'GLDETAIL' AND body ->> '$.${kind.id}' = ? LIMIT 1`,
    ...[company.key, before.id],
  );
  if (used !== undefined)
    refuseRule(`${kind.name} '${before.id}' is used by transactions and cannot be deleted.`, { category: "recordInUse" });
}

function checkDates(work: Work, { entries, statistics, postingDate, date }: Prepared): void {
  const all = [...(entries ?? []), ...(statistics ?? [])];
  const day = postingDate ?? date ?? null;
  if (all.length > 0 && day !== null) checkOpen(work, day, all);
}

/** What belongs to an entity is changed in that entity's session. */
function checkOwner(work: Work, before: Stored): void {
  if (!canSee(work, before, true)) refuseRule("We can't find this transaction.", { category: "notFound", status: 404 });
  if (before.entity !== work.entity && before.entity !== "")
    refuseRule(`This record belongs to the entity ${before.entity} and can only be changed there.`, { category: "operationNotAllowed" });
}

function kindIn(work: Work, object: string): Kind {
  const kind = work.kindOf(object);
  if (kind === null) throw new Error(`No kind ${object}`);
  return kind;
}

function linesOf({ records, company }: Work, shape: ListShape, header: Stored): Draft[] {
  return records.children(company.key, shape.object, String(header.recordno)).map(({ values }) => ({ values, lists: {} }));
}

const plainLeg = ({ account, minor, party, dimensions, isControl, foreign }: Leg): Leg => ({
  account,
  minor,
  party,
  dimensions,
  isControl,
  ...(foreign === undefined ? {} : { foreign }),
});

function keepLines(work: Work, kind: Kind, header: Stored, prepared: Prepared): void {
  const { records, company } = work;
  for (const { object, parent } of kind.lists) {
    const lines = prepared.lines?.[object];
    if (lines === undefined) continue;
    records.removeChildren(company.key, object, String(header.recordno));
    for (const [index, line] of lines.entries()) {
      const values: Values = {
        ...line,
        LINE_NO: String(index + 1),
        [parent]: String(header.recordno),
        CREATEDBY: work.user,
        MODIFIEDBY: work.user,
      };
      records.insert(company.key, {
        object,
        recordno: records.next(company.key, object === "GLENTRY" ? "glentry" : "prentry"),
        id: null,
        parent: String(header.recordno),
        entity: header.entity,
        date: header.date,
        minor: null,
        createdMs: wholeSecond(work.atMs),
        updatedMs: header.updatedMs,
        values,
        legs: [],
      });
    }
  }
}

interface Settlement {
  readonly kind: Kind;
  readonly stored: Stored;
  readonly prepared: Prepared;
  readonly before: Stored | null;
  readonly operation: "create" | "update";
}

/** Ledger, general ledger rows, links, oracle and audit history move with the record. */
function settle(work: Work, { kind, stored, prepared, before, operation }: Settlement): void {
  const { object, recordno, entity } = stored;
  if (kind.type === "document") writeDetails(work, { object, recordno, entity, prepared, before });
  if (prepared.links !== undefined) applyLinks(work, stored, prepared.links, prepared.isConfirmed ?? true);
  record(work, { kind, stored, undo: before?.legs ?? [], operation });
}

const modes = { create: "C", update: "M", delete: "D" } as const;

function record(work: Work, write: { kind: Kind; stored: Stored; undo: readonly Leg[]; operation: keyof typeof modes }): void {
  const { kind, stored, undo, operation } = write;
  work.meter.transactions += 1;
  appendWrite(work.storage, {
    company: work.company.key,
    atMs: work.atMs,
    operation,
    entity: kind.object,
    id: String(stored.recordno),
    key: work.key,
    number: stored.id,
    date: stored.values["WHENPOSTED"] ?? stored.date,
    legs: stored.legs,
    undo,
  });
  addAudit(work, kind, stored, modes[operation]);
  queueEvent(work, { object: kind.object, record: String(stored.recordno), operation });
}

/** Objects whose audit rows name the record by its name. */
const byName = new Set(["VENDOR", "CUSTOMER", "CONTACT", "DEPARTMENT", "LOCATION", "CLASS", "PROJECT", "ITEM", "EMPLOYEE", "GLACCOUNT"]);

function addAudit({ company, records, atMs, user }: Work, kind: Kind, { recordno, id }: Stored, mode: string): void {
  const key = byName.has(kind.object) && id !== null ? id : `${recordno}--REC`;
  const at = wholeSecond(atMs);
  const number = records.next(company.key, "audit");
  records.insert(company.key, {
    object: "AUDITHISTORY",
    recordno: number,
    id: null,
    parent: null,
    entity: "",
    date: null,
    minor: null,
    createdMs: at,
    updatedMs: at,
    values: { ID: String(number), OBJECTTYPE: kind.object.toLowerCase(), OBJECTKEY: key, ACCESSMODE: mode, USERID: user },
    legs: [],
  });
}
