import { minorOf } from "../amount.ts";
import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { columnsOf, commitChange } from "./commit.ts";
import { business, missing, Refusal } from "./errors.ts";
import type { Kind, Work } from "./kind.ts";
import { kindOfName } from "./kinds.ts";
import { isLinked, payersOf, withoutLinesTo } from "./links.ts";
import { present } from "./present.ts";
import type { Stored } from "./records.ts";
import { existing, refuseClosed, refuseStale } from "./write.ts";

/** Deletes a transaction for good; its ledger legs are taken back. Rows of name lists can only be made inactive. */
export function remove(work: Work, kind: Kind, input: JsonObject): JsonObject {
  if (kind.type === "list") throw new Refusal("500", "Unsupported Operation : Operation Delete is not supported.");
  kind.checkDeletion?.(input);
  const before = recordToUndo(work, kind, input, "delete");
  refuseLinked(work, before);
  commitChange(work, before, { operation: "delete", body: before.body, legs: [], columns: columnsOf(before), active: false });
  return { status: "Deleted", domain: "QBO", Id: before.id };
}

function refuseLinked(work: Work, before: Stored): void {
  if (!isLinked(work, before)) return;
  const { linkedDeleteCode } = work.company.switches;
  if (linkedDeleteCode === "6000") throw business("You can't delete this transaction because others are linked to it. Unlink them first.");
  const texts = {
    "800": "Cannot delete object : It has dependencies",
    "6400": "Delete/Void not allowed : It has been settled",
    "6480": "Delete not allowed : It is linked to other transactions",
  };
  throw new Refusal(linkedDeleteCode, texts[linkedDeleteCode]);
}

/** Voids what can be voided: the paper stays, the money goes. What had paid it is free again. */
export function voidTransaction(work: Work, kind: Kind, input: JsonObject): JsonObject {
  if (kind.voided === undefined) throw new Refusal("500", "Unsupported Operation : Operation Void is not supported.");
  const before = recordToUndo(work, kind, input, "void");
  for (const payer of payersOf(work, before)) unapply(work, payer, before);
  const current = work.records.find(work.company.key, kind.name, before.id) ?? before;
  // What was settled is gone already; the count of changes goes one further for the void alone.
  const stored = commitChange(
    work,
    { ...current, sync: before.sync },
    {
      operation: "void",
      body: kind.voided(current.body),
      legs: [],
      columns: columnsOf(before),
      active: true,
    },
  );
  return present(work, stored);
}

const credits = new Set(["CreditMemo", "VendorCredit"]);

/** Takes the lines to `target` out of a payment; its money stays with the party, unapplied. */
function unapply(work: Work, payer: { entity: string; id: string }, target: Stored): void {
  const kind = kindOfName(payer.entity);
  const before = work.records.find(work.company.key, payer.entity, payer.id);
  if (kind === null || before === null) return;
  const rest = withoutLinesTo(before.body, target);
  const lines = listOf(rest["Line"]).map(objectOf);
  const pays = lines.some((line) => !credits.has(String(objectOf(listOf(line["LinkedTxn"])[0])["TxnType"])));
  // Credits alone, without money and without anything to pay, have nothing left to do here.
  const isHollow = minorOf(before.body["TotalAmt"]) === 0n && !pays;
  const prepared = kind.prepare(work, { ...rest, Line: isHollow ? [] : lines }, before);
  commitChange(work, before, { ...prepared, operation: "update" });
}

function recordToUndo(work: Work, kind: Kind, input: JsonObject, operation: "delete" | "void"): Stored {
  if (input["Id"] === undefined) throw missing("Id");
  if (input["SyncToken"] === undefined) throw missing("SyncToken");
  const before = existing(work, kind, input);
  refuseClosed(work, textOf(before.body["TxnDate"]));
  refuseStale(before, input["SyncToken"]);
  kind.guard?.(work, before, operation);
  return before;
}
