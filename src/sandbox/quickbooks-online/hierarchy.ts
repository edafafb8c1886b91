import { textOf, type JsonObject } from "../json.ts";
import { Refusal } from "./errors.ts";
import type { Work } from "./kind.ts";
import type { Stored } from "./records.ts";
import { refMember, resolve } from "./references.ts";

export interface Place {
  /** The name it gets: a row that is made inactive gives its name free. */
  readonly name: string;
  readonly parent: string | null;
  readonly active: boolean;
  /** FullyQualifiedName, Active, ParentRef. */
  readonly shown: JsonObject;
}

const levelsMax = 5;
const parties = new Set(["Customer", "Vendor", "Employee"]);
const deletedMark = / \(deleted\)$/i;

/** Puts a row of a list in its hierarchy: full name, depth, unique name among its siblings, freed name when inactive. */
export function placeInList(work: Work, draft: JsonObject, before: Stored | null, entity: string): Place {
  const given = textOf(draft[parties.has(entity) ? "DisplayName" : "Name"]) ?? "";
  const active = draft["Active"] !== false;
  const claimsParent = ["SubAccount", "SubItem", "SubClass", "SubDepartment", "Job"].some((name) => draft[name] === true);
  if (claimsParent && draft["ParentRef"] === undefined) {
    throw new Refusal("6150", "ParentRef required : A record below another one names it", "ParentRef");
  }
  const parent = resolve(work, entity, draft["ParentRef"]);
  if (parent !== null && isWithin(work, entity, parent.id, before?.id ?? "")) {
    throw new Refusal("900", "Parent cannot be child : A record cannot be its own parent", "ParentRef");
  }
  const level = parent === null ? 1 : parent.name.split(":").length + 1;
  if (level > levelsMax) throw new Refusal("6180", `Subaccount hierarchy error : At most ${levelsMax} levels are supported`, "ParentRef");
  const plain = active && before?.active === false ? given.replace(deletedMark, "") : given;
  const name = active || deletedMark.test(plain) ? plain : `${plain} (deleted)`;
  return {
    name,
    parent: parent?.id ?? null,
    active,
    shown: { FullyQualifiedName: parent === null ? name : `${parent.name}:${name}`, Active: active, ...refMember("ParentRef", parent) },
  };
}

function isWithin(work: Work, entity: string, id: string, ancestor: string): boolean {
  const parents = (at: string) => work.records.find(work.company.key, entity, at)?.body["ParentRef"];
  for (let at: string | null = id, depth = 0; at !== null && depth <= levelsMax; depth += 1) {
    if (at === ancestor) return true;
    const parent = parents(at);
    at = typeof parent === "object" && parent !== null && "value" in parent ? String(parent["value"]) : null;
  }
  return false;
}

/** Refuses a name that another row of the same list and parent has. */
export function refuseDuplicateName(work: Work, entity: string, place: Place, before: Stored | null): void {
  const holders = work.records.withName(work.company.key, { entities: [entity], name: place.name });
  if (!holders.some((holder) => holder.id !== before?.id && holder.parent === place.parent)) return;
  throw new Refusal(
    "6240",
    "The name supplied already exists. : Another record is already using this name. Please use a different name.",
    "Name",
  );
}

/** Renames the full names of everything below a row. */
export function renameChildren(work: Work, entity: string, row: { id: string; fullName: string }): void {
  for (const child of work.records.children(work.company.key, entity, row.id)) {
    const name = String(child.body[entity === "Customer" ? "DisplayName" : "Name"]);
    const body = { ...child.body, FullyQualifiedName: `${row.fullName}:${name}` };
    const { storage, company, records } = work;
    storage.run(
      "UPDATE qbo_records SET body = ? WHERE company = ? AND entity = ? AND id = ?",
      JSON.stringify(body),
      company.key,
      entity,
      child.id,
    );
    records.forget();
    renameChildren(work, entity, { id: child.id, fullName: body.FullyQualifiedName });
  }
}
