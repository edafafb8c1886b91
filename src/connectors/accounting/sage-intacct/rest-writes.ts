import type { Dimension, Entry, EntryLine, Write } from "./tasks.ts";

/** One write as a request of the JSON gateway, below its base address. */
export interface RestRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

interface RestObject {
  readonly path: string;
  /** Where a field of the head goes; a dot leads into an object. */
  readonly head: Readonly<Record<string, string>>;
  readonly memo: "memo" | "description";
  /** Said with each creation: the published default is a draft for some, and what companies see is not. */
  readonly state: string | null;
}

const common = { DESCRIPTION: "description", SUPDOCID: "attachment.id", TERMNAME: "term.id" } as const;
const money = { CURRENCY: "currency.txnCurrency", BASECURR: "currency.baseCurrency", EXCHANGE_RATE: "currency.exchangeRate.rate" } as const;

/** developer.sage.com/intacct, reference of each object. */
const objects: Readonly<Record<string, RestObject>> = {
  GLBATCH: {
    path: "general-ledger/journal-entry",
    head: {
      ...{ JOURNAL: "glJournal.id", BATCH_DATE: "postingDate", BATCH_TITLE: "description", REFERENCENO: "referenceNumber" },
      ...{ REVERSEDATE: "automaticReversalDate", BASELOCATION_NO: "baseLocation.id", SUPDOCID: "attachment.id" },
    },
    memo: "description",
    state: "posted",
  },
  APBILL: {
    path: "accounts-payable/bill",
    head: { ...common, ...money, RECORDID: "billNumber", VENDORID: "vendor.id", WHENCREATED: "createdDate", WHENDUE: "dueDate" },
    memo: "memo",
    state: "posted",
  },
  APADJUSTMENT: {
    path: "accounts-payable/adjustment",
    head: { ...common, ...money, RECORDID: "adjustmentNumber", VENDORID: "vendor.id", WHENCREATED: "createdDate" },
    memo: "memo",
    state: "posted",
  },
  ARINVOICE: {
    path: "accounts-receivable/invoice",
    head: { ...common, ...money, RECORDID: "invoiceNumber", CUSTOMERID: "customer.id", WHENCREATED: "invoiceDate", WHENDUE: "dueDate" },
    memo: "memo",
    state: "posted",
  },
  ARADJUSTMENT: {
    path: "accounts-receivable/adjustment",
    head: { ...common, ...money, RECORDID: "adjustmentNumber", CUSTOMERID: "customer.id", WHENCREATED: "createdDate" },
    memo: "memo",
    state: "posted",
  },
  CCTRANSACTION: {
    path: "cash-management/credit-card-txn",
    head: {
      ...common,
      ...money,
      ...{ RECORDID: "referenceNumber", FINANCIALENTITY: "creditCardAccount.id", WHENCREATED: "txnDate", PAYEE: "payee" },
    },
    memo: "description",
    state: null,
  },
  EEXPENSES: {
    path: "expenses/employee-expense",
    head: {
      ...{ DESCRIPTION: "description", SUPDOCID: "attachment.id", RECORDID: "expenseReportNumber", EMPLOYEEID: "employee.id" },
      ...{ WHENCREATED: "createdDate", CURRENCY: "reimbursement.reimbursementCurrency", BASECURR: "basePayment.baseCurrency" },
    },
    memo: "description",
    state: "submitted",
  },
  APPYMT: {
    path: "accounts-payable/payment",
    head: {
      ...{ FINANCIALENTITY: "financialEntity.entityId", VENDORID: "vendor.id", PAYMENTMETHOD: "paymentMethod", WHENCREATED: "paymentDate" },
      ...{ DOCNUMBER: "documentNumber", DESCRIPTION: "description", CURRENCY: "txnCurrency.currency", BASECURR: "baseCurrency.currency" },
    },
    memo: "description",
    state: "submitted",
  },
  ARPYMT: {
    path: "accounts-receivable/payment",
    head: {
      ...{ FINANCIALENTITY: "financialEntity.entityId", UNDEPOSITEDACCOUNTNO: "undepositedGLAccount.id", CUSTOMERID: "customer.id" },
      ...{ PAYMENTMETHOD: "paymentMethod", RECEIPTDATE: "paymentSummary.receiptDate", DOCNUMBER: "documentNumber" },
      ...{ DESCRIPTION: "description", CURRENCY: "txnCurrency.currency", OVERPAYMENTAMOUNT: "overPaymentAmount" },
      OVERPAYMENTLOCATIONID: "overPaymentDimensions.locationId",
    },
    memo: "description",
    state: "completed",
  },
  VENDOR: {
    path: "accounts-payable/vendor",
    head: {
      ...{ VENDORID: "id", NAME: "name", STATUS: "status", CURRENCY: "currency", "DISPLAYCONTACT.PRINTAS": "contacts.default.printAs" },
      "DISPLAYCONTACT.CONTACTNAME": "contacts.default.id",
    },
    memo: "description",
    state: null,
  },
  CUSTOMER: {
    path: "accounts-receivable/customer",
    head: {
      ...{ CUSTOMERID: "id", NAME: "name", STATUS: "status", CURRENCY: "currency", "DISPLAYCONTACT.PRINTAS": "contacts.default.printAs" },
      "DISPLAYCONTACT.CONTACTNAME": "contacts.default.id",
    },
    memo: "description",
    state: null,
  },
};

