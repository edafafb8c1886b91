import type { FieldPath } from "./conditions.ts";
import { fieldsIn } from "./check.ts";
import type { Field, Kind, Work } from "./kind.ts";
import type { Stored } from "./records.ts";
import { usDate, usTime } from "./values.ts";
import { tag } from "../xml.ts";

/** A stored value our way; instants in milliseconds. */
export function rawValue(record: Stored, field: Field): string | null {
  const { name, type } = field;
  if (name === "RECORDNO" || (name === "ID" && record.object !== "AUDITHISTORY")) return String(record.recordno);
  if (type === "created") return String(record.createdMs);
  if (type === "modified") return record.updatedMs === null ? null : String(record.updatedMs);
  if (name === "MEGAENTITYID" || name === "MEGAENTITYNAME" || name === "MEGAENTITYKEY") return record.entity === "" ? null : record.entity;
  return record.values[name] ?? null;
}

/** A value as XML shows it: American dates; changes on the user's wall, creations in UTC. */
export function xmlValue(work: Pick<Work, "company">, field: Field, raw: string | null): string {
  if (raw === null) return "";
  switch (field.type) {
    case "date":
      return usDate(raw);
    case "created":
      return usTime(Number(raw), "GMT");
    case "modified":
      return usTime(Number(raw), work.company.switches.userTimeZone);
    case "text":
    case "amount":
    case "number":
    case "integer":
    case "boolean":
      return raw;
  }
}

/** The value of a path, following it to the record it names. */
export function pathValue(work: Work, record: Stored, { field, relation }: FieldPath): string | null {
  if (relation === null) return rawValue(record, field);
  const key = record.values[relation.by] ?? null;
  if (key === null) return null;
  const { records, company } = work;
  const other = relation.isByNumber
    ? records.find(company.key, relation.object, Number(key))
    : records.withId(company.key, relation.object, key)[0];
  return other === undefined || other === null ? null : rawValue(other, field);
}

/** Name of a field in answers: upper case, but as asked on objects of the customer's own. */
export function shownName(work: Work, kind: Kind, path: FieldPath): string {
  return work.company.rules.ownDimensions.includes(kind.object) ? path.text : path.text.toUpperCase();
}

/** All fields of an object, for `*`. */
export function allPaths(work: Work, kind: Kind): FieldPath[] {
  const isOwn = work.company.rules.ownDimensions.includes(kind.object);
  return Object.values(fieldsIn(work.company, kind)).map((field) => ({
    text: isOwn ? field.name.toLowerCase() : field.name,
    field,
    relation: null,
  }));
}

/** Flat elements: dots stay in the names. */
export function flatFields(work: Work, kind: Kind, record: Stored, paths: readonly FieldPath[]): string[] {
  return paths.map((path) => tag(shownName(work, kind, path), xmlValue(work, path.field, pathValue(work, record, path))));
}

interface Branch {
  readonly leaves: string[];
  readonly groups: Map<string, Branch>;
}

/** Nested elements, as `read` shows groups; with the lines of documents. */
export function nestedFields(work: Work, kind: Kind, record: Stored, paths: readonly FieldPath[]): string[] {
  const root: Branch = { leaves: [], groups: new Map() };
  for (const path of paths) {
    const steps = shownName(work, kind, path).split(".");
    const leaf = steps.pop() ?? "";
    let branch = root;
    for (const step of steps) {
      const next = branch.groups.get(step) ?? { leaves: [], groups: new Map() };
      branch.groups.set(step, next);
      branch = next;
    }
    branch.leaves.push(tag(leaf, xmlValue(work, path.field, pathValue(work, record, path))));
  }
  return written(root);
}

function written({ leaves, groups }: Branch): string[] {
  return [...leaves, ...[...groups].map(([name, branch]) => tag(name, written(branch)))];
}

/** The lines of a document inside the elements that hold them. */
export function lineElements(work: Work, kind: Kind, record: Stored): string[] {
  return kind.lists.flatMap(({ list, object }) => {
    const line = work.kindOf(object);
    if (line === null || object === "TAXENTRY" || object === "SPLIT") return [];
    const lines = work.records.children(work.company.key, object, String(record.recordno));
    const lower = object.toLowerCase();
    return [
      tag(
        list,
        lines.map((child) => tag(lower, nestedFields(work, line, child, allPaths(work, line)))),
      ),
    ];
  });
}
