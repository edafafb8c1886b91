import type { Stored } from "./records.ts";
import { referent } from "./references.ts";
import type { Work } from "./work.ts";

type Books = Pick<Work, "company" | "records" | "storage">;

/** True when a list row (account, department, item …) may be used in a subsidiary: named in its list, or below a parent that includes its children. */
export function isAllowedIn(work: Books, { body }: Stored, subsidiary: string): boolean {
  if (!work.company.preferences.oneWorld) return true;
  const list = body["subsidiary"];
  if (!Array.isArray(list) || list.length === 0) return true;
  if (list.includes(subsidiary)) return true;
  return body["includeChildren"] === true && ancestors(work, subsidiary).some((parent) => list.includes(parent));
}

function ancestors(work: Books, subsidiary: string): string[] {
  const parent = referent(work, "subsidiary", subsidiary)?.body["parent"];
  return typeof parent === "string" ? [parent, ...ancestors(work, parent)] : [];
}

/** True when a vendor, customer or employee is assigned to a subsidiary: its own one, or by a relationship record. */
export function isInSubsidiary(work: Books, entity: Stored, subsidiary: string): boolean {
  if (!work.company.preferences.oneWorld) return true;
  if (entity.body["subsidiary"] === subsidiary) return true;
  const relation = `${entity.type}SubsidiaryRelationship`;
  const row = work.storage.get(
    "SELECT 1 AS found FROM ns_records WHERE company = ? AND space = ? AND body ->> '$.entity' = ? AND body ->> '$.subsidiary' = ? AND inactive = 0",
    ...[work.company.key, relation, String(entity.id), subsidiary],
  );
  return row !== undefined;
}
