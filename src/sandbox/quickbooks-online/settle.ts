import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import type { Leg, LedgerParty } from "../ledger.ts";
import { minorOf, toAmount } from "../amount.ts";
import { exchangeAccount } from "./control-accounts.ts";
import { homeCurrency, rateOf, toHome, type Money } from "./currency.ts";
import { business, missing, Refusal } from "./errors.ts";
import type { Link, Work } from "./kind.ts";
import { openItem, unsigned } from "./links.ts";
import type { Referent, Stored } from "./records.ts";
import { dimensionsOf, ledgerAccount } from "./references.ts";

/** A payment to be matched with what it pays. `side` is 1 where the party owes us, -1 where we owe the party. */
export interface Order {
  readonly side: 1n | -1n;
  readonly party: LedgerParty;
  readonly money: Money;
  readonly total: bigint;
  /** Account the money comes to or leaves. */
  readonly cash: Referent;
  /** Receivable or payable account for what is left unapplied. */
  readonly control: Referent;
  readonly department: Referent | null;
  /** Transaction types that a line may name. */
  readonly linkable: readonly string[];
}

export interface Settlement {
  readonly lines: readonly JsonObject[];
  readonly links: readonly Link[];
  readonly legs: readonly Leg[];
  readonly unapplied: bigint;
  /** True when every line named something that was paid already, and so was dropped. */
  readonly isHollow: boolean;
}

/** One line: so much of one open transaction. */
interface Part {
  readonly line: JsonObject;
  readonly link: Link;
  readonly leg: Leg;
}

/** Matches the lines of a payment with open transactions of its party, and posts them with their exchange differences. */
export function settleLines(work: Work, draft: JsonObject, before: Stored | null, order: Order): Settlement {
  const used = new Map<string, bigint>();
  const given = listOf(draft["Line"]).map(objectOf);
  const parts = given.flatMap((line) => readPart(work, line, { before, order, used }) ?? []);
  const { side, total, money, control, party, department } = order;
  const isHollow = given.length > 0 && parts.length === 0 && total > 0n;
  const settled = parts.reduce((sum, { leg }) => sum + ownMinor(leg), 0n);
  const paid = isHollow ? 0n : total;
  const unapplied = paid + side * settled;
  if (unapplied < 0n) throw business("You can't apply more than the amount of the payment and its credits.", "TotalAmt");
  const legs = [
    ...postAt(money, {
      account: ledgerAccount(order.cash),
      minor: side * paid,
      party,
      dimensions: dimensionsOf(null, department),
      isControl: false,
    }),
    ...parts.map(({ leg }) => leg),
    ...postAt(money, {
      account: ledgerAccount(control),
      minor: -side * unapplied,
      party,
      dimensions: dimensionsOf(null, department),
      isControl: true,
    }),
  ];
  const over = legs.reduce((sum, { minor }) => sum + minor, 0n);
  if (over !== 0n)
    legs.push({ account: ledgerAccount(exchangeAccount(work)), minor: -over, party: null, dimensions: {}, isControl: false });
  return { lines: parts.map(({ line }) => line), links: parts.map(({ link }) => link), legs, unapplied, isHollow };
}

function ownMinor({ minor, foreign }: Leg): bigint {
  return foreign === undefined ? minor : foreign.minor;
}

function postAt({ currency, rate }: Money, leg: Leg): Leg[] {
  if (leg.minor === 0n) return [];
  if (currency === homeCurrency) return [leg];
  return [{ ...leg, minor: toHome(leg.minor, rate), foreign: { currency, minor: leg.minor } }];
}

interface Matching {
  readonly before: Stored | null;
  readonly order: Order;
  /** What earlier lines of the same payment took, by transaction. */
  readonly used: Map<string, bigint>;
}

