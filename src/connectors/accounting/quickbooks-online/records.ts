import { Fault } from "../../../core/errors.ts";
import type { Lookup, MovementItem, PostItem, PostResult, Removal, Removed, StoredRecord, Target } from "../connector.ts";
import type { Call } from "./api.ts";
import { isVoided } from "./content.ts";
import { entityOf, removalOf, spokenKind } from "./entities.ts";
import { asUpdate } from "./entry.ts";
import { unreadable } from "./errors.ts";
import { requestIdOf } from "./keys.ts";
import { readTimeoutMs, requestIdLengthMax, writeTimeoutMs } from "./limits.ts";
import { readyMovements } from "./movements.ts";
import { readyItems } from "./post.ts";
import { failed, refusedOr, sendOne, type Desk } from "./send.ts";
import { isObject, listOf, minorOf, refOf, textOf, type Json, type JsonObject } from "./wire.ts";

/** One record as it stands there; null when it was deleted or never was. */
export async function readRecord(call: Call, entity: string, providerId: string): Promise<StoredRecord | null> {
  try {
    const answer = await call({
      method: "GET",
      path: `${entity.toLowerCase()}/${encodeURIComponent(providerId)}`,
      timeoutMs: readTimeoutMs,
    });
    const record = answer[entity];
    if (!isObject(record) || textOf(record, "Id") === "")
      throw unreadable({ status: 200, traceId: "" }, `a success without a ${entity} in it`);
    return storedRecord(entity, record);
  } catch (error) {
    if (error instanceof Fault && error.details["providerCode"] === "610") return null;
    throw error;
  }
}

/** Their record in our words. */
function storedRecord(entity: string, record: JsonObject): StoredRecord {
  const currency = refOf(record, "CurrencyRef") || null;
  const amount = (name: string): bigint | null => minorOf(record[name], currency ?? "USD");
  return {
    entity,
    providerId: textOf(record, "Id"),
    version: textOf(record, "SyncToken"),
    number: textOf(record, "DocNumber") || textOf(record, "PaymentRefNum") || null,
    date: textOf(record, "TxnDate") || null,
    currency,
    totalMinor: amount("TotalAmt") ?? amount("Amount"),
    openMinor: amount("RemainingCredit") ?? amount("UnappliedAmt") ?? amount("Balance"),
    state: record["Active"] === false ? "inactive" : isVoided(record, currency ?? "USD") ? "voided" : "active",
    links: [...listOf(record, "LinkedTxn"), ...listOf(record, "Line").flatMap((line) => listOf(line, "LinkedTxn"))].map((link) => ({
      type: textOf(link, "TxnType"),
      providerId: textOf(link, "TxnId"),
    })),
    record,
  };
}

/**
 * Makes a record equal to an item. It is sent as a sparse update with all of our fields: what we never send (a person's
 * attachments, addresses, tax notes) stays, and the lines are replaced as a whole, each with its class, so that none loses it.
 */
export async function updateRecord(desk: Desk, item: PostItem | MovementItem, target: Target, lookup: Lookup): Promise<PostResult> {
  const kind = "movement" in item ? item.movement.kind : item.postable.kind;
  if (kind !== target.kind) {
    return failed(item.key, new Fault("request_invalid", `A ${spokenKind(target.kind)} cannot become a ${spokenKind(kind)}`));
  }
  const { ready, results } = "movement" in item ? await readyMovements(desk, [item], lookup) : await readyItems(desk, [item], lookup);
  const [each] = ready;
  if (!each) return results[0]!;
  return sendOne(desk, { ...each, entry: asUpdate(each.entry, target) });
}

/** Takes a record out of the books by the preferred or the given way. */
export async function removeRecord(desk: Desk, target: Target, options: { key: string; how?: Removal }): Promise<Removed> {
  const { kind } = target;
  const how = options.how ?? removalOf[kind][0];
  if (how === undefined || !removalOf[kind].includes(how)) {
    throw new Fault(
      "books_refused",
      `QuickBooks cannot ${how ?? "remove"} a ${spokenKind(kind)}. It can ${removalOf[kind].join(" or ")} it; else post the opposite document.`,
    );
  }
  // Payments are voided by an update that says so, invoices by an operation of its own.
  const way = kind === "invoice" && how === "void" ? { query: { operation: "void" }, body: {} } : ways[how];
  const entity = entityOf[kind];
  const id = requestIdOf(options.key);
  try {
    const answer = await desk.call({
      method: "POST",
      path: entity.toLowerCase(),
      query: { ...way.query, requestid: desk.ids.next(id, requestIdLengthMax) },
      body: JSON.stringify({ Id: target.providerId, SyncToken: target.version, ...way.body }),
      timeoutMs: writeTimeoutMs,
    });
    return removedBy(how, answer[entity], entity);
  } catch (error) {
    refusedOr(desk, id, failed(options.key, error));
    throw error;
  }
}

const ways: Readonly<Record<Removal, { query: Record<string, string>; body: object }>> = {
  delete: { query: { operation: "delete" }, body: {} },
  void: { query: { operation: "update", include: "void" }, body: { sparse: true } },
  deactivate: { query: {}, body: { sparse: true, Active: false } },
};

function removedBy(how: Removal, record: Json | undefined, entity: string): Removed {
  const worked =
    isObject(record) &&
    (how === "delete"
      ? textOf(record, "status") === "Deleted"
      : how === "deactivate"
        ? record["Active"] === false
        : isVoided(record, "USD"));
  if (!worked) throw unreadable({ status: 200, traceId: "" }, `a success that does not show the ${entity} removed`);
  return { how, version: how === "delete" ? null : textOf(record, "SyncToken") };
}
