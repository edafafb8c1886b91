import type { LedgerParty } from "../ledger.ts";
import { readDims } from "./dimensions.ts";
import { auditFields, fieldsOf, type Draft, type Entry, type Kind, type Prepared, type Values, type Work } from "./kind.ts";
import { openValues, settledOf } from "./links.ts";
import { readMoneyTerms, toBase, type MoneyTerms } from "./money-terms.ts";
import { accountInRole, accountOf, entryOf, lineEntry } from "./posting.ts";
import { refuse, refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { addDays, readAmount, showAmount } from "./values.ts";

/** What bills, invoices and the adjustments of both have in common, and where they differ. */
interface SubledgerShape {
  readonly object: "APBILL" | "APADJUSTMENT" | "ARINVOICE" | "ARADJUSTMENT";
  readonly name: string;
  readonly recordType: string;
  readonly party: "VENDOR" | "CUSTOMER";
  readonly role: "payable" | "receivable";
  readonly module: "3.AP" | "4.AR";
  readonly term: "APTERM" | "ARTERM";
  readonly line: string;
}

/** Codes of STATE in readByQuery. What is settled in part or in full is approved all the same. */
const states = {
  Draft: "D",
  Submitted: "S",
  "Partially Approved": "PA",
  Declined: "U",
  Posted: "A",
  Selected: "A",
  "Partially Paid": "A",
  Paid: "A",
  Reversed: "V",
  Reversal: "V",
};

const headerFields = `${auditFields} AUWHENCREATED:c RECORDTYPE:t! RECORDID:t45 STATE:t=Posted|Draft|Submitted|Partially_Approved|Declined|Selected|Partially_Paid|Paid|Reversed|Reversal
  RAWSTATE:t! ACTION:t=Submit|Draft DOCNUMBER:t45 DESCRIPTION:t1000 DESCRIPTION2:t TERMNAME:t TERMKEY:t! TERMVALUE:t! WHENCREATED:d WHENPOSTED:d WHENDISCOUNT:d
  WHENDUE:d WHENPAID:d! RECPAYMENTDATE:d PAYMENTPRIORITY:t=urgent|high|normal|low ONHOLD:b BASECURR:t CURRENCY:t EXCH_RATE_DATE:d EXCH_RATE_TYPE_ID:t
  EXCHANGE_RATE:n TOTALENTERED:a! TOTALSELECTED:a! TOTALPAID:a! TOTALDUE:a! TRX_TOTALENTERED:a! TRX_TOTALSELECTED:a! TRX_TOTALPAID:a! TRX_TOTALDUE:a!
  TRX_ENTITYDUE:a! PRBATCH:t PRBATCHKEY:i! MODULEKEY:t! SYSTEMGENERATED:b! SUPDOCID:t DUE_IN_DAYS:i! INCLUSIVETAX:b TAXSOLUTIONID:t EXTERNALID:t NOGL:b
  BILLTOPAYTOCONTACTNAME:t SHIPTORETURNTOCONTACTNAME:t`;

const lineFields = `${auditFields} AUWHENCREATED:c RECORDKEY:i! LINE_NO:i ACCOUNTNO:t24 ACCOUNTKEY:i! ACCOUNTTITLE:t! ACCOUNTLABEL:t TRX_AMOUNT:a AMOUNT:a TOTALTRXAMOUNT:a
  ENTRYDESCRIPTION:t1000 OFFSETGLACCOUNTNO:t FORM1099:b FORM1099TYPE:t FORM1099BOX:t BILLABLE:b ALLOCATION:t TOTALPAID:a! STATE:t! TASKID:t COSTTYPEID:t
  CONTRACTID:t WAREHOUSEID:t`;

function subledger(shape: SubledgerShape): readonly [Kind, Kind] {
  const partyFields = shape.party === "VENDOR" ? "VENDORID:t* VENDORNAME:t!" : "CUSTOMERID:t* CUSTOMERNAME:t!";
  const header: Kind = {
    object: shape.object,
    name: shape.name,
    id: "RECORDID",
    fields: fieldsOf(`${headerFields} ${partyFields}`),
    lists: [{ list: `${shape.object}ITEMS`, object: shape.line, parent: "RECORDKEY" }],
    type: "document",
    counter: "prrecord",
    stateLetters: states,
    prepare: (work, draft, before) => prepare(work, shape, draft, before),
    guard: checkEditable,
  };
  const lists = [{ list: "TAXENTRIES", object: "TAXENTRY", parent: "RECORDKEY" }];
  return [
    header,
    {
      object: shape.line,
      name: `${shape.name} line`,
      id: "RECORDNO",
      fields: fieldsOf(lineFields),
      lists,
      type: "line",
      counter: "prentry",
    },
  ];
}

const payables = { party: "VENDOR", role: "payable", module: "3.AP", term: "APTERM" } as const;
const receivables = { party: "CUSTOMER", role: "receivable", module: "4.AR", term: "ARTERM" } as const;

export const subledgerKinds: readonly Kind[] = [
  ...subledger({ object: "APBILL", name: "Bill", recordType: "pi", line: "APBILLITEM", ...payables }),
  ...subledger({ object: "APADJUSTMENT", name: "AP adjustment", recordType: "pa", line: "APADJUSTMENTITEM", ...payables }),
  ...subledger({ object: "ARINVOICE", name: "Invoice", recordType: "ri", line: "ARINVOICEITEM", ...receivables }),
  ...subledger({ object: "ARADJUSTMENT", name: "AR adjustment", recordType: "ra", line: "ARADJUSTMENTITEM", ...receivables }),
];

/** What was paid, or belongs to a payment, or was reversed, stays as it is. */
function checkEditable(work: Work, before: Stored, operation: "update" | "delete"): void {
  const state = before.values["STATE"] ?? "";
  if (state === "Reversed" || state === "Reversal")
    refuseRule("A reversed transaction cannot be changed.", { category: "operationNotAllowed" });
  const { paid, selected } = settledOf(work, before);
  if (operation === "update" && (paid !== 0n || selected !== 0n))
    refuseRule("This transaction has payments and cannot be changed.", { category: "operationNotAllowed" });
}

function prepare(work: Work, shape: SubledgerShape, draft: Draft, before: Stored | null): Prepared {
  const party = partyOf(work, shape, draft.values);
  const state = stateOf(work, shape, draft, before);
  const dates = datesOf(work, shape, draft.values, state === "Draft");
  const { values } = draft;
  const terms = readMoneyTerms(work, values, dates.WHENCREATED ?? "");
  const sent = draft.lists[`${shape.object}ITEMS`] ?? [];
  if (sent.length === 0 && state !== "Draft")
    refuseRule("Enter at least one line item", { target: `${shape.object}ITEMS`, category: "missingRequiredField" });
  const lines = sent.map((line) => readLine(work, { shape, party, terms }, line));
  checkSigns(
    shape,
    lines.map(({ amount }) => amount),
  );
  const number = numberOf(work, shape, { values, before, state, party: party.id });
  const total = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const base = lines.reduce((sum, { base: minor }) => sum + minor, 0n);
  const amounts = {
    TOTALENTERED: showAmount(base),
    TRX_TOTALENTERED: showAmount(total),
    TRX_ENTITYDUE: showAmount(total),
    EXCHANGE_RATE: terms.rate,
  };
  const kept: Values = {
    ...values,
    ...dates,
    ...amounts,
    ACTION: null,
    RECORDID: number,
    RECORDTYPE: shape.recordType,
    MODULEKEY: shape.module,
    SYSTEMGENERATED: "false",
    BASECURR: work.company.rules.baseCurrency,
    CURRENCY: terms.currency ?? work.company.rules.baseCurrency,
    [`${shape.party}NAME`]: party.name,
    STATE: state,
  };
  const settled = before === null ? { paid: 0n, selected: 0n } : settledOf(work, before);
  const isPosted = state !== "Draft" && state !== "Submitted" && state !== "Declined";
  return {
    values: { ...kept, ...openValues({ values: kept }, settled), RAWSTATE: states[state as keyof typeof states] },
    lines: { [shape.line]: lines.map(({ values: line }) => ({ ...line, STATE: isPosted ? "A" : "D" })) },
    entries: isPosted ? lines.flatMap(({ entries }) => entries) : [],
    id: number,
    date: dates.WHENCREATED,
    postingDate: dates.WHENPOSTED ?? dates.WHENCREATED,
    module: shape.module,
  };
}

function partyOf(work: Work, { party }: SubledgerShape, values: Values): LedgerParty {
  const id = values[`${party}ID`] ?? "";
  const type = party === "VENDOR" ? "Vendor" : "Customer";
  const found = work.records.withId(work.company.key, party, id)[0];
  if (found === undefined || (found.entity !== "" && found.entity !== work.entity))
    return refuseRule(`${type} '${id}' specified is not valid.`, { target: `${party}ID`, category: "invalidReference" });
  if (found.values["STATUS"] === "inactive")
    refuseRule(`Activate the ${type.toLowerCase()} ${id}, then try again.`, { target: `${party}ID` });
  return { type, id, name: found.values["NAME"] ?? id };
}

/** A new document is a draft, or waits for approval, or is posted at once; a changed one keeps its state. */
function stateOf(work: Work, shape: SubledgerShape, { values }: Draft, before: Stored | null): string {
  const { ACTION: action, STATE: asked } = values;
  // Steps that clients cannot ask for by a field: `changeState` sends them.
  if (action === "Approve") return "Posted";
  if (action === "Decline") return "Declined";
  if (before !== null && before.values["STATE"] !== "Draft") return before.values["STATE"] ?? "Posted";
  const isDraft = (action ?? (before === null && asked === undefined ? "Submit" : (asked ?? "Draft"))) === "Draft";
  if (isDraft) return "Draft";
  return work.company.switches.approval && shape.object === "APBILL" ? "Submitted" : "Posted";
}

function datesOf(work: Work, shape: SubledgerShape, values: Values, isDraft: boolean) {
  const created = values["WHENCREATED"] ?? null;
  const { WHENDUE: due = null, TERMNAME: termName = null } = values;
  const isAdjustment = shape.object.endsWith("ADJUSTMENT");
  if (created === null && !isDraft)
    refuseRule("Required field WHENCREATED is missing", { target: "WHENCREATED", category: "missingRequiredField" });
  const term = termName === null ? undefined : work.records.withId(work.company.key, shape.term, termName)[0];
  if (termName !== null && (term === undefined || term.values["STATUS"] === "inactive"))
    refuseRule(`Term '${termName}' is not valid`, { target: "TERMNAME", category: "invalidReference" });
  const days = Number(term?.values["DUEDAYS"] ?? 0);
  const end = due ?? (term === undefined || created === null ? null : addDays(created, days));
  if (end === null && !isDraft && !isAdjustment)
    refuseRule("Required field WHENDUE is missing", { target: "WHENDUE", category: "missingRequiredField" });
  return {
    WHENCREATED: created,
    WHENPOSTED: values["WHENPOSTED"] ?? created,
    WHENDUE: end,
    ...(term === undefined ? {} : { TERMKEY: String(term.recordno), TERMVALUE: `::#${days}#:O:` }),
  };
}

/** The number as sent, or the next one of a sequence. */
function numberOf(
  work: Work,
  shape: SubledgerShape,
  { values, before, state, party }: { values: Values; before: Stored | null; state: string; party: string },
): string | null {
  const sent = values["RECORDID"] ?? null;
  const { documentSequencing, duplicateBillNumber: scope } = work.company.switches;
  const isAdjustment = shape.object.endsWith("ADJUSTMENT");
  if (sent === null) {
    // Adjustments are numbered by the system when they come without.
    if (documentSequencing || isAdjustment)
      return `${shape.recordType.toUpperCase()}-${work.records.next(work.company.key, `number ${shape.object}`)}`;
    if (state === "Draft") return null;
    return shape.object === "APBILL"
      ? refuse("BL03002128", "Enter a Bill number", { target: "RECORDID", category: "missingRequiredField" })
      : String(work.records.next(work.company.key, `number ${shape.object}`));
  }
  const twins = work.records
    .withId(work.company.key, shape.object, sent)
    .filter(
      ({ recordno, values: other }) => recordno !== before?.recordno && other["STATE"] !== "Reversed" && other["STATE"] !== "Reversal",
    );
  const isTaken =
    shape.object !== "APBILL" || scope === "company" ? twins.length > 0 : twins.some((twin) => twin.values["VENDORID"] === party);
  if (isTaken && !(shape.object === "APBILL" && scope === "accept"))
    refuseRule(`A transaction with the number '${sent}' already exists.`, {
      target: "RECORDID",
      category: "duplicateRecord",
      correction: "Use a unique value instead.",
      status: 409,
    });
  return sent;
}

/** All amounts of one adjustment have one sign. */
function checkSigns({ object }: SubledgerShape, amounts: readonly bigint[]): void {
  if (!object.endsWith("ADJUSTMENT")) return;
  if (amounts.some((amount) => amount > 0n) && amounts.some((amount) => amount < 0n))
    refuseRule("All amounts of an adjustment must have the same sign", { target: "TRX_AMOUNT" });
}

interface LineTerms {
  readonly shape: SubledgerShape;
  readonly party: LedgerParty;
  readonly terms: MoneyTerms;
}

function readLine(work: Work, { shape, party, terms }: LineTerms, { values }: Draft) {
  const text = values["TRX_AMOUNT"] ?? values["TOTALTRXAMOUNT"] ?? values["AMOUNT"] ?? null;
  if (text === null) return refuseRule("Required field TRX_AMOUNT is missing", { target: "TRX_AMOUNT", category: "missingRequiredField" });
  const amount = readAmount(text) ?? 0n;
  const account = accountOf(work, values["ACCOUNTNO"]);
  const dims = readDims(work, shape.line, values);
  const base = toBase(amount, terms);
  const direction = directionOf(work, shape);
  const offset = values["OFFSETGLACCOUNTNO"];
  const control = offset === null || offset === undefined ? accountInRole(work, shape.role) : accountOf(work, offset);
  const common = { memo: values["ENTRYDESCRIPTION"] ?? null, party };
  const foreign = (minor: bigint) => (terms.currency === null ? null : { currency: terms.currency, minor });
  const entries: Entry[] = [
    lineEntry(work, { ...common, account, dims, minor: direction * base, foreign: foreign(direction * amount) }),
    entryOf({ ...common, account: control, dims, minor: -direction * base, isControl: true, foreign: foreign(-direction * amount) }),
  ];
  const shown: Values = {
    ...values,
    ...(dims["location"] === undefined ? {} : { LOCATIONID: dims["location"] }),
    ACCOUNTKEY: String(account.recordno),
    ACCOUNTTITLE: account.values["TITLE"] ?? "",
    TRX_AMOUNT: showAmount(amount),
    AMOUNT: showAmount(base),
    TOTALPAID: "0.00",
  };
  return { amount, base, entries, values: shown };
}

/** 1 where a positive amount debits the line's account. */
function directionOf({ company }: Work, { object }: SubledgerShape): 1n | -1n {
  if (object === "APADJUSTMENT") return company.switches.vendorCreditSign === "negative" ? 1n : -1n;
  return object === "APBILL" ? 1n : -1n;
}
