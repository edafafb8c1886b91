import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { userError } from "./errors.ts";
import { readHeader } from "./header.ts";
import type { Header, Line, TransactionKind } from "./kind.ts";
import { accountOf, customOf, dimensionsOf } from "./lines.ts";
import { extended, minorOf, toAmount } from "./money.ts";
import { requireFields } from "./read-body.ts";
import type { Stored } from "./records.ts";
import { invalidField, referent } from "./references.ts";
import { applyLinks, settledRows } from "./settle.ts";
import { addDays } from "./sql-dates.ts";
import { isAllowedIn } from "./subsidiaries.ts";
import { typeNamed } from "./types.ts";
import type { Work } from "./work.ts";

interface Draft {
  readonly draft: JsonObject;
  readonly header: Header;
}

/** Sets line numbers, counted from 1 over all lists of a document; known ones stay. */
export function numberLines(draft: JsonObject, lists: readonly string[]): JsonObject {
  const rows = lists.flatMap((name) => listOf(draft[name]).map(objectOf));
  let next = rows.reduce((highest, row) => (typeof row["line"] === "number" ? Math.max(highest, row["line"]) : highest), 0);
  const numbered = lists.flatMap((name) => {
    if (draft[name] === undefined || draft[name] === null) return [];
    return [[name, listOf(draft[name]).map((row) => ({ ...objectOf(row), line: objectOf(row)["line"] ?? ++next }))] as const];
  });
  return { ...draft, ...Object.fromEntries(numbered) };
}

/** Lines of expense and item lists, as debits. */
export function costLines(work: Work, { draft, header }: Draft): Line[] {
  const expenses = listOf(draft["expense"]).map((row, index) =>
    expenseLine(work, { draft, header }, { row: objectOf(row), path: `expense.items[${index}]` }),
  );
  const items = listOf(draft["item"]).map((row, index) =>
    purchasedItem(work, { draft, header }, { row: objectOf(row), path: `item.items[${index}]` }),
  );
  const lines = [...expenses, ...items];
  if (lines.length === 0) throw userError("You must enter at least one line item for this transaction.");
  return lines;
}

function expenseLine(work: Work, { draft, header }: Draft, { row, path }: { row: JsonObject; path: string }): Line {
  const category = referent(work, "expenseCategory", row["category"]);
  const accountId = row["account"] ?? category?.body["expenseacct"];
  requireFields([
    ...(accountId === undefined || accountId === null ? ["account"] : []),
    ...(typeof row["amount"] === "number" ? [] : ["amount"]),
  ]);
  const account = accountOf(work, accountId, { path: `${path}.account`, header });
  const refused = account.kind === "AcctPay" || account.kind === "AcctRec" || account.kind === "Stat";
  if (refused) throw invalidField(work, account.id, "account", `${path}.account`);
  return { ...plainLine(work, { draft, header }, { row, path }), account, minor: minorOf(row["amount"]), memo: textOf(row["memo"]) };
}

function purchasedItem(work: Work, { draft, header }: Draft, { row, path }: { row: JsonObject; path: string }): Line {
  requireFields(row["item"] === undefined || row["item"] === null ? ["item"] : []);
  const item = referent(work, "item", row["item"]);
  const accountId = item?.body["expenseAccount"];
  const isUsable = item !== null && isAllowedIn(work, item, String(header.subsidiary.id)) && typeof accountId === "string";
  if (!isUsable) throw invalidField(work, String(row["item"]), "item", `${path}.item`);
  const account = accountOf(work, accountId, { path: `${path}.item`, header });
  const minor = typeof row["amount"] === "number" ? minorOf(row["amount"]) : extended(row["quantity"] ?? 1, row["rate"]);
  const line = plainLine(work, { draft, header }, { row, path });
  return { ...line, ...quantities(row, item), account, minor, memo: textOf(row["description"]) };
}

/** Item, quantity and price of a line as SuiteQL shows them. */
export function quantities(row: JsonObject, item: Stored): Pick<Line, "item" | "quantity" | "rate"> {
  const shown = (value: unknown) => (typeof value === "number" ? String(value) : null);
  return { item: String(item.id), quantity: shown(row["quantity"]), rate: shown(row["rate"]) };
}

export function plainLine(
  work: Work,
  { draft, header }: Draft,
  { row, path }: { row: JsonObject; path: string },
): Omit<Line, "account" | "minor"> {
  return {
    id: Number(row["line"]),
    isMain: false,
    subsidiary: String(header.subsidiary.id),
    entity: textOf(row["customer"]) ?? textOf(row["entity"]),
    ...dimensionsOf(work, { row, path, header, draft }),
    memo: null,
    billable: row["isBillable"] === true,
    custom: customOf(row),
  };
}

