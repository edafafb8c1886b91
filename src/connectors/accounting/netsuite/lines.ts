import type { DocumentLine, LedgerDocument } from "../../../core/document.ts";
import { minorDigitsOf, parseDecimal } from "../../../core/money.ts";
import type { CustomField } from "./custom-fields.ts";
import { fieldNamed } from "./custom-fields.ts";
import { clean, idOf, ref, refuse, type Context } from "./entry.ts";
import { spokenKind } from "./kinds.ts";
import { lineMemoLengthMax } from "./limits.ts";
import { amountOf, numberOf } from "./wire.ts";

/** Field by dimension: the record of classes is `classification`, the field is `class`. */
const plainDimensions = ["department", "class", "location"] as const;

/** Department, class, location, project and custom segments of a line; a line without one has its document's. */
export function dimensionsOf(
  line: Readonly<Record<string, string>>,
  document: Pick<LedgerDocument, "dimensions" | "number">,
  context: Context,
): Record<string, unknown> {
  const { lookup } = context;
  const all: Readonly<Record<string, string>> = { ...document.dimensions, ...line };
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(all)) {
    const plain = plainDimensions.find((each) => each === name);
    if (plain !== undefined) fields[plain] = ref(idOf(lookup, plain, value));
    else if (name === "project") fields["customer"] = ref(idOf(lookup, "project", value));
    else if (name.startsWith("segment:"))
      fields[segmentField(name.slice(8), document.number, context)] = ref(idOf(lookup, "segment", `${name.slice(8)}/${value}`));
    else if (name !== "entity")
      refuse(
        `NetSuite's lines have no dimension "${name}". Use ${plainDimensions.join(", ")}, project, or segment:<name> for one of the account's own.`,
      );
  }
  return fields;
}

/** A segment must be shown on the lines of the form, or its value would be refused. */
function segmentField(name: string, number: string, { fields }: Context): string {
  const known = (fields ?? []).filter(({ on, type }) => on === "line" && type === "reference");
  const field = fieldNamed(known, "line", name);
  if (field !== undefined) return field.id;
  const names = known.map((each) => each.name).join(", ") || "none";
  return refuse(
    `The lines of ${number} name the segment "${name}", which NetSuite's form does not show on them; it shows: ${names}. Apply the segment to transaction columns and show it on the integration's form.`,
  );
}

/** The head's own department, class and location: on payables, receivables and bank lines they stand with the balancing side. */
export function headDimensions(document: LedgerDocument, { lookup }: Context): Record<string, unknown> {
  return Object.fromEntries(
    plainDimensions.flatMap((name) => {
      const value = document.dimensions[name];
      return value === undefined ? [] : [[name, ref(idOf(lookup, name, value))]];
    }),
  );
}

export function memoOf(text: string): Record<string, unknown> {
  const memo = clean(text, lineMemoLengthMax);
  return memo ? { memo } : {};
}

export function detailsOf(document: LedgerDocument): readonly DocumentLine[] {
  return document.lines.filter((line) => line.role === "detail");
}

/** The other side of everything but a journal is one account. */
export function balanceOf(document: LedgerDocument): DocumentLine {
  const legs = document.lines.filter((line) => line.role === "balance");
  const [first] = legs;
  if (!first || legs.some((leg) => leg.account !== first.account || leg.side !== first.side)) {
    return refuse(
      `A ${spokenKind(document.kind)} in NetSuite is balanced by exactly one account; ${document.number} names ${legs.length === 0 ? "none" : "several"}.`,
    );
  }
  return first;
}

/** Positive on the side such a document's lines stand on; a deduction stands on the other side and is negative. */
export function signed(line: DocumentLine, side: DocumentLine["side"]): bigint {
  return line.side === side ? line.amountMinor : -line.amountMinor;
}

/** Lines against accounts: bills, vendor credits, checks. */
export function expenseLines(document: LedgerDocument, side: DocumentLine["side"], context: Context): object[] {
  return detailsOf(document).map((line) => ({
    account: ref(idOf(context.lookup, "account", line.account)),
    amount: amountOf(signed(line, side), document.currency),
    ...memoOf(line.description),
    ...dimensionsOf(line.dimensions, document, context),
    ...columnsOf(document, context),
  }));
}

/** Lines of sales: they have items, never accounts. The price level is the custom one, so that the amount is ours. */
export function salesLines(document: LedgerDocument, side: DocumentLine["side"], context: Context): object[] {
  return detailsOf(document).map((line) => {
    const amount = signed(line, side);
    if (line.item === undefined) {
      refuse(`A line on account ${line.account} names no item, which NetSuite needs on sales. Set the item in the mapping.`);
    }
    const { memo, ...described } = { ...memoOf(line.description) };
    return {
      item: ref(idOf(context.lookup, "item", line.item)),
      price: ref("-1"),
      ...quantityOf(line, amount, document.currency),
      amount: amountOf(amount, document.currency),
      ...described,
      ...(memo === undefined ? {} : { description: memo }),
      ...dimensionsOf(line.dimensions, document, context),
      ...columnsOf(document, context),
    };
  });
}

/** Quantity and price are told only where they give the amount to the cent; else it is one piece at the whole amount. */
function quantityOf(line: DocumentLine, amountMinor: bigint, currency: string): Record<string, unknown> {
  const whole = { quantity: 1, rate: amountOf(amountMinor, currency) };
  if (line.quantity === undefined || line.unitPrice === undefined) return whole;
  const quantity = parseDecimal(line.quantity);
  const price = parseDecimal(line.unitPrice);
  const scale = quantity.scale + price.scale;
  const isExact = quantity.units * price.units * 10n ** BigInt(minorDigitsOf(currency)) === amountMinor * 10n ** BigInt(scale);
  if (!isExact || quantity.scale > 5 || price.scale > 8) return whole;
  return { quantity: numberOf(line.quantity), rate: numberOf(line.unitPrice) };
}

/** Custom columns that a document names stand on each of its lines. */
export function columnsOf(document: LedgerDocument, context: Context): Record<string, unknown> {
  return customValues(document, context, "line");
}

/** Custom fields of the body. A name that is neither there nor a column is refused, never dropped. */
export function bodyFields(document: LedgerDocument, context: Context): Record<string, unknown> {
  return customValues(document, context, "body");
}

function customValues(document: LedgerDocument, { fields }: Context, on: CustomField["on"]): Record<string, unknown> {
  const known = fields ?? [];
  return Object.fromEntries(
    Object.entries(document.customFields ?? {}).flatMap(([name, text]) => {
      const field = fieldNamed(known, "body", name) ?? fieldNamed(known, "line", name);
      if (field === undefined) {
        const names = known.map((each) => each.name).join(", ") || "none";
        return refuse(
          `The form of this account's ${spokenKind(document.kind)} shows our role no custom field "${name}"; it shows: ${names}. Add it to the form or correct the name.`,
        );
      }
      return field.on === on ? [[field.id, valueOf(field, text)]] : [];
    }),
  );
}

function valueOf({ name, type }: CustomField, text: string): unknown {
  if (type === "reference") return ref(text);
  if (type === "boolean") return /^(true|t|yes|1)$/i.test(text);
  if (type !== "number") return clean(text, lineMemoLengthMax);
  try {
    parseDecimal(text);
  } catch {
    return refuse(`Custom field "${name}" takes a number; "${text.slice(0, 60)}" is none.`);
  }
  return numberOf(text);
}
