import { Fault } from "../../../core/errors.ts";
import type { FoundRecord, PartyRecord, PostResult } from "../connector.ts";
import type { AccountTypes } from "./accounts.ts";
import type { Call } from "./api.ts";
import type { Entry } from "./entry.ts";
import { faultFrom, unreadable } from "./errors.ts";
import { namesOf } from "./find.ts";
import { batchItemIdOf, batchRequestIdOf, requestIdOf, type RequestIds } from "./keys.ts";
import { batchRequestIdLengthMax, requestIdLengthMax, writeTimeoutMs } from "./limits.ts";
import { activeOrNot, isIn, queryRows } from "./query.ts";
import type { CompanyRules } from "./settings.ts";
import { toPartyEntry } from "./translate.ts";
import { faultIn, isObject, listOf, textOf, type Json, type JsonObject } from "./wire.ts";

/** What writing needs of the connection. */
export interface Desk {
  readonly call: Call;
  readonly accounts: AccountTypes;
  readonly ids: RequestIds;
  readonly rules: CompanyRules;
}

/** One record, translated and ready to go. */
export interface Ready {
  readonly key: string;
  readonly entry: Entry;
  /** Reads the record of the answer. */
  readonly found: (record: JsonObject) => FoundRecord;
  /** Set when it is a vendor or customer: its name may be taken by another kind. */
  readonly party: PartyRecord | null;
}

/** Sends each at most once: one by the plain call, several by a batch. Never throws a Fault: each has its own outcome. */
export function sendAll(desk: Desk, ready: readonly Ready[]): Promise<PostResult[]> {
  return ready.length > 1 ? sendBatch(desk, ready) : sendEach(desk, ready);
}

/** One after the other, so that a batch that fell apart does not become a burst. */
async function sendEach(desk: Desk, ready: readonly Ready[]): Promise<PostResult[]> {
  const results: PostResult[] = [];
  for (const each of ready) results.push(await settleName(desk, each, await sendOne(desk, each)));
  return results;
}

/** One by the plain call; an entry that carries an id is a change of that record. */
export async function sendOne(desk: Desk, { key, entry, found }: Ready, requestKey = key): Promise<PostResult> {
  const id = requestIdOf(requestKey);
  try {
    const answer = await desk.call({
      method: "POST",
      path: entry.entity.toLowerCase(),
      query: { requestid: desk.ids.next(id, requestIdLengthMax) },
      body: entry.json,
      timeoutMs: writeTimeoutMs,
    });
    return { key, posted: saved(entry, found, answer[entry.entity]) };
  } catch (error) {
    return refusedOr(desk, id, failed(key, error));
  }
}

/**
 * A batch is answered item by item, in any order: items are matched by `bId`, and one that is missing or comes twice has an
 * unknown outcome. A batch that was refused as a whole ran nothing; its items go one by one, so that one that cannot be
 * read does not stop the others.
 */
async function sendBatch(desk: Desk, ready: readonly Ready[]): Promise<PostResult[]> {
  const byId = Map.groupBy(ready, ({ key }) => batchItemIdOf(key));
  const first = [...byId].map(([bId, [each]]) => ({ bId, ready: each! })).sort((a, b) => (a.ready.key < b.ready.key ? -1 : 1));
  // Two items with one id cannot stand in one batch.
  const others = [...byId.values()].flatMap((same) => same.slice(1));

  const id = batchRequestIdOf(first.map(({ ready: { key } }) => key));
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
    if (error instanceof Fault && error.code === "books_refused") return sendEach(desk, ready);
    return ready.map(({ key }) => failed(key, error));
  }

  const responses = Map.groupBy(listOf(answer, "BatchItemResponse"), (response) => textOf(response, "bId"));
  const results = first.map(({ bId, ready: each }) => batchResult(each, responses.get(bId) ?? []));
  // Only where nothing of it was saved: under a new id, an item that was saved would be saved again.
  if (results.every((result) => "fault" in result && isDefinite(result.fault))) desk.ids.refused(id);

  const settled: PostResult[] = [];
  for (const [index, result] of results.entries()) settled.push(await settleName(desk, first[index]!.ready, result));
  return [...settled, ...(await sendEach(desk, others))];
}

function batchResult({ key, entry, found }: Ready, responses: readonly JsonObject[]): PostResult {
  const [response] = responses;
  const facts = { status: 200, traceId: "" };
  if (!response || responses.length > 1) {
    return failed(key, unreadable(facts, `${response ? "more than one answer" : "no answer"} for one item of a batch`));
  }
  const fault = faultIn(response);
  if (fault) return failed(key, faultFrom(fault, facts));
  try {
    return { key, posted: saved(entry, found, response[entry.entity]) };
  } catch (error) {
    return failed(key, error);
  }
}

function saved(entry: Entry, found: Ready["found"], record: Json | undefined): FoundRecord {
  if (isObject(record) && textOf(record, "Id") !== "") return found(record);
  throw unreadable({ status: 200, traceId: "" }, `a success without a ${entry.entity} in it`);
}

/**
 * Vendors, customers and employees share one set of names. Where another kind holds the name, the record is created with a
 * suffix; where the same kind holds it, the fault stays, and `find` shows the holder. A changed body needs a new request id.
 */
async function settleName(desk: Desk, ready: Ready, result: PostResult): Promise<PostResult> {
  const { key, entry, party } = ready;
  if (party === null || !("fault" in result) || result.fault.details["providerCode"] !== "6240") return result;
  const [name] = namesOf(party);
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
  return sendOne(desk, { ...ready, entry: toPartyEntry(party, { suffixed: true }) }, `${key}-s`);
}

/** Remembers that this request id was answered with a refusal. */
export function refusedOr(desk: Pick<Desk, "ids" | "accounts">, id: string, result: PostResult): PostResult {
  if (!("fault" in result)) return result;
  if (isDefinite(result.fault)) desk.ids.refused(id);
  if (result.fault.details["providerCode"] === "6430") desk.accounts.forget();
  return result;
}

/** Refused for a reason that lies in the entry or in the books: surely nothing was saved. */
function isDefinite(fault: Fault): boolean {
  return fault.remedy === "review" || fault.code === "number_taken" || fault.code === "books_readonly";
}

/** The outcome of what failed with a Fault; anything else is a mistake of ours and goes on its way. */
export function failed(key: string, error: unknown): PostResult {
  if (!(error instanceof Fault)) throw error;
  const wait = Number(error.details["retryAfterMs"] ?? "NaN");
  return Number.isFinite(wait) ? { key, fault: error, retryAfterMs: wait } : { key, fault: error };
}