function readPart(work: Work, line: JsonObject, { before, order, used }: Matching): Part | null {
  if (line["Amount"] === undefined) throw missing("Amount");
  const amount = minorOf(line["Amount"]);
  if (amount < 0n) throw new Refusal("2290", "Negative Amount : Amount on a line cannot be negative", "Amount");
  const [first] = listOf(line["LinkedTxn"]);
  if (first === undefined) throw missing("LinkedTxn");
  const { TxnId: id, TxnType: type } = objectOf(first);
  const target = findTarget(work, { id: textOf(id), type: textOf(type), linkable: order.linkable });
  const item = openItem(work, target, { party: order.party.id, ...(before === null ? {} : { not: before.id }) });
  if (item === null || amount === 0n) {
    if (amount === 0n && item !== null) return null;
    throw cannotLink(target, "it is not a transaction of this name");
  }
  const name = `${target.entity} ${target.id}`;
  const taken = item.applied + (used.get(name) ?? 0n);
  const open = unsigned(item.total) - taken;
  if (open <= 0n && work.company.switches.paidLine === "drop") return null;
  if (open <= 0n) throw cannotLink(target, "it has no open balance");
  if (amount > open) throw business("You can't apply more than the open balance of a transaction.", "Amount");
  used.set(name, (used.get(name) ?? 0n) + amount);
  return {
    line: shownLine(work, target, { amount, open }),
    link: { entity: target.entity, id: target.id, minor: amount },
    leg: {
      account: item.account,
      ...clearing(target, { currency: order.money.currency, sign: item.total > 0n ? -1n : 1n, amount, open }),
      party: order.party,
      dimensions: dimensionsOf(null, order.department),
      isControl: true,
    },
  };
}

/** What a line takes off the books: at the rate the other transaction was posted at, so that the last one leaves nothing behind. */
function clearing(
  target: Stored,
  { currency, sign, amount, open }: { currency: string; sign: bigint; amount: bigint; open: bigint },
): Pick<Leg, "minor" | "foreign"> {
  if (currency === homeCurrency) return { minor: sign * amount };
  const rate = rateOf(target.body);
  return { minor: sign * (toHome(open, rate) - toHome(open - amount, rate)), foreign: { currency, minor: sign * amount } };
}

function findTarget(work: Work, order: { id: string | null; type: string | null; linkable: readonly string[] }): Stored {
  const { id, type, linkable } = order;
  if (id === null) throw missing("TxnId");
  if (type === null) throw missing("TxnType");
  if (!linkable.includes(type))
    throw new Refusal("620", `Txn ID Cannot Be Linked : ${type} ${id} is not of a type that can be linked here`, "TxnType");
  const found = work.records.find(work.company.key, type, id);
  if (found === null || found.deleted) throw new Refusal("2500", `Invalid Reference Id : Txns element id ${id} not found`, "TxnId");
  return found;
}

function cannotLink(target: Stored, reason: string): Refusal {
  return new Refusal("620", `Txn ID Cannot Be Linked : ${target.entity} ${target.id} cannot be linked, ${reason}`, "TxnId");
}

function shownLine(work: Work, target: Stored, { amount, open }: { amount: bigint; open: bigint }): JsonObject {
  const shown: JsonObject = { Amount: toAmount(amount), LinkedTxn: [{ TxnId: target.id, TxnType: target.entity }] };
  if (!work.company.switches.paymentLineExtras) return shown;
  const extra = (Name: string, Value: string): JsonObject => ({
    name: "{http://schema.intuit.com/finance/v3}NameValue",
    declaredType: "com.intuit.schema.finance.v3.NameValue",
    scope: "javax.xml.bind.JAXBElement$GlobalScope",
    value: { Name, Value },
    nil: false,
    globalScope: true,
    typeSubstituted: false,
  });
  const extras = [extra("txnId", target.id), extra("txnOpenBalance", toAmount(open).toFixed(2))];
  const number = textOf(target.body["DocNumber"]);
  return { ...shown, LineEx: { any: number === null ? extras : [...extras, extra("txnReferenceNumber", number)] } };
}

/** What is left of a payment after a void. */
export function voidedPayment(body: JsonObject): JsonObject {
  const note = textOf(body["PrivateNote"]);
  const home = body["HomeTotalAmt"] === undefined ? {} : { HomeTotalAmt: 0 };
  const unapplied = body["UnappliedAmt"] === undefined ? {} : { UnappliedAmt: 0 };
  return { ...body, ...home, ...unapplied, PrivateNote: note === null ? "Voided" : `Voided - ${note}`, TotalAmt: 0, Line: [] };
}

/** The amount of a payment: it has to be said, and is never below zero. */
export function paymentTotal(draft: JsonObject): bigint {
  if (draft["TotalAmt"] === undefined) throw business("You must set a transaction amount.", "TotalAmt");
  const total = minorOf(draft["TotalAmt"]);
  if (total < 0n) throw new Refusal("2290", "Negative Amount : The total of a transaction cannot be negative", "TotalAmt");
  return total;
}
