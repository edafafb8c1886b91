import { textOf, type Json, type JsonObject } from "../json.ts";
import type { Header, Line } from "./kind.ts";
import { requireFields } from "./read-body.ts";
import type { Stored } from "./records.ts";
import { invalidField, referent } from "./references.ts";
import { isAllowedIn } from "./subsidiaries.ts";
import type { Work } from "./work.ts";

/** Members of a line that an administrator added. */
export function customOf(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => /^(custcol|custbody|cseg)_/.test(name) && value !== null));
}

export interface LineOrder {
  readonly row: JsonObject;
  /** Path to the row: `expense.items[0]`. */
  readonly path: string;
  readonly header: Header;
  readonly draft: JsonObject;
  /** Subsidiary where it is not that of the header. */
  readonly subsidiary?: string;
}

type Dimensions = Pick<Line, "department" | "class" | "location">;

/** Department, class and location of a line: its own, or else those of the header. Refuses what the subsidiary may not use, and what is mandatory and missing. */
export function dimensionsOf(work: Work, { row, path, header, draft, subsidiary }: LineOrder): Dimensions {
  const place = subsidiary ?? String(header.subsidiary.id);
  const found = Object.fromEntries(
    (["department", "class", "location"] as const).map((name) => {
      const id = textOf(row[name]) ?? textOf(draft[name]);
      const stored = referent(work, name === "class" ? "classification" : name, id);
      if (stored !== null && !isAllowedIn(work, stored, place)) throw invalidField(work, id, name, `${path}.${name}`);
      return [name, id];
    }),
  ) as { [Name in keyof Dimensions]: string | null };
  requireFields(work.company.preferences.mandatory.filter((name) => found[name as keyof Dimensions] === null));
  return found;
}

/** The account of a line; refused when the subsidiary, or the currency, may not use it. */
export function accountOf(
  work: Work,
  id: Json | undefined,
  { path, header, subsidiary }: Pick<LineOrder, "path" | "header" | "subsidiary">,
): Stored {
  const found = referent(work, "account", id);
  if (found === null) throw invalidField(work, String(id), "account", path);
  const isUsable =
    isAllowedIn(work, found, subsidiary ?? String(header.subsidiary.id)) &&
    found.body["isSummary"] !== true &&
    (found.body["currency"] === undefined || found.body["currency"] === null || found.body["currency"] === String(header.currency.id));
  if (!isUsable || found.inactive) throw invalidField(work, id, "account", path);
  return found;
}
