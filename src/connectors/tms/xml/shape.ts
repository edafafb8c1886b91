/**
 * XML has elements where JSON has objects, lists, numbers and booleans. These tables say which is which, by element name;
 * they follow the event types in core. An element that is in none of them is an object when it has children or
 * attributes, and a text otherwise.
 */

/** Lists: the container's name and the name of its items. */
export const listItems: ReadonlyMap<string, string> = new Map([
  ["lines", "line"],
  ["refs", "ref"],
  ["loads", "load"],
  ["taxes", "tax"],
  ["applications", "application"],
  ["invoices", "invoice"],
  ["metrics", "metric"],
]);

/** Objects, also when they are empty. */
export const objectNames: ReadonlySet<string> = new Set([
  "dims",
  "custom",
  "customer",
  "vendor",
  "remitTo",
  "payee",
  "totals",
  "quantity",
  "location",
  "card",
  "shop",
  "asset",
  "origin",
  "destination",
  ...(["claimant", "carrier", "insurer", "fromParty", "toParty", "exchangeRate", "quickPay", "taxJurisdiction", "chargeback"] as const),
]);

/** Objects with free keys; their members are texts whatever they are called. */
const freeNames: ReadonlySet<string> = new Set(["custom"]);

const numberNames: ReadonlySet<string> = new Set(["revision", "lineNo", "trips", "stops"]);
const booleanNames: ReadonlySet<string> = new Set([
  ...(["prePaid", "violation", "replenishment", "capitalize", "insured", "is1099", "taxable"] as const),
  ...(["nonRecourse", "rebillToCustomer", "driverReimburse"] as const),
]);

/** Lists and named objects are no lists and objects inside `dims`, where `customer` and `load` are plain codes. */
export function isText(parent: string, name: string): boolean {
  return (parent === "dims" && name !== "custom") || freeNames.has(parent);
}

/** The value of a text in the type the events have. A text that is no number stays a text: the event reader says so. */
export function typed(parent: string, name: string, text: string): string | number | boolean {
  if (isText(parent, name)) return text;
  if (numberNames.has(name) && /^(?:0|-?[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (booleanNames.has(name) && (text === "true" || text === "false")) return text === "true";
  return text;
}
