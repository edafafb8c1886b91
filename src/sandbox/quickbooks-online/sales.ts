import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import type { Leg } from "../ledger.ts";
import { decimalOf, minorOf, toAmount, toMinor } from "../amount.ts";
import { business, missing, Refusal } from "./errors.ts";
import { controlAccount } from "./control-accounts.ts";
import { homeMembers, inHome } from "./currency.ts";
import { checkProduct, checkTaxCode, itemAccount } from "./expense-lines.ts";
import * as fields from "./fields.ts";
import type { Kind, Prepared, Work } from "./kind.ts";
import { withAddressIds } from "./names.ts";
import { balancingLeg } from "./purchases.ts";
import type { Referent, Stored } from "./records.ts";
import { defaultAccount, dimensionsOf, ledgerAccount, refMember, resolve, resolveClass, resolveDepartment, toRef } from "./references.ts";
import { dueDate } from "./terms.ts";
import { lineIds, moneyLines, readHeader, readTerms } from "./transaction.ts";

/** A sales line with its references looked up; `minor` is below zero for discounts. */
interface SalesLine {
  readonly line: JsonObject;
  readonly minor: bigint;
  readonly account: Referent | null;
  readonly item: Referent | null;
  readonly klass: Referent | null;
}
interface Sale {
  readonly entity: "Invoice" | "CreditMemo";
  readonly display: string;
}

export const invoice: Kind = {
  name: "Invoice",
  type: "transaction",
  fields: fields.invoice,
  voided,
  prepare: (work, draft, before) => prepareSale(work, draft, before, { entity: "Invoice", display: "Invoice" }),
};

export const creditMemo: Kind = {
  name: "CreditMemo",
  type: "transaction",
  fields: fields.creditMemo,
  prepare: (work, draft, before) => prepareSale(work, draft, before, { entity: "CreditMemo", display: "Credit Memo" }),
};

/** An invoice debits the receivable account and credits the income of its items; a credit memo does the opposite. */
function prepareSale(work: Work, draft: JsonObject, before: Stored | null, sale: Sale): Prepared {
  if (draft["CustomerRef"] === undefined) throw missing("CustomerRef");
  const lines = moneyLines(draft);
  if (lines.length === 0) throw new Refusal("2250", "Missing lines : You must enter at least one split line.", "Line");
  lines.forEach(requireParts);
  const customer = resolve(work, "Customer", draft["CustomerRef"]);
  if (customer === null) throw missing("CustomerRef");
  const terms = readTerms(work, draft, before, customer);
  const { currency } = terms.money;
  const receivable = controlAccount(work, draft["ARAccountRef"], { kind: "Accounts Receivable", member: "ARAccountRef", currency });
  const department = resolveDepartment(work, draft["DepartmentRef"]);
  const headerClass = resolveClass(work, draft["ClassRef"], "transaction");
  const resolved = resolveLines(work, lines, headerClass);
  const total = resolved.reduce((sum, { minor }) => sum + minor, 0n);
  if (total < 0n) throw new Refusal("2290", "Negative Amount : The total of a transaction cannot be negative", "TotalAmt");
  const { rules, switches } = work.company;
  const { entity, display } = sale;
  const header = readHeader(work, draft, before, {
    terms,
    entity,
    display,
    party: null,
    assigns: !rules.customSalesNumbers,
    refusesDuplicates: switches.duplicateSalesNumber === "refuse",
  });
  const sign = entity === "Invoice" ? 1n : -1n;
  const party = { type: "Customer", id: customer.id, name: customer.name };
  const due = entity === "Invoice" ? resolve(work, "Term", draft["SalesTermRef"]) : null;
  const ids = lineIds(lines, before, 1);
  return {
    body: {
      ...frame(work, draft, { customer, department, headerClass }),
      ...header.shown,
      ...(entity === "Invoice"
        ? {
            ...onlineFlags(draft),
            LinkedTxn: [],
            ...refMember("SalesTermRef", due),
            DueDate: textOf(draft["DueDate"]) ?? dueDate(work, header.date, due),
            FreeFormAddress: true,
          }
        : { RemainingCredit: toAmount(total) }),
      Line: [...resolved.map((entry, index) => showLine(entry, ids[index] ?? "", index + 1)), subtotal(resolved)],
      TotalAmt: toAmount(total),
      Balance: toAmount(total),
      ...homeMembers(work, terms.money, { total, balance: total }),
    },
    legs: inHome(
      [...salesLegs(resolved, sign, department), balancingLeg({ account: receivable, minor: total * sign, party, department })],
      terms.money,
    ),
    columns: { number: header.number, date: header.date, party: customer.id },
    active: true,
  };
}