/** The line of the header's own account: payable, receivable, bank. */
export function mainLine({ draft, header }: Draft, order: { account: Stored; minor: bigint; entity: string | null }): Line {
  return {
    id: 0,
    isMain: true,
    account: order.account,
    minor: order.minor,
    subsidiary: String(header.subsidiary.id),
    entity: order.entity,
    department: textOf(draft["department"]),
    class: textOf(draft["class"]),
    location: textOf(draft["location"]),
    memo: textOf(draft["memo"]),
    custom: {},
  };
}

export const sumOf = (lines: readonly Line[]): bigint => lines.reduce((sum, { minor }) => sum + minor, 0n);

/** The account a document is owed on: the named one, that of the party, or the first of its kind that the subsidiary may use. */
export function controlAccount(
  work: Work,
  { draft, header }: Draft,
  order: { named: string; own: unknown; kind: "AcctPay" | "AcctRec" },
): Stored {
  const { named, own, kind } = order;
  const given = draft[named] ?? (typeof own === "string" ? own : undefined);
  const first = () => work.records.ofKind(work.company.key, "account", kind).find((account) => isUsable(work, account, header));
  const id = given ?? String(first()?.id ?? "");
  const found = accountOf(work, id, { path: named, header });
  if (found.kind !== kind) throw invalidField(work, found.id, named.toLowerCase(), named);
  return found;
}

function isUsable(work: Work, account: Stored, header: Header): boolean {
  const currency = account.body["currency"];
  const fits = currency === undefined || currency === null || currency === String(header.currency.id);
  return !account.inactive && fits && isAllowedIn(work, account, String(header.subsidiary.id));
}

/** Bills and vendor credits. */
export function payableKind(name: "vendorBill" | "vendorCredit"): TransactionKind {
  const type = typeNamed(name);
  const isBill = name === "vendorBill";
  return {
    type,
    lock: "ap",
    prepare(work, given, before) {
      const entity = referent(work, "vendor", given["entity"]);
      const header = readHeader(work, given, { type, lock: "ap", entity, required: ["entity"], isNumbered: false, before });
      const draft = numberLines(given, ["expense", "item"]);
      const account = controlAccount(work, { draft, header }, { named: "account", own: entity?.body["payablesAccount"], kind: "AcctPay" });
      const costs = costLines(work, { draft, header });
      const total = sumOf(costs);
      if (total < 0n) throw userError("Transaction total cannot be negative.");
      refuseDuplicate(work, draft, { type: type.code ?? "", before });
      const lines = [
        mainLine({ draft, header }, { account, minor: isBill ? -total : total, entity: textOf(draft["entity"]) }),
        ...(isBill ? costs : costs.map((line) => ({ ...line, minor: -line.minor }))),
      ];
      const body = { ...draft, account: String(account.id), total: toAmount(total), userTotal: toAmount(total) };
      const terms = isBill ? dueOf(work, draft, header, entity) : { dueDate: null, members: {} };
      const links = isBill
        ? []
        : applyLinks(work, { draft, header, entity, self: before?.id ?? null }, { available: total, targets: ["VendBill"] });
      return {
        body: { ...(isBill ? body : settledRows(body, links)), ...terms.members },
        header,
        entity: textOf(draft["entity"]),
        lines,
        total: isBill ? total : -total,
        links,
        dueDate: terms.dueDate,
      };
    },
  };
}

/** Due date: as sent, or by the terms of the document or its party. */
export function dueOf(work: Work, draft: JsonObject, header: Header, entity: Stored | null): { dueDate: string; members: JsonObject } {
  const terms = textOf(draft["terms"]) ?? textOf(entity?.body["terms"]);
  const days = Number(referent(work, "term", terms)?.body["daysUntilNetDue"] ?? 0);
  const dueDate = textOf(draft["dueDate"]) ?? addDays(header.date, days);
  return { dueDate, members: { dueDate, ...(terms === null ? {} : { terms }) } };
}

/** One vendor's reference number twice, where the account does not allow it. */
function refuseDuplicate({ company, storage }: Work, draft: JsonObject, { type, before }: { type: string; before: Stored | null }): void {
  if (company.preferences.duplicateBillNumbers === "allow" || typeof draft["tranId"] !== "string") return;
  const row = storage.get(
    "SELECT id FROM ns_transactions WHERE company = ? AND type = ? AND tranid = ? AND entity = ? AND id <> ? LIMIT 1",
    ...[company.key, type, draft["tranId"], Number(draft["entity"]), before?.id ?? 0],
  );
  if (row !== undefined) throw userError(`A bill with the reference number ${draft["tranId"]} already exists for this vendor.`, "tranId");
}
