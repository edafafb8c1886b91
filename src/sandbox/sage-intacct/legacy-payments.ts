import type { Call } from "./call.ts";
import { legacyDate, ownFieldsOf, translate } from "./legacy-names.ts";
import type { Input, Kind, Values, Work } from "./kind.ts";
import { changeState, reverse } from "./reverse.ts";
import { refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { createRecord } from "./write.ts";
import { readAmount, showAmount } from "./values.ts";
import { childOf, tag, textIn, type Element } from "../xml.ts";

const clean = (values: Readonly<Record<string, string | null>>): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

export function kindOf(work: Work, object: string): Kind {
  const kind = work.kindOf(object);
  if (kind === null) throw new Error(`No kind ${object}`);
  return kind;
}

export function recordOf(work: Work, object: string, key: string | null): Stored {
  const found = key === null || !/^\d{1,15}$/.test(key) ? null : work.records.find(work.company.key, object, Number(key));
  return found ?? refuseRule("We can't find this transaction.", { category: "notFound", status: 404 });
}

const dateIn = (element: Element, name: string) => {
  const found = childOf(element, name);
  return found === undefined ? null : legacyDate(found);
};

/** What a payment of bills or expenses has in common in its legacy functions. */
function requestInput(element: Element, order: { party: string; lines: string; details: string }): Input {
  const text = (name: string) => textIn(element, name);
  const details = (childOf(element, order.lines)?.children ?? []).map((item) => ({
    values: clean({
      RECORDKEY: textIn(item, "key"),
      TRX_PAYMENTAMOUNT: textIn(item, "paymentamount"),
      TRX_TOTALDISCOUNTTOAPPLY: textIn(item, "discounttoapply"),
      CREDITTOAPPLY: textIn(item, "credittoapply"),
    }),
    lists: {},
  }));
  return {
    values: clean({
      FINANCIALENTITY: text("bankaccountid") ?? text("chargecardid"),
      [order.party]: text(order.party.toLowerCase()),
      PAYMENTMETHOD: text("paymentmethod"),
      PAYMENTDATE: dateIn(element, "paymentdate"),
      DOCNUMBER: text("documentnumber"),
      DESCRIPTION: text("paymentdescription") ?? text("memo"),
    }),
    lists: { [order.details]: details },
  };
}

function createPaymentRequest({ work, element }: Call): string {
  const input = requestInput(element, { party: "VENDORID", lines: "paymentrequestitems", details: "APPYMTDETAILS" });
  return tag("key", String(createRecord(work, kindOf(work, "APPYMT"), input).recordno));
}

function createReimbursement({ work, element }: Call): string {
  const input = requestInput(element, { party: "EMPLOYEEID", lines: "eppaymentrequestitems", details: "EPPAYMENTDETAILS" });
  return tag("key", String(createRecord(work, kindOf(work, "EPPAYMENT"), input).recordno));
}

/** Money from a customer: for the invoices named, else for the oldest, or as an advance, as the company wants it. */
function createReceipt({ work, element }: Call): string {
  const text = (name: string) => textIn(element, name);
  if (text("batchkey") !== null) refuseRule("Payment summaries are made by the system here: name a bank account", { target: "batchkey" });
  const customer = text("customerid") ?? "";
  const named = element.children
    .filter(({ name }) => name === "arpaymentitem")
    .map((item) => ({ RECORDKEY: textIn(item, "invoicekey"), TRX_PAYMENTAMOUNT: textIn(item, "amount") }));
  const amount = text("paymentamount") ?? "0";
  const details = named.length > 0 || work.company.rules.unappliedReceipts === "open-item" ? named : oldestFirst(work, customer, amount);
  const input: Input = {
    values: clean({
      CUSTOMERID: customer,
      AMOUNTTOPAY: amount,
      FINANCIALENTITY: text("bankaccountid"),
      UNDEPOSITEDACCOUNTNO: text("undepfundsacct"),
      DOCNUMBER: text("refid"),
      RECEIPTDATE: dateIn(element, "datereceived"),
      PAYMENTMETHOD: text("paymentmethod") ?? "Printed Check",
      OVERPAYMENTLOCATIONID: text("overpaylocid"),
      OVERPAYMENTDEPARTMENTID: text("overpaydeptid"),
      CURRENCY: text("currency"),
    }),
    lists: { ARPYMTDETAILS: details.map((values) => ({ values: clean(values), lists: {} })) },
  };
  return tag("key", String(createRecord(work, kindOf(work, "ARPYMT"), input).recordno));
}

function oldestFirst({ storage, company }: Work, customer: string, amount: string): { RECORDKEY: string; TRX_PAYMENTAMOUNT: string }[] {
  const rows = storage.all(
    `SELECT recordno, body ->> '$.TRX_TOTALDUE' AS due FROM intacct_records WHERE company = ? AND object = 'ARINVOICE' AND body ->> '$.CUSTOMERID' = ?
       AND CAST(body ->> '$.TRX_TOTALDUE' AS REAL) > 0 AND body ->> '$.STATE' IN ('Posted', 'Partially Paid') ORDER BY date, recordno`,
    ...[company.key, customer],
  );
  let left = readAmount(amount) ?? 0n;
  return rows.flatMap((row) => {
    const due = readAmount(String(row["due"])) ?? 0n;
    const part = due < left ? due : left;
    left -= part;
    return part === 0n ? [] : [{ RECORDKEY: String(row["recordno"]), TRX_PAYMENTAMOUNT: showAmount(part) }];
  });
}

/** A manual payment without bills: its lines are expenses. It is a bill and its payment in one. */
function createManualPayment({ work, element }: Call): string {
  const date = dateIn(element, "paymentdate");
  const number = textIn(element, "documentnumber") ?? `MAN-${work.records.next(work.company.key, "manual")}`;
  const items = (childOf(element, "payitems")?.children ?? []).map((item) => ({
    values: {
      ...translate(item.children, { glaccountno: "ACCOUNTNO", paymentamount: "TRX_AMOUNT", description: "ENTRYDESCRIPTION" }),
      ...ownFieldsOf(item),
    },
    lists: {},
  }));
  const vendor = textIn(element, "vendorid");
  const common = clean({ VENDORID: vendor, DESCRIPTION: textIn(element, "description") ?? textIn(element, "memo") });
  const bill = createRecord(work, kindOf(work, "APBILL"), {
    values: { ...common, RECORDID: number, WHENCREATED: date, WHENDUE: date },
    lists: { APBILLITEMS: items },
  });
  const paid = createRecord(work, kindOf(work, "APPYMT"), {
    values: clean({
      ...common,
      FINANCIALENTITY: textIn(element, "bankaccountid") ?? textIn(element, "chargecardid"),
      PAYMENTMETHOD: textIn(element, "paymentmethod"),
      PAYMENTDATE: date,
      DOCNUMBER: number,
      STATE: "Complete",
    }),
    lists: {
      APPYMTDETAILS: [
        { values: { RECORDKEY: String(bill.recordno), TRX_PAYMENTAMOUNT: bill.values["TRX_TOTALENTERED"] ?? "0" }, lists: {} },
      ],
    },
  });
  return tag("key", String(paid.recordno));
}

/** Applies money that came without an invoice to invoices. */
function applyReceipt({ work, element }: Call): string {
  const payment = recordOf(work, "ARPYMT", textIn(element, "arpaymentkey") ?? textIn(element, "paymentkey"));
  const items = (childOf(element, "arpaymentitems") ?? element).children.filter(({ name }) => name === "arpaymentitem");
  const details = items.map((item) => ({
    values: clean({
      RECORDKEY: textIn(item, "invoicekey"),
      ADVANCEKEY: String(payment.recordno),
      TRX_POSTEDADVANCEAMOUNT: textIn(item, "amount"),
    }),
    lists: {},
  }));
  const input: Input = {
    values: clean({
      CUSTOMERID: payment.values["CUSTOMERID"] ?? null,
      PAYMENTMETHOD: payment.values["PAYMENTMETHOD"] ?? null,
      RECEIPTDATE: dateIn(element, "paymentdate") ?? payment.date,
    }),
    lists: { ARPYMTDETAILS: details },
  };
  return tag("key", String(createRecord(work, kindOf(work, "ARPYMT"), input).recordno));
}

/** `reverse_…`: the key, the day, and why. */
function reversal(object: string, dateName = "datereversed") {
  return ({ work, element }: Call): string => {
    const before = recordOf(work, object, element.attributes["key"] ?? textIn(element, "key"));
    reverse(work, kindOf(work, object), before, {
      date: dateIn(element, dateName) ?? before.date ?? "",
      memo: textIn(element, "description"),
    });
    return tag("key", String(before.recordno));
  };
}

/** Steps of a payment request on its way out: one function takes several keys. */
function step(state: string) {
  return ({ work, element }: Call): string => {
    const keys = (childOf(element, "appaymentkeys")?.children ?? element.children.filter(({ name }) => /key$/.test(name))).map(({ text }) =>
      text.trim(),
    );
    for (const key of keys) changeState(work, kindOf(work, "APPYMT"), recordOf(work, "APPYMT", key), state);
    return "";
  };
}

export const paymentFunctions: Readonly<Record<string, (call: Call) => string>> = {
  create_paymentrequest: createPaymentRequest,
  create_reimbursementrequest: createReimbursement,
  create_arpayment: createReceipt,
  create_appayment: createManualPayment,
  apply_arpayment: applyReceipt,
  reverse_bill: reversal("APBILL"),
  reverse_invoice: reversal("ARINVOICE"),
  reverse_apadjustment: reversal("APADJUSTMENT"),
  reverse_aradjustment: reversal("ARADJUSTMENT"),
  reverse_appayment: reversal("APPYMT"),
  reverse_arpayment: reversal("ARPYMT"),
  reverse_cctransaction: reversal("CCTRANSACTION"),
  reverse_expensereport: reversal("EEXPENSES"),
  approve_appaymentrequest: step("Approved"),
  send_appaymentrequest: step("Approved"),
  confirm_appaymentrequest: step("Complete"),
  decline_appaymentrequest: step("Declined"),
  void_appaymentrequest: step("Voided"),
};
