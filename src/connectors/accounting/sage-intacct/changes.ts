import { Fault } from "../../../core/errors.ts";
import type { Change, ChangePage } from "../connector.ts";
import { versionOf } from "./content.ts";
import type { Desk } from "./desk.ts";
import { isTransaction, listIds, shapes, transactions, type List } from "./entities.ts";
import { shiftStamp, stampOf } from "./formats.ts";
import { rowsMax } from "./limits.ts";
import { allRows, rowsOf } from "./query.ts";
import { listFields } from "./records.ts";
import type { Filter, Query, Row } from "./tasks.ts";

type Followed = (typeof transactions)[number] | List;
const followed: readonly Followed[] = [...transactions, ...(Object.keys(listIds) as List[])];

/** Rows of one page of a walk: half of what is published, so that answer, tree and rows stay small together. */
const walkRows = 1_000;

/** Rows of one object in the first question of a sweep; an object with more is walked page by page. */
const firstRows = 500;

/**
 * How far an object was read, in its own times: they are stamps of the reading user's wall, and are compared only with each
 * other. `created` is for rows that were never changed and so have no time of change.
 */
interface Mark {
  readonly modified: string;
  readonly created: string;
}

/** A place in the middle of an object with many changes: behind this time, and inside it behind this record. */
interface Walk {
  readonly object: Followed;
  readonly part: "modified" | "created";
  readonly time: string;
  readonly recordNo: string;
}

/** Where the reading stands. `walks` are left from a sweep under way; marks are those of its start until it ends. */
interface Cursor {
  readonly marks: Readonly<Record<string, Mark>>;
  /** Time of the last removal seen. */
  readonly removed: string;
  readonly walks?: readonly Walk[];
  /** What the marks become when the walks are done. */
  readonly next?: Readonly<Record<string, Mark>>;
  readonly nextRemoved?: string;
}

const never = "1990-01-01T00:00:00";

/**
 * Everything that changed after `cursor`. A sweep asks all objects in one request, from a little before the last time seen: their
 * clock repeats an hour in autumn, and rows appear late. Objects with more than one page are walked in the order of change and
 * record number, never by position, so that rows that change meanwhile move to the end and are neither lost nor told twice.
 * Removals come from the audit history.
 */
export async function readChanges(desk: Desk, cursor: string | null): Promise<ChangePage> {
  if (cursor === null) return { changes: [], cursor: write(await startHere(desk)), complete: true };
  const place = parse(cursor);
  const [walk, ...others] = place.walks ?? [];
  return walk === undefined ? sweep(desk, place) : walkOn(desk, place, { walk, others });
}

/** The newest times there are: one question an object, answered without rows. */
async function startHere(desk: Desk): Promise<Cursor> {
  const tasks = followed.map((object) => ({
    id: object,
    query: { object, fields: ["max:WHENMODIFIED", `max:${enteredAt(object)}`], filter: null, order: [], size: 1 } satisfies Query,
  }));
  const outcomes = await desk.transport.run([
    ...tasks,
    ...(desk.options.deletions === "audit" ? [{ id: "removed", query: newestRemoval }] : []),
  ]);
  const marks = Object.fromEntries(
    followed.flatMap((object) => {
      const [row] = answered(object, () => rowsOf(outcomes.get(object)).rows) ?? [];
      if (row === undefined) return [];
      return [[object, { modified: newest(row, "WHENMODIFIED"), created: newest(row, enteredAt(object)) }]];
    }),
  );
  const [removal] = desk.options.deletions === "audit" ? rowsOf(outcomes.get("removed")).rows : [];
  return { marks, removed: removal === undefined ? never : newest(removal, "ACCESSTIME") };
}

const newestRemoval: Query = {
  object: "AUDITHISTORY",
  fields: ["max:ACCESSTIME"],
  filter: { field: "ACCESSMODE", is: "equal", values: ["D"] },
  order: [],
  size: 1,
};

