import type { Dimension, Entry, EntryLine } from "./tasks.ts";
import { field, tag, type Markup } from "./xml.ts";

/** Objects whose creation only the older functions know; the order of their elements matters. */
export const legacyCreations: Readonly<Record<string, (entry: Entry) => Markup>> = {
  APADJUSTMENT: (entry) => adjustment(entry, { name: "apadjustment", party: "vendorid" }),
  ARADJUSTMENT: (entry) => adjustment(entry, { name: "aradjustment", party: "customerid" }),
  ARINVOICE: invoice,
  CCTRANSACTION: cardTransaction,
  EEXPENSES: expenseReport,
};

/** A day in its three parts, as the older functions take it. */
export function dateParts(name: string, date: string | undefined): Markup {
  if (date === undefined) return tag(name, null);
  const [year, month, day] = date.split("-");
  return tag(name, [field("year", year), field("month", month), field("day", day)]);
}

/** A foreign currency with its rate, in the order in which the older functions want them. */
function currencyParts({ head }: Entry): Markup[] {
  const { CURRENCY: currency, BASECURR: base, EXCHANGE_RATE: rate, WHENCREATED: date } = head;
  if (currency === undefined) return [];
  const isForeign = currency !== base;
  const rateParts = rate === undefined ? [field("exchratetype", "Intacct Daily Rate")] : [field("exchrate", rate)];
  return [field("basecurr", base), field("currency", currency), ...(isForeign ? [dateParts("exchratedate", date), ...rateParts] : [])];
}

function customFields(values: Readonly<Record<string, string>>): Markup {
  const entries = Object.entries(values);
  if (entries.length === 0) return tag("customfields", null);
  return tag(
    "customfields",
    entries.map(([name, value]) => tag("customfield", [field("customfieldname", name), field("customfieldvalue", value)])),
  );
}

const legacyNames = {
  projectid: "project",
  customerid: "customer",
  vendorid: "vendor",
  employeeid: "employee",
  itemid: "item",
  classid: "class",
} as const satisfies Record<string, Dimension>;

/** Location and department, then whatever stands between, then the rest of the dimensions. */
function legacyDimensions(line: EntryLine, order: readonly (keyof typeof legacyNames)[]): Markup[] {
  return order.map((name) => field(name, line.dimensions[legacyNames[name]]));
}

const placeFields = (line: EntryLine): Markup[] => [
  field("locationid", line.dimensions.location),
  field("departmentid", line.dimensions.department),
];

const segmentFields = (line: EntryLine): Markup =>
  customFields(Object.fromEntries(Object.entries(line.segments).map(([name, id]) => [`GLDIM${name}`, id])));

const usualOrder = ["projectid", "customerid", "vendorid", "employeeid", "itemid", "classid"] as const;

function adjustment(entry: Entry, { name, party }: { name: string; party: string }): Markup {
  const { head } = entry;
  return tag(`create_${name}`, [
    field(party, head["VENDORID"] ?? head["CUSTOMERID"]),
    dateParts("datecreated", head["WHENCREATED"]),
    field("adjustmentno", head["RECORDID"]),
    field("action", "Submit"),
    field("description", head["DESCRIPTION"]),
    ...currencyParts(entry),
    customFields(entry.custom),
    tag(
      `${name}items`,
      entry.lines.map((line) => lineItem(line)),
    ),
  ]);
}

function lineItem(line: EntryLine): Markup {
  return tag("lineitem", [
    field("glaccountno", line.account),
    field("offsetglaccountno", line.offset),
    field("amount", line.amount),
    ...described("memo", line),
    ...placeFields(line),
    segmentFields(line),
    ...legacyDimensions(line, usualOrder),
  ]);
}

function invoice(entry: Entry): Markup {
  const { head } = entry;
  return tag("create_invoice", [
    field("customerid", head["CUSTOMERID"]),
    dateParts("datecreated", head["WHENCREATED"]),
    dateParts("datedue", head["WHENDUE"]),
    field("termname", head["TERMNAME"]),
    field("action", "Submit"),
    field("invoiceno", head["RECORDID"]),
    field("description", head["DESCRIPTION"]),
    ...currencyParts(entry),
    customFields(entry.custom),
    tag(
      "invoiceitems",
      entry.lines.map((line) => lineItem(line)),
    ),
  ]);
}

function cardTransaction(entry: Entry): Markup {
  const { head } = entry;
  const lines = entry.lines.map((line) =>
    tag("ccpayitem", [
      field("glaccountno", line.account),
      ...described("description", line),
      field("paymentamount", line.amount),
      field("departmentid", line.dimensions.department),
      field("locationid", line.dimensions.location),
      ...legacyDimensions(line, ["customerid", "vendorid", "employeeid", "projectid", "itemid", "classid"]),
      segmentFields(line),
    ]),
  );
  return tag("record_cctransaction", [
    field("chargecardid", head["FINANCIALENTITY"]),
    dateParts("paymentdate", head["WHENCREATED"]),
    field("referenceno", head["RECORDID"]),
    field("payee", head["PAYEE"]),
    field("description", head["DESCRIPTION"]),
    ...(head["CURRENCY"] === undefined
      ? []
      : [field("currency", head["CURRENCY"]), dateParts("exchratedate", head["WHENCREATED"]), cardRate(head["EXCHANGE_RATE"])]),
    customFields(entry.custom),
    tag("ccpayitems", lines),
  ]);
}

function cardRate(rate: string | undefined): Markup {
  return rate === undefined ? field("exchratetype", "Intacct Daily Rate") : field("exchrate", rate);
}

function expenseReport(entry: Entry): Markup {
  const { head } = entry;
  const lines = entry.lines.map((line) =>
    tag("expense", [
      field("glaccountno", line.account),
      field("amount", line.amount),
      dateParts("expensedate", head["WHENCREATED"]),
      ...described("memo", line),
      ...placeFields(line),
      segmentFields(line),
      ...legacyDimensions(line, usualOrder),
    ]),
  );
  return tag("create_expensereport", [
    field("employeeid", head["EMPLOYEEID"]),
    dateParts("datecreated", head["WHENCREATED"]),
    field("expensereportno", head["RECORDID"]),
    field("state", "Submitted"),
    field("description", head["DESCRIPTION"]),
    ...currencyParts(entry),
    customFields(entry.custom),
    tag("expenses", lines),
  ]);
}

/** A text of a line, where it has one. */
export function described(name: string, line: EntryLine): Markup[] {
  return line.description === "" ? [] : [field(name, line.description)];
}
