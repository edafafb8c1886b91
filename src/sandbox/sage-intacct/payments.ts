import { auditFields, fieldsOf, type Draft, type Kind, type Prepared, type Values, type Work } from "./kind.ts";
import { settledOf } from "./links.ts";
import { readMoneyTerms, toBase } from "./money-terms.ts";
import { entriesOf, type Settled } from "./payment-entries.ts";
import { accountOf } from "./posting.ts";
import { refuse, refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { readAmount, showAmount } from "./values.ts";

/** Money that leaves for vendors and employees, and money that comes from customers. */
interface PaymentShape {
  readonly object: "APPYMT" | "ARPYMT" | "EPPAYMENT";
  readonly name: string;
  readonly recordType: string;
  readonly party: "VENDOR" | "CUSTOMER" | "EMPLOYEE";
  readonly role: "payable" | "receivable" | "employee";
  readonly module: string;
  /** What it pays, and the credits it may use up: by the key that names them and the amount beside it. */
  readonly pays: string;
  readonly positive: string;
  readonly credits: Readonly<Record<string, readonly [object: string, amount: string]>>;
}

const methods =
  "Printed_Check|Joint_Check|Cash|EFT|Credit_Card|ACH|Check_Delivery|Online_Charge_Card|Online_ACH_Debit|WF_Check|WF_Domestic_ACH|WF_USD_Wire";

const headerFields = `${auditFields} AUWHENCREATED:c RECORDTYPE:t! RECORDID:t45! STATE:t=Draft|Submitted|Approved|Selected|Complete|Confirmed|Voided|Declined|Reversed ACTION:t=Submit|Draft RAWSTATE:t! FINANCIALENTITY:t UNDEPOSITEDACCOUNTNO:t
  PAYMENTMETHOD:t*=${methods} DOCNUMBER:t45 DESCRIPTION:t1000 DESCRIPTION2:t MEMO:t PAYMENTDATE:d RECEIPTDATE:d WHENCREATED:d! WHENPAID:d PAYMENTREQUESTMETHOD:t CURRENCY:t BASECURR:t EXCH_RATE_DATE:d
  EXCH_RATE_TYPE_ID:t EXCHANGE_RATE:n AMOUNTTOPAY:a TRX_AMOUNTTOPAY:a TOTALENTERED:a! TRX_TOTALENTERED:a! TOTALPAID:a! TRX_TOTALPAID:a! TOTALSELECTED:a! TRX_TOTALSELECTED:a! TOTALDUE:a! TRX_TOTALDUE:a! PRBATCH:t PRBATCHKEY:t
  OVERPAYMENTAMOUNT:a OVERPAYMENTLOCATIONID:t OVERPAYMENTDEPARTMENTID:t PAYERNAME:t MODULEKEY:t! SUPDOCID:t EXTERNALID:t TMS_KEY:t REVERSALDATE:d!`;

const detailFields = `${auditFields} AUWHENCREATED:c PAYMENTKEY:i! LINE_NO:i RECORDKEY:i ENTRYKEY:i POSADJKEY:i POSADJENTRYKEY:i TRX_PAYMENTAMOUNT:a PAYMENTAMOUNT:a DISCOUNTDATE:d TRX_TOTALDISCOUNTTOAPPLY:a DISCOUNTTOAPPLY:a CREDITTOAPPLY:a
  ADJUSTMENTKEY:i ADJUSTMENTENTRYKEY:i TRX_ADJUSTMENTAMOUNT:a ADVANCEKEY:i ADVANCEENTRYKEY:i TRX_POSTEDADVANCEAMOUNT:a INLINEKEY:i INLINEENTRYKEY:i TRX_INLINEAMOUNT:a OVERPAYMENTKEY:i OVERPAYMENTENTRYKEY:i
  TRX_POSTEDOVERPAYMENTAMOUNT:a NEGATIVEINVOICEKEY:i NEGATIVEINVOICEENTRYKEY:i TRX_NEGATIVEINVOICEAMOUNT:a STATE:t!`;

const shapes: readonly PaymentShape[] = [
  {
    object: "APPYMT",
    name: "AP payment",
    recordType: "pp",
    party: "VENDOR",
    role: "payable",
    module: "3.AP",
    pays: "APBILL",
    positive: "APADJUSTMENT",
    credits: {
      ADJUSTMENTKEY: ["APADJUSTMENT", "TRX_ADJUSTMENTAMOUNT"],
      ADVANCEKEY: ["APPYMT", "TRX_POSTEDADVANCEAMOUNT"],
      INLINEKEY: ["APBILL", "TRX_INLINEAMOUNT"],
    },
  },
  {
    object: "ARPYMT",
    name: "AR payment",
    recordType: "rp",
    party: "CUSTOMER",
    role: "receivable",
    module: "4.AR",
    pays: "ARINVOICE",
    positive: "ARADJUSTMENT",
    credits: {
      ADJUSTMENTKEY: ["ARADJUSTMENT", "TRX_ADJUSTMENTAMOUNT"],
      ADVANCEKEY: ["ARPYMT", "TRX_POSTEDADVANCEAMOUNT"],
      OVERPAYMENTKEY: ["ARPYMT", "TRX_POSTEDOVERPAYMENTAMOUNT"],
      NEGATIVEINVOICEKEY: ["ARINVOICE", "TRX_NEGATIVEINVOICEAMOUNT"],
      INLINEKEY: ["ARINVOICE", "TRX_INLINEAMOUNT"],
    },
  },
  {
    object: "EPPAYMENT",
    name: "Reimbursement",
    recordType: "ep",
    party: "EMPLOYEE",
    role: "employee",
    module: "6.EE",
    pays: "EEXPENSES",
    positive: "EEXPENSES",
    credits: {},
  },
];

export const paymentKinds: readonly Kind[] = shapes.flatMap((shape): Kind[] => {
  const detail = `${shape.object}DETAIL`;
  return [
    {
      object: shape.object,
      name: shape.name,
      id: "RECORDNO",
      fields: fieldsOf(`${headerFields} ${shape.party}ID:t ${shape.party}NAME:t!`),
      lists: [{ list: `${detail}S`, object: detail, parent: "PAYMENTKEY" }],
      type: "document",
      counter: "prrecord",
      stateLetters: {
        Draft: "D",
        Submitted: "S",
        Approved: "A",
        Selected: "A",
        Complete: "C",
        Confirmed: "C",
        Voided: "V",
        Reversed: "V",
        Declined: "U",
      },
      prepare: (work, draft, before) => prepare(work, shape, draft, before),
      guard: (_work, before, operation) => {
        if (operation === "update" && before.values["STATE"] !== "Draft")
          refuseRule("A payment that was submitted cannot be changed.", { category: "operationNotAllowed" });
      },
    },
    {
      object: detail,
      name: `${shape.name} detail`,
      id: "RECORDNO",
      fields: fieldsOf(detailFields),
      lists: [],
      type: "line",
      counter: "prentry",
    },
  ];
});

function prepare(work: Work, shape: PaymentShape, draft: Draft, before: Stored | null): Prepared {
  const { values } = draft;
  const date = (shape.object === "ARPYMT" ? (values["RECEIPTDATE"] ?? values["PAYMENTDATE"]) : values["PAYMENTDATE"]) ?? null;
  const dateField = shape.object === "ARPYMT" ? "RECEIPTDATE" : "PAYMENTDATE";
  if (date === null) refuseRule(`Required field ${dateField} is missing`, { target: dateField, category: "missingRequiredField" });
  const party = partyOf(work, shape, values);
  const terms = readMoneyTerms(work, values, date ?? "");
  const isForeign = terms.currency !== null;
  const details = draft.lists[`${shape.object}DETAILS`] ?? [];
  const own = details.flatMap((detail) => settledBy(work, shape, detail, party));
  checkOpenAmounts(work, own, before);
  const cash = own.reduce((sum, { minor, by }) => (by === "money" ? sum + minor : sum), 0n);
  const extra = unappliedOf(values, cash);
  const state = stateOf(work, shape, values, before);
  const isPosted = state !== "Draft" && state !== "Submitted" && state !== "Voided" && state !== "Declined";
  const total = cash + extra;
  const money = moneyAccount(work, values, { needed: total !== 0n, isForeign });
  const entries = isPosted
    ? entriesOf(
        work,
        { role: shape.role, isReceipt: shape.object === "ARPYMT" },
        { own, extra, party, terms, money, memo: values["DESCRIPTION"] ?? null },
      )
    : [];
  const kept: Values = {
    ...values,
    ACTION: null,
    STATE: state,
    RAWSTATE: state === "Draft" ? "D" : "C",
    RECORDTYPE: shape.recordType,
    MODULEKEY: shape.module,
    WHENCREATED: date,
    WHENPAID: state === "Complete" ? date : null,
    [`${shape.party}NAME`]: party?.name ?? values["PAYERNAME"] ?? null,
    BASECURR: work.company.rules.baseCurrency,
    CURRENCY: terms.currency ?? work.company.rules.baseCurrency,
    EXCHANGE_RATE: terms.rate,
    TOTALENTERED: showAmount(toBase(total, terms)),
    TRX_TOTALENTERED: showAmount(total),
    TOTALPAID: showAmount(toBase(cash, terms)),
    TRX_TOTALPAID: showAmount(cash),
    TOTALDUE: showAmount(toBase(extra, terms)),
    TRX_TOTALDUE: showAmount(extra),
  };
  return {
    values: kept,
    lines: { [`${shape.object}DETAIL`]: details.map(({ values: line }) => ({ ...line, STATE: state })) },
    entries,
    id: values["DOCNUMBER"] ?? null,
    date,
    links:
      isPosted || state === "Submitted"
        ? own.map(({ target, minor }) => ({ object: target.object, recordno: target.recordno, minor }))
        : [],
    isConfirmed: state === "Complete",
    module: shape.module,
  };
}

function partyOf(work: Work, { party }: PaymentShape, values: Values) {
  const id = values[`${party}ID`] ?? null;
  const type = (party[0] ?? "") + party.slice(1).toLowerCase();
  if (id === null && party === "CUSTOMER" && (values["PAYERNAME"] ?? null) !== null) return null;
  const found = id === null ? undefined : work.records.withId(work.company.key, party, id)[0];
  if (found === undefined)
    return refuseRule(`${type} '${id ?? ""}' specified is not valid.`, { target: `${party}ID`, category: "invalidReference" });
  if (found.values["STATUS"] === "inactive")
    refuseRule(`Activate the ${type.toLowerCase()} ${id ?? ""}, then try again.`, { target: `${party}ID` });
  return { type, id: id ?? "", name: found.values["NAME"] ?? id ?? "" };
}

/** What one detail pays, and which credits it uses up for it. */
function settledBy(work: Work, shape: PaymentShape, { values }: Draft, party: { id: string } | null): Settled[] {
  const positive = values["POSADJKEY"] ?? null;
  const key = values["RECORDKEY"] ?? positive;
  const target = documentOf(work, positive === null ? shape.pays : shape.positive, key, { shape, party });
  const paid = readAmount(values["TRX_PAYMENTAMOUNT"] ?? values["PAYMENTAMOUNT"] ?? "0") ?? 0n;
  const discount = readAmount(values["TRX_TOTALDISCOUNTTOAPPLY"] ?? values["DISCOUNTTOAPPLY"] ?? "0") ?? 0n;
  const credits = Object.entries(shape.credits).flatMap(([field, [object, amountField]]): Settled[] => {
    const creditKey = values[field] ?? null;
    if (creditKey === null) return [];
    const amount = readAmount(values[amountField] ?? "0") ?? 0n;
    // A credit has an open amount below zero; an advance one above, in money that came without an invoice.
    const credit = documentOf(work, object, creditKey, { shape, party });
    return [
      { target: credit, minor: object === shape.object ? amount : -amount, by: "credit" },
      { target, minor: amount, by: "credit" },
    ];
  });
  const cash: Settled[] = paid === 0n ? [] : [{ target, minor: paid, by: "money" }];
  return [...cash, ...credits, ...(discount === 0n ? [] : [{ target, minor: discount, by: "discount" } as const])];
}

interface Whose {
  readonly shape: PaymentShape;
  readonly party: { readonly id: string } | null;
}

function documentOf(work: Work, object: string, key: string | null, { shape, party }: Whose): Stored {
  const found = key === null || !/^\d{1,15}$/.test(key) ? null : work.records.find(work.company.key, object, Number(key));
  const isTheirs = found !== null && (party === null || found.values[`${shape.party}ID`] === party.id);
  if (found === null || !isTheirs) return refuseRule("We can't find this transaction.", { category: "notFound", target: "RECORDKEY" });
  return found;
}

/** Nothing can be settled that is not open, and not more than is open. */
function checkOpenAmounts(work: Work, own: readonly Settled[], before: Stored | null): void {
  const sums = new Map<Stored["recordno"], { target: Stored; minor: bigint }>();
  for (const { target, minor } of own) sums.set(target.recordno, { target, minor: (sums.get(target.recordno)?.minor ?? 0n) + minor });
  for (const { target, minor } of sums.values()) {
    const state = target.values["STATE"] ?? "";
    const isAdvance = ["APPYMT", "ARPYMT"].includes(target.object);
    if (state === "Paid") refuseRule("Payment cannot be processed because one or more bills are already paid", { category: "alreadyPaid" });
    if (!isAdvance && !["Posted", "Selected", "Partially Paid", "Approved"].includes(state))
      refuseRule(`This transaction cannot be paid: it is ${state}.`, { category: "operationNotAllowed" });
    const total = readAmount(target.values[isAdvance ? "TRX_TOTALDUE" : "TRX_TOTALENTERED"] ?? "0") ?? 0n;
    const { paid, selected } = before === null ? settledOf(work, target) : { paid: 0n, selected: 0n };
    const due = isAdvance ? total : total - paid - selected;
    const isTooMuch = due >= 0n ? minor > due || minor < 0n : minor < due || minor > 0n;
    if (isTooMuch) refuseRule("The payment amount exceeds total amount due", { category: "exceedsTotalDue", target: "TRX_PAYMENTAMOUNT" });
  }
}

/** Money that names no document: an overpayment or an advance. */
function unappliedOf(values: Values, cash: bigint): bigint {
  const over = readAmount(values["OVERPAYMENTAMOUNT"] ?? "0") ?? 0n;
  const whole = values["TRX_AMOUNTTOPAY"] ?? values["AMOUNTTOPAY"] ?? null;
  const rest = whole === null ? over : (readAmount(whole) ?? 0n) - cash;
  if (rest < 0n) refuseRule("The details exceed the amount to pay", { target: "AMOUNTTOPAY" });
  return rest;
}

const slow = new Set(["Printed Check", "Joint Check", "ACH", "Check Delivery", "WF Check"]);

/** A payment by check is out only when it was printed and confirmed: until then its bills are selected. */
function stateOf({ company }: Work, shape: PaymentShape, values: Values, before: Stored | null): string {
  const { approval, paymentConfirmation } = company.switches;
  const asked = values["STATE"] ?? null;
  if (asked === "Voided" || asked === "Declined") return asked;
  if ((values["ACTION"] ?? (before === null ? asked : null)) === "Draft") return "Draft";
  if (asked === "Complete" || asked === "Confirmed") return "Complete";
  if (asked === "Approved") return slow.has(values["PAYMENTMETHOD"] ?? "") && paymentConfirmation === "method" ? "Selected" : "Complete";
  if (shape.object === "ARPYMT") return "Complete";
  if (approval) return "Submitted";
  return slow.has(values["PAYMENTMETHOD"] ?? "") && paymentConfirmation === "method" ? "Selected" : "Complete";
}

/** The account of the bank, card or undeposited funds; none is needed where credits alone are applied. */
export function moneyAccount(work: Work, values: Values, { needed, isForeign }: { needed: boolean; isForeign: boolean }): Stored | null {
  const { records, company } = work;
  const bank = values["FINANCIALENTITY"] ?? null;
  if (bank !== null) {
    const found = ["CHECKINGACCOUNT", "SAVINGSACCOUNT", "CREDITCARD"].flatMap((object) => records.withId(company.key, object, bank))[0];
    if (found === undefined || found.values["STATUS"] === "inactive")
      return refuseRule(`Bank account '${bank}' is not valid`, { target: "FINANCIALENTITY", category: "invalidReference" });
    return accountOf(work, found.values["GLACCOUNTNO"] ?? found.values["LIABACCTNO"]);
  }
  const undeposited = values["UNDEPOSITEDACCOUNTNO"] ?? null;
  if (undeposited !== null) {
    if (isForeign)
      refuse("BL02000051", "Undeposited funds take payments in the base currency alone.", {
        target: "UNDEPOSITEDACCOUNTNO",
        category: "invalidConfiguration",
      });
    return accountOf(work, undeposited);
  }
  return needed
    ? refuseRule("Required field FINANCIALENTITY is missing", { target: "FINANCIALENTITY", category: "missingRequiredField" })
    : null;
}
