import { Fault } from "../../../core/errors.ts";
import { usDate } from "./formats.ts";
import type { Dimension, Entry, EntryDetail, EntryLine, Upload, Write } from "./tasks.ts";
import { field, tag, type Markup } from "./xml.ts";

/** One write as a function of the XML gateway. Pure. */
export function writeFunction(write: Write): Markup {
  switch (write.verb) {
    case "create":
      return createFunction(write.entry);
    case "update":
      return updateFunction(write.entry, write.recordNo);
    case "delete":
      return tag("delete", [field("object", write.object), field("keys", write.recordNo)]);
    case "reverse":
      return reverseFunction(write);
    case "attach":
      return supdoc("create_supdoc", write.file);
  }
}

/** Objects whose creation only the older functions know; the order of their elements matters. */
const legacy: Readonly<Record<string, (entry: Entry) => Markup>> = {
  APADJUSTMENT: (entry) => adjustment(entry, { name: "apadjustment", party: "vendorid" }),
  ARADJUSTMENT: (entry) => adjustment(entry, { name: "aradjustment", party: "customerid" }),
  ARINVOICE: invoice,
  CCTRANSACTION: cardTransaction,
  EEXPENSES: expenseReport,
};

function createFunction(entry: Entry): Markup {
  const older = legacy[entry.object];
  return older ? older(entry) : tag("create", [tag(entry.object, objectParts(entry, {}))]);
}

function updateFunction(entry: Entry, recordNo: string): Markup {
  if (legacy[entry.object]) {
    throw new Fault("books_refused", "Intacct's XML gateway cannot replace the lines of such a document. Reverse it and post it again.");
  }
  return tag("update", [tag(entry.object, objectParts(entry, recordNo === "" ? {} : { RECORDNO: recordNo }))]);
}

const dates = new Set(["BATCH_DATE", "REVERSEDATE", "WHENCREATED", "WHENDUE", "PAYMENTDATE", "RECEIPTDATE", "EXCH_RATE_DATE"]);
/** Fields that stand on the lines of a journal entry, not on its head. */
const currencyFields = ["CURRENCY", "EXCHANGE_RATE"];

/** Fields of a generic object; a name with a dot is a group. */
function objectParts(entry: Entry, first: Readonly<Record<string, string>>): Markup[] {
  const isJournal = entry.object === "GLBATCH";
  const head = Object.entries({ ...first, ...entry.head, ...entry.custom }).filter(
    ([name]) => !isJournal || ![...currencyFields, "BASECURR"].includes(name),
  );
  const plain = head.filter(([name]) => !name.includes("."));
  const groups = Map.groupBy(
    head.filter(([name]) => name.includes(".")),
    ([name]) => name.slice(0, name.indexOf(".")),
  );
  return [
    ...plain.map(([name, value]) => field(spelled(entry.object, name), dates.has(name) ? usDate(value) : value)),
    ...[...groups].map(([group, members]) =>
      tag(
        group,
        members.map(([name, value]) => field(name.slice(group.length + 1), value)),
      ),
    ),
    ...linesOf(entry),
  ];
}

/** A payment's date is read by another name than it is written by. */
function spelled(object: string, name: string): string {
  return object === "APPYMT" && name === "WHENCREATED" ? "PAYMENTDATE" : name;
}

function linesOf(entry: Entry): Markup[] {
  switch (entry.object) {
    case "GLBATCH":
      return [
        tag(
          "ENTRIES",
          entry.lines.map((line) => journalLine(entry, line)),
        ),
      ];
    case "APBILL":
      return entry.lines.length === 0 ? [] : [tag("APBILLITEMS", entry.lines.map(billLine))];
    case "APPYMT":
      return [
        tag(
          "APPYMTDETAILS",
          (entry.details ?? []).map((detail) => paymentDetail("APPYMTDETAIL", detail)),
        ),
      ];
    case "ARPYMT":
      return entry.details?.length
        ? [
            tag(
              "ARPYMTDETAILS",
              entry.details.map((detail) => paymentDetail("ARPYMTDETAIL", detail)),
            ),
          ]
        : [];
    default:
      return [];
  }
}

