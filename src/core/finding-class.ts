/** What kind of trouble a finding is, and with that who usually mends it and where. */
export const findingClasses = ["drift", "books", "budget", "approval", "period", "duplicate", "mapping", "reference", "data"] as const;
export type FindingClass = (typeof findingClasses)[number];

/**
 * Which codes are of which class; the first that matches. The patterns mean the same to JavaScript and to PostgreSQL. What none of
 * them knows is about the data of the event.
 */
export const findingClassPatterns: readonly (readonly [Exclude<FindingClass, "data">, string])[] = [
  ["drift", "^drift$"],
  ["books", "^(books_|retries_exhausted$|record_stale$|number_taken$|upstream_)"],
  ["budget", "^budget_"],
  ["approval", "^(approval_|limit_|edit_held$)"],
  ["period", "^(period_|date_closed)"],
  ["duplicate", "duplicate|_repeated$"],
  [
    "mapping",
    "_unmapped$|^(dimension_missing|event_unprocessable|rounding_exceeded|number_too_long|account_type_wrong|party_missing|document_zero)$",
  ],
  ["reference", "_(unknown|inactive|untracked|unsupported)$|^(item_account_differs|credit_)"],
];

/**
 * Codes of these classes as two regular expressions: a code is meant when it is like the first or unlike the second. Without classes
 * every code is meant.
 */
export function codesOfClasses(classes: readonly FindingClass[]): { like: string; unlike: string } {
  if (classes.length === 0) return { like: "", unlike: "" };
  const like = findingClassPatterns.filter(([name]) => classes.includes(name)).map(([, pattern]) => `(${pattern})`);
  // A code that an earlier class took is not of a later one: each pattern stands for its class alone only in this order.
  const all = findingClassPatterns.map(([, pattern]) => `(${pattern})`).join("|");
  return { like: like.length === 0 ? "^$" : like.join("|"), unlike: classes.includes("data") ? all : "" };
}

const compiled = findingClassPatterns.map(([name, pattern]) => [name, new RegExp(pattern)] as const);

/** The class of a finding's code. */
export function findingClass(code: string): FindingClass {
  return compiled.find(([, pattern]) => pattern.test(code))?.[0] ?? "data";
}

/** Ways to mend a cause from its card, the likeliest first; `retry` and `exclude` are always there beside them. */
export type Mend = "add-row" | "alias" | "link" | "create-party" | "edit";

const mendsByCode: readonly (readonly [string, readonly Mend[]])[] = [
  ["^code_unmapped$", ["add-row", "alias", "edit"]],
  ["^(dimension|item)_unmapped$", ["alias"]],
  ["^(class|department|location|project)_(unknown|inactive)$", ["alias"]],
  ["^party_unknown$", ["link", "create-party", "edit"]],
  ["^party_inactive$", ["link", "edit"]],
];
const compiledMends = mendsByCode.map(([pattern, mends]) => [new RegExp(pattern), mends] as const);

/** What a person can do about findings of a code without leaving the queue. */
export function mendsOf(code: string): readonly Mend[] {
  const known = compiledMends.find(([pattern]) => pattern.test(code))?.[1];
  return known ?? (["data", "duplicate", "mapping", "period"].includes(findingClass(code)) ? ["edit"] : []);
}
