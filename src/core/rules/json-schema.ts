import { documentKinds } from "../document.ts";
import { eventTypes } from "../events.ts";
import type { keys } from "./keys.ts";
import {
  closedPeriodDefaults,
  closedPeriodPolicies,
  dimensionNames,
  editPolicies,
  negativeNetPolicies,
  partySources,
  settlementShapes,
} from "./schema.ts";

type Json = Readonly<Record<string, unknown>>;

const say = (description: string, schema: Json): Json => ({ ...schema, description });
const text: Json = { type: ["string", "integer"] };
const texts: Json = { anyOf: [text, { type: "array", items: text }] };
const decimal: Json = { type: ["string", "integer"], pattern: "^-?(0|[1-9][0-9]{0,17})([.][0-9]{1,12})?$" };
const date: Json = { type: "string", format: "date" };
const truth: Json = { type: "boolean" };
const choice = (values: readonly string[]): Json => ({ enum: [...values] });
const ref = (name: string): Json => ({ $ref: `#/$defs/${name}` });
const list = (items: Json): Json => ({ type: "array", items });
const table = (values: Json): Json => ({ type: "object", additionalProperties: values });
const eventType = choice(eventTypes);
const manyEvents: Json = { anyOf: [eventType, list(eventType)] };
const template = say("Text with fields in braces; a part in square brackets is left out when one of its fields is empty", text);
const scalar: Json = { type: ["string", "integer", "boolean"] };

type Part = keyof typeof keys;

/** The members of one part of a rule set. That they are all of its keys is seen by the compiler. */
function object<Name extends Part>(
  _part: Name,
  properties: Readonly<Record<(typeof keys)[Name][number], Json>>,
  required: readonly string[] = [],
): Json {
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }), additionalProperties: false };
}

/** The same for a row with conditions. */
function row<Name extends Part>(
  part: Name,
  properties: Readonly<Record<Exclude<(typeof keys)[Name][number], ConditionKey>, Json>>,
  required: readonly string[] = [],
): Json {
  return object(part, { ...properties, ...conditions } as Readonly<Record<(typeof keys)[Name][number], Json>>, required);
}
type ConditionKey = "where" | "when" | "from" | "to" | "note";

const conditions: Readonly<Record<ConditionKey, Json>> = {
  where: say("Conditions by field; all of them must hold", table(ref("condition"))),
  when: say("A CEL expression over event, line and dims that must be true", { type: "string", maxLength: 1000 }),
  from: say("First service date", date),
  to: say("Last service date", date),
  note: say("For people", { type: "string" }),
};

const condition: Json = {
  anyOf: [
    scalar,
    list(scalar),
    { type: "object", properties: { min: text, max: text }, additionalProperties: false, minProperties: 1 },
    { type: "object", properties: { prefix: text }, required: ["prefix"], additionalProperties: false },
    { type: "object", properties: { not: { anyOf: [scalar, list(scalar)] } }, required: ["not"], additionalProperties: false },
    { type: "object", properties: { exists: truth }, required: ["exists"], additionalProperties: false },
  ],
};

const rowParts: Readonly<Record<string, Json>> = {
  balance: row("balance", { account: text }, ["account"]),
  document: row(
    "document",
    {
      event: eventType,
      kind: choice([...documentKinds, "none"]),
      balance: say("The other side: an account, or rows by line", { anyOf: [text, list(ref("balance"))] }),
      number: template,
      party: choice(partySources),
      memo: template,
      negatives: choice(["credit", "journal"]),
    },
    ["event", "kind"],
  ),
  lineCode: row("lineCode", { event: eventType, code: text }, ["event", "code"]),
  account: row("account", { event: manyEvents, code: texts, account: text, accountBy: ref("lookupUse"), item: text }),
  category: row("category", { event: manyEvents, kind: text, account: text, item: text }, ["kind", "account"]),
  line: row(
    "line",
    {
      event: manyEvents,
      per: choice(["event", "line"]),
      quantity: say("Path of a number: totals.totalMiles, line.quantity.value", text),
      unit: text,
      rate: { anyOf: [decimal, ref("lookupUse")] },
      side: choice(["debit", "credit"]),
      account: text,
      code: text,
      offset: say("The other side of this line alone", text),
      description: template,
    },
    ["event", "quantity"],
  ),
  statistic: row(
    "statistic",
    { event: manyEvents, per: choice(["event", "line"]), account: text, quantity: text, unit: text, description: template },
    ["event", "account", "quantity", "unit"],
  ),
  split: row("split", { event: manyEvents, code: texts, parts: list(ref("splitPart")), over: ref("splitOver") }),
  intercompany: row("intercompany", { event: manyEvents, owner: text, user: text, dueFrom: text, dueTo: text }, ["dueFrom", "dueTo"]),
  accrual: row("accrual", { event: manyEvents, account: text, reverse: choice(["next_month", "never"]), reverseMemo: template }, [
    "event",
    "account",
  ]),
  closedPeriod: row("closedPeriod", { event: manyEvents, policy: choice(closedPeriodPolicies), account: text }, ["policy"]),
};

