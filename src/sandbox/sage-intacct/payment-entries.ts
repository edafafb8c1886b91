import type { Entry, Work } from "./kind.ts";
import { toBase } from "./money-terms.ts";
import { accountInRole, entryOf, type NamedAccount } from "./posting.ts";
import type { Stored } from "./records.ts";

/** One thing that is settled, with the lines to clear it by. */
export interface Settled {
  readonly target: Stored;
  /** In the document's own sign and currency. */
  readonly minor: bigint;
  /** Paid in money, by another document, or forgiven. */
  readonly by: "money" | "credit" | "discount";
}

export interface Payment {
  readonly role: string;
  /** Money that comes in. */
  readonly isReceipt: boolean;
}

interface Posting {
  readonly own: readonly Settled[];
  readonly extra: bigint;
  readonly party: { type: string; id: string; name: string } | null;
  readonly terms: { currency: string | null; rate: string | null };
  readonly money: Stored | null;
  readonly memo: string | null;
}

/** Each payment clears the control accounts of what it pays, share by share, at the rate of that document; money stands against the sum. */
export function entriesOf(work: Work, { role, isReceipt }: Payment, posting: Posting): Entry[] {
  const { own, extra, party, terms, money, memo } = posting;
  const sign = isReceipt ? -1n : 1n;
  const foreign = (minor: bigint) => (terms.currency === null ? null : { currency: terms.currency, minor });
  const entries: Entry[] = [];
  let paid = extra;
  for (const { target, minor, by } of own) {
    if (by === "credit") continue;
    const rate = { rate: target.values["EXCHANGE_RATE"] ?? null };
    const theirs = party ?? target.legs.find(({ isControl }) => isControl)?.party ?? null;
    for (const { account, dims, minor: part } of shares(target, minor)) {
      const base = sign * toBase(part, rate);
      entries.push(entryOf({ account, dims, minor: base, party: theirs, isControl: true, memo, foreign: foreign(sign * part) }));
      if (by === "discount")
        entries.push(
          entryOf({ account: accountInRole(work, "discount"), dims, minor: -base, party: theirs, memo, foreign: foreign(-sign * part) }),
        );
    }
    if (by === "money") paid += minor;
  }
  if (extra !== 0n) {
    const account = accountInRole(work, role);
    entries.push(
      entryOf({ account, dims: {}, minor: sign * toBase(extra, terms), party, isControl: true, memo, foreign: foreign(sign * extra) }),
    );
  }
  if (money === null || paid === 0n) return entries;
  entries.push(entryOf({ account: money, dims: {}, minor: -sign * toBase(paid, terms), party, memo, foreign: foreign(-sign * paid) }));
  const left = entries.reduce((sum, { minor }) => sum + minor, 0n);
  return left === 0n
    ? entries
    : [...entries, entryOf({ account: accountInRole(work, "exchange"), dims: {}, minor: -left, memo: "Realized exchange difference" })];
}

/** The control lines of a document, by their part of the amount that is paid; the last takes what rounding leaves. */
function shares(target: Stored, minor: bigint): { account: NamedAccount; dims: Readonly<Record<string, string>>; minor: bigint }[] {
  const controls = target.legs.filter(({ isControl }) => isControl);
  const whole = controls.reduce((sum, leg) => sum + leg.minor, 0n);
  let left = minor;
  return controls.map((leg, index) => {
    const part = index === controls.length - 1 || whole === 0n ? left : (minor * leg.minor) / whole;
    left -= part;
    return { account: { id: leg.account.number, values: { TITLE: leg.account.name } }, dims: leg.dimensions, minor: part };
  });
}
