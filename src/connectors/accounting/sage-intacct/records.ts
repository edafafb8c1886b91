import { Fault } from "../../../core/errors.ts";
import type { Lookup, MovementItem, PostItem, PostResult, Removal, Removed, StoredRecord, Target } from "../connector.ts";
import { isActive, isWaiting, partyFields, versionOf } from "./content.ts";
import { failed, type Desk } from "./desk.ts";
import { entityOf, isList, isTransaction, listIds, removalOf, shapes, spokenKind } from "./entities.ts";
import { refuse } from "./entry.ts";
import { asUnsent } from "./errors.ts";
import { isoDate, minorOf } from "./formats.ts";
import { updatableKinds } from "./limits.ts";
import { readBackOf as movementsBack, readyMovements } from "./movements.ts";
import { readBackOf as itemsBack, readyItems } from "./post.ts";
import { listRows } from "./query.ts";
import { sendAll } from "./send.ts";
import type { Row, Write } from "./tasks.ts";

/** One record as it stands there; null when it was deleted, never was, or cannot be seen. Transactions with their lines and links. */
export async function readRecord(desk: Desk, entity: string, providerId: string): Promise<StoredRecord | null> {
  const row = await readHead(desk, entity, providerId);
  if (row === null) return null;
  if (!isTransaction(entity)) {
    const state = row["STATUS"]?.toLowerCase() === "inactive" ? "inactive" : "active";
    return { ...blank, entity, providerId, version: versionOf(entity, row), currency: row["CURRENCY"] || null, state, record: row };
  }
  const shape = shapes[entity];
  const { object, parent, fields } = shape.lines;
  const lines = await listRows(desk.transport, object, fields, { field: parent, is: "equal", values: [providerId] });
  const currency = row["CURRENCY"] || (entity === "GLBATCH" ? lines[0]?.["CURRENCY"] : "") || desk.options.homeCurrency;
  const isVoided = !isActive(row);
  return {
    entity,
    providerId,
    version: versionOf(entity, row),
    number: row[shape.number] || null,
    date: isoDate(row[shape.date] ?? "") || null,
    currency,
    // What was reversed amounts to nothing any more.
    totalMinor: isVoided ? 0n : absolute(shape.total === undefined ? debitsOf(lines, currency) : minorOf(row[shape.total] ?? "", currency)),
    openMinor: openOf(row, shape.open, isVoided, currency),
    state: isVoided ? "voided" : "active",
    ...(isWaiting(row) ? { inLedger: false } : {}),
    links: await linksOf(desk, entity, providerId, lines),
    record: { ...row, LINES: lines },
  };
}

const blank = { number: null, date: null, totalMinor: null, openMinor: null, links: [] } as const;

async function readHead(desk: Desk, entity: string, providerId: string): Promise<Row | null> {
  const fields = isTransaction(entity) ? shapes[entity].fields : isList(entity) ? listFields(entity) : null;
  if (fields === null) throw new Fault("request_invalid", `Records of "${entity}" cannot be read from Sage Intacct`);
  const field = isList(entity) ? listIds[entity] : "RECORDNO";
  const [row] = await listRows(desk.transport, entity, fields, { field, is: "equal", values: [providerId] });
  return row ?? null;
}

/** What is read of a row of a list when it is followed. */
export function listFields(entity: keyof typeof listIds): readonly string[] {
  if (entity === "VENDOR" || entity === "CUSTOMER") return partyFields(entity);
  return ["RECORDNO", listIds[entity], "STATUS", "WHENMODIFIED"];
}

function debitsOf(lines: readonly Row[], currency: string): bigint | null {
  return lines
    .filter((line) => line["TR_TYPE"] === "1")
    .reduce<bigint | null>((sum, line) => {
      const minor = minorOf(line["TRX_AMOUNT"] ?? "", currency);
      return sum === null || minor === null ? null : sum + minor;
    }, 0n);
}

function openOf(row: Row, open: string | undefined, isVoided: boolean, currency: string): bigint | null {
  if (isVoided) return 0n;
  return absolute(minorOf(row[open ?? "TRX_TOTALDUE"] ?? "", currency));
}

function absolute(minor: bigint | null): bigint | null {
  return minor !== null && minor < 0n ? -minor : minor;
}

/** A payment names what it settles; of a document the payments are asked for. */
async function linksOf(desk: Desk, entity: string, providerId: string, lines: readonly Row[]): Promise<StoredRecord["links"]> {
  const payments = ({ APBILL: "APPYMT", ARINVOICE: "ARPYMT" } as const)[entity];
  if (payments !== undefined) {
    const { object, parent, fields } = shapes[payments].lines;
    const rows = await listRows(desk.transport, object, fields, { field: "RECORDKEY", is: "equal", values: [providerId] });
    return [...new Set(rows.map((row) => row[parent] ?? ""))].map((id) => ({ type: payments, providerId: id }));
  }
  const settled = ({ APPYMT: "APBILL", ARPYMT: "ARINVOICE" } as const)[entity];
  if (settled === undefined) return [];
  return [...new Set(lines.map((line) => line["RECORDKEY"] ?? ""))]
    .filter((id) => id !== "")
    .map((id) => ({ type: settled, providerId: id }));
}

/**
 * Makes a record equal to an item, all of its lines replaced. There is no lock over there: the record is read just before, and
 * what changes in between is lost. A record that carries the mark of this very change was changed by an earlier try.
 */
