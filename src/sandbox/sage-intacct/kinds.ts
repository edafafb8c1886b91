import type { Company } from "./company.ts";
import { auditFields, fieldsOf, type Kind } from "./kind.ts";
import { expenseKinds } from "./expenses.ts";
import { journalEntry, journalEntryLine, split, taxEntry } from "./journal.ts";
import { listKind, listKinds } from "./lists.ts";
import { paymentKinds } from "./payments.ts";
import { setupKinds } from "./setup-lists.ts";
import { subledgerKinds } from "./subledger.ts";
import { viewKinds } from "./views.ts";

const kinds = new Map<string, Kind>(
  [
    journalEntry,
    journalEntryLine,
    split,
    taxEntry,
    ...listKinds,
    ...setupKinds,
    ...subledgerKinds,
    ...paymentKinds,
    ...expenseKinds,
    ...viewKinds,
  ].map((kind) => [kind.object, kind]),
);

const ownKinds = new Map<string, Kind>();

/** A dimension of the customer's own: a custom object whose records are its values. */
function ownDimension(object: string): Kind {
  const known = ownKinds.get(object);
  if (known !== undefined) return known;
  const label = (object[0] ?? "") + object.slice(1).toLowerCase();
  const plain = listKind({ object, name: label, id: "NAME", fields: "ID:i! NAME:t80* DESCRIPTION:t", counter: "own" });
  const kind = { ...plain, fields: { ...plain.fields, ...fieldsOf(`${auditFields} CREATEDAT:c UPDATEDAT:m`) } };
  ownKinds.set(object, kind);
  return kind;
}

/** An object of a company by its name in any case; null when there is none. */
function findKind(company: Company, name: string): Kind | null {
  const object = name.toUpperCase();
  if (object !== "SPLIT" && object !== "TAXENTRY" && kinds.has(object)) return kinds.get(object) ?? null;
  if (company.rules.ownDimensions.includes(object)) return ownDimension(object);
  return null;
}

/** Including those that are only parts of others. */
export function partKind(company: Company, object: string): Kind | null {
  return kinds.get(object) ?? findKind(company, object);
}

export function allKinds(company: Company): Kind[] {
  const standard = [...kinds.values()].filter(({ object }) => object !== "SPLIT" && object !== "TAXENTRY");
  return [...standard, ...company.rules.ownDimensions.map(ownDimension)];
}
