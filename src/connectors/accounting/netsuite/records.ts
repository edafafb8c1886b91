import { Fault } from "../../../core/errors.ts";
import type { EntryKind, FoundRecord, MovementItem, PostItem, PostResult, Removal, Removed, StoredRecord, Target } from "../connector.ts";
import { isSameContent } from "./content.ts";
import { failed, type Work } from "./desk.ts";
import { refuse, type Entry } from "./entry.ts";
import { isOurs } from "./keys.ts";
import { entityOf, isParty, removalOf, spokenKind } from "./kinds.ts";
import { writeTimeoutMs } from "./limits.ts";
import { linksOf } from "./links.ts";
import { listNamed, listVersion } from "./lists.ts";
import { translateMovements } from "./movements.ts";
import { isSameMovement } from "./movement-content.ts";
import { foundParty, namesOf, partyColumns } from "./parties.ts";
import { openOf } from "./open.ts";
import { translateAll } from "./post.ts";
import { change } from "./send.ts";
import { queryPage } from "./suiteql.ts";
import { foundFrom, totalOf, transactionsById, wholeById, type WithLegs } from "./transactions.ts";
import { toPartyEntry } from "./translate.ts";
import { isTrue, minorOf, textOf, type JsonObject } from "./wire.ts";

/** One record as it stands there; null when it was deleted or never was. Read by query: a plain GET needs the right to edit. */
export async function readRecord(work: Work, entity: string, providerId: string): Promise<StoredRecord | null> {
  if (!/^\d{1,18}$/.test(providerId)) return null;
  const list = listNamed(entity);
  if (list !== undefined) {
    const [row] = await queryPage(work.call, `SELECT ${list.columns} FROM ${list.table} WHERE id = ${providerId}`);
    return row === undefined ? null : storedRow(entity, row, work);
  }
  const [whole] = await wholeById(work.call, work.company, [providerId]);
  if (whole === undefined) return null;
  const links = (await linksOf(work.call, work.company, [whole])).get(providerId) ?? [];
  const linked = links.map(({ previous, next }) => (previous === providerId ? next : previous));
  const others = await transactionsById(work.call, work.company, linked);
  return {
    entity,
    providerId,
    version: whole.version,
    number: whole.number || null,
    date: whole.date || null,
    currency: whole.currency,
    totalMinor: totalOf(whole),
    openMinor: await openNow(work, whole),
    state: whole.isVoided ? "voided" : "active",
    inLedger: whole.isPosting,
    links: linked.map((id) => ({ type: others.get(id)?.entity ?? "transaction", providerId: id })),
    record: { ...whole.row, line: whole.lines },
  };
}

/** What is not applied of a payment stands in the ledger's own table, in the currency of the books. */
async function openNow({ call, company }: Work, whole: WithLegs): Promise<bigint | null> {
  if (whole.type !== "CustPymt" && whole.type !== "VendPymt") return openOf(whole);
  const book = company.bookId === null ? "" : ` AND accountingbook = ${company.bookId}`;
  const where = `transaction = ${whole.id}${book} AND paymentamountunused IS NOT NULL`;
  const [row] = await queryPage(call, `SELECT SUM(paymentamountunused) AS unused FROM transactionaccountingline WHERE ${where}`);
  return minorOf(textOf(row, "unused"), company.homeCurrency);
}

function storedRow(entity: string, row: JsonObject, { company }: Work): StoredRecord {
  return {
    entity,
    providerId: textOf(row, "id"),
    version: listVersion(row),
    number: textOf(row, "acctnumber") || null,
    date: null,
    currency: company.currencyOf.get(textOf(row, "currency")) ?? null,
    totalMinor: null,
    openMinor: null,
    state: isTrue(row, "isinactive") ? "inactive" : "active",
    links: [],
    record: row,
  };
}

/**
 * Makes a record equal to an item. Fields we never send stay; sublists are replaced as a whole. NetSuite compares no versions
 * for us: the record is read right before, and what somebody changed since the target is not overwritten.
 */
export async function updateRecord(work: Work, item: PostItem | MovementItem, target: Target): Promise<PostResult> {
  const { key } = item;
  const kind = "movement" in item ? item.movement.kind : item.postable.kind;
  try {
    if (kind !== target.kind) throw new Fault("request_invalid", `A ${spokenKind(target.kind)} cannot become a ${spokenKind(kind)}`);
    if (!("movement" in item) && isParty(item.postable))
      return { key, posted: await updateParty(work, { ...item, postable: item.postable }, target) };
    const entry = await entryOf(work, item);
    if (!("type" in entry)) return entry;
    const [current] = await wholeById(work.call, work.company, [target.providerId]);
    if (current === undefined) throw stale(target, "is gone");
    const landed = await asFound(work, item, current);
    if (landed.sameContent && current.externalId.toLowerCase() === entry.externalId.toLowerCase()) return { key, posted: landed };
    if (current.version !== target.version) throw stale(target, "was changed");
    if (current.restType !== entry.type) {
      refuse(
        `The ${spokenKind(kind)} stands as ${current.restType} in NetSuite and would become ${entry.type}. Delete it and post it anew.`,
      );
    }
    await change(work.call, changed(entry, current.externalId), target.providerId);
    const [after] = await wholeById(work.call, work.company, [target.providerId]);
    if (after === undefined) throw new Fault("upstream_silent", "NetSuite took the change, but does not show the record");
    return { key, posted: await asFound(work, item, after) };
  } catch (error) {
    return failed(key, error);
  }
}

