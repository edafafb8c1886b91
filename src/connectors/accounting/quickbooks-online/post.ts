import { Fault } from "../../../core/errors.ts";
import type { FoundRecord, Lookup, PostItem, PostResult } from "../connector.ts";
import type { AccountTypes } from "./accounts.ts";
import type { Call } from "./api.ts";
import { foundDocument, foundParty } from "./content.ts";
import { faultFrom, unreadable } from "./errors.ts";
import { loadAccountTypes, namesOf } from "./find.ts";
import { batchItemIdOf, batchRequestIdOf, requestIdOf, type RequestIds } from "./keys.ts";
import { batchRequestIdLengthMax, requestIdLengthMax, writeTimeoutMs } from "./limits.ts";
import { activeOrNot, isIn, queryRows } from "./query.ts";
import { isParty, toPartyEntry, toQuickBooks, type Entry } from "./translate.ts";
import { faultIn, isObject, listOf, textOf, type Json, type JsonObject } from "./wire.ts";

/** What posting needs of the connection. */
export interface Desk {
  readonly call: Call;
  readonly accounts: AccountTypes;
  readonly ids: RequestIds;
}

interface Ready {
  readonly item: PostItem;
  readonly entry: Entry;
}

/**
 * Sends each item at most once: one by the plain call, several by a batch. What cannot be translated is refused here and
 * not sent. Never throws a Fault: each item has its own outcome.
 */
export async function postItems(desk: Desk, items: readonly PostItem[], lookup: Lookup): Promise<PostResult[]> {
  const results: PostResult[] = [];
  const ready: Ready[] = [];
  try {
    await loadAccountTypes(
      desk.accounts,
      items.flatMap(({ postable }) => (isParty(postable) ? [] : [postable])),
      lookup,
    );
  } catch (error) {
    return items.map(({ key }) => failed(key, error));
  }
  for (const item of items) {
    try {
      ready.push({ item, entry: translate(desk, item, lookup) });
    } catch (error) {
      results.push(failed(item.key, error));
    }
  }
  const posted = ready.length > 1 ? await postBatch(desk, ready) : await postEach(desk, ready);
  return [...results, ...posted];
}

function translate(desk: Desk, { key, postable }: PostItem, lookup: Lookup): Entry {
  return isParty(postable) ? toPartyEntry(postable) : toQuickBooks(postable, key, { lookup, accountType: desk.accounts.of });
}

/** One after the other, so that a batch that fell apart does not become a burst. */
async function postEach(desk: Desk, ready: readonly Ready[]): Promise<PostResult[]> {
  const results: PostResult[] = [];
  for (const each of ready) results.push(await settleName(desk, each, await postOne(desk, each)));
  return results;
}

async function postOne(desk: Desk, { item, entry }: Ready, requestKey = item.key): Promise<PostResult> {
  const id = requestIdOf(requestKey);
  try {
    const answer = await desk.call({
      method: "POST",
      path: entry.entity.toLowerCase(),
      query: { requestid: desk.ids.next(id, requestIdLengthMax) },
      body: entry.json,
      timeoutMs: writeTimeoutMs,
    });
    return { key: item.key, posted: created(item, entry, answer[entry.entity]) };
  } catch (error) {
    return refusedOr(desk, id, failed(item.key, error));
  }
}

/**
 * A batch is answered item by item, in any order: items are matched by `bId`, and one that is missing or comes twice has an
 * unknown outcome. A batch that was refused as a whole ran nothing; its items go one by one, so that one that cannot be
 * read does not stop the others.
 */
