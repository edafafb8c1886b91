import type { BillPayment, CustomerPayment, Lookup, Movement } from "../connector.ts";
import type { Link } from "./links.ts";
import { totalOf, type WithLegs } from "./transactions.ts";

/** Whether a payment, deposit or transfer is what we would send: date, currency, total, accounts, party, and what it settles. */
export function isSameMovement(movement: Movement, theirs: WithLegs, links: readonly Link[], lookup: Lookup): boolean {
  if (theirs.isVoided || theirs.date !== movement.date || theirs.currency !== movement.currency) return false;
  if (totalOf(theirs) !== totalMinorOf(movement)) return false;
  const accounts = new Set(theirs.legs.map(({ account }) => account));
  const named = accountsOf(movement).map((number) => lookup("account", number) ?? "?");
  if (!named.every((id) => accounts.has(id))) return false;
  if (movement.kind === "customer_payment")
    return theirs.party === lookup("customer", movement.customer) && settlesTheSame(movement, theirs, links);
  if (movement.kind === "bill_payment")
    return theirs.party === lookup("vendor", movement.vendor) && settlesTheSame(movement, theirs, links);
  return true;
}

function totalMinorOf(movement: Movement): bigint {
  if (movement.kind !== "deposit") return movement.totalMinor;
  return [...movement.payments, ...movement.lines].reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

function accountsOf(movement: Movement): string[] {
  switch (movement.kind) {
    case "customer_payment":
      return movement.depositTo === undefined ? [] : [movement.depositTo];
    case "bill_payment":
      return [movement.paidFrom];
    case "deposit":
      return [movement.into, ...movement.lines.map(({ account }) => account)];
    case "transfer":
      return [movement.from, movement.into];
  }
}

/** Its money goes to nothing but what we named, and all of it that credits do not cover. */
function settlesTheSame(movement: CustomerPayment | BillPayment, { id }: WithLegs, links: readonly Link[]): boolean {
  const debts = movement.applied.filter(({ kind }) => kind !== "credit_memo" && kind !== "vendor_credit");
  const own = links.filter(({ next, previous }) => next === id && previous !== id);
  const settled = own.filter(({ previous }) => debts.some(({ providerId }) => providerId === previous));
  if (settled.length !== own.filter(({ amountMinor }) => amountMinor > 0n).length) return false;
  const sum = (amounts: readonly { readonly amountMinor: bigint }[]) => amounts.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  const credits = movement.applied.filter((each) => !debts.includes(each));
  return sum(settled) === sum(debts) - sum(credits);
}
