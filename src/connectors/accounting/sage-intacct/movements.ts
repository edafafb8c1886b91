import { Fault } from "../../../core/errors.ts";
import type { Application, FoundRecord, Lookup, Movement, MovementItem, PostResult } from "../connector.ts";
import { foundDocument, isActive, versionOf } from "./content.ts";
import { failed, type Desk } from "./desk.ts";
import { entityOf, shapes, spokenKind, type Transaction } from "./entities.ts";
import { isMarked } from "./entry.ts";
import { asUnsent } from "./errors.ts";
import { headsOf, lineKey, readWanted } from "./find.ts";
import { isoDate, minorOf } from "./formats.ts";
import { rowsMax, valuesPerQueryMax } from "./limits.ts";
import { toMovementEntry } from "./payments.ts";
import { queriesFor } from "./post.ts";
import { allRows, valuesInChunks } from "./query.ts";
import { sendAll, type ReadBack, type Ready } from "./send.ts";
import type { Entry, Row } from "./tasks.ts";

/**
 * Posts payments and transfers, each at most once. What they settle is read first: whether a paid bill is refused over there
 * depends on the company.
 */
export async function postMovements(desk: Desk, items: readonly MovementItem[], lookup: Lookup): Promise<PostResult[]> {
  const { ready, results } = readyMovements(desk, items, lookup);
  const open = await openDocuments(desk, items).catch((error: unknown) => asUnsent(error));
  if (!(open instanceof Map)) {
    if (!(open instanceof Fault)) throw open;
    return [...results, ...ready.map(({ key }) => failed(key, open))];
  }
  const toSend: Ready[] = [];
  for (const each of ready) {
    const item = items.find(({ key }) => key === each.key)!;
    const short = shortage(item.movement, open);
    if (short === null) {
      toSend.push(each);
      use(item.movement, open);
      continue;
    }
    // Nothing is left to settle when our own payment is there already: an earlier try landed unheard.
    const landed = (await findMovements(desk, [item], lookup)).get(each.key)?.find((record) => record.ours && record.sameContent);
    results.push(landed ? { key: each.key, posted: landed } : { key: each.key, fault: short });
  }
  return [...results, ...(await sendAll(desk.transport, toSend, readBackOf(desk, items, lookup)))];
}

/** Translates movements; those that cannot be translated have their result already. */
export function readyMovements(desk: Desk, items: readonly MovementItem[], lookup: Lookup): { ready: Ready[]; results: PostResult[] } {
  const ready: Ready[] = [];
  const results: PostResult[] = [];
  for (const { key, movement } of items) {
    try {
      const entry = toMovementEntry(movement, key, { lookup, options: desk.options });
      const found = (row: Row): FoundRecord => foundMovement(desk, row, { key, movement, entry, lines: null });
      ready.push({ key, entity: entityOf[movement.kind], write: { verb: "create", entry }, found });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      results.push(failed(key, error));
    }
  }
  return { ready, results };
}

export function readBackOf(desk: Desk, items: readonly MovementItem[], lookup: Lookup): ReadBack {
  return {
    queries: queriesFor,
    lookUp: async ({ key }) => {
      const item = items.find((each) => each.key === key);
      const found = item === undefined ? [] : ((await findMovements(desk, [item], lookup)).get(key) ?? []);
      return found.find(({ ours }) => ours) ?? null;
    },
  };
}

/** Looks movements up by their number. */
export async function findMovements(desk: Desk, items: readonly MovementItem[], lookup: Lookup): Promise<Map<string, FoundRecord[]>> {
  const wanted = items
    .filter(({ movement }) => movement.kind !== "deposit")
    .map(({ key, movement }) => ({
      key,
      movement,
      entity: entityOf[movement.kind],
      number: movement.number,
      entry: expectedEntry(movement, key, { lookup, options: desk.options }),
    }));
  const { heads, lines } = await readWanted(desk, wanted);
  const found = new Map<string, FoundRecord[]>();
  for (const each of wanted) {
    const records = headsOf(heads, each).map((row) =>
      foundMovement(desk, row, { ...each, lines: lines.get(lineKey(each.entity, row)) ?? [] }),
    );
    if (records.length > 0) found.set(each.key, records);
  }
  return found;
}

interface Expected {
  readonly key: string;
  readonly movement: Movement;
  readonly entry: Entry;
  readonly lines: readonly Row[] | null;
}