function newest(row: Row, field: string): string {
  return stampOf(row[`MAX.${field}`] ?? "") || never;
}

function enteredAt(object: Followed): string {
  return isTransaction(object) ? shapes[object].enteredAt : "WHENCREATED";
}

async function sweep(desk: Desk, place: Cursor): Promise<ChangePage> {
  const overlapMs = desk.options.overlapMinutes * 60_000;
  const objects = followed.filter((object) => place.marks[object] !== undefined);
  const from = Object.fromEntries(
    objects.map((object) => {
      const { modified, created } = place.marks[object]!;
      return [object, { modified: shiftStamp(modified, -overlapMs), created: shiftStamp(created, -overlapMs) }];
    }),
  ) as Readonly<Record<Followed, Mark>>;
  const removals =
    desk.options.deletions === "audit" ? [{ id: "removed", query: removalsQuery(shiftStamp(place.removed, -overlapMs)) }] : [];
  const outcomes = await desk.transport.run([
    ...objects.map((object) => ({ id: object, query: firstQuery(object, from[object]) })),
    ...removals,
  ]);
  const changes: Change[] = [];
  const walks: Walk[] = [];
  const next: Record<string, Mark> = { ...place.marks };
  for (const object of objects) {
    const { rows } = rowsOf(outcomes.get(object));
    if (rows.length < firstRows) {
      for (const row of rows) changes.push(changeOf(object, row));
      next[object] = marked(object, place.marks[object]!, rows);
      continue;
    }
    // Rows without a time stand anywhere in such an order: both kinds are walked by themselves from the start.
    walks.push(
      { object, part: "modified", time: from[object].modified, recordNo: "" },
      { object, part: "created", time: from[object].created, recordNo: "" },
    );
  }
  const removed = removals.length === 0 ? [] : await allRemovals(desk, removals[0]!.query, rowsOf(outcomes.get("removed")).rows);
  changes.push(...removed.flatMap((row) => removalOf(row)));
  const nextRemoved = [place.removed, ...removed.map((row) => stampOf(row["ACCESSTIME"] ?? ""))].sort().at(-1)!;
  if (walks.length === 0) return { changes, cursor: write({ marks: next, removed: nextRemoved }), complete: true };
  return { changes, cursor: write({ marks: place.marks, removed: place.removed, walks, next, nextRemoved }), complete: false };
}

/** Changed since, or entered since and never changed. */
function firstQuery(object: Followed, { modified, created }: Mark): Query {
  const filter: Filter = {
    any: [
      { field: "WHENMODIFIED", is: "from", values: [modified], as: "stamp" },
      {
        all: [
          { field: "WHENMODIFIED", is: "null", values: [] },
          { field: enteredAt(object), is: "from", values: [created], as: "stamp" },
        ],
      },
    ],
  };
  return { object, fields: fieldsOf(object), filter, order: ["WHENMODIFIED", "RECORDNO"], size: firstRows };
}

function fieldsOf(object: Followed): readonly string[] {
  return isTransaction(object) ? shapes[object].fields : listFields(object);
}

async function walkOn(desk: Desk, place: Cursor, { walk, others }: { walk: Walk; others: readonly Walk[] }): Promise<ChangePage> {
  const { object, part } = walk;
  const outcomes = await desk.transport.run([{ id: object, query: walkQuery(walk) }]);
  const { rows } = rowsOf(outcomes.get(object));
  const next = { ...place.next, [object]: marked(object, place.next?.[object] ?? place.marks[object]!, rows) };
  const changes = rows.map((row) => changeOf(object, row));
  const last = rows.at(-1);
  const field = part === "modified" ? "WHENMODIFIED" : enteredAt(object);
  const isFull = rows.length >= walkRows && last !== undefined;
  const walks = isFull ? [{ ...walk, time: stampOf(last[field] ?? ""), recordNo: last["RECORDNO"] ?? "" }, ...others] : others;
  if (walks.length > 0) return { changes, cursor: write({ ...place, walks, next }), complete: false };
  return { changes, cursor: write({ marks: next, removed: place.nextRemoved ?? place.removed }), complete: true };
}

