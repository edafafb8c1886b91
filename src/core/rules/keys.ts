/** Keys that every row with conditions may have. */
const conditions = ["where", "when", "from", "to", "note"] as const;

/** What may stand in each part of a rule set. The reader and the published schema both go by it. */
export const keys = {
  document: ["event", "kind", "balance", "number", "party", "memo", "negatives", ...conditions],
  balance: ["account", ...conditions],
  lineCode: ["event", "code", ...conditions],
  code: ["name", "kind", "account", "item"],
  account: ["event", "code", "account", "accountBy", "item", ...conditions],
  category: ["event", "kind", "account", "item", ...conditions],
  aliases: ["code", "product"],
  lookupUse: ["table", "by"],
  dimension: ["from", "values", "unknown", "default", "required"],
  dimensionSource: ["field", "lookup"],
  line: ["event", "per", "quantity", "unit", "rate", "side", "account", "code", "offset", "description", ...conditions],
  statistic: ["event", "per", "account", "quantity", "unit", "description", ...conditions],
  split: ["event", "code", "parts", "over", ...conditions],
  splitPart: ["dims", "weight"],
  splitOver: ["list", "weight", "field", "dim"],
  rounding: ["splits", "account", "limit"],
  intercompany: ["event", "owner", "user", "dueFrom", "dueTo", ...conditions],
  accrual: ["event", "account", "reverse", "reverseMemo", ...conditions],
  customField: ["value", "kinds", "lengthMax"],
  closedPeriod: ["event", "policy", "account", ...conditions],
  edits: ["posted"],
  memo: ["line"],
  docNumber: ["lengthMax"],
  parties: ["vendor", "customer", "employee"],
  party: ["create", "is1099"],
  settlement: ["shape", "negativeNet"],
  extends: ["name", "version"],
} as const;

/** Sections of a rule set that have lists of rows: a row of a rule set that grows from another stands before those it inherits. */
export const rowSections = [
  "documents",
  "lineCodes",
  "accounts",
  "categories",
  "lines",
  "statistics",
  "splits",
  "intercompany",
  "accruals",
  "closedPeriods",
] as const;
export type RowSection = (typeof rowSections)[number];

/** Sections that are tables by name: an entry replaces the inherited one of the same name. */
export const tableSections = ["chart", "codes", "items", "dimensions", "lookups", "customFields", "terms"] as const;

/** All sections that say how events become documents, in the order people write them. */
export const sections = [
  ...([
    "name",
    "description",
    "chart",
    "documents",
    "lineCodes",
    "aliases",
    "accounts",
    "categories",
    "master",
    "codes",
    "items",
    "dimensions",
  ] as const),
  ...(["lookups", "lines", "statistics", "splits", "rounding", "intercompany", "accruals", "customFields", "memo", "docNumber"] as const),
  ...(["parties", "terms", "closedPeriod", "closedPeriods", "edits", "settlement"] as const),
] as const;
