import { tableEntry } from "../json.ts";
import { filesOf } from "./attachments.ts";
import type { Call } from "./call.ts";
import { fieldsIn } from "./check.ts";
import { dimensionsOf, termOf } from "./dimensions.ts";
import type { Field, Kind, Work } from "./kind.ts";
import { allKinds } from "./kinds.ts";
import { objectIn } from "./read-functions.ts";
import { refuseRead } from "./refusal.ts";
import { allPaths, flatFields } from "./show.ts";
import { usTime, offsetMinutes } from "./values.ts";
import { childOf, tag, textIn } from "../xml.ts";

const typeNames: Readonly<Record<Field["type"], string>> = {
  text: "TEXT",
  date: "DATE",
  amount: "CURRENCY",
  number: "DECIMAL",
  integer: "INTEGER",
  boolean: "BOOLEAN",
  created: "TIMESTAMP",
  modified: "TIMESTAMP",
};

function fieldElements({ name, type, isRequired, isReadOnly, isCustom, choices }: Field): string {
  return tag("Field", [
    tag("ID", name),
    tag("LABEL", name),
    tag("DESCRIPTION", name),
    tag("REQUIRED", String(isRequired)),
    tag("READONLY", String(isReadOnly)),
    tag("DATATYPE", typeNames[type]),
    ...(choices.length === 0
      ? []
      : [
          tag(
            "VALIDVALUES",
            choices.map((choice) => tag("VALIDVALUE", choice)),
          ),
        ]),
    tag("ISCUSTOM", String(isCustom)),
  ]);
}

/** Fields, types and choices of an object, whatever the user may do. It lists fields that queries refuse. */
export function lookup({ work, element }: Call): string {
  const kind = objectIn(work, textIn(element, "object"));
  const fields = Object.values(fieldsIn(work.company, kind)).map(fieldElements);
  const extra =
    kind.object === "PROJECT"
      ? ["CFDA", "AGENCY", "FUNDEDNAME"].map((name) =>
          fieldElements({ name, type: "text", isRequired: false, isReadOnly: false, isCustom: false, max: null, choices: [] }),
        )
      : [];
  const relations = kind.lists.map(({ object }) =>
    tag("Relationship", [tag("OBJECTPATH", object), tag("OBJECTNAME", object), tag("RELATIONSHIPTYPE", "ONE2MANY")]),
  );
  return tag(
    "data",
    [tag("Type", [tag("Fields", [...fields, ...extra]), tag("Relationships", relations)], { Name: kind.object, DocumentType: "" })],
    { listtype: "All", count: 1 },
  );
}

export function inspect({ work, element }: Call): string {
  const name = textIn(element, "object");
  if (name === "*") {
    const rows = allKinds(work.company).map(({ object, name: label }) => tag("type", label, { typename: object.toLowerCase() }));
    return tag("data", rows, { listtype: "All", count: rows.length });
  }
  const kind = objectIn(work, name);
  const isDetailed = element.attributes["detail"] === "1";
  const fields = Object.values(fieldsIn(work.company, kind)).map((field) => (isDetailed ? detail(field) : tag("Field", field.name)));
  return tag("data", [tag("Type", [tag("Fields", fields)], { Name: kind.object })], { listtype: "All", count: 1 });
}

function detail({ name, type, max, isReadOnly, isRequired, isCustom, choices }: Field): string {
  return tag("Field", [
    tag("Name", name),
    tag("externalDataName", type === "amount" || type === "number" ? "decimal" : type),
    tag("maxLength", max === null ? "0" : String(max)),
    tag("displayLabel", name),
    tag("isReadOnly", String(isReadOnly)),
    tag("isRequired", String(isRequired)),
    tag("isCustom", String(isCustom)),
    ...(choices.length === 0
      ? []
      : [
          tag(
            "validValues",
            choices.map((choice) => tag("validValue", choice)),
          ),
        ]),
  ]);
}

/** The dimensions with the customer's own words for them. */
export function getDimensions({ work }: Call): string {
  const rows = dimensionsOf(work.company).map((dimension) =>
    tag("dimension", [
      tag("objectName", dimension.object),
      tag("objectLabel", dimension.label),
      tag("termLabel", termOf(work.company, dimension)),
      tag("userDefinedDimension", String(dimension.isOwn)),
      tag("enabledInGL", "true"),
    ]),
  );
  return tag("data", [tag("dimensions", rows)]);
}