/** What a reversal wants beside the key: the name of its day and of its note. */
const reversals: Readonly<Record<string, readonly [string, string]>> = {
  APBILL: ["reversedDate", "memo"],
  ARINVOICE: ["reversedDate", "memo"],
  ARPYMT: ["reversedDate", "memo"],
  APPYMT: ["paymentDate", "description"],
  CCTRANSACTION: ["reversedDate", "memo"],
};

/**
 * One write for the JSON gateway; null for what only the XML gateway can do as it is documented: statistical entries read as
 * journals, payments that use up credits, and files.
 */
export function restRequest(write: Write): RestRequest | null {
  if (write.verb === "attach") return null;
  if (write.verb === "create" || write.verb === "update") {
    const { entry } = write;
    const object = objects[entry.object];
    if (object === undefined || entry.statistical || (entry.details ?? []).some(({ credit }) => credit !== undefined)) return null;
    if (write.verb === "create") return { method: "POST", path: `objects/${object.path}`, body: bodyOf(entry, object, true) };
    return { method: "PATCH", path: `objects/${object.path}/${encodeURIComponent(write.recordNo)}`, body: bodyOf(entry, object, false) };
  }
  const object = objects[write.object];
  if (object === undefined) return null;
  if (write.verb === "delete") return { method: "DELETE", path: `objects/${object.path}/${encodeURIComponent(write.recordNo)}` };
  const names = reversals[write.object];
  if (names === undefined) return null;
  const [date, memo] = names;
  return {
    method: "POST",
    path: `workflows/${object.path}/reverse`,
    body: { key: write.recordNo, [date]: write.date, [memo]: write.memo },
  };
}

function bodyOf(entry: Entry, object: RestObject, isNew: boolean): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(entry.head)) {
    const path = object.head[name];
    if (path !== undefined) put(body, path.split("."), name === "PAYMENTMETHOD" && entry.object === "ARPYMT" ? lowerCamel(value) : value);
  }
  // A bill and a card transaction want their currency said, even the company's own.
  if (entry.lines.length > 0 && ["APBILL", "CCTRANSACTION"].includes(entry.object) && body["currency"] === undefined && isNew) {
    put(body, ["currency", "txnCurrency"], entry.homeCurrency ?? "USD");
  }
  for (const [name, value] of Object.entries(entry.custom)) body[name.includes("::") ? name : `nsp::${name}`] = value;
  if (entry.lines.length > 0) body["lines"] = entry.lines.map((line) => lineOf(entry, object, line));
  if (entry.details?.length) Object.assign(body, detailsOf(entry));
  // Not changed by a change: that is what their workflows are for.
  if (isNew && object.state !== null) body["state"] = object.state;
  return body;
}

function put(body: Record<string, unknown>, [first = "", ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    body[first] = value;
    return;
  }
  const inner = (body[first] ?? {}) as Record<string, unknown>;
  body[first] = inner;
  put(inner, rest, value);
}

/** `Printed Check` → `printedCheck`. */
function lowerCamel(text: string): string {
  const [first = "", ...rest] = text.toLowerCase().split(/[\s-]+/);
  return first + rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

function lineOf(entry: Entry, object: RestObject, line: EntryLine): Record<string, unknown> {
  const isJournal = entry.object === "GLBATCH";
  const currency = entry.head["CURRENCY"];
  const rate = entry.head["EXCHANGE_RATE"];
  return {
    ...(isJournal ? { txnType: line.debit ? "debit" : "credit" } : {}),
    txnAmount: line.amount,
    glAccount: { id: line.account },
    ...(line.description === "" ? {} : { [object.memo]: line.description }),
    ...(line.offset === undefined ? {} : { overrideOffsetGLAccount: { id: line.offset } }),
    ...(entry.object === "EEXPENSES" ? { entryDate: entry.head["WHENCREATED"], ...(currency ? { txnCurrency: currency } : {}) } : {}),
    ...(isJournal && currency ? { currency: { txnCurrency: currency, ...(rate ? { exchangeRate: rate } : {}) } } : {}),
    dimensions: dimensionsOf(line),
  };
}

function dimensionsOf({ dimensions, segments }: EntryLine): Record<string, unknown> {
  const plain = (Object.entries(dimensions) as [Dimension, string][]).map(([name, id]) => [name, { id }]);
  const own = Object.entries(segments).map(([name, key]) => [`nsp::${name.toLowerCase()}`, { key }]);
  return Object.fromEntries([...plain, ...own]) as Record<string, unknown>;
}

/** Payables call them details, receivables payment details. */
function detailsOf(entry: Entry): Record<string, unknown> {
  const [list, document] = entry.object === "APPYMT" ? (["details", "bill"] as const) : (["paymentDetails", "arInvoice"] as const);
  return {
    [list]: (entry.details ?? []).map((detail) => ({
      [document]: { key: detail.document },
      txnCurrency: { paymentAmount: detail.amount },
    })),
  };
}
