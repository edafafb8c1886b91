import { addFiles, type NewFile } from "./attachments.ts";
import type { Call } from "./call.ts";
import { legacyDate, ownFieldsOf, translate } from "./legacy-names.ts";
import { kindOf } from "./legacy-payments.ts";
import type { Input, Values } from "./kind.ts";
import { refuseRule } from "./refusal.ts";
import { createRecord } from "./write.ts";
import { childOf, tag, textIn, type Element } from "../xml.ts";

function termInput(element: Element): Input {
  const due = childOf(element, "due");
  const discount = childOf(element, "discount");
  return {
    values: {
      NAME: textIn(element, "name"),
      DESCRIPTION: textIn(element, "description"),
      STATUS: textIn(element, "status"),
      DUEDAYS: textIn(due, "dueday") ?? "0",
      DUEFROM: textIn(due, "duefrom"),
      DISCDAYS: textIn(discount, "discday"),
      DISCFROM: textIn(discount, "discfrom"),
      DISCAMOUNT: textIn(discount, "discamount"),
      DISCPERCAMN: textIn(discount, "discpercamn"),
      DISCGRACEDAYS: textIn(discount, "discgracedays"),
      DISCCALCON: textIn(element, "disccalcon"),
    },
    lists: {},
  };
}

/** Terms are known by their name: it is the key. */
function createTerm(object: string) {
  return ({ work, element }: Call): string => tag("key", createRecord(work, kindOf(work, object), termInput(element)).id);
}

function createStatAccount({ work, element }: Call): string {
  const values = translate(element.children, { accountno: "ACCOUNTNO", glaccountno: "ACCOUNTNO", title: "TITLE" });
  return tag("key", String(createRecord(work, kindOf(work, "STATACCOUNT"), { values, lists: {} }).recordno));
}

const lineNames = {
  glaccountno: "ACCOUNTNO",
  trtype: "TR_TYPE",
  amount: "TRX_AMOUNT",
  document: "DOCUMENT",
  memo: "DESCRIPTION",
  locationid: "LOCATION",
  departmentid: "DEPARTMENT",
  currency: "CURRENCY",
};

/** The old form of a journal entry; its sides are words in the documentation and numbers in its samples. */
function createTransaction({ work, element }: Call): string {
  const text = (name: string) => textIn(element, name);
  const side = (value: string | null | undefined) => (value === "debit" ? "1" : value === "credit" ? "-1" : (value ?? null));
  const entries = (childOf(element, "gltransactionentries")?.children ?? []).map((line): Input => {
    const values = { ...translate(line.children, lineNames), ...ownFieldsOf(line) };
    return { values: { ...values, TR_TYPE: side(values["TR_TYPE"]) }, lists: {} };
  });
  const dateOf = (name: string) => {
    const found = childOf(element, name);
    return found === undefined ? null : legacyDate(found);
  };
  const values: Values = {
    JOURNAL: text("journalid"),
    BATCH_DATE: dateOf("datecreated"),
    REVERSEDATE: dateOf("reversedate"),
    BATCH_TITLE: text("description"),
    REFERENCENO: text("referenceno"),
    BASELOCATION_NO: text("sourceentity"),
    ...ownFieldsOf(element),
  };
  return tag("key", String(createRecord(work, kindOf(work, "GLBATCH"), { values, lists: { ENTRIES: entries } }).recordno));
}

function filesIn(element: Element): NewFile[] {
  return (childOf(element, "attachments")?.children ?? []).map((file) => ({
    name: textIn(file, "attachmentname") ?? "",
    type: textIn(file, "attachmenttype") ?? "",
    data: textIn(file, "attachmentdata") ?? "",
  }));
}

function createAttachment({ work, element }: Call): string {
  const folder = textIn(element, "supdocfoldername");
  const isThere = folder !== null && work.records.withId(work.company.key, "SUPDOCFOLDER", folder).length > 0;
  if (!isThere)
    refuseRule(`Attachment folder '${folder ?? ""}' is not valid`, { target: "supdocfoldername", category: "invalidReference" });
  const id = textIn(element, "supdocid") ?? `ATT-${work.records.next(work.company.key, "number SUPDOC")}`;
  const values: Values = {
    SUPDOCID: id,
    SUPDOCNAME: textIn(element, "supdocname") ?? id,
    FOLDER: folder,
    DESCRIPTION: textIn(element, "supdocdescription"),
  };
  const record = createRecord(work, kindOf(work, "SUPDOC"), { values, lists: {} });
  addFiles(work, id, filesIn(element));
  return tag("key", String(record.recordno));
}

/** Only ever adds files. */
function updateAttachment({ work, element }: Call): string {
  const id = textIn(element, "supdocid") ?? "";
  const [record] = work.records.withId(work.company.key, "SUPDOC", id);
  if (record === undefined) return refuseRule(`Attachment '${id}' is not valid`, { target: "supdocid", category: "invalidReference" });
  addFiles(work, id, filesIn(element));
  return tag("key", String(record.recordno));
}

function createFolder({ work, element }: Call): string {
  const values: Values = {
    NAME: textIn(element, "supdocfoldername"),
    DESCRIPTION: textIn(element, "supdocfolderdescription"),
    PARENTFOLDER: textIn(element, "supdocparentfoldername"),
  };
  return tag("key", String(createRecord(work, kindOf(work, "SUPDOCFOLDER"), { values, lists: {} }).recordno));
}

export const setupFunctions: Readonly<Record<string, (call: Call) => string>> = {
  create_apterm: createTerm("APTERM"),
  create_arterm: createTerm("ARTERM"),
  create_statglaccount: createStatAccount,
  create_gltransaction: createTransaction,
  create_supdoc: createAttachment,
  update_supdoc: updateAttachment,
  create_supdocfolder: createFolder,
};
