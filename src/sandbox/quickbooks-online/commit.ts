import { objectOf, textOf } from "../json.ts";
import { appendWrite, type Leg } from "../ledger.ts";
import type { Link, Prepared, Work } from "./kind.ts";
import { linksOf, replaceLinks, settledMembers } from "./links.ts";
import type { Columns, Stored } from "./records.ts";
import { queueEvent, type Happening } from "./webhook-queue.ts";

/** The instant a record shows as its last change. */
export function changeTime({ company, atMs }: Work): number {
  return company.switches.timePrecision === "seconds" ? Math.floor(atMs / 1000) * 1000 : atMs;
}

/** Keeps a new record: record, ledger, links, oracle and webhook move together. */
export function commitNew(work: Work, stored: Stored, prepared: Prepared): void {
  work.records.insert(work.company.key, { ...stored, columns: prepared.columns });
  settle(work, stored, prepared.links ?? []);
  record(work, { operation: "create", stored, columns: prepared.columns, undo: [] });
}

export interface Change extends Prepared {
  readonly operation: "update" | "delete" | "void" | "merge";
}

/** Keeps a change of a record; its SyncToken counts on. */
export function commitChange(work: Work, before: Stored, next: Change): Stored {
  const changed: Stored = {
    ...before,
    sync: before.sync + 1,
    body: next.body,
    legs: next.legs,
    active: next.active,
    deleted: next.operation === "delete",
    updatedMs: changeTime(work),
  };
  const members = settledMembers(work, changed);
  const stored = Object.keys(members).length === 0 ? changed : { ...changed, body: { ...changed.body, ...members } };
  work.records.update(work.company.key, { ...stored, columns: next.columns });
  settle(work, stored, next.links ?? []);
  record(work, { operation: next.operation, stored, columns: next.columns, undo: before.legs });
  return stored;
}

/** Writes down what a transaction settles, and bumps every transaction that this touches. */
function settle(work: Work, payer: Stored, links: readonly Link[]): void {
  const before = linksOf(work, payer);
  if (before.length === 0 && links.length === 0) return;
  replaceLinks(work, payer, links);
  const touched = new Map([...before, ...links].map((link) => [`${link.entity} ${link.id}`, link]));
  for (const [name, { entity, id }] of touched) {
    const sum = (list: readonly Link[]) =>
      list.reduce((total, link) => (`${link.entity} ${link.id}` === name ? total + link.minor : total), 0n);
    const isSame =
      before.some((link) => link.entity === entity && link.id === id) && links.some((link) => link.entity === entity && link.id === id);
    if (!isSame || sum(before) !== sum(links)) touch(work, entity, id);
  }
}

/** The server changes a record because something was linked to it: one SyncToken further, nothing in the ledger. */
function touch(work: Work, entity: string, id: string): void {
  const before = work.records.find(work.company.key, entity, id);
  if (before === null || before.deleted) return;
  const { LinkedTxn: _links, ...body } = before.body;
  const stored: Stored = {
    ...before,
    sync: before.sync + 1,
    updatedMs: changeTime(work),
    body: { ...body, ...settledMembers(work, before) },
  };
  work.records.update(work.company.key, { ...stored, columns: columnsOf(stored) });
  queueEvent(work, { entity, id, operation: "Update" });
}

const happenings: Readonly<Record<string, Happening["operation"]>> = {
  create: "Create",
  update: "Update",
  delete: "Delete",
  void: "Void",
  merge: "Update",
};

function record(work: Work, write: { operation: string; stored: Stored; columns: Columns; undo: readonly Leg[] }): void {
  const { stored, columns, operation, undo } = write;
  appendWrite(work.storage, {
    company: work.company.key,
    atMs: work.atMs,
    operation,
    entity: stored.entity,
    id: stored.id,
    key: work.key,
    number: columns.number ?? null,
    date: columns.date ?? null,
    legs: stored.legs,
    undo,
  });
  queueEvent(work, { entity: stored.entity, id: stored.id, operation: happenings[operation] ?? "Update" });
}

/** The columns of a transaction, from its body. */
export function columnsOf(stored: Stored): Columns {
  const {
    DocNumber: number,
    PaymentRefNum: reference,
    TxnDate: date,
    VendorRef: vendor,
    CustomerRef: customer,
    EntityRef: entity,
  } = stored.body;
  const party = objectOf(vendor ?? customer ?? entity)["value"];
  return { number: textOf(number ?? reference), date: textOf(date), party: textOf(party) };
}