/** The page behind a time, and inside that time behind a record. */
function walkQuery({ object, part, time, recordNo }: Walk): Query {
  const field = part === "modified" ? "WHENMODIFIED" : enteredAt(object);
  const behind: Filter =
    recordNo === ""
      ? { field, is: "from", values: [time], as: "stamp" }
      : {
          any: [
            { field, is: "after", values: [time], as: "stamp" },
            {
              all: [
                { field, is: "equal", values: [time], as: "stamp" },
                { field: "RECORDNO", is: "after", values: [recordNo] },
              ],
            },
          ],
        };
  const filter: Filter = part === "modified" ? behind : { all: [{ field: "WHENMODIFIED", is: "null", values: [] }, behind] };
  return { object, fields: fieldsOf(object), filter, order: [field, "RECORDNO"], size: walkRows };
}

/** The newest times among rows, or those before. */
function marked(object: Followed, mark: Mark, rows: readonly Row[]): Mark {
  const newer = (before: string, field: string): string =>
    rows.reduce((latest, row) => {
      const time = stampOf(row[field] ?? "");
      return time > latest ? time : latest;
    }, before);
  return { modified: newer(mark.modified, "WHENMODIFIED"), created: newer(mark.created, enteredAt(object)) };
}

function changeOf(object: Followed, row: Row): Change {
  const id = isTransaction(object) ? row["RECORDNO"] : row[listIds[object]];
  return {
    entity: object,
    providerId: id ?? "",
    version: versionOf(object, row),
    operation: "changed",
    at: stampOf(row["WHENMODIFIED"] ?? "") || stampOf(row[enteredAt(object)] ?? ""),
    record: row,
  };
}

function removalsQuery(since: string): Query {
  const filter: Filter = {
    all: [
      { field: "OBJECTTYPE", is: "in", values: followed.map((object) => object.toLowerCase()) },
      { field: "ACCESSMODE", is: "equal", values: ["D"] },
      { field: "ACCESSTIME", is: "from", values: [since], as: "stamp" },
    ],
  };
  return {
    object: "AUDITHISTORY",
    fields: ["ID", "OBJECTTYPE", "OBJECTKEY", "ACCESSTIME"],
    filter,
    order: ["ID"],
    size: rowsMax,
    key: "ID",
  };
}

/** Many removals do not fit one answer: they are read by their own numbers then. */
async function allRemovals(desk: Desk, query: Query, first: readonly Row[]): Promise<readonly Row[]> {
  return first.length < rowsMax ? first : ((await allRows(desk.transport, [query])).get(query.object) ?? []);
}

/** Most records go by `<RECORDNO>--REC`; what goes by a name is told by it. */
function removalOf(row: Row): Change[] {
  const entity = (row["OBJECTTYPE"] ?? "").toUpperCase();
  const providerId = (row["OBJECTKEY"] ?? "").replace(/--REC$/, "");
  if (providerId === "" || !followed.some((object) => object === entity)) return [];
  return [{ entity, providerId, version: null, operation: "deleted", at: stampOf(row["ACCESSTIME"] ?? ""), record: row }];
}

/** An object that this company's user may not see is not followed; any other failure goes on its way. */
function answered<T>(object: Followed, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault && !isTransaction(object) && ["books_refused", "books_readonly"].includes(error.code)) return null;
    throw error;
  }
}

function write(place: Cursor): string {
  return JSON.stringify(place);
}

function parse(text: string): Cursor {
  try {
    const value = JSON.parse(text) as Cursor | null;
    if (value !== null && typeof value === "object" && typeof value.marks === "object" && typeof value.removed === "string") return value;
  } catch {
    // Told below with the rest.
  }
  throw new Fault("request_invalid", "The cursor of changes is not one of ours");
}
