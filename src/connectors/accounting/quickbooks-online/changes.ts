import { Fault } from "../../../core/errors.ts";
import type { Change, ChangePage } from "../connector.ts";
import type { Call } from "./api.ts";
import { nameListEntities, transactionEntities } from "./entities.ts";
import { changesLookBackMs, changesOverlapMs, readTimeoutMs, rowsMax } from "./limits.ts";
import { activeOrNot, queryRows, quote, runQuery } from "./query.ts";
import { isObject, listOf, textOf, type JsonObject } from "./wire.ts";

const entities = [...transactionEntities, ...nameListEntities];

/**
 * Where the reading stands. Usually only `since`. `pending` lists the entities still to be read one by one after an answer
 * was cut, with `until`, the time of that answer, from which reading goes on afterwards. `walk` stands in the middle of an
 * entity that is too large even alone and is read by query.
 */
interface Cursor {
  readonly since: string;
  readonly until?: string;
  readonly pending?: readonly string[];
  readonly walk?: { readonly from: string; readonly position: number; readonly last?: string };
  /** The first question lies further back than change data capture reaches: everything is read by query. */
  readonly byQuery?: true;
}

/** Where changes are read. `unknown` collects the entities that this company's edition says it does not have. */
export interface ChangeSource {
  readonly call: Call;
  readonly unknown: Set<string>;
}

/**
 * Everything that changed after `cursor`, by change data capture. An answer holds at most a thousand objects and is cut
 * without a sign; then each entity is asked for alone, and one that is still too large is read by query in pages.
 * Deleted transactions show up in change data capture only: in a window that had to be read by query they do not appear.
 */
export async function readChanges(source: ChangeSource, cursor: string | null, nowMs: number): Promise<ChangePage> {
  if (cursor === null) return { changes: [], cursor: write({ since: await serverTime(source.call) }), complete: true };
  const place = parse(cursor);
  if (place.pending === undefined) {
    if (nowMs - Date.parse(place.since) > changesLookBackMs) return startWalk(source, place);
    return readAll(source, place);
  }
  const [entity] = place.pending;
  if (entity === undefined) return { changes: [], cursor: write({ since: place.until ?? place.since }), complete: true };
  if (place.walk || place.byQuery) return walkEntity(source, place, entity);
  return readEntity(source, place, entity);
}

async function readAll(source: ChangeSource, place: Cursor): Promise<ChangePage> {
  const { changes, time } = await capture(source, entities, place.since);
  if (changes.length < rowsMax) return { changes, cursor: write({ since: time }), complete: true };
  return { changes, cursor: write({ since: place.since, until: time, pending: entities }), complete: false };
}

async function readEntity(source: ChangeSource, place: Cursor, entity: string): Promise<ChangePage> {
  const { changes } = await capture(source, [entity], place.since);
  if (changes.length < rowsMax) return done(place, changes);
  const walk = { from: overlapped(place.since), position: 1 };
  return { changes, cursor: write({ ...place, walk }), complete: false };
}

async function startWalk(source: ChangeSource, place: Cursor): Promise<ChangePage> {
  const until = await serverTime(source.call);
  return { changes: [], cursor: write({ since: place.since, until, pending: entities, byQuery: true }), complete: false };
}

/**
 * One page of one entity in order of change. Goes on from the last time seen, so that rows that move to the end meanwhile
 * cannot be lost. Only inside one second, where time tells no more, it goes on by position: pages overlap there, and when the
 * last row of the page before is not among the overlap, rows have moved up and the second is read again from its start.
 */