/** Their row compared with what we would send: day, party, account, money, and what each part of it settles. */
function foundMovement(desk: Desk, row: Row, { key, movement, entry, lines }: Expected): FoundRecord {
  const { currency } = movement;
  const home = desk.options.homeCurrency;
  const entity: Transaction = entityOf[movement.kind];
  if (entity === "GLBATCH") return foundDocument(entity, row, { entry, key, lines, currency, home });
  const shape = shapes[entity];
  const total = minorOf(row[shape.total ?? ""] ?? "", currency);
  const theirs = row["CURRENCY"] || home;
  const expected = detailsText(
    (entry.details ?? []).map(({ document, amount, credit, creditAmount }) => [document, amount, credit, creditAmount]),
  );
  const told = lines === null ? expected : detailsText(lines.map(detailOf));
  const money = "totalMinor" in movement ? movement.totalMinor : null;
  const isSame = (name: string | undefined): boolean => name === undefined || (entry.head[name] ?? "") === (row[name] ?? "");
  return {
    providerId: row["RECORDNO"] ?? "",
    version: versionOf(entity, row),
    number: row[shape.number] || null,
    date: isoDate(row[shape.date] ?? "") || null,
    currency: theirs,
    totalMinor: total,
    sameContent:
      isoDate(row[shape.date] ?? "") === movement.date &&
      isSame(shape.party) &&
      isSame(shape.account) &&
      theirs === currency &&
      total === money &&
      told === expected,
    ours: isMarked(row[shape.memo] ?? "", key),
    active: isActive(row),
  };
}

type DetailText = readonly [string | undefined, string | undefined, string | undefined, string | undefined];

function detailOf(row: Row): DetailText {
  return [row["RECORDKEY"], row["TRX_PAYMENTAMOUNT"], row["ADJUSTMENTKEY"], row["TRX_ADJUSTMENTAMOUNT"]];
}

function detailsText(details: readonly DetailText[]): string {
  const amount = (text: string | undefined): string => String(minorOf(text || "0", "USD") ?? text);
  return details
    .map(([document, money, credit, used]) => `${document}|${amount(money)}|${credit ?? ""}|${amount(used)}`)
    .sort()
    .join("\n");
}

/** A movement that can no longer be translated is still found; its content then equals nothing. */
function expectedEntry(movement: Movement, key: string, context: Parameters<typeof toMovementEntry>[2]): Entry {
  try {
    return toMovementEntry(movement, key, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { object: entityOf[movement.kind], head: {}, lines: [], details: [{ document: "unknown", amount: "0.00" }], custom: {} };
  }
}

/** What these movements settle, by record number: their numbers are shared by all of these objects or told apart by the object. */
async function openDocuments(desk: Desk, items: readonly MovementItem[]): Promise<Map<string, bigint>> {
  const applied = items.flatMap(({ movement }) => ("applied" in movement ? movement.applied : []));
  const currencies = new Map(items.map(({ movement }) => [movement.kind, movement.currency]));
  const queries = [
    ...Map.groupBy(
      applied.filter(({ kind }) => kind !== "journal_entry"),
      ({ kind }) => kind,
    ),
  ].flatMap(([kind, group]) => {
    const object: Transaction = entityOf[kind];
    return valuesInChunks(
      group.map(({ providerId }) => providerId),
      valuesPerQueryMax,
    ).map((values) => ({
      object,
      fields: ["RECORDNO", "STATE", "TRX_TOTALDUE"],
      filter: { field: "RECORDNO", is: "in", values } as const,
      order: ["RECORDNO"],
      size: rowsMax,
    }));
  });
  const open = new Map<string, bigint>();
  for (const [object, rows] of await allRows(desk.transport, queries)) {
    for (const row of rows.filter(isActive)) {
      const minor = minorOf(row["TRX_TOTALDUE"] ?? "", [...currencies.values()][0] ?? desk.options.homeCurrency) ?? 0n;
      open.set(`${object} ${row["RECORDNO"]}`, minor < 0n ? -minor : minor);
    }
  }
  return open;
}

/** What one payment settles is no longer open for the next one of the same call. */
function use(movement: Movement, open: Map<string, bigint>): void {
  for (const { kind, providerId, amountMinor } of "applied" in movement ? movement.applied : []) {
    const name = `${entityOf[kind]} ${providerId}`;
    open.set(name, (open.get(name) ?? 0n) - amountMinor);
  }
}

/** Why this movement cannot settle what it names; null when it can. */
function shortage(movement: Movement, open: ReadonlyMap<string, bigint>): Fault | null {
  const name = `${spokenKind(movement.kind)} ${movement.number}`;
  for (const { kind, providerId, amountMinor } of "applied" in movement ? movement.applied : ([] as Application[])) {
    const left = open.get(`${entityOf[kind]} ${providerId}`);
    const spoken = kind.replaceAll("_", " ");
    if (left === undefined) {
      return new Fault("reference_unknown", `${name} settles a ${spoken} that is no longer in Intacct (record ${providerId}).`, {
        kind,
        providerId,
      });
    }
    if (left < amountMinor) {
      return new Fault(
        "books_refused",
        `${name} settles more of ${spoken} ${providerId} than is open: somebody has paid or credited it. Look at its payments in Intacct, then correct or drop this payment.`,
        { providerId },
      );
    }
  }
  return null;
}
