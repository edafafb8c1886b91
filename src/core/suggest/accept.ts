import type { RuleSet } from "../rules/schema.ts";
import type { SuggestionKind } from "./suggest.ts";

/** One suggestion that somebody, or a threshold, decided. */
export interface Pick {
  readonly kind: SuggestionKind;
  readonly key: string;
  readonly value: string;
}

type Raw = Readonly<Record<string, unknown>>;

/** Parties are links to records of the books, not rules. */
export function isPartyPick({ kind }: Pick): boolean {
  return kind === "vendor" || kind === "customer" || kind === "employee";
}

/**
 * A rule set with the picks written into it: codes and products of partners as `aliases`, for all books; everything else below
 * `books`, for the books whose lists it came from. Nothing else of it changes. Picks of parties are left out.
 *
 * `ruleSet`: the rule set as it is for these books, to find where a dimension's name stands.
 */
export function acceptPicks(raw: Raw, of: { booksName: string; ruleSet: RuleSet; picks: readonly Pick[] }): Record<string, unknown> {
  let body: Record<string, unknown> = { ...raw };
  for (const pick of of.picks) {
    for (const path of placesOf(pick, of.ruleSet)) {
      const own = pick.kind === "code" || pick.kind === "product" ? path : ["books", of.booksName, ...path];
      body = withValue(body, own, pick.value);
    }
  }
  return body;
}

function placesOf({ kind, key }: Pick, ruleSet: RuleSet): string[][] {
  if (kind === "code" || kind === "product") return [["aliases", kind, key]];
  if (kind === "account") return [["chart", key]];
  if (kind === "item" || kind === "term") return [[`${kind}s`, key]];
  if (kind === "vendor" || kind === "customer" || kind === "employee") return [];
  const rule = ruleSet.dimensions[kind];
  const named = Object.entries(rule?.values ?? {}).flatMap(([code, name]) => (name === key ? [code] : []));
  const places = named.map((code) => ["dimensions", kind, "values", code]);
  if (rule?.default === key) places.push(["dimensions", kind, "default"]);
  return places.length > 0 ? places : [["dimensions", kind, "values", key]];
}

function withValue(body: Raw, [first, ...rest]: readonly string[], value: string): Record<string, unknown> {
  if (rest.length === 0) return { ...body, [first!]: value };
  const inner = body[first!];
  const below = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Raw) : {};
  return { ...body, [first!]: withValue(below, rest, value) };
}