function requireParts(line: JsonObject): void {
  const type = textOf(line["DetailType"]);
  if (type === null) throw missing("DetailType");
  if (type === "DescriptionOnly") return;
  const isPercent = type === "DiscountLineDetail" && objectOf(line[type])["PercentBased"] === true;
  if (isPercent && objectOf(line[type])["DiscountPercent"] === undefined) {
    throw new Refusal("6090", "Discount line incomplete : DiscountPercent is missing", "DiscountPercent");
  }
  if (line["Amount"] === undefined && !isPercent) throw missing("Amount");
  if (type === "SalesItemLineDetail" && objectOf(line[type])["ItemRef"] === undefined) throw missing("ItemRef");
}

function resolveLines(work: Work, lines: readonly JsonObject[], headerClass: Referent | null): SalesLine[] {
  const items = lines.map((line): SalesLine => {
    const detail = objectOf(line[String(line["DetailType"])]);
    if (line["DetailType"] !== "SalesItemLineDetail") return { line, minor: 0n, account: null, item: null, klass: null };
    const minor = minorOf(line["Amount"]);
    const item = resolve(work, "Item", detail["ItemRef"]);
    if (item === null) throw missing("ItemRef");
    const account = itemAccount(work, item, "IncomeAccountRef");
    const klass = resolveClass(work, detail["ClassRef"], "line") ?? headerClass;
    if (minor < 0n && !work.company.switches.negativeLines)
      throw new Refusal("2290", "Negative Amount : Amount on a line cannot be negative", "Amount");
    checkProduct(line, detail);
    checkTaxCode(detail);
    return { line, minor, account, item, klass };
  });
  const before = items.reduce((sum, { minor }) => sum + minor, 0n);
  return items.map((entry) => (entry.line["DetailType"] === "DiscountLineDetail" ? discount(work, entry.line, before) : entry));
}

function discount(work: Work, line: JsonObject, subtotalMinor: bigint): SalesLine {
  const detail = objectOf(line["DiscountLineDetail"]);
  const account = resolve(work, "Account", detail["DiscountAccountRef"]) ?? defaultAccount(work, { subkind: "DiscountsRefundsGiven" });
  if (account === null) throw new Refusal("6090", "Discount line incomplete : DiscountAccountRef is missing", "DiscountAccountRef");
  const percent = detail["PercentBased"] === true ? decimalOf(detail["DiscountPercent"]) : null;
  const minor = percent === null ? minorOf(line["Amount"]) : toMinor({ units: subtotalMinor * percent.units, scale: percent.scale + 4 });
  if (minor < 0n) throw new Refusal("2290", "Negative Amount : Amount on a line cannot be negative", "Amount");
  return {
    line: { ...line, Amount: toAmount(minor) },
    minor: -minor,
    account,
    item: null,
    klass: resolveClass(work, detail["ClassRef"], "line"),
  };
}

function salesLegs(lines: readonly SalesLine[], sign: bigint, department: Referent | null): Leg[] {
  return lines.flatMap(({ account, minor, klass }) => {
    if (account === null) return [];
    return [
      { account: ledgerAccount(account), minor: -minor * sign, party: null, dimensions: dimensionsOf(klass, department), isControl: false },
    ];
  });
}

