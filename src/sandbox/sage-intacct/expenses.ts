import { readDims } from "./dimensions.ts";
import { auditFields, fieldsOf, type Draft, type Entry, type Kind, type Prepared, type Values, type Work } from "./kind.ts";
import { openValues, settledOf } from "./links.ts";
import { readMoneyTerms, toBase, type MoneyTerms } from "./money-terms.ts";
import { moneyAccount } from "./payments.ts";
import { accountInRole, accountOf, entryOf, lineEntry } from "./posting.ts";
import { refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import { readAmount, showAmount } from "./values.ts";

const headerFields = `${auditFields} AUWHENCREATED:c RECORDTYPE:t! RECORDID:t45 STATE:t ACTION:t RAWSTATE:t! DESCRIPTION:t1000 MEMO:t1000 WHENCREATED:d WHENPOSTED:d WHENPAID:d! CURRENCY:t BASECURR:t
  EXCH_RATE_DATE:d EXCH_RATE_TYPE_ID:t EXCHANGE_RATE:n TOTALENTERED:a! TOTALSELECTED:a! TOTALPAID:a! TOTALDUE:a! TRX_TOTALENTERED:a! TRX_TOTALSELECTED:a! TRX_TOTALPAID:a! TRX_TOTALDUE:a!
  PRBATCH:t PRBATCHKEY:t MODULEKEY:t! SUPDOCID:t EXTERNALID:t`;

const lineFields = `${auditFields} AUWHENCREATED:c RECORDKEY:i! LINE_NO:i ACCOUNTNO:t24 ACCOUNTLABEL:t EXPENSETYPE:t ACCOUNTTITLE:t! TRX_AMOUNT:a AMOUNT:a TOTALTRXAMOUNT:a CURRENCY:t ENTRYDESCRIPTION:t1000 DESCRIPTION:t1000 ENTRYDATE:d
  EXCHRATEDATE:d EXCHRATETYPE:t EXCHRATE:n FORM1099:t PAIDTO:t PAIDFOR:t BILLABLE:b EXPPMTTYPE:t QUANTITY:n RATE:n STATE:t! TASKID:t COSTTYPEID:t CONTRACTID:t WAREHOUSEID:t`;

export const expenseKinds: readonly Kind[] = [
  {
    object: "EEXPENSES",
    name: "Expense report",
    id: "RECORDID",
    fields: fieldsOf(`${headerFields} EMPLOYEEID:t* EMPLOYEENAME:t!`),
    lists: [{ list: "EEXPENSESITEMS", object: "EEXPENSESITEM", parent: "RECORDKEY" }],
    type: "document",
    counter: "prrecord",
    stateLetters: {
      Draft: "D",
      Submitted: "S",
      Posted: "A",
      Selected: "A",
      "Partially Paid": "A",
      Paid: "A",
      Declined: "U",
      Reversed: "V",
    },
    prepare: prepareReport,
    guard: (work, before, operation) => {
      const { paid, selected } = settledOf(work, before);
      if (operation === "update" && (paid !== 0n || selected !== 0n))
        refuseRule("This expense report has payments and cannot be changed.", { category: "operationNotAllowed" });
    },
  },
  { object: "EEXPENSESITEM", name: "Expense", id: "RECORDNO", fields: fieldsOf(lineFields), lists: [], type: "line", counter: "prentry" },
  {
    object: "CCTRANSACTION",
    name: "Credit card transaction",
    id: "RECORDID",
    fields: fieldsOf(`${headerFields} FINANCIALENTITY:t* PAYEE:t REFERENCENO:t45 INCLUSIVETAX:b TAXSOLUTIONID:t`),
    lists: [{ list: "CCTRANSACTIONITEMS", object: "CCTRANSACTIONENTRY", parent: "RECORDKEY" }],
    type: "document",
    counter: "prrecord",
    stateLetters: { Posted: "A", Draft: "D", Reversed: "V" },
    prepare: prepareCard,
    guard: (_work, before) => {
      if (before.values["STATE"] === "Reversed")
        refuseRule("A reversed transaction cannot be changed.", { category: "operationNotAllowed" });
    },
  },
  {
    object: "CCTRANSACTIONENTRY",
    name: "Credit card line",
    id: "RECORDNO",
    fields: fieldsOf(lineFields),
    lists: [{ list: "TAXENTRIES", object: "TAXENTRY", parent: "RECORDKEY" }],
    type: "line",
    counter: "prentry",
  },
];

function prepareReport(work: Work, { values, lists }: Draft, before: Stored | null): Prepared {
  const id = values["EMPLOYEEID"] ?? "";
  const employee = work.records.withId(work.company.key, "EMPLOYEE", id)[0];
  if (employee === undefined) refuseRule(`Employee '${id}' is not valid`, { target: "EMPLOYEEID", category: "invalidReference" });
  if (employee?.values["STATUS"] === "inactive") refuseRule(`Activate the employee ${id}, then try again.`, { target: "EMPLOYEEID" });
  const date = dateOf(values);
  const terms = readMoneyTerms(work, values, date);
  const sent = lists["EEXPENSESITEMS"] ?? [];
  if (sent.length === 0) refuseRule("Enter at least one line item", { target: "EEXPENSESITEMS", category: "missingRequiredField" });
  const party = { type: "Employee", id, name: employee?.values["NAME"] ?? id };
  const lines = sent.map((line) => readLine(work, "EEXPENSESITEM", line, { terms, control: accountInRole(work, "employee"), party }));
  const state = reportState(work, values, before);
  const isPosted = state === "Posted" || before?.values["STATE"] === state;
  const kept = {
    ...totals(work, values, { terms, lines }),
    EMPLOYEENAME: party.name,
    STATE: state,
    RAWSTATE: state === "Draft" ? "D" : state === "Submitted" ? "S" : "A",
  };
  const number = numberOf(work, "EEXPENSES", kept, before);
  return {
    values: {
      ...kept,
      RECORDID: number,
      RECORDTYPE: "ei",
      MODULEKEY: "6.EE",
      WHENCREATED: date,
      ...openValues({ values: kept }, before === null ? { paid: 0n, selected: 0n } : settledOf(work, before)),
    },
    lines: { EEXPENSESITEM: lines.map(({ values: line }) => ({ ...line, STATE: isPosted ? "A" : "D" })) },
    entries: state !== "Draft" && state !== "Submitted" && state !== "Declined" ? lines.flatMap(({ entries }) => entries) : [],
    id: number,
    date,
    postingDate: values["WHENPOSTED"] ?? date,
    module: "6.EE",
  };
}

/** Submitted reports wait for a person where approvals are on; elsewhere they are posted at once. */
function reportState({ company }: Work, values: Values, before: Stored | null): string {
  const asked = values["STATE"] ?? "Submitted";
  const was = before?.values["STATE"] ?? null;
  if (was !== null && was !== "Draft" && asked === was) return was;
  if (asked.toLowerCase() === "draft") return "Draft";
  return company.switches.approval && asked.toLowerCase() === "submitted" ? "Submitted" : "Posted";
}

function prepareCard(work: Work, { values, lists }: Draft, before: Stored | null): Prepared {
  const date = dateOf(values);
  const terms = readMoneyTerms(work, values, date);
  const control = moneyAccount(work, values, { needed: true, isForeign: terms.currency !== null });
  const sent = lists["CCTRANSACTIONITEMS"] ?? [];
  if (sent.length === 0 || control === null)
    return refuseRule("Enter at least one line item", { target: "CCTRANSACTIONITEMS", category: "missingRequiredField" });
  const lines = sent.map((line) => readLine(work, "CCTRANSACTIONENTRY", line, { terms, control, party: null }));
  const state = before?.values["STATE"] ?? ((values["STATE"] ?? "Posted").toLowerCase() === "draft" ? "Draft" : "Posted");
  const id = values["REFERENCENO"] ?? values["RECORDID"] ?? null;
  return {
    values: {
      ...totals(work, values, { terms, lines }),
      RECORDID: id,
      REFERENCENO: id,
      RECORDTYPE: "cn",
      MODULEKEY: "11.CM",
      STATE: state,
      RAWSTATE: state === "Draft" ? "D" : "A",
      WHENCREATED: date,
    },
    lines: { CCTRANSACTIONENTRY: lines.map(({ values: line }) => ({ ...line, STATE: "A" })) },
    entries: state === "Posted" ? lines.flatMap(({ entries }) => entries) : [],
    id,
    date,
    postingDate: values["WHENPOSTED"] ?? date,
    module: "11.CM",
  };
}

function dateOf(values: Values): string {
  return (
    values["WHENCREATED"] ??
    refuseRule("Required field WHENCREATED is missing", { target: "WHENCREATED", category: "missingRequiredField" })
  );
}

function numberOf({ records, company }: Work, object: string, values: Values, before: Stored | null): string {
  const sent = values["RECORDID"] ?? null;
  if (sent === null) return `EXP-${records.next(company.key, `number ${object}`)}`;
  if (records.withId(company.key, object, sent).some(({ recordno }) => recordno !== before?.recordno))
    refuseRule(`A transaction with the number '${sent}' already exists.`, { target: "RECORDID", category: "duplicateRecord", status: 409 });
  return sent;
}

interface ReadLine {
  readonly amount: bigint;
  readonly base: bigint;
  readonly entries: readonly Entry[];
  readonly values: Values;
}

function totals({ company }: Work, values: Values, { terms, lines }: { terms: MoneyTerms; lines: readonly ReadLine[] }): Values {
  const total = lines.reduce((sum, { amount }) => sum + amount, 0n);
  const base = lines.reduce((sum, { base: minor }) => sum + minor, 0n);
  return {
    ...values,
    ACTION: null,
    TOTALENTERED: showAmount(base),
    TRX_TOTALENTERED: showAmount(total),
    BASECURR: company.rules.baseCurrency,
    CURRENCY: terms.currency ?? company.rules.baseCurrency,
    EXCHANGE_RATE: terms.rate,
  };
}

interface LineTerms {
  readonly terms: MoneyTerms;
  readonly control: Stored;
  readonly party: { type: string; id: string; name: string } | null;
}

function readLine(work: Work, object: string, { values }: Draft, { terms, control, party }: LineTerms): ReadLine {
  const text = values["AMOUNT"] ?? values["TRX_AMOUNT"] ?? values["TOTALTRXAMOUNT"] ?? null;
  if (text === null) return refuseRule("Required field AMOUNT is missing", { target: "AMOUNT", category: "missingRequiredField" });
  const amount = readAmount(text) ?? 0n;
  const account = accountOf(work, values["ACCOUNTNO"] ?? accountOfType(work, values["EXPENSETYPE"] ?? values["ACCOUNTLABEL"] ?? null));
  const dims = readDims(work, object, values);
  const base = toBase(amount, terms);
  const memo = values["ENTRYDESCRIPTION"] ?? values["DESCRIPTION"] ?? null;
  const foreign = (minor: bigint) => (terms.currency === null ? null : { currency: terms.currency, minor });
  return {
    amount,
    base,
    entries: [
      lineEntry(work, { account, dims, minor: base, party, memo, foreign: foreign(amount) }),
      entryOf({ account: control, dims, minor: -base, party, memo, isControl: party !== null, foreign: foreign(-amount) }),
    ],
    values: {
      ...values,
      ...(dims["location"] === undefined ? {} : { LOCATIONID: dims["location"] }),
      ACCOUNTNO: account.id,
      ACCOUNTTITLE: account.values["TITLE"] ?? "",
      AMOUNT: showAmount(base),
      TRX_AMOUNT: showAmount(amount),
    },
  };
}

/** The account behind an expense type. */
function accountOfType({ records, company }: Work, label: string | null): string | null {
  if (label === null) return null;
  const found = records.withId(company.key, "EEACCOUNTLABEL", label)[0];
  return (
    found?.values["GLACCOUNTNO"] ??
    refuseRule(`Expense type '${label}' is not valid`, { target: "EXPENSETYPE", category: "invalidReference" })
  );
}
