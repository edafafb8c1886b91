import { Fault } from "../../../core/errors.ts";
import type { Application, FoundRecord, Movement, MovementItem, PostResult } from "../connector.ts";
import { appliedOf, creditsUsed, openShares, useCredits } from "./credits.ts";
import { failed, sideBySide, type Work } from "./desk.ts";
import type { Entry } from "./entry.ts";
import { asUnsent } from "./errors.ts";
import { candidatesOf, type Sought } from "./find.ts";
import { linksOf } from "./links.ts";
import { spokenKind } from "./kinds.ts";
import { isSameMovement } from "./movement-content.ts";
import { openOf } from "./open.ts";
import { toMovementEntry } from "./payments.ts";
import { create } from "./send.ts";
import { restOf, sharesOf } from "./shares.ts";
import { foundFrom, transactionsById, wholeById, type Transaction, type WithLegs } from "./transactions.ts";

interface Ready {
  readonly item: MovementItem;
  readonly entry: Entry;
}

/** Posts payments, deposits and transfers, each at most once. What they settle is read first, and used up by one after the other. */
export async function postMovements(work: Work, items: readonly MovementItem[]): Promise<PostResult[]> {
  const [credits, plain] = [items.filter(isCreditOnly), items.filter((item) => !isCreditOnly(item))];
  const { ready, results } = await translateMovements(work, plain);
  const before = await readBefore(work, [...ready.map(({ item }) => item), ...credits]).catch((error: unknown) => asUnsent(error));
  if (!isBefore(before)) return [...results, ...[...ready.map(({ item }) => item), ...credits].map(({ key }) => failed(key, before))];

  const toSend: Ready[] = [];
  for (const each of ready) {
    const { key, movement } = each.item;
    const standing = before.standing.get(key);
    const short = standing === undefined ? shortage(movement, before.needs.get(key) ?? [], before.open) : null;
    if (standing !== undefined) results.push(standing);
    else if (short !== null) results.push({ key, fault: short });
    else {
      use(before.needs.get(key) ?? [], before.open);
      toSend.push(each);
    }
  }
  const outcomes = await sideBySide(toSend, work.lanes, ({ entry, item }) =>
    createAfterCredits(work, entry, item).catch((error: unknown) => error),
  );
  const made = await readMade(
    work,
    outcomes.filter((outcome) => typeof outcome === "string"),
  );
  for (const [at, { item }] of toSend.entries()) results.push(resultOf(item, outcomes[at], made));
  for (const item of credits) results.push(await postCredits(work, item, before));
  return results;
}

/** A credit that is used up without new money is no payment over there: it is applied on the credit itself. */
function isCreditOnly({ movement }: MovementItem): boolean {
  return (
    "applied" in movement &&
    movement.totalMinor === 0n &&
    movement.applied.some(({ kind }) => kind === "credit_memo" || kind === "vendor_credit")
  );
}

/** Translates movements; those that cannot be translated have their result already. */
export async function translateMovements(work: Work, items: readonly MovementItem[]): Promise<{ ready: Ready[]; results: PostResult[] }> {
  const ready: Ready[] = [];
  const results: PostResult[] = [];
  const { lookup, company, facts, options } = work;
  for (const item of items) {
    const { key, movement } = item;
    try {
      const account = movement.kind === "bill_payment" ? lookup("account", movement.paidFrom) : undefined;
      if (account !== undefined) await facts.loadAccounts([account]).catch((error: unknown) => Promise.reject(asUnsent(error)));
      ready.push({ item, entry: toMovementEntry(movement, key, { lookup, company, facts, options, fields: [] }) });
    } catch (error) {
      results.push(failed(key, error));
    }
  }
  return { ready, results };
}

interface Before {
  readonly open: Map<string, Transaction>;
  /** What each movement still needs of the documents it names, credits included. */
  readonly needs: Map<string, readonly Application[]>;
  readonly standing: Map<string, PostResult>;
}

function isBefore(before: unknown): before is Before {
  return typeof before === "object" && before !== null && "standing" in before;
}

async function readBefore(work: Work, items: readonly MovementItem[]): Promise<Before> {
  const ids = items.flatMap((item) => appliedOf(item).map(({ providerId }) => providerId));
  const open = await transactionsById(work.call, work.company, ids);
  const needs = new Map<string, readonly Application[]>();
  for (const item of items) {
    const shares = await openShares(work, item);
    const used = shares.flatMap(({ credit, debt, amountMinor }) => [
      { ...credit, amountMinor },
      { ...debt, amountMinor },
    ]);
    needs.set(item.key, [...restOf(appliedOf(item)), ...used]);
  }
  const found = await findMovements(
    work,
    items.filter((item) => !isCreditOnly(item)),
  );
  const standing = new Map<string, PostResult>();
  for (const { key, movement } of items) {
    const [own] = (found.get(key) ?? []).filter(({ ours }) => ours);
    const [other] = (found.get(key) ?? []).filter(({ ours }) => !ours);
    const name = `${spokenKind(movement.kind)} ${movement.number}`;
    const holder = own ?? other;
    if (own?.sameContent) standing.set(key, { key, posted: own });
    else if (holder) {
      const text = `NetSuite has a ${name} already (id ${holder.providerId})${own ? ", with other content" : ""}. It is looked up whether that one is ours.`;
      standing.set(key, { key, fault: new Fault("number_taken", text, { holderId: holder.providerId }) });
    }
  }
  return { open, needs, standing };
}