/** The rows of the first page, as the legacy list shows them; attachments come with their files. */
export function getList({ work, element }: Call): string {
  const object = element.attributes["object"] ?? "";
  const kind = objectIn(work, tableEntry(listed, object) ?? object);
  const most = Number(element.attributes["maxitems"] ?? 100);
  const start = Number(element.attributes["start"] ?? 0);
  if (!Number.isSafeInteger(most) || !Number.isSafeInteger(start) || most < 1 || start < 0)
    refuseRead("start and maxitems are whole numbers.");
  const wanted = textIn(childOf(childOf(element, "filter"), "expression"), "value");
  const all = work.records.all(work.company.key, kind.object).filter(({ id }) => wanted === null || id === wanted);
  const page = all.slice(start, start + most);
  const rows = page.map((record) => {
    const files = kind.object === "SUPDOC" ? [fileElements(work, record.id ?? "")] : [];
    return tag(object, [...flatFields(work, kind, record, allPaths(work, kind)).map(lowerTags), ...files]);
  });
  const end = Math.max(0, start + page.length - 1);
  return tag("listtype", object, { start, end, total: all.length }) + tag("data", rows);
}

const listed: Readonly<Record<string, string>> = {
  bill: "APBILL",
  invoice: "ARINVOICE",
  apterm: "APTERM",
  arterm: "ARTERM",
  appayment: "APPYMT",
  arpayment: "ARPYMT",
  expensereport: "EEXPENSES",
  glaccount: "GLACCOUNT",
  trxcurrencies: "EXCHANGERATE",
};

/** Legacy lists spell their elements in lower case. */
const lowerTags = (element: string) =>
  element.replace(/<(\/?)([\w.]+)/g, (_, slash: string, name: string) => `<${slash}${name.toLowerCase()}`);

function fileElements(work: Work, attachment: string): string {
  const files = filesOf(work, attachment).map(({ name, type, content }) =>
    tag("attachment", [tag("attachmentname", name), tag("attachmenttype", type), tag("attachmentdata", content.toString("base64"))]),
  );
  return tag("attachments", files);
}

/** The entities that this user may see. */
export function readEntityDetails({ work }: Call): string {
  const entities = work.records.all(work.company.key, "LOCATION").filter(({ values }) => values["ISENTITY"] === "true");
  const rows = entities.map(({ id, recordno, values }) =>
    tag("entity", [
      tag("id", id),
      tag("name", values["NAME"] ?? ""),
      tag("recordno", String(recordno)),
      tag("currency", values["CURRENCY"] ?? ""),
      tag("firstfiscalmonth", "1"),
    ]),
  );
  return tag("data", rows, { listtype: "entity", count: rows.length });
}

/** How this user's times and dates are written. */
export function readUserFormatting({ work }: Call): string {
  const minutes = offsetMinutes(work.atMs, work.company.switches.userTimeZone);
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? "-" : "+"}${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
  const row = tag("userformatting", [tag("locale", "en_US"), tag("dateformat", "/mdY"), tag("gmtoffset", offset), tag("clock", "24")]);
  return tag("data", [row], { listtype: "userformatting", count: 1 });
}

/** What happened to one record. */
export function getAuditTrail({ work, element }: Call): string {
  const kind = objectIn(work, textIn(element, "object"));
  const number = textIn(element, "recordNo");
  const key = textIn(element, "objectKey") ?? `${number ?? ""}--REC`;
  const rows = auditRows(work, kind, key).map(({ values, recordno, createdMs }) =>
    tag("audittrail", [
      tag("recordno", String(recordno)),
      tag("objecttype", values["OBJECTTYPE"] ?? ""),
      tag("objectkey", values["OBJECTKEY"] ?? ""),
      tag("accesstime", usTime(createdMs, work.company.switches.userTimeZone)),
      tag("accessmode", values["ACCESSMODE"] ?? ""),
      tag("userid", values["USERID"] ?? ""),
    ]),
  );
  return tag("data", rows, { listtype: "audittrail", count: rows.length });
}

function auditRows({ records, company }: Work, { object }: Kind, key: string) {
  return records
    .all(company.key, "AUDITHISTORY")
    .filter(({ values }) => values["OBJECTTYPE"] === object.toLowerCase() && values["OBJECTKEY"] === key);
}