async function walkEntity(source: ChangeSource, place: Cursor, entity: string): Promise<ChangePage> {
  const { from, position, last } = place.walk ?? { from: overlapped(place.since), position: 1 };
  const start = Math.max(1, position - positionOverlap);
  const active = nameListEntities.includes(entity) ? ` and ${activeOrNot}` : "";
  const where = `MetaData.LastUpdatedTime >= ${quote(from)}${active}`;
  const order = "orderby MetaData.LastUpdatedTime, Id";
  const rows = await queryRows(
    source.call,
    entity,
    `select * from ${entity} where ${where} ${order} startposition ${start} maxresults ${rowsMax}`,
  ).catch((error: unknown) => {
    if (isUnknown(error, entity)) return [];
    throw error;
  });
  const changes = rows.map((row) => changeOf(entity, row));
  const goOn = (walk: Cursor["walk"]): ChangePage => ({ changes, cursor: write({ ...place, ...(walk ? { walk } : {}) }), complete: false });
  if (last !== undefined && !changes.some(({ providerId }) => providerId === last)) return goOn({ from, position: 1 });
  if (rows.length < rowsMax) return done(place, changes);

  const end = changes.at(-1)!;
  if (Date.parse(end.at) > Date.parse(from)) return goOn({ from: end.at, position: 1 });
  return goOn({ from, position: start + rows.length, last: end.providerId });
}

/** Rows asked for twice at the edge of two pages of one second. */
const positionOverlap = 50;

/** The entity at the head is finished; the last one hands over to the time at which the answer was cut. */
function done(place: Cursor, changes: Change[]): ChangePage {
  const pending = place.pending?.slice(1) ?? [];
  if (pending.length === 0) return { changes, cursor: write({ since: place.until ?? place.since }), complete: true };
  const { walk: _finished, ...rest } = place;
  return { changes, cursor: write({ ...rest, pending }), complete: false };
}

async function capture(source: ChangeSource, names: readonly string[], since: string): Promise<{ changes: Change[]; time: string }> {
  const asked = names.filter((name) => !source.unknown.has(name));
  if (asked.length === 0) return { changes: [], time: await serverTime(source.call) };
  const query = { entities: asked.join(","), changedSince: overlapped(since) };
  try {
    const answer = await source.call({ method: "GET", path: "cdc", query, timeoutMs: readTimeoutMs });
    const groups = listOf(answer, "CDCResponse").flatMap((response) => listOf(response, "QueryResponse"));
    const changes = groups.flatMap((group) => asked.flatMap((entity) => listOf(group, entity).map((row) => changeOf(entity, row))));
    return { changes, time: timeOf(answer) };
  } catch (error) {
    const missing = asked.find((entity) => isUnknown(error, entity));
    if (missing === undefined) throw error;
    source.unknown.add(missing);
    return capture(source, names, since);
  }
}

/** One entity that an edition lacks must not hide the changes of all others. */
function isUnknown(error: unknown, entity: string): boolean {
  if (!(error instanceof Fault) || !["2000", "4001"].includes(error.details["providerCode"] ?? "")) return false;
  return new RegExp(`\\b${entity}\\b`).test(error.details["providerDetail"] ?? "");
}

function changeOf(entity: string, row: JsonObject): Change {
  return {
    entity,
    providerId: textOf(row, "Id"),
    version: textOf(row, "SyncToken") || null,
    operation: textOf(row, "status") === "Deleted" ? "deleted" : "changed",
    at: textOf(row["MetaData"], "LastUpdatedTime"),
    record: row,
  };
}

/** Their clock, not ours, says where to go on. */
async function serverTime(call: Call): Promise<string> {
  return timeOf(await runQuery(call, "select * from CompanyInfo"));
}

function timeOf(answer: JsonObject): string {
  const time = textOf(answer, "time");
  if (Number.isNaN(Date.parse(time)))
    throw new Fault("upstream_silent", "QuickBooks answered without its time, so it is not known how far the changes reach");
  return time;
}

function overlapped(time: string): string {
  return new Date(Date.parse(time) - changesOverlapMs).toISOString();
}

function write(place: Cursor): string {
  return JSON.stringify(place);
}

function parse(text: string): Cursor {
  try {
    const value = JSON.parse(text) as Cursor | null;
    if (value !== null && isObject(value as never) && !Number.isNaN(Date.parse(value.since))) return value;
  } catch {
    // Told below with the rest.
  }
  throw new Fault("request_invalid", "The cursor of changes is not one of ours");
}