const otherParts: Readonly<Record<string, Json>> = {
  condition,
  lookupUse: object("lookupUse", { table: text, by: text }, ["table", "by"]),
  code: object("code", { name: text, kind: text, account: text, item: text }),
  dimension: object("dimension", {
    from: { anyOf: [ref("dimensionSource"), list(ref("dimensionSource"))] },
    values: table(text),
    unknown: choice(["keep", "default", "block"]),
    default: text,
    required: truth,
  }),
  dimensionSource: { anyOf: [text, object("dimensionSource", { field: text, lookup: text }, ["field"])] },
  splitPart: object("splitPart", { dims: table(text), weight: decimal }),
  splitOver: object("splitOver", { list: text, weight: text, field: text, dim: text }, ["list", "field", "dim"]),
  customField: {
    anyOf: [
      template,
      object("customField", {
        value: template,
        kinds: { anyOf: [choice(documentKinds), list(choice(documentKinds))] },
        lengthMax: { type: "integer" },
      }),
    ],
  },
  party: object("party", { create: truth, is1099: truth }),
};

const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: "null" }] });

/** Sections that say how events become documents: those of a rule set, and of the books in it. */
const sections: Readonly<Record<string, Json>> = {
  description: text,
  chart: say("Accounts as the rules call them, and what they are in the books", table(orNull(text))),
  documents: say("Which document an event becomes; the narrowest row wins", list(ref("document"))),
  lineCodes: say("Codes of lines that come without one, read from top to bottom", list(ref("lineCode"))),
  aliases: say("Codes and products of partners, in our words", object("aliases", { code: table(text), product: table(text) })),
  accounts: say("Accounts of special cases; the narrowest row wins", list(ref("account"))),
  categories: say("Accounts by the kind of the code, where no row fits", list(ref("category"))),
  master: say("Account of last resort", orNull(text)),
  codes: say("The catalogue of codes", table(orNull(ref("code")))),
  items: say("Product or service by income account", table(orNull(text))),
  dimensions: say("The books' dimensions", {
    type: "object",
    propertyNames: { pattern: `^(${dimensionNames.join("|")}|segment:.+)$` },
    additionalProperties: orNull(ref("dimension")),
  }),
  lookups: say("Tables from text to text", table(orNull(table(orNull(text))))),
  lines: say("Extra ledger lines: quantity × rate", list(ref("line"))),
  statistics: say("Quantities on statistical accounts", list(ref("statistic"))),
  splits: say("Lines divided over trucks, loads or terminals", list(ref("split"))),
  rounding: object("rounding", { splits: choice(["largest_remainder", "line"]), account: orNull(text), limit: decimal }),
  intercompany: list(ref("intercompany")),
  accruals: list(ref("accrual")),
  customFields: say("Custom fields by the name the books show", table(orNull(ref("customField")))),
  memo: object("memo", { line: template }),
  docNumber: object("docNumber", { lengthMax: { type: "integer", minimum: 16, maximum: 60 } }),
  parties: object("parties", { vendor: ref("party"), customer: ref("party"), employee: ref("party") }),
  terms: say("The TMS's terms in the books' words", table(orNull(text))),
  closedPeriod: choice(closedPeriodDefaults),
  closedPeriods: list(ref("closedPeriod")),
  edits: object("edits", { posted: choice(editPolicies) }),
  settlement: object("settlement", { shape: choice(settlementShapes), negativeNet: choice(negativeNetPolicies) }),
};

/**
 * The language of rule sets as JSON Schema (2020-12), for editors and other programs. It says what may stand where; that names are
 * known, expressions typed and options compatible is checked when a rule set is saved.
 */
export const ruleSetSchema: Json = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Ledgerlane rule set",
  type: "object",
  properties: {
    name: text,
    extends: say("The rule set this one grows from", {
      anyOf: [text, object("extends", { name: text, version: { type: ["integer", "null"] } }, ["name"])],
    }),
    books: say(
      "Sections that only hold for the books of that name",
      table({ type: "object", properties: sections, additionalProperties: false }),
    ),
    ...sections,
  },
  required: ["name"],
  additionalProperties: false,
  $defs: { ...rowParts, ...otherParts },
};
