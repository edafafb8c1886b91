import { objectOf, textOf, type JsonObject } from "../json.ts";
import type { Leg, LedgerParty } from "../ledger.ts";
import { toAmount } from "../amount.ts";
import { missing, Refusal } from "./errors.ts";
import { expenseLegs, resolveExpenseLines, showExpenseLine } from "./expense-lines.ts";
import { controlAccount } from "./control-accounts.ts";
import { checkAccountCurrency, homeMembers, inHome } from "./currency.ts";
import * as fields from "./fields.ts";
import type { Kind, Prepared, Work } from "./kind.ts";
import type { Referent, Stored } from "./records.ts";
import { dimensionsOf, ledgerAccount, refMember, resolve, resolveDepartment, toRef } from "./references.ts";
import { dueDate } from "./terms.ts";
import { lineIds, moneyLines, readHeader, readTerms, type Numbering } from "./transaction.ts";

interface Payable {
  readonly entity: "Bill" | "VendorCredit";
  readonly display: string;
}

export const bill: Kind = {
  name: "Bill",
  type: "transaction",
  fields: fields.bill,
  prepare: (work, draft, before) => preparePayable(work, draft, before, { entity: "Bill", display: "Bill" }),
};

export const vendorCredit: Kind = {
  name: "VendorCredit",
  type: "transaction",
  fields: fields.vendorCredit,
  prepare: (work, draft, before) => preparePayable(work, draft, before, { entity: "VendorCredit", display: "Vendor Credit" }),
};

/** A bill credits the payable account and debits its lines; a vendor credit does the opposite. */
function preparePayable(work: Work, draft: JsonObject, before: Stored | null, { entity, display }: Payable): Prepared {
  if (draft["VendorRef"] === undefined) throw missing("VendorRef");
  const lines = moneyLines(draft);
  const resolved = resolveExpenseLines(work, lines);
  const vendor = resolve(work, "Vendor", draft["VendorRef"]);
  if (vendor === null) throw missing("VendorRef");
  const terms = readTerms(work, draft, before, vendor);
  const { currency } = terms.money;
  const payable = controlAccount(work, draft["APAccountRef"], { kind: "Accounts Payable", member: "APAccountRef", currency });
  const department = resolveDepartment(work, draft["DepartmentRef"]);
  const total = resolved.reduce((sum, { minor }) => sum + minor, 0n);
  if (total < 0n) throw new Refusal("2290", "Negative Amount : The total of a transaction cannot be negative", "TotalAmt");
  const { rules, switches } = work.company;
  const header = readHeader(work, draft, before, {
    terms,
    entity,
    display,
    party: switches.duplicateBillScope === "vendor" ? vendor.id : null,
    assigns: entity === "VendorCredit" && !rules.customPurchaseNumbers,
    refusesDuplicates: rules.warnDuplicateBill,
  });
  const sign = entity === "Bill" ? 1n : -1n;
  const control = { account: payable, minor: -total * sign, party: { type: "Vendor", id: vendor.id, name: vendor.name }, department };
  const ids = lineIds(lines, before, 1);
  const due = entity === "Bill" ? resolve(work, "Term", draft["SalesTermRef"]) : null;
  const { DepartmentRef: _department, ...kept } = draft;
  return {
    body: {
      ...kept,
      ...header.shown,
      ...(entity === "Bill" ? { DueDate: textOf(draft["DueDate"]) ?? dueDate(work, header.date, due) } : {}),
      ...refMember("SalesTermRef", due),
      Balance: toAmount(total),
      Line: resolved.map((entry, index) => showExpenseLine(entry, { id: ids[index] ?? "", number: index + 1, links: entity === "Bill" })),
      VendorRef: toRef(vendor),
      APAccountRef: toRef(payable),
      ...refMember("DepartmentRef", department),
      TotalAmt: toAmount(total),
      ...homeMembers(work, terms.money, { total, balance: total }),
    },
    legs: inHome([...expenseLegs(resolved, { sign, department }), balancingLeg(control)], terms.money),
    columns: { number: header.number, date: header.date, party: vendor.id },
    active: true,
  };
}

interface Balancing {
  readonly account: Referent;
  readonly minor: bigint;
  readonly party: LedgerParty | null;
  readonly department: Referent | null;
}

export function balancingLeg({ account, minor, party, department }: Balancing): Leg {
  return {
    account: ledgerAccount(account),
    minor,
    party,
    dimensions: dimensionsOf(null, department),
    isControl: account.kind === "Accounts Receivable" || account.kind === "Accounts Payable",
  };
}

