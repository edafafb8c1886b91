import type { Work } from "./kind.ts";
import type { Stored } from "./records.ts";

/**
 * An entity sees its own records and those of the top level. The top level sees its own, and those of the entities only when they
 * are asked for.
 */
export function canSee({ entity }: Pick<Work, "entity">, record: Pick<Stored, "entity">, showsPrivate: boolean): boolean {
  return record.entity === "" || record.entity === entity || (entity === "" && showsPrivate);
}