/** Looks movements up by external id and number. */
export async function findMovements(work: Work, items: readonly MovementItem[]): Promise<Map<string, FoundRecord[]>> {
  const found = new Map<string, FoundRecord[]>();
  const plain = items.filter((item) => !isCreditOnly(item));
  const sought = plain.map(
    ({ key, movement }): Sought => ({ kind: movement.kind, key, number: movement.number, ...vendorOf(movement, work) }),
  );
  const candidates = await candidatesOf(work.call, work.company, sought);
  const all = [...candidates.values()].flatMap(({ ours, namesakes }) => [...(ours ? [ours] : []), ...namesakes]);
  const links = await linksOf(work.call, work.company, all);
  for (const { key, movement } of plain) {
    const { ours, namesakes } = candidates.get(key)!;
    const records = [...(ours ? [ours] : []), ...namesakes].map((each) =>
      foundFrom(each, { sameContent: isSameMovement(movement, each, links.get(each.id) ?? [], work.lookup), ours: each === ours }),
    );
    if (records.length > 0) found.set(key, records);
  }
  for (const item of items.filter(isCreditOnly)) {
    const record = await creditsUsed(work, item);
    if (record !== null) found.set(item.key, [record]);
  }
  return found;
}

function vendorOf(movement: Movement, { lookup }: Work): { vendor?: string } {
  const vendor = movement.kind === "bill_payment" ? lookup("vendor", movement.vendor) : undefined;
  return vendor === undefined ? {} : { vendor };
}

async function readMade(
  work: Work,
  ids: readonly string[],
): Promise<{ made: Map<string, WithLegs>; links: Awaited<ReturnType<typeof linksOf>>; lookup: Work["lookup"] } | Fault> {
  try {
    const whole = await wholeById(work.call, work.company, ids);
    return {
      made: new Map(whole.map((each) => [each.id, each])),
      links: await linksOf(work.call, work.company, whole),
      lookup: work.lookup,
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error;
  }
}

/** Somebody was faster between our look and our payment, or a script of the account interfered: a person must see it. */
function resultOf({ key, movement }: MovementItem, outcome: unknown, read: Awaited<ReturnType<typeof readMade>>): PostResult {
  if (typeof outcome !== "string") return failed(key, outcome);
  const name = `${spokenKind(movement.kind)} ${movement.number}`;
  const record = read instanceof Fault ? undefined : read.made.get(outcome);
  if (read instanceof Fault || record === undefined) {
    return {
      key,
      fault: new Fault("upstream_silent", `NetSuite saved ${name} (id ${outcome}), but it could not be read back`, { providerId: outcome }),
    };
  }
  const sameContent = isSameMovement(movement, record, read.links.get(record.id) ?? [], read.lookup);
  if (sameContent) return { key, posted: foundFrom(record, { sameContent, ours: true }) };
  const text =
    `NetSuite saved ${name} (id ${outcome}) otherwise than it was sent: an amount, an account or what it settles differs. ` +
    "Look at it in NetSuite, correct or delete it there, then retry.";
  return { key, fault: new Fault("books_refused", text, { providerId: outcome }) };
}

async function createAfterCredits(work: Work, entry: Entry, item: MovementItem): Promise<string> {
  if (sharesOf(appliedOf(item)).length > 0) await useCredits(work, item);
  return create(work, entry, item.key);
}

async function postCredits(work: Work, item: MovementItem, { open, needs }: Before): Promise<PostResult> {
  const { key, movement } = item;
  try {
    const short = shortage(movement, needs.get(key) ?? [], open);
    if (short !== null) return { key, fault: short };
    use(needs.get(key) ?? [], open);
    await useCredits(work, item);
    const used = await creditsUsed(work, item);
    return used === null
      ? { key, fault: new Fault("upstream_silent", `The credits of ${movement.number} are not shown as applied`) }
      : { key, posted: used };
  } catch (error) {
    return failed(key, error);
  }
}

/** What one payment settles is no longer open for the next one of the same call. */
function use(needs: readonly Application[], open: Map<string, Transaction>): void {
  for (const { providerId, amountMinor } of needs) {
    const row = open.get(providerId);
    const left = row === undefined ? null : openOf(row);
    if (row !== undefined && left !== null) open.set(providerId, { ...row, openMinor: left - amountMinor });
  }
}

/** Why this movement cannot settle what it names; null when it can. */
function shortage(movement: Movement, needs: readonly Application[], open: ReadonlyMap<string, Transaction>): Fault | null {
  const name = `${spokenKind(movement.kind)} ${movement.number}`;
  for (const { kind, providerId, amountMinor } of summed(needs)) {
    const row = open.get(providerId);
    const spoken = kind.replace("_", " ");
    if (row === undefined || row.isVoided) {
      return new Fault("reference_unknown", `${name} settles a ${spoken} that is no longer in NetSuite (id ${providerId}).`, {
        kind,
        providerId,
      });
    }
    if (row.currency !== movement.currency) {
      return new Fault("books_refused", `${name} is in ${movement.currency}, the ${spoken} it settles in ${row.currency}.`, { providerId });
    }
    if (!row.isPosting) {
      return new Fault(
        "books_refused",
        `${name} settles ${spoken} ${row.number || providerId}, which awaits its approval in NetSuite. Approve it there, then retry.`,
        { providerId },
      );
    }
    const left = kind === "journal_entry" ? null : openOf(row);
    if (left !== null && left < amountMinor) {
      return new Fault(
        "books_refused",
        `${name} settles more of ${spoken} ${row.number || providerId} than is open: somebody has paid or credited it. ` +
          "Look at its payments in NetSuite, then correct or drop this payment.",
        { providerId },
      );
    }
  }
  return null;
}

/** A document may be settled by credits and by money at once. */
function summed(needs: readonly Application[]): Application[] {
  const byId = Map.groupBy(needs, ({ providerId }) => providerId);
  return [...byId.values()].map((group) => ({ ...group[0]!, amountMinor: group.reduce((sum, { amountMinor }) => sum + amountMinor, 0n) }));
}
