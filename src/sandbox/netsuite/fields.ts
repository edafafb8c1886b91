/** How a field is written and shown. */
export type FieldKind =
  | "text"
  | "number"
  | "amount"
  | "boolean"
  | "date"
  | "datetime"
  | "reference"
  | "enumeration"
  | "many"
  | "sublist"
  | "subrecord";

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Record type of a reference, name of an enumeration, shape of a sublist or subrecord; else empty. */
  readonly target: string;
  /** Characters at most; null: no limit known. */
  readonly max: number | null;
  readonly isReadOnly: boolean;
}

export interface Shape {
  /** By lower-case name: names are matched without regard to case. */
  readonly byName: ReadonlyMap<string, Field>;
}

const kinds: Readonly<Record<string, FieldKind>> = {
  text: "text",
  number: "number",
  amount: "amount",
  boolean: "boolean",
  date: "date",
  datetime: "datetime",
  ref: "reference",
  enum: "enumeration",
  many: "many",
  lines: "sublist",
  sub: "subrecord",
};

/** Reads a shape from words such as `tranId:text(45)`, `entity:ref(vendor)`, `line:lines(journal)`; a minus in front means read only. */
export function shapeOf(words: string): Shape {
  const fields = words
    .trim()
    .split(/\s+/)
    .map((word): Field => {
      const found = /^(-?)(\w+):(\w+)(?:\(([\w.]+)\))?$/.exec(word);
      const kind = kinds[found?.[3] ?? ""];
      if (found === null || kind === undefined) throw new Error(`Not a field: ${word}`);
      const [, minus = "", name = "", , target = ""] = found;
      const max = kind === "text" && target !== "" ? Number(target) : null;
      return { name, kind, target: max === null ? target : "", max, isReadOnly: minus !== "" };
    });
  return { byName: new Map(fields.map((field) => [field.name.toLowerCase(), field])) };
}

/** Labels of forms where they are not the words of the name. */
const labels: Readonly<Record<string, string>> = {
  entityid: "Entity ID",
  acctname: "Name",
  acctnumber: "Number",
  accttype: "Type",
  companyname: "Company Name",
  trandate: "Date",
  tranid: "Reference No.",
  addressbook: "Address",
  tosubsidiary: "To Subsidiary",
  customer: "Customer",
  itemid: "Item Name/Number",
  expensedate: "Date",
  payment: "Payment Amount",
  lastmodifieddate: "Last Modified",
};

/** `firstName` as forms print it: `First Name`. */
export function labelOf(name: string): string {
  const known = labels[name.toLowerCase()];
  if (known !== undefined) return known;
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
