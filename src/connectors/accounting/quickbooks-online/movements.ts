import { Fault } from "../../../core/errors.ts";
import { formatMinor } from "../../../core/money.ts";
import type { Application, FoundRecord, Lookup, Movement, MovementItem, PostResult } from "../connector.ts";
import { asUnsent } from "./api.ts";
import { entityOf, spokenKind } from "./entities.ts";
import type { Entry } from "./entry.ts";
import { loadTypes, rowsWhere } from "./find.ts";
import { foundMovement } from "./movement-content.ts";
import { foldName } from "./names.ts";
import { toMovementEntry } from "./payments.ts";
import { failed, sendAll, type Desk, type Ready } from "./send.ts";
import { minorOf, refOf, textOf, type JsonObject } from "./wire.ts";

/**
 * Posts payments, deposits and transfers, each at most once. What they settle is read first: QuickBooks does not always
 * refuse to pay what is paid already, but drops the line and saves the rest.
 */
export async function postMovements(desk: Desk, items: readonly MovementItem[], lookup: Lookup): Promise<PostResult[]> {
  const { ready, results } = await readyMovements(desk, items, lookup);
  const open = await openAmounts(desk, items).catch((error: unknown) => asUnsent(error));
  if (!(open instanceof Map)) return [...results, ...ready.map(({ key }) => failed(key, open))];

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
  const names = new Map(items.map(({ key, movement }) => [key, `${spokenKind(movement.kind)} ${movement.number}`]));
  return [...results, ...(await sendAll(desk, toSend)).map((result) => onlyWhole(result, names.get(result.key) ?? ""))];
}

/** Somebody was faster between our look and our payment: what came back settles less than was sent, and a person must see it. */
function onlyWhole(result: PostResult, name: string): PostResult {
  if ("fault" in result || (result.posted.sameContent && result.posted.active)) return result;
  const { providerId, version } = result.posted;
  const fault = new Fault(
    "books_refused",
    `QuickBooks saved ${name} (id ${providerId}) without all that it should settle: somebody paid or credited it at the same moment. ` +
      "Look at the payment in QuickBooks and delete it, or apply it there.",
    { providerId, version },
  );
  return { key: result.key, fault };
}

/** Translates movements; those that cannot be translated have their result already. */
export async function readyMovements(
  desk: Desk,
  items: readonly MovementItem[],
  lookup: Lookup,
): Promise<{ ready: Ready[]; results: PostResult[] }> {
  const ready: Ready[] = [];
  const results: PostResult[] = [];
  try {
    const paidFrom = items.flatMap(({ movement }) => (movement.kind === "bill_payment" ? [movement.paidFrom] : []));
    await loadTypes(desk.accounts, paidFrom, lookup);
  } catch (error) {
    return { ready, results: items.map(({ key }) => failed(key, error)) };
  }
  for (const { key, movement } of items) {
    try {
      const entry = toMovementEntry(movement, key, { lookup, accountType: desk.accounts.of });
      ready.push({ key, entry, found: (record) => foundMovement(record, entry, key, movement), party: null });
    } catch (error) {
      results.push(failed(key, error));
    }
  }
  return { ready, results };
}

/**
 * Looks movements up: payments by their number; deposits and transfers, which have none, by their date. Of those only
 * records with our mark are told, because a day's deposits are otherwise all alike.
 */
export async function findMovements(desk: Desk, items: readonly MovementItem[], lookup: Lookup): Promise<Map<string, FoundRecord[]>> {
  await loadTypes(
    desk.accounts,
    items.flatMap(({ movement }) => (movement.kind === "bill_payment" ? [movement.paidFrom] : [])),
    lookup,
  );
  const found = new Map<string, FoundRecord[]>();
  for (const [kind, group] of Map.groupBy(items, ({ movement }) => movement.kind)) {
    const { property, valueOf } = searches[kind];
    const rows = await rowsWhere(desk.call, entityOf[kind], {
      property,
      values: [...new Set(group.map(({ movement }) => valueOf(movement)))],
    });
    for (const { key, movement } of group) {
      const expected = expectedEntry(movement, key, { lookup, accountType: desk.accounts.of });
      const records = rows
        .filter((row) => foldName(textOf(row, property)) === foldName(valueOf(movement)))
        .map((row) => foundMovement(row, expected, key, movement))
        .filter((record) => record.ours || property !== "TxnDate");
      if (records.length > 0) found.set(key, records);
    }
  }
  return found;
}

