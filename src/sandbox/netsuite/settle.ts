import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { userError } from "./errors.ts";
import type { Header, Line, Link } from "./kind.ts";
import { converted, decimalOf, minorOf, toAmount } from "./money.ts";
import type { Stored } from "./records.ts";
import { invalidField } from "./references.ts";
import { settlementOf } from "./status.ts";
import type { Work } from "./work.ts";

export interface Settling {
  readonly draft: JsonObject;
  readonly header: Header;
  readonly entity: Stored | null;
  /** The settling document itself, when it is changed. */
  readonly self: number | null;
}

/** What an apply list settles. A row without an amount takes what is open, as far as there is something left. */
export function applyLinks(work: Work, settling: Settling, order: { available: bigint | null; targets: readonly string[] }): Link[] {
  const rows = [...listOf(settling.draft["apply"]).map(objectOf), ...oldestOpen(work, settling, order)];
  let left = order.available;
  const links: Link[] = [];
  for (const [index, row] of rows.entries()) {
    const isChosen = row["apply"] !== false && row["amount"] !== 0 && row["doc"] !== undefined;
    if (!isChosen) continue;
    const path = `apply.items[${index}]`;
    const link = applied(work, settling, { row, path, left, targets: order.targets });
    if (left !== null) left -= link.minor;
    if (left !== null && left < 0n) throw userError("The amount applied is more than the amount of this transaction.", `${path}.amount`);
    links.push(link);
  }
  return links;
}

/** The apply list as it is kept: rows that settle nothing are gone, the others carry what they settle. */
export function settledRows(draft: JsonObject, links: readonly Link[]): JsonObject {
  const rows = listOf(draft["apply"]).map(objectOf);
  const kept = links.map(({ previous, minor }, index) => {
    const sent = rows.find((row) => row["doc"] === String(previous)) ?? {};
    return { ...sent, doc: String(previous), apply: true, amount: toAmount(minor), line: index };
  });
  return { ...draft, apply: kept };
}

/** With `autoApply` and nothing chosen: whatever is open, oldest first, as far as the amount goes. */
function oldestOpen(
  work: Work,
  { draft, header, entity }: Settling,
  order: { available: bigint | null; targets: readonly string[] },
): JsonObject[] {
  const { company, storage } = work;
  if (draft["autoApply"] !== true || listOf(draft["apply"]).length > 0 || order.available === null || entity === null) return [];
  const rows = storage.all(
    `SELECT id FROM ns_transactions WHERE company = ? AND entity = ? AND type = ? AND status = 'A' AND currency = ? AND subsidiary = ?
       ORDER BY trandate, id`,
    ...[company.key, entity.id, order.targets[0] ?? "", header.currency.id, header.subsidiary.id],
  );
  let left = order.available;
  return rows.flatMap((row) => {
    const { total, settled } = settlementOf(work, Number(row["id"]));
    const minor = total - settled < left ? total - settled : left;
    left -= minor;
    return minor <= 0n ? [] : [{ doc: String(row["id"]), apply: true, amount: toAmount(minor) }];
  });
}

function applied(
  work: Work,
  settling: Settling,
  order: { row: JsonObject; path: string; left: bigint | null; targets: readonly string[] },
): Link {
  const { row, path, left, targets } = order;
  const id = Number(textOf(row["doc"]));
  const found = openDocument(work, settling, { id, targets });
  if (found === null) throw invalidField(work, row["doc"], "doc", `${path}.doc`);
  const wanted = typeof row["amount"] === "number" ? minorOf(row["amount"]) : left === null || found.open < left ? found.open : left;
  if (wanted <= 0n) throw userError(`The value ${toAmount(wanted)} is outside of valid min/max range for field amount.`, `${path}.amount`);
  if (wanted > found.open) throw userError("The amount applied is more than what is open on the transaction.", `${path}.amount`);
  return { previous: id, minor: wanted, type: "Payment" };
}

/** A document that can be settled: posted, of this party, currency and subsidiary. */
function openDocument(
  work: Work,
  { header, entity, self }: Settling,
  { id, targets }: { id: number; targets: readonly string[] },
): { open: bigint } | null {
  const { company, storage } = work;
  if (!Number.isSafeInteger(id)) return null;
  const row = storage.get("SELECT * FROM ns_transactions WHERE company = ? AND id = ?", company.key, id);
  const fits =
    row !== undefined &&
    targets.includes(String(row["type"])) &&
    Number(row["entity"]) === entity?.id &&
    row["currency"] === header.currency.id &&
    row["subsidiary"] === header.subsidiary.id &&
    row["posting"] === 1;
  if (!fits) return null;
  const { total, settled } = settlementOf(work, id);
  const own = storage.allExact(
    "SELECT coalesce(sum(minor), 0) AS minor FROM ns_links WHERE company = ? AND previous = ? AND next = ?",
    company.key,
    id,
    self ?? 0,
  );
  return { open: total - settled + BigInt((own[0]?.["minor"] ?? 0n) as bigint) };
}

/**
 * The receivable or payable side of a payment in the currency of the books: each settled document leaves at its own
 * rate. What the rates of the days differ by is a realized gain or loss.
 */
export function settledAtOwnRates(work: Work, header: Header, links: readonly Link[]): bigint {
  return links.reduce((sum, { previous, minor }) => {
    const row = work.storage.get("SELECT rate FROM ns_transactions WHERE company = ? AND id = ?", work.company.key, previous);
    return sum + converted(minor, decimalOf(String(row?.["rate"] ?? "1")) ?? header.rate);
  }, 0n);
}

/** Books a difference between rates on the account of realized gains and losses; null when there is none. */
export function rateDifference(work: Work, like: Line, baseMinor: bigint): Line | null {
  if (baseMinor === 0n) return null;
  const accounts = work.records.ofType(work.company.key, "account");
  const account = accounts.find(({ body }) => body["sSpecAcct"] === "RealizedGainLoss");
  if (account === undefined) throw userError("No account for realized gains and losses is set up.");
  return { ...like, id: like.id + 1000, isMain: false, account, minor: 0n, baseMinor, entity: null, memo: "Realized Gain/Loss" };
}
