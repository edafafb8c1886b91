import { Fault } from "../../../core/errors.ts";
import { usDate } from "./formats.ts";
import type { Dimension, Entry, EntryDetail, EntryLine, Upload, Write } from "./tasks.ts";
import { field, tag, type Markup } from "./xml.ts";
import { dateParts, described, legacyCreations } from "./xml-legacy.ts";

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

function createFunction(entry: Entry): Markup {
  const older = legacyCreations[entry.object];
  return older ? older(entry) : tag("create", [tag(entry.object, objectParts(entry, {}))]);
}

function updateFunction(entry: Entry, recordNo: string): Markup {
  if (legacyCreations[entry.object]) {
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

function paymentDetail(name: string, { document, amount, credit, creditAmount }: EntryDetail): Markup {
  return tag(name, [
    field("RECORDKEY", document),
    ...(credit === undefined ? [] : [field("ADJUSTMENTKEY", credit), field("TRX_ADJUSTMENTAMOUNT", creditAmount)]),
    ...(/^0(\.0+)?$/.test(amount) ? [] : [field("TRX_PAYMENTAMOUNT", amount)]),
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
