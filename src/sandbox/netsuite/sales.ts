import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { userError } from "./errors.ts";
import { readHeader } from "./header.ts";
import type { Header, Line, TransactionKind } from "./kind.ts";
import { accountOf } from "./lines.ts";
import { extended, minorOf, toAmount } from "./money.ts";
import { controlAccount, dueOf, mainLine, numberLines, plainLine, quantities, sumOf } from "./purchases.ts";
import { requireFields } from "./read-body.ts";
import { invalidField, referent } from "./references.ts";
import { applyLinks, settledRows } from "./settle.ts";
import { isAllowedIn } from "./subsidiaries.ts";
import { typeNamed } from "./types.ts";
import type { Work } from "./work.ts";

/** Invoices and credit memos: lines are items, never accounts. */
export function receivableKind(name: "invoice" | "creditMemo"): TransactionKind {
  const type = typeNamed(name);
  const isInvoice = name === "invoice";
  return {
    type,
    lock: "ar",
    prepare(work, given, before) {
      const entity = referent(work, "customer", given["entity"]);
      const header = readHeader(work, given, { type, lock: "ar", entity, required: ["entity"], isNumbered: true, before });
      const draft = priced(numberLines(given, ["item"]));
      const account = controlAccount(
        work,
        { draft, header },
        { named: "account", own: entity?.body["receivablesAccount"], kind: "AcctRec" },
      );
      const sold = [...soldLines(work, draft, header), ...discountLine(work, draft, header)];
      const total = -sumOf(sold);
      if (total < 0n) throw userError("Transaction total cannot be negative.");
      const lines = [
        mainLine({ draft, header }, { account, minor: isInvoice ? total : -total, entity: textOf(draft["entity"]) }),
        ...(isInvoice ? sold : sold.map((line) => ({ ...line, minor: -line.minor }))),
      ];
      const terms = isInvoice ? dueOf(work, draft, header, entity) : { dueDate: null, members: {} };
      const links = isInvoice
        ? []
        : applyLinks(work, { draft, header, entity, self: before?.id ?? null }, { available: total, targets: ["CustInvc"] });
      const body = {
        ...(isInvoice ? draft : settledRows(draft, links)),
        account: String(account.id),
        subtotal: toAmount(total),
        total: toAmount(total),
        ...terms.members,
      };
      const signed = isInvoice ? total : -total;
      return {
        body,
        header,
        entity: textOf(draft["entity"]),
        lines,
        total: signed,
        links,
        dueDate: terms.dueDate,
        otherRef: textOf(draft["otherRefNum"]),
      };
    },
  };
}

/** An amount that was not sent is quantity times rate. */
function priced(draft: JsonObject): JsonObject {
  const item = listOf(draft["item"]).map((given) => {
    const row = objectOf(given);
    if (typeof row["amount"] === "number") return row;
    return { ...row, amount: toAmount(extended(row["quantity"] ?? 1, row["rate"] ?? 0)) };
  });
  return { ...draft, item };
}

function soldLines(work: Work, draft: JsonObject, header: Header): Line[] {
  const rows = listOf(draft["item"]).map(objectOf);
  if (rows.length === 0) throw userError("You must enter at least one line item for this transaction.");
  return rows.map((row, index) => {
    const path = `item.items[${index}]`;
    requireFields(row["item"] === undefined || row["item"] === null ? ["item"] : []);
    const item = referent(work, "item", row["item"]);
    const income = item?.body["incomeAccount"];
    const isUsable = item !== null && isAllowedIn(work, item, String(header.subsidiary.id)) && typeof income === "string";
    if (!isUsable) throw invalidField(work, String(row["item"]), "item", `${path}.item`);
    const account = accountOf(work, income, { path: `${path}.item`, header });
    const line = plainLine(work, { draft, header }, { row, path });
    return { ...line, ...quantities(row, item), account, minor: -minorOf(row["amount"]), memo: textOf(row["description"]) };
  });
}

/** A discount on the whole document shows as a line of its own. */
function discountLine(work: Work, draft: JsonObject, header: Header): Line[] {
  const item = referent(work, "item", draft["discountItem"]);
  const income = item?.body["incomeAccount"];
  if (item === null || typeof income !== "string" || typeof draft["discountRate"] !== "number") return [];
  const account = accountOf(work, income, { path: "discountItem", header });
  const last = listOf(draft["item"]).reduce<number>((highest, row) => Math.max(highest, Number(objectOf(row)["line"] ?? 0)), 0);
  const line = plainLine(work, { draft, header }, { row: { line: last + 1 }, path: "discountItem" });
  return [{ ...line, item: String(item.id), account, minor: -minorOf(draft["discountRate"]) }];
}
