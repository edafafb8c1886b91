import type { Call } from "./call.ts";
import { ownFieldsOf, type Names, translate } from "./legacy-names.ts";
import { kindOf, paymentFunctions, recordOf } from "./legacy-payments.ts";
import { setupFunctions } from "./legacy-setup.ts";
import type { Input } from "./kind.ts";
import { refuseRule } from "./refusal.ts";
import { changeState } from "./reverse.ts";
import { createRecord, updateRecord } from "./write.ts";
import { childOf, tag, textIn, type Element } from "../xml.ts";

const lineNames: Names = {
  glaccountno: "ACCOUNTNO",
  accountlabel: "ACCOUNTLABEL",
  offsetglaccountno: "OFFSETGLACCOUNTNO",
  amount: "TRX_AMOUNT",
  memo: "ENTRYDESCRIPTION",
};

const headerNames: Names = {
  datecreated: "WHENCREATED",
  dateposted: "WHENPOSTED",
  datedue: "WHENDUE",
  batchkey: "PRBATCHKEY",
  invoiceno: "RECORDID",
  billno: "RECORDID",
  adjustmentno: "RECORDID",
  ponumber: "DOCNUMBER",
  exchratedate: "EXCH_RATE_DATE",
  exchratetype: "EXCH_RATE_TYPE_ID",
  exchrate: "EXCHANGE_RATE",
};

/** A document of a legacy function, as the generic object it makes. */
function documentInput(element: Element, order: { object: string; lines: string; names?: Names }): Input {
  const items = childOf(element, order.lines);
  const rest = element.children.filter((child) => child.name !== order.lines && child.name !== "key");
  return {
    values: { ...translate(rest, { ...headerNames, ...order.names }), ...ownFieldsOf(element) },
    lists:
      items === undefined
        ? {}
        : {
            [`${order.object}ITEMS`]: items.children.map((item) => ({
              values: { ...translate(item.children, lineNames), ...ownFieldsOf(item) },
              lists: {},
            })),
          },
  };
}

function create(object: string, lines: string, names: Names = {}) {
  return ({ work, element }: Call): string => {
    const record = createRecord(work, kindOf(work, object), documentInput(element, { object, lines, names }));
    return tag("key", String(record.recordno));
  };
}

/** On an adjustment `billno` and `invoiceno` name the document it adjusts. */
const adjusted: Names = { billno: "DOCNUMBER", invoiceno: "DOCNUMBER" };

function itemsOf(element: Element, list: string, names: Names): Input[] {
  return (childOf(element, list)?.children ?? []).map((item) => ({
    values: { ...translate(item.children, names), ...ownFieldsOf(item) },
    lists: {},
  }));
}

const expenseNames: Names = {
  glaccountno: "ACCOUNTNO",
  expensetype: "EXPENSETYPE",
  expensedate: "ENTRYDATE",
  memo: "PAIDTO",
  exchratedate: "EXCHRATEDATE",
  exchratetype: "EXCHRATETYPE",
  exchrate: "EXCHRATE",
};

function createExpenseReport({ work, element }: Call): string {
  const rest = element.children.filter(({ name }) => name !== "expenses");
  const input: Input = {
    values: { ...translate(rest, { ...headerNames, expensereportno: "RECORDID" }), ...ownFieldsOf(element) },
    lists: { EEXPENSESITEMS: itemsOf(element, "expenses", expenseNames) },
  };
  return tag("key", String(createRecord(work, kindOf(work, "EEXPENSES"), input).recordno));
}

const cardNames: Names = {
  chargecardid: "FINANCIALENTITY",
  paymentdate: "WHENCREATED",
  exchratedate: "EXCH_RATE_DATE",
  exchratetype: "EXCH_RATE_TYPE_ID",
  exchrate: "EXCHANGE_RATE",
};
const cardLineNames: Names = {
  glaccountno: "ACCOUNTNO",
  paymentamount: "TRX_AMOUNT",
  description: "ENTRYDESCRIPTION",
  totaltrxamount: "TOTALTRXAMOUNT",
};

function recordCard({ work, element }: Call): string {
  const rest = element.children.filter(({ name }) => name !== "ccpayitems");
  const input: Input = {
    values: { ...translate(rest, cardNames), ...ownFieldsOf(element) },
    lists: { CCTRANSACTIONITEMS: itemsOf(element, "ccpayitems", cardLineNames) },
  };
  return tag("key", String(createRecord(work, kindOf(work, "CCTRANSACTION"), input).recordno));
}

/** A submitted bill becomes a draft again. */
function recall({ work, element }: Call): string {
  const before = recordOf(work, "APBILL", textIn(element, "key") ?? textIn(element, "recordno"));
  if (before.values["STATE"] !== "Submitted") refuseRule("Only a submitted bill can be recalled.", { category: "operationNotAllowed" });
  changeState(work, kindOf(work, "APBILL"), before, "Draft");
  return tag("key", String(before.recordno));
}

/** `update_…`: the key, and what changes; lines that are sent are all of them. */
function update(object: string, lines: string, names: Names = {}) {
  return ({ work, element }: Call): string => {
    const key = element.attributes["key"] ?? textIn(element, "key");
    const before = recordOf(work, object, key);
    const input = documentInput(element, { object, lines: childOf(element, lines) === undefined ? `update${lines}` : lines, names });
    updateRecord(work, kindOf(work, object), before, input);
    return tag("key", String(before.recordno));
  };
}

export const legacyFunctions: Readonly<Record<string, (call: Call) => string>> = {
  ...paymentFunctions,
  ...setupFunctions,
  create_bill: create("APBILL", "billitems"),
  create_invoice: create("ARINVOICE", "invoiceitems"),
  create_apadjustment: create("APADJUSTMENT", "apadjustmentitems", adjusted),
  create_aradjustment: create("ARADJUSTMENT", "aradjustmentitems", adjusted),
  update_bill: update("APBILL", "billitems"),
  update_invoice: update("ARINVOICE", "invoiceitems"),
  create_expensereport: createExpenseReport,
  record_cctransaction: recordCard,
  recallApBill: recall,
};
