import { listOf, objectOf, textOf, type Json, type JsonObject } from "../json.ts";
import type { Leg, LedgerAccount } from "../ledger.ts";
import type { Storage } from "../storage.ts";
import { minorOf, toAmount } from "../amount.ts";
import { rateOf, toHome } from "./currency.ts";
import type { Link, Work } from "./kind.ts";
import type { Stored } from "./records.ts";

/** A transaction that pays, applies or deposits another one. */
export interface Payer {
  readonly entity: string;
  readonly id: string;
}

type Place = Pick<Work, "storage" | "company">;

const abs = (minor: bigint) => (minor < 0n ? -minor : minor);

/** Everything this transaction settles. */
export function linksOf({ storage, company }: Place, payer: Payer): Link[] {
  const rows = storage.all(
    "SELECT target_entity, target, minor FROM qbo_links WHERE company = ? AND payer_entity = ? AND payer = ? ORDER BY rowid",
    ...[company.key, payer.entity, payer.id],
  );
  return rows.map((row) => ({ entity: String(row["target_entity"]), id: String(row["target"]), minor: BigInt(String(row["minor"])) }));
}

/** Everything that settles this transaction, one entry a transaction, oldest first. */
export function payersOf({ storage, company }: Place, target: Payer): (Payer & { minor: bigint })[] {
  const rows = storage.all(
    `SELECT payer_entity, payer, sum(minor) AS minor FROM qbo_links WHERE company = ? AND target_entity = ? AND target = ?
       GROUP BY payer_entity, payer ORDER BY min(rowid)`,
    ...[company.key, target.entity, target.id],
  );
  return rows.map((row) => ({ entity: String(row["payer_entity"]), id: String(row["payer"]), minor: BigInt(String(row["minor"])) }));
}

export function replaceLinks({ storage, company }: Place, payer: Payer, links: readonly Link[]): void {
  storage.run("DELETE FROM qbo_links WHERE company = ? AND payer_entity = ? AND payer = ?", company.key, payer.entity, payer.id);
  for (const { entity, id, minor } of links) {
    storage.run("INSERT INTO qbo_links VALUES (?, ?, ?, ?, ?, ?)", company.key, payer.entity, payer.id, entity, id, minor);
  }
}

/** What is open between us and a party on one transaction, in the transaction's currency. */
export interface OpenItem {
  readonly account: LedgerAccount;
  /** Above zero: the party owes us. Below: we owe the party. */
  readonly total: bigint;
  /** What payments have settled, without a sign. */
  readonly applied: bigint;
}

/** The open item of a transaction with a party, found on its receivable and payable legs; null when there is none. */
export function openItem(place: Place, stored: Stored, order: { party: string | null; not?: string }): OpenItem | null {
  const legs = stored.legs.filter(({ isControl, party }) => isControl && (order.party === null || party?.id === order.party));
  const [first] = legs;
  if (first === undefined) return null;
  const total = legs.reduce((sum, leg) => sum + ownMinor(leg), 0n);
  const settled = payersOf(place, stored).filter(({ id }) => id !== order.not);
  return { account: first.account, total, applied: settled.reduce((sum, { minor }) => sum + minor, 0n) };
}

function ownMinor({ minor, foreign }: Leg): bigint {
  return foreign === undefined ? minor : foreign.minor;
}

/** How `LinkedTxn` names the one that pays. */
function linkName(place: Place, payer: Payer): string {
  if (payer.entity !== "BillPayment") return payer.entity;
  const type = paymentType(place.storage, place.company.key, payer.id);
  return type === "CreditCard" ? place.company.switches.cardPaymentLink : "BillPaymentCheck";
}

function paymentType(storage: Storage, company: number, id: string): string | null {
  const row = storage.get(
    "SELECT body ->> '$.PayType' AS type FROM qbo_records WHERE company = ? AND entity = 'BillPayment' AND id = ?",
    ...[company, id],
  );
  return textOf(row?.["type"]);
}

const alwaysShown = new Set(["Invoice"]);
const withBalance = new Set(["Invoice", "Bill", "CreditMemo", "VendorCredit"]);

/** The members of a body that follow from what others have settled of it. */
export function settledMembers(place: Place, stored: Stored): JsonObject {
  const payers = payersOf(place, stored);
  const linked: Json[] = payers.map((payer) => ({ TxnId: payer.id, TxnType: linkName(place, payer) }));
  const links: JsonObject = linked.length > 0 || alwaysShown.has(stored.entity) ? { LinkedTxn: linked } : {};
  if (!withBalance.has(stored.entity)) return links;
  const total = minorOf(stored.body["TotalAmt"]);
  const balance = total - payers.reduce((sum, { minor }) => sum + minor, 0n);
  const home = stored.body["HomeBalance"] === undefined ? {} : { HomeBalance: toAmount(toHome(balance, rateOf(stored.body))) };
  const remaining = stored.entity === "CreditMemo" ? { RemainingCredit: toAmount(balance) } : {};
  return { ...links, Balance: toAmount(balance), ...home, ...remaining };
}

/** True when a payment, bill payment or deposit names this transaction. */
export function isLinked(place: Place, target: Payer): boolean {
  return payersOf(place, target).length > 0;
}

/** What a payment's lines settled of one transaction, so that it can be left out when that one is undone. */
export function withoutLinesTo(body: JsonObject, target: { id: string; entity: string }): JsonObject {
  const lines = listOf(body["Line"]).filter((line) => {
    const link = objectOf(listOf(objectOf(line)["LinkedTxn"])[0]);
    return link["TxnId"] !== target.id || link["TxnType"] !== target.entity;
  });
  return { ...body, Line: lines };
}

export const unsigned = abs;