const paymentAccounts: Readonly<Record<string, string>> = { Cash: "Bank", Check: "Bank", CreditCard: "Credit Card" };
const purchaseDisplays: Readonly<Record<string, string>> = { Cash: "Expense", Check: "Check", CreditCard: "Credit Card Expense" };

export const purchase: Kind = {
  name: "Purchase",
  type: "transaction",
  fields: fields.purchase,
  prepare(work, draft, before) {
    const paymentType = textOf(draft["PaymentType"]);
    if (paymentType === null) throw missing("PaymentType");
    if (draft["AccountRef"] === undefined) throw missing("AccountRef");
    const lines = moneyLines(draft);
    const resolved = resolveExpenseLines(work, lines);
    const account = resolve(work, "Account", draft["AccountRef"]);
    if (account === null) throw missing("AccountRef");
    const payee = resolvePayee(work, draft);
    const department = resolveDepartment(work, draft["DepartmentRef"]);
    const isCredit = draft["Credit"] === true;
    checkPurchase({ paymentType, account, isCredit });
    const terms = readTerms(work, draft, before, payee?.referent ?? null);
    checkAccountCurrency(account, terms.money, "AccountRef");
    const total = resolved.reduce((sum, { minor }) => sum + minor, 0n);
    if (total < 0n) throw new Refusal("2290", "Negative Amount : The total of a transaction cannot be negative", "TotalAmt");
    const header = readHeader(work, draft, before, { terms, ...purchaseNumbering(work, paymentType) });
    const sign = isCredit ? -1n : 1n;
    const ids = lineIds(lines, before, 1);
    const { DepartmentRef: _department, EntityRef: _payee, ...kept } = draft;
    return {
      body: {
        ...kept,
        AccountRef: toRef(account),
        PaymentType: paymentType,
        ...(payee === null ? {} : { EntityRef: { ...toRef(payee.referent), type: payee.type } }),
        Credit: isCredit,
        TotalAmt: toAmount(total),
        ...homeMembers(work, terms.money, { total }),
        PurchaseEx: { any: [] },
        ...(paymentType === "Check" ? { PrintStatus: textOf(draft["PrintStatus"]) ?? "NotSet" } : {}),
        ...header.shown,
        ...refMember("DepartmentRef", department),
        Line: resolved.map((entry, index) => showExpenseLine(entry, { id: ids[index] ?? "", number: null, links: false })),
      },
      legs: inHome(
        [
          ...expenseLegs(resolved, { sign, department }),
          balancingLeg({ account, minor: -total * sign, party: partyOf(payee), department }),
        ],
        terms.money,
      ),
      columns: { number: header.number, date: header.date, party: payee?.referent.id ?? null },
      active: true,
    };
  },
};

interface Payee {
  readonly type: string;
  readonly referent: Referent;
}

function resolvePayee(work: Work, draft: JsonObject): Payee | null {
  const given = objectOf(draft["EntityRef"]);
  if (given["value"] === undefined) return null;
  const type = textOf(given["type"]) ?? "Vendor";
  if (!["Vendor", "Customer", "Employee"].includes(type)) throw new Refusal("2170", `Invalid Enumeration : ${type}`, "EntityRef");
  const referent = resolve(work, type, draft["EntityRef"]);
  return referent === null ? null : { type, referent };
}

function partyOf(payee: Payee | null): LedgerParty | null {
  return payee === null ? null : { type: payee.type, id: payee.referent.id, name: payee.referent.name };
}

function checkPurchase({ paymentType, account, isCredit }: { paymentType: string; account: Referent; isCredit: boolean }): void {
  const wanted = paymentAccounts[paymentType];
  if (account.kind !== wanted)
    throw new Refusal("6430", `Invalid account type used : ${paymentType} needs an account of type ${wanted}`, "AccountRef");
  if (isCredit && paymentType !== "CreditCard")
    throw new Refusal("2600", "Conflicting elements : Credit goes with PaymentType CreditCard only", "Credit");
}

function purchaseNumbering(work: Work, paymentType: string): Numbering {
  const { rules } = work.company;
  return {
    entity: "Purchase",
    display: purchaseDisplays[paymentType] ?? "Expense",
    party: null,
    assigns: !rules.customPurchaseNumbers,
    refusesDuplicates: rules.warnDuplicateCheck,
  };
}
