import type { Finding } from "../finding.ts";
import { allocate, type Decimal, formatMinor, parseDecimal } from "../money.ts";
import type { BuildContext } from "./context.ts";
import { type DraftLine, minorOf } from "./draft.ts";

/**
 * Divides a line over trucks, loads or terminals as section `splits` says; a line without a row stays whole.
 *
 * Shape: the shares sum to the line to the cent. With `rounding.splits: line` each share is what its weight makes it, and the cents
 * that are over or missing stand on a line of their own.
 */
export function divide({ event, rules }: BuildContext, draft: DraftLine, findings: Finding[]): DraftLine[] {
  const chosen = rules.split({ event, line: draft.line });
  if (chosen === null) return [draft];
  const { account, splits, limit } = rules.ruleSet.rounding;
  const weights = toWhole(chosen.parts.map(({ weight }) => parseDecimal(weight)));
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  const amounts =
    splits === "line" ? weights.map((weight) => roundedShare(draft.debitMinor, weight, sum)) : allocate(draft.debitMinor, weights);
  const { quantity: _, unitPrice: __, ...whole } = draft.line;
  const sense = draft.debitMinor < 0n ? -1n : 1n;
  const shares = chosen.parts.map(({ dims, weight }, index): DraftLine => {
    const amount = formatMinor(amounts[index]! * sense, event.currency);
    const because = { ...chosen.matched, split: chosen.path, share: `${weight} of ${chosen.parts.length} shares` };
    return { ...draft, line: { ...whole, amount, dims: { ...whole.dims, ...dims } }, debitMinor: amounts[index]!, because };
  });
  const left = draft.debitMinor - amounts.reduce((all, amount) => all + amount, 0n);
  if (left !== 0n && account === null) findings.push(noRoundingAccount(draft));
  if ((left < 0n ? -left : left) > minorOf(limit, event.currency)) {
    findings.push(tooMuchLeft(draft, { left: formatMinor(left, event.currency), limit }));
  }
  const rounding: DraftLine = {
    line: { amount: formatMinor(left, event.currency), part: "rounding", code: "ROUND" },
    debitMinor: left,
    from: draft.from,
    because: { split: chosen.path },
  };
  return [...shares, rounding].filter(({ debitMinor }) => debitMinor !== 0n);
}

/** Decimals of any scale as whole numbers in the same proportion. */
function toWhole(weights: readonly Decimal[]): bigint[] {
  const scale = Math.max(...weights.map((weight) => weight.scale));
  return weights.map((weight) => weight.units * 10n ** BigInt(scale - weight.scale));
}

/** A share to the nearest cent, half a cent away from zero. */
function roundedShare(minor: bigint, weight: bigint, sum: bigint): bigint {
  const magnitude = minor < 0n ? -minor : minor;
  const share = (magnitude * weight * 2n + sum) / (sum * 2n);
  return minor < 0n ? -share : share;
}

function tooMuchLeft({ from }: DraftLine, { left, limit }: { left: string; limit: string }): Finding {
  return {
    code: "rounding_exceeded",
    severity: "block",
    field: from,
    message: `Dividing ${from} leaves ${left}, and a rounding line may take at most ${limit}`,
    fix: "Raise rounding.limit in the rule set, or set rounding.splits to largest_remainder, which leaves nothing.",
    cause: "rounding_exceeded",
  };
}

function noRoundingAccount({ from }: DraftLine): Finding {
  return {
    code: "rounding_unmapped",
    severity: "block",
    field: from,
    message: `${from} does not divide to the cent, and section rounding names no account for what is left over`,
    fix: "Write an account into rounding.account of the rule set, or set rounding.splits to largest_remainder.",
    cause: "rounding_unmapped",
  };
}