async function postBatch(desk: Desk, ready: readonly Ready[]): Promise<PostResult[]> {
  const byId = Map.groupBy(ready, ({ item }) => batchItemIdOf(item.key));
  const first = [...byId].map(([bId, [each]]) => ({ bId, ready: each! })).sort((a, b) => (a.ready.item.key < b.ready.item.key ? -1 : 1));
  // Two items with one id cannot stand in one batch.
  const others = [...byId.values()].flatMap((same) => same.slice(1));

  const id = batchRequestIdOf(first.map(({ ready: { item } }) => item.key));
  let answer: JsonObject;
  try {
    answer = await desk.call({
      method: "POST",
      path: "batch",
      query: { requestid: desk.ids.next(id, batchRequestIdLengthMax) },
      body: `{"BatchItemRequest":[${first.map(({ bId, ready: { entry } }) => `{"bId":"${bId}","operation":"create","${entry.entity}":${entry.json}}`).join(",")}]}`,
      timeoutMs: writeTimeoutMs,
    });
  } catch (error) {
    if (error instanceof Fault && error.code === "books_refused") return postEach(desk, ready);
    return ready.map(({ item }) => failed(item.key, error));
  }

  const responses = Map.groupBy(listOf(answer, "BatchItemResponse"), (response) => textOf(response, "bId"));
  const results = first.map(({ bId, ready: each }) => batchResult(each, responses.get(bId) ?? []));
  // Only where nothing of it was saved: under a new id, an item that was saved would be saved again.
  if (results.every((result) => "fault" in result && isDefinite(result.fault))) desk.ids.refused(id);

  const settled: PostResult[] = [];
  for (const [index, result] of results.entries()) settled.push(await settleName(desk, first[index]!.ready, result));
  return [...settled, ...(await postEach(desk, others))];
}

function batchResult({ item, entry }: Ready, responses: readonly JsonObject[]): PostResult {
  const [response] = responses;
  const facts = { status: 200, traceId: "" };
  if (!response || responses.length > 1) {
    return failed(item.key, unreadable(facts, `${response ? "more than one answer" : "no answer"} for one item of a batch`));
  }
  const fault = faultIn(response);
  if (fault) return failed(item.key, faultFrom(fault, facts));
  try {
    return { key: item.key, posted: created(item, entry, response[entry.entity]) };
  } catch (error) {
    return failed(item.key, error);
  }
}

function created({ key, postable }: PostItem, entry: Entry, record: Json | undefined): FoundRecord {
  if (!isObject(record) || textOf(record, "Id") === "") {
    throw unreadable({ status: 200, traceId: "" }, `a success without a ${entry.entity} in it`);
  }
  if (isParty(postable)) return foundParty(record, postable, namesOf(postable));
  return foundDocument(record, entry, key, postable.currency);
}

/**
 * Vendors, customers and employees share one set of names. Where another kind holds the name, the record is created with a
 * suffix; where the same kind holds it, the fault stays, and `find` shows the holder. A changed body needs a new request id.
 */
async function settleName(desk: Desk, { item, entry }: Ready, result: PostResult): Promise<PostResult> {
  const { postable } = item;
  if (!isParty(postable) || !("fault" in result) || result.fault.details["providerCode"] !== "6240") return result;
  const [name] = namesOf(postable);
  try {
    const same = await queryRows(
      desk.call,
      entry.entity,
      `select * from ${entry.entity} where ${isIn("DisplayName", [name])} and ${activeOrNot}`,
    );
    if (same.length > 0) return result;
  } catch {
    // The name is taken, that much is sure; who holds it is asked again by `find`.
    return result;
  }
  return postOne(desk, { item, entry: toPartyEntry(postable, { suffixed: true }) }, `${item.key}-s`);
}

/** Remembers that this request id was answered with a refusal. */
function refusedOr(desk: Desk, id: string, result: PostResult): PostResult {
  if (!("fault" in result)) return result;
  if (isDefinite(result.fault)) desk.ids.refused(id);
  if (result.fault.details["providerCode"] === "6430") desk.accounts.forget();
  return result;
}

/** Refused for a reason that lies in the entry or in the books: surely nothing was saved. */
function isDefinite(fault: Fault): boolean {
  return fault.remedy === "review" || fault.code === "number_taken" || fault.code === "books_readonly";
}

function failed(key: string, error: unknown): PostResult {
  if (!(error instanceof Fault)) throw error;
  const wait = Number(error.details["retryAfterMs"] ?? "NaN");
  return Number.isFinite(wait) ? { key, fault: error, retryAfterMs: wait } : { key, fault: error };
}
