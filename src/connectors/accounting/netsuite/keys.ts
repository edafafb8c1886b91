import { createHash } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import type { EntryKind, PartyRecord } from "../connector.ts";
import { entityOf, marks } from "./kinds.ts";
import { externalIdLengthMax } from "./limits.ts";

/** Everything of ours begins so. Only letters, digits, `_` and `-` can stand behind `eid:` in an address. */
const prefix = "LL";

/** The external id of one record: a second creation with it is refused over there, so a repeat cannot make two. */
export function externalIdOf(kind: EntryKind, key: string): string {
  const head = `${prefix}-${marks[kind]}-`;
  return head + (/^[A-Za-z0-9-]+$/.test(key) && head.length + key.length <= externalIdLengthMax ? key : `h${sha256(key).slice(0, 40)}`);
}

/** Names are compared without case over there, so a party's id is spelled with its odd characters as numbers between `_`. */
export function partyExternalId({ kind, id }: Pick<PartyRecord, "kind" | "id">): string {
  const spelled = id.replace(/[^A-Za-z0-9-]/gu, (character) => `_${character.codePointAt(0)!.toString(16)}_`);
  const externalId = `${prefix}-${marks[kind]}-${spelled}`;
  if (id !== "" && externalId.length <= externalIdLengthMax) return externalId;
  throw new Fault(
    "books_refused",
    `The ${kind} id "${id.slice(0, 120)}" cannot stand in NetSuite's external id, which has room for about ${externalIdLengthMax - 9} plain characters. Give the party a shorter id in the TMS.`,
  );
}

/** The TMS's id of a party in an external id of ours; empty when it is not ours. */
export function partyIdIn(externalId: string, kind: PartyRecord["kind"]): string {
  const head = `${prefix}-${marks[kind]}-`;
  if (!externalId.startsWith(head)) return "";
  return externalId
    .slice(head.length)
    .replace(/_([0-9a-f]{1,6})_/g, (_all, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
}

const kindByMark = new Map(Object.entries(marks).map(([kind, mark]) => [mark, kind as EntryKind]));

/** How a record of ours is called towards us, by its external id; undefined when it is not ours. */
export function entityByMark(externalId: string): string | undefined {
  const kind = kindByMark.get(/^LL-([A-Z]+)-/.exec(externalId)?.[1] ?? "");
  return kind === undefined ? undefined : entityOf[kind];
}

/** Whether an external id may be replaced by ours: it is empty, or ours. */
export function isOurs(externalId: string): boolean {
  return entityByMark(externalId) !== undefined;
}

/** The key of an asynchronous request: the same UUID for the same key, so that a repeat finds the first job. */
export function idempotencyKeyOf(key: string): string {
  const hex = sha256(`netsuite/${key}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
