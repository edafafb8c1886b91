import { randomUUID } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import { unreadable } from "./errors.ts";
import { rowsMax } from "./limits.ts";
import type { Filter, Outcome, Query, Row, Transport } from "./tasks.ts";

/** Functions in one request; no bound is published, but the time of a request is bound. */
const queriesPerRequest = 50;

/** Each value once, in lists of some length. */
export function valuesInChunks(values: readonly string[], size: number): string[][] {
  const unique = [...new Set(values)].filter((value) => value !== "");
  return Array.from({ length: Math.ceil(unique.length / size) }, (_, index) => unique.slice(index * size, (index + 1) * size));
}

/** The rows of an outcome, or its fault thrown. */
export function rowsOf(outcome: Outcome | undefined): { readonly rows: readonly Row[]; readonly total: number } {
  if (outcome === undefined) throw unreadable(200, "no answer to a question");
  if ("fault" in outcome) throw outcome.fault;
  if (!("rows" in outcome)) throw unreadable(200, "a key where rows were asked for");
  return outcome;
}

/**
 * Runs questions together and gives all of their rows by object, each record once. One with more rows than a page holds goes
 * on after the last record number, because a page further back by position may miss or repeat rows.
 */
export async function allRows(transport: Transport, queries: readonly Query[]): Promise<Map<string, Row[]>> {
  const rows = new Map<string, Map<string, Row>>();
  let open: readonly Walk[] = queries.map((query) => ({ query, last: null }));
  while (open.length > 0) {
    const now = open.slice(0, queriesPerRequest).map((walk) => ({ id: randomUUID(), walk }));
    const next = open.slice(queriesPerRequest);
    const outcomes = await transport.run(now.map(({ id, walk }) => ({ id, query: pageOf(walk) })));
    for (const { id, walk } of now) {
      const page = rowsOf(outcomes.get(id)).rows;
      const { object, size } = walk.query;
      const known = rows.get(object) ?? new Map<string, Row>();
      rows.set(object, known);
      for (const row of page) known.set(recordNoOf(walk.query, row), row);
      if (page.length >= size) next.push({ ...walk, last: recordNoOf(walk.query, page.at(-1)!) });
    }
    open = next;
  }
  return new Map([...rows].map(([object, known]) => [object, [...known.values()]]));
}

/** A question and how far it was read. */
interface Walk {
  readonly query: Query;
  readonly last: string | null;
}

/** The same question for the records behind the last one, in their order. */
function pageOf({ query, last }: Walk): Query {
  const order = [query.key ?? "RECORDNO"];
  if (last === null) return { ...query, order };
  const beyond: Filter = { field: order[0]!, is: "after", values: [last] };
  return { ...query, order, filter: query.filter === null ? beyond : { all: [query.filter, beyond] } };
}

function recordNoOf({ object, key = "RECORDNO" }: Query, row: Row): string {
  const recordNo = row[key] ?? "";
  if (recordNo !== "") return recordNo;
  throw new Fault("upstream_silent", "Sage Intacct sent rows without their record number", { object });
}

/** All rows of one list. */
export async function listRows(
  transport: Transport,
  object: string,
  fields: readonly string[],
  filter: Filter | null = null,
): Promise<Row[]> {
  return (await allRows(transport, [{ object, fields, filter, order: ["RECORDNO"], size: rowsMax }])).get(object) ?? [];
}
