import type { Call } from "./call.ts";
import { oneOf, objectIn } from "./read-functions.ts";
import { refuseRead, refuseRule } from "./refusal.ts";
import { inputOf } from "./xml-input.ts";
import { createRecord, deleteRecord, updateRecord } from "./write.ts";
import { tag, textIn } from "../xml.ts";
import type { Kind } from "./kind.ts";
import type { Stored } from "./records.ts";

function objectsIn({ element }: Call): Call["element"][] {
  const { children } = element;
  if (children.length === 0 || children.length > 100) refuseRead("A function writes 1 to 100 objects.");
  return children;
}

/** What a write tells of a record: its number, and its id where it has one of its own. */
function told(kind: Kind, record: Stored): string {
  const isList = kind.type === "list" && kind.id !== "RECORDNO" && record.id !== null;
  const own = kind.fields["ID"] === undefined ? [tag("RECORDNO", String(record.recordno))] : [tag("id", String(record.recordno))];
  return tag(kind.object.toLowerCase(), isList && kind.fields["ID"] === undefined ? [...own, tag(kind.id, record.id)] : own);
}

const list = (rows: readonly string[]) => tag("data", rows, { listtype: "objects", count: rows.length });

export function createObjects(call: Call): string {
  const { work } = call;
  return list(
    objectsIn(call).map((element) => {
      const kind = objectIn(work, element.name);
      return told(kind, createRecord(work, kind, inputOf(work, kind, element)));
    }),
  );
}

export function updateObjects(call: Call): string {
  const { work } = call;
  return list(
    objectsIn(call).map((element) => {
      const kind = objectIn(work, element.name);
      const input = inputOf(work, kind, element);
      const number = input.values["RECORDNO"] ?? (kind.fields["ID"] === undefined ? null : input.values["ID"]) ?? null;
      const id = input.values[kind.id] ?? null;
      const [before] = number !== null ? oneOf(work, kind, number, "number") : id === null ? [] : oneOf(work, kind, id, "id");
      if (before === undefined) return refuseRule("We can't find this transaction.", { category: "notFound", status: 404 });
      return told(kind, updateRecord(work, kind, before, input));
    }),
  );
}

export function deleteObjects({ work, element }: Call): string {
  const kind = objectIn(work, textIn(element, "object"));
  const keys = (textIn(element, "keys") ?? "").split(",").map((key) => key.trim());
  if (keys.length > 100) refuseRead("At most 100 keys can be deleted at once.");
  for (const key of keys) {
    const [before] = oneOf(work, kind, key, "number");
    if (before === undefined)
      refuseRule(`We can't find this transaction. There is no ${kind.name.toLowerCase()} ${key}.`, { category: "notFound", status: 404 });
    else deleteRecord(work, kind, before);
  }
  return "";
}