/** What a sales form shows beside its money. */
function frame(
  work: Work,
  draft: JsonObject,
  refs: { customer: Referent; department: Referent | null; headerClass: Referent | null },
): JsonObject {
  const { customer, department, headerClass } = refs;
  const needsEmail = draft["EmailStatus"] === "NeedToSend" && objectOf(draft["BillEmail"])["Address"] === undefined;
  if (needsEmail) throw missing("BillEmail");
  const { DepartmentRef: _department, ClassRef: _class, ...kept } = draft;
  const stored = work.records.find(work.company.key, "Customer", customer.id)?.body ?? {};
  const address = (name: string): JsonObject => (draft[name] === undefined && stored[name] !== undefined ? { [name]: stored[name] } : {});
  return {
    ...withAddressIds(work, kept, ["BillAddr", "ShipAddr"]),
    CustomField: listOf(draft["CustomField"]).map((field) => customField(work, objectOf(field))),
    CustomerRef: toRef(customer),
    ...address("BillAddr"),
    ...address("ShipAddr"),
    ...refMember("DepartmentRef", department),
    ...refMember("ClassRef", headerClass),
    ApplyTaxAfterDiscount: draft["ApplyTaxAfterDiscount"] === true,
    PrintStatus: textOf(draft["PrintStatus"]) ?? "NotSet",
    EmailStatus: textOf(draft["EmailStatus"]) ?? "NotSet",
  };
}

function customField(work: Work, field: JsonObject): JsonObject {
  const slot = textOf(field["DefinitionId"]);
  if (slot === null) throw missing("DefinitionId");
  if (!["1", "2", "3"].includes(slot)) throw new Refusal("3000", `Invalid Custom Field : DefinitionId ${slot}`, "CustomField");
  const name = work.company.rules.customFields[slot] ?? textOf(field["Name"]);
  const value = textOf(field["StringValue"]);
  if (value === null && field["StringValue"] !== undefined) throw business("A custom field needs a value.");
  return {
    DefinitionId: slot,
    ...(name === null ? {} : { Name: name }),
    Type: "StringType",
    ...(value === null ? {} : { StringValue: value }),
  };
}

function onlineFlags(draft: JsonObject): JsonObject {
  const names = ["AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"];
  return Object.fromEntries(names.map((name) => [name, draft[name] === true]));
}

function showLine({ line, account, item, klass }: SalesLine, id: string, number: number): JsonObject {
  const shown: JsonObject = { ...line, Id: id, LineNum: number };
  if (account === null) return shown;
  if (item === null) {
    shown["DiscountLineDetail"] = { ...objectOf(line["DiscountLineDetail"]), DiscountAccountRef: toRef(account) };
    return shown;
  }
  const { ClassRef: _class, ...detail } = objectOf(line["SalesItemLineDetail"]);
  shown["SalesItemLineDetail"] = { TaxCodeRef: { value: "NON" }, ...detail, ItemRef: toRef(item), ...refMember("ClassRef", klass) };
  return shown;
}

function subtotal(lines: readonly SalesLine[]): JsonObject {
  const minor = lines.reduce((sum, entry) => (entry.item === null ? sum : sum + entry.minor), 0n);
  return { Amount: toAmount(minor), DetailType: "SubTotalLineDetail", SubTotalLineDetail: {} };
}

/** What is left of an invoice after a void: the paper without the money. */
function voided(body: JsonObject): JsonObject {
  const note = textOf(body["PrivateNote"]);
  const lines = listOf(body["Line"])
    .map(objectOf)
    .map((line): JsonObject => {
      const { SalesItemLineDetail: detail } = line;
      const emptied = detail === undefined ? {} : { SalesItemLineDetail: { ...objectOf(detail), Qty: 0 } };
      return line["Amount"] === undefined ? line : { ...line, Amount: 0, ...emptied };
    });
  return { ...body, PrivateNote: note === null ? "Voided" : `Voided - ${note}`, Line: lines, LinkedTxn: [], TotalAmt: 0, Balance: 0 };
}
