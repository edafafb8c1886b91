import type { EventLine } from "./shared.ts";

/**
 * What a field holds. `money` and `decimal` are decimal strings, `amount` is money of zero or more; a `choice` is one of its values.
 */
export type ScalarKind = "text" | "memo" | "date" | "instant" | "money" | "amount" | "decimal" | "boolean" | "count" | "last4";
export type FieldKind = ScalarKind | { readonly choice: readonly string[] } | { readonly record: FieldSpec } | { readonly list: FieldSpec };

/** Fields by name; a name that ends in `!` is required. Fields that are not listed are kept and never interpreted. */
export type FieldSpec = Readonly<{ [name: string]: FieldKind }>;

/** The TypeScript shape of a table of fields, so that a field is written down once. */
export type Fields<Spec> = {
  -readonly [Key in keyof Spec as Key extends `${infer Name}!` ? Name : never]: Key extends "lines!" ? EventLine[] : ValueOf<Spec[Key]>;
} & { -readonly [Key in keyof Spec as Key extends `${string}!` ? never : Key]?: Key extends "lines" ? EventLine[] : ValueOf<Spec[Key]> };

type ValueOf<Kind> = Kind extends "boolean"
  ? boolean
  : Kind extends "count"
    ? number
    : Kind extends string
      ? string
      : Kind extends { readonly choice: readonly (infer Choice)[] }
        ? Choice
        : Kind extends { readonly record: infer Record }
          ? Fields<Record>
          : Kind extends { readonly list: infer Item }
            ? Fields<Item>[]
            : never;

export const party = { "id!": "text", "name!": "text" } as const;
export const place = { city: "text", region: "text", country: "text", postal: "text" } as const;

/** What a line's `dims` and the event's may hold; `custom` is free. */
export const dimsFields = {
  entity: "text",
  terminal: "text",
  division: "text",
  serviceLine: "text",
  equipmentType: "text",
  tractor: "text",
  trailer: "text",
  driver: "text",
  customer: "text",
  carrier: "text",
  load: "text",
  trip: "text",
  lane: "text",
  project: "text",
  agent: "text",
} as const;

/** A tax on the whole document, GST, HST, QST, IVA or sales tax, by jurisdiction. `rate` is a percentage, `base` what it was taken of. */
export const taxList = {
  list: { "code!": "text", jurisdiction: "text", rate: "decimal", base: "money", "amount!": "money" },
} as const;

export const plainLine = {
  "lineNo!": "count",
  description: "memo",
  quantity: { record: { "value!": "decimal", "uom!": "text" } },
  unitPrice: "decimal",
  "amount!": "money",
  dims: { record: dimsFields },
  loadNo: "text",
  tripNo: "text",
  jurisdiction: "text",
  /** When this line's work was done. */
  eventDate: "date",
  /** The fuel ticket, advance or receipt that the line stands for. */
  sourceEventId: "text",
} as const;
export const codedLine = { "code!": "text", ...plainLine } as const;

/** Fields every event has. The line fields of a type are those of its `lines`. */
export const baseFields = {
  "type!": "text",
  "id!": "text",
  revision: "count",
  number: "text",
  "date!": "date",
  accountingDate: "date",
  serviceDate: "date",
  dueDate: "date",
  terms: "text",
  occurredAt: "instant",
  "currency!": "text",
  exchangeRate: { record: { "rate!": "decimal", "from!": "text", "to!": "text", date: "date", source: "text" } },
  status: { choice: ["approved", "void"] },
  memo: "memo",
  url: "text",
  dims: { record: dimsFields },
  refs: { list: { "qualifier!": "text", "value!": "text" } },
} as const;
