import { isObject, listOf, objectOf, type Json, type JsonObject } from "../json.ts";
import { enumerationName, fixedLists, segmentValue } from "./enumerations.ts";
import type { Field, Shape } from "./fields.ts";
import { displayOf } from "./display.ts";
import { computedMembers } from "./computed.ts";
import type { Stored } from "./records.ts";
import { referent } from "./references.ts";
import { partListShapes } from "./shapes-lists.ts";
import { transactionLists } from "./shapes-transactions.ts";
import { utcText } from "./sql-dates.ts";
import { spaceOfTarget, typeNamed } from "./types.ts";
import type { Work } from "./work.ts";

export interface Showing {
  /** Sublists and subrecords inline. */
  readonly expands: boolean;
  /** Lower-case names of body fields; null: all. */
  readonly fields: ReadonlySet<string> | null;
  readonly simpleEnums: boolean;
}

export const fully: Showing = { expands: true, fields: null, simpleEnums: false };

/** Address of a record. Links are lower case, whatever the request had. */
export function hrefOf(work: Pick<Work, "base">, type: string, id: number | string): string {
  return `${work.base}/record/v1/${type.toLowerCase()}/${id}`;
}

/** A record as a read shows it. */
export function present(work: Work, stored: Stored, showing: Showing): JsonObject {
  const type = typeNamed(stored.type);
  const self = hrefOf(work, stored.type, stored.id);
  const all: JsonObject = {
    ...stored.body,
    ...computedMembers(work, stored),
    ...times(type.shape, stored),
    ...(stored.external === null ? {} : { externalId: stored.external }),
    refName: displayOf(stored),
  };
  const shown: JsonObject = { links: [{ rel: "self", href: self, method: "GET" }], id: String(stored.id) };
  for (const [name, value] of Object.entries(all)) {
    const isWanted = showing.fields === null || showing.fields.has(name.toLowerCase());
    if (!isWanted || value === null) continue;
    shown[spelled(work, name)] = showMember(work, type.shape, { name, value }, { href: self, showing, code: type.code });
  }
  return shown;
}

function spelled({ company }: Work, name: string): string {
  return company.switches.nameCase === "lower" ? name.toLowerCase() : name;
}

function times(shape: Shape, { createdMs, updatedMs }: Stored): JsonObject {
  const names = [
    ["createddate", createdMs],
    ["datecreated", createdMs],
    ["lastmodifieddate", updatedMs],
  ] as const;
  return Object.fromEntries(
    names.flatMap(([name, atMs]) => {
      const field = shape.byName.get(name);
      return field === undefined ? [] : [[field.name, utcText(atMs)]];
    }),
  );
}

interface At {
  readonly href: string;
  readonly showing: Showing;
  readonly code: string | null;
}

function showMember(work: Work, shape: Shape, { name, value }: { name: string; value: Json }, at: At): Json {
  const field = shape.byName.get(name.toLowerCase());
  if (field === undefined) return segment(work, name, value);
  switch (field.kind) {
    case "reference":
      return showReference(work, field, value);
    case "enumeration":
      return at.showing.simpleEnums
        ? value
        : { links: [], id: String(value), refName: enumerationName(field.target, String(value), at.code) };
    case "many":
      return showList(
        at,
        name,
        listOf(value).map((id) => ({ ...objectOf(showReference(work, field, id)) })),
      );
    case "sublist":
      return showRows(work, field, value, at);
    case "subrecord":
      return showPart(work, field, value, { ...at, href: `${at.href}/${name}` });
    case "text":
    case "number":
    case "amount":
    case "boolean":
    case "date":
    case "datetime":
      return value;
  }
}

/** A value of a custom field: of a segment its name, else what was kept. */
function segment(work: Work, name: string, value: Json): Json {
  const label = typeof value === "string" ? segmentValue(work.company, name, value) : null;
  return label === null ? value : { links: [], id: value, refName: label };
}

function showReference(work: Work, { target }: Field, value: Json): Json {
  const id = String(value);
  const fixed = fixedLists[target]?.[id];
  if (fixed !== undefined) return { links: [], id, refName: fixed };
  const found = referent(work, target, id);
  if (found === null) return { links: [], id };
  const type = spaceOfTarget(target) === found.space ? found.type : target;
  return { links: [{ rel: "self", href: hrefOf(work, type, id), method: "GET" }], id, refName: displayOf(found) };
}

/** A list in a record: a link, or its rows when they are to be expanded. */
function showList(at: At, name: string, rows: readonly JsonObject[]): JsonObject {
  const links = [{ rel: "self", href: `${at.href}/${name}`, method: "GET" }];
  if (!at.showing.expands) return { links };
  const counted = rows.length === 0 ? { count: 0, hasMore: false, items: [], offset: 0 } : { items: [...rows] };
  return { links, ...counted, totalResults: rows.length };
}

function showRows(work: Work, field: Field, value: Json, at: At): JsonObject {
  const shape = transactionLists[field.target] ?? partListShapes[field.target];
  const rows = listOf(value).map((row, index) => {
    const given = objectOf(row);
    const key = given["line"] ?? given["id"] ?? given["doc"] ?? index;
    return shape === undefined ? given : showRow(work, shape, given, { ...at, href: `${at.href}/${field.name}/${String(key)}` });
  });
  return showList(at, field.name, rows);
}

/** One row of a sublist, with the link to itself. */
function showRow(work: Work, shape: Shape, row: JsonObject, at: At): JsonObject {
  const shown: JsonObject = { links: [{ rel: "self", href: at.href, method: "GET" }] };
  for (const [name, value] of Object.entries(row)) {
    if (value !== null) shown[spelled(work, name)] = showMember(work, shape, { name, value }, at);
  }
  return shown;
}

function showPart(work: Work, { target }: Field, value: Json, at: At): Json {
  const links = [{ rel: "self", href: at.href, method: "GET" }];
  const shape = partListShapes[target];
  if (!at.showing.expands || !isObject(value) || shape === undefined) return { links };
  return showRow(work, shape, value, at);
}