export async function updateRecord(desk: Desk, item: PostItem | MovementItem, target: Target, lookup: Lookup): Promise<PostResult> {
  const kind = "movement" in item ? item.movement.kind : item.postable.kind;
  if (kind !== target.kind) {
    return failed(item.key, new Fault("request_invalid", `A ${spokenKind(target.kind)} cannot become a ${spokenKind(kind)}`));
  }
  try {
    if (!updatableKinds(desk.options.transport).includes(kind)) {
      refuse(`Intacct cannot replace the lines of a ${spokenKind(kind)} from outside. Reverse it and post it again under a new number.`);
    }
    const { ready, results } = "movement" in item ? readyMovements(desk, [item], lookup) : readyItems(desk, [item], lookup);
    const [each] = ready;
    if (!each || !("entry" in each.write)) return results[0]!;
    const row = await requireCurrent(desk, target, (found) => each.found(found).ours && isTransaction(each.entity)).catch(
      (error: unknown) => {
        throw asUnsent(error);
      },
    );
    const readBack = "movement" in item ? movementsBack(desk, [item], lookup) : itemsBack(desk, [item], lookup);
    if (row.isDone) return { key: item.key, posted: (await readBack.lookUp(each)) ?? each.found(row.row) };
    const write: Write = { verb: "update", entry: each.write.entry, recordNo: row.row["RECORDNO"] ?? "" };
    const [result] = await sendAll(desk.transport, [{ ...each, write }], readBack);
    return result!;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return failed(item.key, error);
  }
}

/** The record at the target's version, or changed already by what `isDone` recognises. Fault: `record_stale`. */
async function requireCurrent(desk: Desk, target: Target, isDone: (row: Row) => boolean): Promise<{ row: Row; isDone: boolean }> {
  const entity = entityOf[target.kind];
  const row = await readHead(desk, entity, target.providerId);
  if (row !== null && isDone(row)) return { row, isDone: true };
  if (row !== null && versionOf(entity, row) === target.version) return { row, isDone: false };
  throw new Fault(
    "record_stale",
    `The ${spokenKind(target.kind)} was ${row === null ? "removed from Intacct" : "changed in Intacct"} since we read it. See its audit trail there, then decide.`,
    { providerId: target.providerId },
  );
}

/** Takes a record out of the books by the preferred or the given way. Done already by the same key, it is done. */
export async function removeRecord(desk: Desk, target: Target, { key, how: given }: { key: string; how?: Removal }): Promise<Removed> {
  const { kind } = target;
  const how = given ?? removalOf[kind][0];
  if (how === undefined || !removalOf[kind].includes(how)) {
    refuse(
      `Intacct cannot ${how ?? "remove"} a ${spokenKind(kind)}. It can ${removalOf[kind].join(" or ") || "do neither"}; else post the opposite document.`,
    );
  }
  const entity = entityOf[kind];
  const before = await readHead(desk, entity, target.providerId).catch((error: unknown) => {
    throw asUnsent(error);
  });
  const removed = before === null ? null : removedBy(entity, before, how);
  // Gone, or reversed: by us when the key says so, which is asked by sending it again.
  if (before !== null && removed === null && versionOf(entity, before) !== target.version) await requireCurrent(desk, target, () => false);
  const write = removalWrite({ target, how, row: before });
  const outcomes = await desk.transport.run([{ id: key, write }]);
  const outcome = outcomes.get(key);
  const now = await readHead(desk, entity, target.providerId);
  const after = now === null ? null : removedBy(entity, now, how);
  const isGone = how === "delete" ? now === null : after !== null;
  if (outcome !== undefined && "fault" in outcome && !(isGone && isRepeat(outcome.fault)))
    throw staleOr(outcome.fault, target, before === null || removed !== null);
  if (!isGone)
    throw new Fault(
      "upstream_silent",
      `Intacct took the removal of a ${spokenKind(kind)} and still shows it. It is looked up before anything is sent again.`,
    );
  return { how, version: now === null ? null : versionOf(entity, now) };
}

function removedBy(entity: string, row: Row, how: Removal): Row | null {
  if (how === "deactivate") return row["STATUS"]?.toLowerCase() === "inactive" ? row : null;
  return how === "void" && isTransaction(entity) && !isActive(row) ? row : null;
}

/** A refusal because the key was executed before. */
function isRepeat(fault: Fault): boolean {
  return fault.code === "upstream_silent";
}

/** What is not there any more was removed by somebody. */
function staleOr(fault: Fault, target: Target, wasGone: boolean): Fault {
  if (!wasGone || fault.code === "period_closed") return fault;
  return new Fault(
    "record_stale",
    `The ${spokenKind(target.kind)} was removed from Intacct by somebody else. See its audit trail there, then decide.`,
    {
      ...fault.details,
      providerId: target.providerId,
    },
  );
}

function removalWrite({ target, how, row }: { target: Target; how: Removal; row: Row | null }): Write {
  const object = entityOf[target.kind];
  if (how === "deactivate") {
    const entry = { object, head: { [`${object}ID`]: target.providerId, STATUS: "inactive" }, lines: [], custom: {} };
    return { verb: "update", entry, recordNo: row?.["RECORDNO"] ?? "" };
  }
  if (how === "delete") return { verb: "delete", object, recordNo: target.providerId };
  // Reversed on its own day: in an open period the two are one month's matter, in a closed one Intacct says so.
  const date = row === null || !isTransaction(object) ? "" : isoDate(row[shapes[object].date] ?? "");
  return {
    verb: "reverse",
    object,
    recordNo: target.providerId,
    date: date || new Date().toISOString().slice(0, 10),
    memo: "Reversed by Ledgerlane",
  };
}
