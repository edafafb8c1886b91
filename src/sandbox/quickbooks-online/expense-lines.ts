import { objectOf, textOf, type JsonObject } from "../json.ts";
import type { Leg } from "../ledger.ts";
import { decimalOf, minorOf, toMinor } from "../amount.ts";
import { missing, Refusal } from "./errors.ts";
import type { Work } from "./kind.ts";
import type { Referent } from "./records.ts";
import { dimensionsOf, ledgerAccount, refMember, resolve, resolveClass, toRef } from "./references.ts";

/** A bill or expense line with its references looked up. Lines of text alone have no account and no amount. */
export interface ExpenseLine {
  readonly line: JsonObject;
  readonly minor: bigint;
  readonly account: Referent | null;
  readonly item: Referent | null;
  readonly customer: Referent | null;
  readonly klass: Referent | null;
}

/** Required parts first, for all lines; then references; then the rules of a line. */
export function resolveExpenseLines(work: Work, lines: readonly JsonObject[]): ExpenseLine[] {
  if (lines.length === 0) throw new Refusal("2250", "Missing lines : You must enter at least one split line.", "Line");
  for (const line of lines) requireParts(line);
  const resolved = lines.map((line) => resolveLine(work, line));
  for (const entry of resolved) checkLine(work, entry);
  return resolved;
}

function detailOf(line: JsonObject): JsonObject {
  return objectOf(line[String(line["DetailType"])]);
}

function requireParts(line: JsonObject): void {
  const type = textOf(line["DetailType"]);
  if (type === null) throw missing("DetailType");
  if (type === "DescriptionOnly") return;
  if (line["Amount"] === undefined) throw missing("Amount");
  const target = type === "AccountBasedExpenseLineDetail" ? "AccountRef" : "ItemRef";
  if (line[type] === undefined) throw new Refusal("6440", `Transaction Detail Information Required : ${type} is missing`, type);
  if (detailOf(line)[target] === undefined) throw missing(target);
}

function resolveLine(work: Work, line: JsonObject): ExpenseLine {
  const detail = detailOf(line);
  const item = resolve(work, "Item", detail["ItemRef"]);
  const account = item === null ? resolve(work, "Account", detail["AccountRef"]) : itemAccount(work, item, "ExpenseAccountRef");
  return {
    line,
    minor: line["DetailType"] === "DescriptionOnly" ? 0n : minorOf(line["Amount"]),
    account,
    item,
    customer: resolve(work, "Customer", detail["CustomerRef"]),
    klass: resolveClass(work, detail["ClassRef"], "line"),
  };
}

/** The account an item posts to. */
export function itemAccount(work: Work, item: Referent, member: "ExpenseAccountRef" | "IncomeAccountRef"): Referent {
  const stored = work.records.find(work.company.key, "Item", item.id);
  const account = resolve(work, "Account", stored?.body[member]);
  if (account === null) throw new Refusal("6430", `Invalid account type used : ${item.name} has no ${member}`, "ItemRef");
  return account;
}

function checkLine(work: Work, { line, minor }: ExpenseLine): void {
  if (minor < 0n && !work.company.switches.negativeLines)
    throw new Refusal("2290", "Negative Amount : Amount on a line cannot be negative", "Amount");
  const detail = detailOf(line);
  checkProduct(line, detail);
  checkTaxCode(detail);
  if (detail["BillableStatus"] === "HasBeenBilled") {
    throw new Refusal("6320", "Invalid billable status : A line is billed by putting it on an invoice", "BillableStatus");
  }
  if (detail["BillableStatus"] === "Billable" && detail["CustomerRef"] === undefined) {
    throw new Refusal("6310", "Billable without customer : A billable line needs a customer", "CustomerRef");
  }
}

/** Amount must be quantity times price, to the cent, when both are given. */
export function checkProduct(line: JsonObject, detail: JsonObject): void {
  const quantity = decimalOf(detail["Qty"]);
  const price = decimalOf(detail["UnitPrice"]);
  if (quantity === null || price === null) return;
  const product = toMinor({ units: quantity.units * price.units, scale: quantity.scale + price.scale });
  if (product === minorOf(line["Amount"])) return;
  const detailText = `Amount calculation incorrect in the request : Amount is not equal to UnitPrice * Qty. Supplied value:${String(line["Amount"])}`;
  throw new Refusal("6070", detailText, "Amount");
}

export function checkTaxCode(detail: JsonObject): void {
  const code = objectOf(detail["TaxCodeRef"])["value"];
  if (code === undefined || code === "TAX" || code === "NON") return;
  throw new Refusal("6100", `Invalid Line TaxCode : ${String(code)}; a line takes TAX or NON`, "TaxCodeRef");
}

export function expenseLegs(lines: readonly ExpenseLine[], { sign, department }: { sign: bigint; department: Referent | null }): Leg[] {
  return lines.flatMap(({ account, minor, klass, customer }) => {
    if (account === null) return [];
    const party = customer === null ? null : { type: "Customer", id: customer.id, name: customer.name };
    return [{ account: ledgerAccount(account), minor: minor * sign, party, dimensions: dimensionsOf(klass, department), isControl: false }];
  });
}

export function showExpenseLine(entry: ExpenseLine, place: { id: string; number: number | null; links: boolean }): JsonObject {
  const { line, account, item, customer, klass } = entry;
  const type = String(line["DetailType"]);
  const { LineNum: _number, ...own } = line;
  const counted = place.number === null ? {} : { LineNum: place.number };
  const shown: JsonObject = { ...own, Id: place.id, ...counted, ...(place.links ? { LinkedTxn: [] } : {}) };
  if (account === null) return shown;
  const { ClassRef: _class, ...detail } = detailOf(line);
  shown[type] = {
    BillableStatus: "NotBillable",
    TaxCodeRef: { value: "NON" },
    ...detail,
    ...(item === null ? { AccountRef: toRef(account) } : { ItemRef: toRef(item) }),
    ...refMember("CustomerRef", customer),
    ...refMember("ClassRef", klass),
  };
  return shown;
}
