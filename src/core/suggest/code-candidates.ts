import type { CodeEntry } from "../rules/schema.ts";
import { type Candidate, type CandidateIndex, indexCandidates } from "./candidates.ts";

/** A name that partners are known to use for one of our codes or products: a row of `rule-sets/aliases.csv`. */
export interface KnownAlias {
  readonly table: "code" | "product";
  readonly theirs: string;
  readonly ours: string;
  /** Where it is used: `X12 element 150`. */
  readonly from: string;
  readonly meaning: string;
}

/** Kinds of codes that lines of an event type have; a code of another kind is not proposed for them. Types that are not here take all. */
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  customer_invoice: ["REV", "REV_FSC", "REV_ACC", "REV_ADJ", "TAX"],
  customer_credit: ["REV", "REV_FSC", "REV_ACC", "REV_ADJ", "TAX"],
  // EDI senders write the charge codes of freight on a carrier's bill too.
  carrier_bill: ["PT", "REV", "REV_FSC", "REV_ACC", "TAX"],
  driver_settlement: ["PAY", "REIMB", "DED", "ESC", "ADV", "PT"],
  fuel_transaction: ["FUEL", "ADV", "TAX"],
  bulk_fuel_delivery: ["FUEL", "TAX"],
  maintenance_order: ["MAINT", "TAX"],
  parts_movement: ["MAINT", "TAX"],
  miscellaneous_expense: ["EXP", "TAX", "PERMIT", "TOLL", "LUMPER", "MAINT", "LEASE", "INS"],
};

/** Codes of the catalogue as candidates for lines of these event types; kinds of a rule set's own are for all. */
export function codeCandidates(
  catalogue: Readonly<Record<string, CodeEntry>>,
  aliases: readonly KnownAlias[],
): (types: readonly string[]) => CandidateIndex {
  const listed = new Set(Object.values(kindsOf).flat());
  const all = candidatesOf(Object.entries(catalogue), aliases);
  const ready = new Map<string, CandidateIndex>();
  return (types) => {
    const kinds = types.every((type) => kindsOf[type] !== undefined) ? [...new Set(types.flatMap((type) => kindsOf[type]!))].sort() : [];
    const key = kinds.join(" ");
    let index = ready.get(key);
    if (index === undefined) {
      const fits = ({ type }: Candidate): boolean => kinds.length === 0 || kinds.includes(type) || !listed.has(type);
      index = indexCandidates(all.filter(fits));
      ready.set(key, index);
    }
    return index;
  };
}

function candidatesOf(codes: readonly [string, CodeEntry][], aliases: readonly KnownAlias[]): Candidate[] {
  const known = Map.groupBy(
    aliases.filter(({ table }) => table === "code"),
    ({ ours }) => ours,
  );
  return codes.map(([code, { name, kind }]) =>
    aliased({ id: code, label: `${code} ${name}`, texts: [name, code], type: kind }, known.get(code)),
  );
}

/** Our names of a table of aliases as candidates. */
export function aliasCandidates(aliases: readonly KnownAlias[], table: KnownAlias["table"]): Candidate[] {
  const known = Map.groupBy(
    aliases.filter((alias) => alias.table === table),
    ({ ours }) => ours,
  );
  return [...known].map(([ours, of]) => aliased({ id: ours, label: ours, texts: [ours], type: "" }, of));
}

function aliased(candidate: Pick<Candidate, "id" | "label" | "texts" | "type">, of: readonly KnownAlias[] = []): Candidate {
  return {
    ...candidate,
    texts: [...new Set([...candidate.texts, ...of.map(({ meaning }) => meaning)])],
    ...{ number: null, group: null },
    identifiers: of.map(({ theirs, from, table }) => ({ what: `${table} (${from})`, value: theirs })),
  };
}