const byNumber = (property: string) => ({ property, valueOf: ({ number }: Movement) => number });
const byDate = { property: "TxnDate", valueOf: ({ date }: Movement) => date };
const searches: Readonly<Record<Movement["kind"], { property: string; valueOf: (movement: Movement) => string }>> = {
  customer_payment: byNumber("PaymentRefNum"),
  bill_payment: byNumber("DocNumber"),
  deposit: byDate,
  transfer: byDate,
};

/** A movement that can no longer be translated is still found; its content then equals nothing. */
function expectedEntry(movement: Movement, key: string, context: Parameters<typeof toMovementEntry>[2]): Entry {
  try {
    return toMovementEntry(movement, key, context);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { entity: entityOf[movement.kind], json: "{}", record: { TxnDate: "unknown" } };
  }
}

/** Documents that have an open amount; a journal entry has none that could be read. */
const settled: readonly Application["kind"][] = ["invoice", "credit_memo", "bill", "vendor_credit"];

/** The documents that these movements settle, by id. Journal entries do not tell what is open of them. */
async function openAmounts(desk: Desk, items: readonly MovementItem[]): Promise<Map<string, JsonObject>> {
  const applied = items.flatMap(({ movement }) => ("applied" in movement ? movement.applied : []));
  const open = new Map<string, JsonObject>();
  for (const kind of settled) {
    const ids = [...new Set(applied.filter((each) => each.kind === kind).map(({ providerId }) => providerId))];
    for (const row of await rowsWhere(desk.call, settledEntities[kind], { property: "Id", values: ids })) open.set(textOf(row, "Id"), row);
  }
  return open;
}

/** What one payment settles is no longer open for the next one of the same call. */
function use(movement: Movement, open: Map<string, JsonObject>): void {
  if (!("applied" in movement)) return;
  for (const { providerId, amountMinor } of movement.applied) {
    const row = open.get(providerId);
    const left = minorOf(row?.["Balance"], movement.currency);
    if (row !== undefined && left !== null) open.set(providerId, { ...row, Balance: formatMinor(left - amountMinor, movement.currency) });
  }
}

const settledEntities: Readonly<Record<Application["kind"], string>> = {
  invoice: "Invoice",
  credit_memo: "CreditMemo",
  bill: "Bill",
  vendor_credit: "VendorCredit",
  journal_entry: "JournalEntry",
};

/** Why this movement cannot settle what it names; null when it can. */
function shortage(movement: Movement, open: ReadonlyMap<string, JsonObject>): Fault | null {
  if (!("applied" in movement)) return null;
  const name = `${spokenKind(movement.kind)} ${movement.number}`;
  for (const { kind, providerId, amountMinor } of movement.applied) {
    if (!settled.includes(kind)) continue;
    const row = open.get(providerId);
    const spoken = kind.replace("_", " ");
    if (row === undefined) {
      return new Fault("reference_unknown", `${name} settles a ${spoken} that is no longer in QuickBooks (id ${providerId}).`, {
        kind,
        providerId,
      });
    }
    const currency = refOf(row, "CurrencyRef") || movement.currency;
    const left = minorOf(row["Balance"], currency);
    if (currency !== movement.currency) {
      return new Fault("books_refused", `${name} is in ${movement.currency}, the ${spoken} it settles in ${currency}.`, { providerId });
    }
    if (left !== null && left < amountMinor) {
      return new Fault(
        "books_refused",
        `${name} settles more of ${spoken} ${textOf(row, "DocNumber") || providerId} than is open: somebody has paid or credited it. ` +
          "Look at its payments in QuickBooks, then correct or drop this payment.",
        { providerId, open: String(row["Balance"]) },
      );
    }
  }
  return null;
}