/** The translated item, or the result that says why there is none. */
async function entryOf(work: Work, item: PostItem | MovementItem): Promise<Entry | PostResult> {
  if ("movement" in item) {
    const { ready, results } = await translateMovements(work, [item]);
    return ready[0]?.entry ?? results[0]!;
  }
  if (isParty(item.postable)) throw new Error("Parties are changed by themselves");
  const { ready, results } = await translateAll(work, [{ key: item.key, thing: item.postable }]);
  return ready[0]?.entry ?? results[0]!;
}

/** The subsidiary of a transaction is fixed, and an external id that somebody else set stays theirs. */
function changed(entry: Entry, externalId: string): Entry {
  const { subsidiary: _fixed, externalId: ours, ...body } = entry.body;
  return { ...entry, body: externalId === "" || isOurs(externalId) ? { externalId: ours, ...body } : body };
}

async function asFound(work: Work, item: PostItem | MovementItem, whole: WithLegs): Promise<FoundRecord> {
  const { lookup } = work;
  if ("movement" in item) {
    const links = (await linksOf(work.call, work.company, [whole])).get(whole.id) ?? [];
    return foundFrom(whole, { sameContent: isSameMovement(item.movement, whole, links, lookup), ours: isOurs(whole.externalId) });
  }
  const sameContent = !isParty(item.postable) && isSameContent(item.postable, whole, lookup);
  return foundFrom(whole, { sameContent, ours: isOurs(whole.externalId) });
}

async function updateParty(
  work: Work,
  { postable }: PostItem & { postable: Parameters<typeof foundParty>[1] },
  target: Target,
): Promise<FoundRecord> {
  const read = () => queryPage(work.call, `SELECT ${partyColumns} FROM ${postable.kind} WHERE id = ${target.providerId}`);
  const [current] = await read();
  if (current === undefined) throw stale(target, "is gone");
  const before = foundParty(current, postable, work.company);
  const [plain, suffixed] = namesOf(postable);
  const name = textOf(current, "entityid");
  if (before.sameContent && (name === plain || name === suffixed)) return before;
  if (before.version !== target.version) throw stale(target, "was changed");
  const { currency: _currency, ...entry } = changed(toPartyEntry(postable, work.company), textOf(current, "externalid")).body;
  const { type } = toPartyEntry(postable, work.company);
  await work.call({
    method: "PATCH",
    path: `record/v1/${type}/${target.providerId}`,
    body: JSON.stringify(entry),
    timeoutMs: writeTimeoutMs,
  });
  const [after] = await read();
  if (after === undefined) throw new Fault("upstream_silent", "NetSuite took the change, but does not show the record");
  return foundParty(after, postable, work.company);
}

function stale({ kind, providerId }: Pick<Target, "kind" | "providerId">, how: string): Fault {
  return new Fault(
    "record_stale",
    `The ${spokenKind(kind)} (id ${providerId}) ${how} in NetSuite since we read it. Look at it there and decide what is wanted.`,
  );
}

/** Takes a record out of the books. Reading first keeps a person's change; a removal that this process sent is known as ours. */
export async function removeRecord(work: Work, target: Target, options: { key: string; how?: Removal }): Promise<Removed> {
  const { kind, providerId } = target;
  const how = options.how ?? removalOf[kind][0];
  if (how === undefined || !removalOf[kind].includes(how)) {
    refuse(
      `NetSuite cannot ${how ?? "remove"} a ${spokenKind(kind)} by REST. It can ${removalOf[kind].join(" or ")} it; else post the opposite document.`,
    );
  }
  const record = await readRecord(work, entityOf[kind], providerId);
  if (record === null) {
    if (work.removals.has(options.key)) return { how, version: null };
    throw stale(target, "is gone");
  }
  if (how === "deactivate") return deactivate(work, target, record, options.key);
  if (record.version !== target.version) throw stale(target, "was changed");
  const [whole] = await wholeById(work.call, work.company, [providerId]);
  if (whole === undefined) throw stale(target, "is gone");
  work.removals.add(options.key);
  try {
    await work.call({ method: "DELETE", path: `record/v1/${whole.restType}/${providerId}`, timeoutMs: writeTimeoutMs });
    return { how, version: null };
  } catch (error) {
    if (error instanceof Fault && error.remedy !== "confirm") work.removals.delete(options.key);
    throw error;
  }
}

async function deactivate(work: Work, target: Target, record: StoredRecord, key: string): Promise<Removed> {
  const { kind, providerId } = target;
  if (record.state === "inactive" && work.removals.has(key)) return { how: "deactivate", version: record.version };
  if (record.version !== target.version) throw stale(target, "was changed");
  work.removals.add(key);
  await work.call({
    method: "PATCH",
    path: `record/v1/${entityOf[kind as EntryKind]}/${providerId}`,
    body: JSON.stringify({ isInactive: true }),
    timeoutMs: writeTimeoutMs,
  });
  const after = await readRecord(work, entityOf[kind], providerId);
  if (after?.state !== "inactive")
    throw new Fault("upstream_silent", `NetSuite took the change, but does not show the ${spokenKind(kind)} inactive`);
  return { how: "deactivate", version: after.version };
}