function journalLine(entry: Entry, line: EntryLine): Markup {
  const { CURRENCY: currency, EXCHANGE_RATE: rate } = entry.head;
  return tag("GLENTRY", [
    field("ACCOUNTNO", line.account),
    field("TR_TYPE", line.debit ? "1" : "-1"),
    field("TRX_AMOUNT", line.amount),
    ...described("DESCRIPTION", line),
    ...dimensionFields(line, { location: "LOCATION", department: "DEPARTMENT", ...genericNames }),
    ...(currency === undefined
      ? []
      : [field("CURRENCY", currency), field("EXCH_RATE_DATE", usDate(entry.head["BATCH_DATE"] ?? "")), rateField(rate)]),
  ]);
}

/** Without a rate of ours theirs of the day is asked for. */
function rateField(rate: string | undefined): Markup {
  return rate === undefined ? field("EXCH_RATE_TYPE_ID", "Intacct Daily Rate") : field("EXCHANGE_RATE", rate);
}

function billLine(line: EntryLine): Markup {
  return tag("APBILLITEM", [
    field("ACCOUNTNO", line.account),
    ...(line.offset === undefined ? [] : [field("OFFSETGLACCOUNTNO", line.offset)]),
    field("TRX_AMOUNT", line.amount),
    ...described("ENTRYDESCRIPTION", line),
    ...dimensionFields(line, { location: "LOCATIONID", department: "DEPARTMENTID", ...genericNames }),
  ]);
}

const genericNames = {
  project: "PROJECTID",
  customer: "CUSTOMERID",
  vendor: "VENDORID",
  employee: "EMPLOYEEID",
  item: "ITEMID",
  class: "CLASSID",
} as const;

function dimensionFields(line: EntryLine, names: Readonly<Record<Dimension, string>>): Markup[] {
  const order = Object.keys(names) as Dimension[];
  return [
    ...order.map((dimension) => field(names[dimension], line.dimensions[dimension])),
    ...Object.entries(line.segments).map(([name, id]) => field(`GLDIM${name}`, id)),
  ];
}

function described(name: string, line: EntryLine): Markup[] {
  return line.description === "" ? [] : [field(name, line.description)];
}

function paymentDetail(name: string, { document, amount, credit, creditAmount }: EntryDetail): Markup {
  return tag(name, [
    field("RECORDKEY", document),
    ...(credit === undefined ? [] : [field("ADJUSTMENTKEY", credit), field("TRX_ADJUSTMENTAMOUNT", creditAmount)]),
    ...(/^0(\.0+)?$/.test(amount) ? [] : [field("TRX_PAYMENTAMOUNT", amount)]),
  ]);
}

function dateParts(name: string, date: string | undefined): Markup {
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

const reversals: Readonly<Record<string, string>> = {
  APBILL: "reverse_bill",
  ARINVOICE: "reverse_invoice",
  APPYMT: "reverse_appayment",
  ARPYMT: "reverse_arpayment",
  CCTRANSACTION: "reverse_cctransaction",
};

function reverseFunction({ object, recordNo, date, memo }: Extract<Write, { verb: "reverse" }>): Markup {
  const name = reversals[object];
  if (name === undefined) throw new Fault("books_refused", "Intacct's XML gateway cannot reverse such a record.");
  return tag(name, [dateParts("datereversed", date), field(object === "CCTRANSACTION" ? "memo" : "description", memo)], { key: recordNo });
}

/** A file joins what hangs on the record already: a record has one attachment of theirs, which may hold many files. */
export function supdoc(name: "create_supdoc" | "update_supdoc", file: Upload): Markup {
  return tag(name, [
    field("supdocid", file.id),
    field("supdocfoldername", file.folder),
    field("supdocdescription", file.description),
    tag("attachments", [
      tag("attachment", [
        field("attachmentname", file.name),
        field("attachmenttype", file.extension),
        field("attachmentdata", file.base64),
      ]),
    ]),
  ]);
}
