import type { DocumentLine, LedgerDocument } from "./document.ts";
import type { Finding } from "./finding.ts";
import { formatMinor, minorDigitsOf, multiply, parseDecimal } from "./money.ts";

/** What happens once a budget is used up: told only, held for an approval, or blocked. */
export const overPolicies = ["warn", "hold", "block"] as const;
export type OverPolicy = (typeof overPolicies)[number];

/** When a budget speaks up, in whole percent of its amount. */
export interface BudgetPolicy {
  readonly warnPercent: number;
  readonly limitPercent: number;
  readonly over: OverPolicy;
}

/** Money planned for one account, for some of its dimensions, for some days. Amounts in minor units of the budget's currency. */
export interface BudgetLine {
  readonly lineId: string;
  readonly budget: string;
  readonly currency: string;
  readonly policy: BudgetPolicy;
  /** The books' id of the account, and how people call it. */
  readonly accountId: string;
  readonly account: string;
  /** Only what carries all of these counts; none: everything on the account. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly starts: string;
  readonly ends: string;
  /** The side that uses it up. A `credit` line is a target for revenue: it is counted and never refuses anything. */
  readonly side: "debit" | "credit";
  readonly amountMinor: bigint;
  /** Posted and on its way. */
  readonly takenMinor: bigint;
}

/** A line as it is planned, before anything was taken of it. */
export type NewBudgetLine = Pick<BudgetLine, "accountId" | "account" | "dimensions" | "starts" | "ends" | "side" | "amountMinor">;

/** What documents take of budget lines, by line id. `unpriced`: in a currency for which the document names no rate. */
export interface BudgetNeed {
  readonly byLine: Map<string, bigint>;
  readonly unpriced: boolean;
}

/** The books' id of an account by the name or number a document has for it. */
export type AccountId = (account: string) => string | undefined;

/** What a document dated `date` takes of the given lines: debits less credits, turned round for credit lines. Pure. */
export function needOf(
  document: LedgerDocument,
  { date, lines, accountId }: { date: string; lines: readonly BudgetLine[]; accountId: AccountId },
): BudgetNeed {
  const byLine = new Map<string, bigint>();
  let unpriced = false;
  for (const leg of document.lines) {
    const id = accountId(leg.account);
    for (const line of lines) {
      if (line.accountId !== id || date < line.starts || date > line.ends || !carries(document, leg, line.dimensions)) continue;
      const amount = inCurrency(leg.amountMinor, document, line.currency);
      if (amount === null) unpriced = true;
      else byLine.set(line.lineId, (byLine.get(line.lineId) ?? 0n) + (leg.side === line.side ? amount : -amount));
    }
  }
  return { byLine, unpriced };
}

function carries(document: LedgerDocument, leg: DocumentLine, wanted: BudgetLine["dimensions"]): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const party = leg.party ?? document.party;
    const own = name === "customer" && party?.type === "customer" ? party.name : (leg.dimensions[name] ?? document.dimensions[name]);
    return own !== undefined && fold(own) === fold(value);
  });
}

function fold(text: string): string {
  return text.normalize("NFC").trim().toLowerCase();
}

function inCurrency(amountMinor: bigint, document: LedgerDocument, currency: string): bigint | null {
  if (document.currency === currency) return amountMinor;
  if (document.exchangeRate === undefined) return null;
  return multiply({ units: amountMinor, scale: minorDigitsOf(document.currency) }, parseDecimal(document.exchangeRate), currency);
}

/**
 * What is to be said when `needMinor` more is taken of a line. Null: nothing, or it takes nothing. The threshold is told of
 * once, by whoever crosses it; the limit by everybody beyond it.
 */
export function judgeNeed(line: BudgetLine, needMinor: bigint): Finding | null {
  const { policy, amountMinor, takenMinor } = line;
  if (line.side === "credit" || needMinor <= 0n) return null;
  const after = (takenMinor + needMinor) * 100n;
  if (after > amountMinor * BigInt(policy.limitPercent)) return exceeded(line, needMinor);
  const threshold = amountMinor * BigInt(policy.warnPercent);
  if (takenMinor * 100n >= threshold || after < threshold) return null;
  return {
    code: "budget_near",
    severity: "warn",
    field: null,
    message: `${labelOf(line)} is used to ${(after / (amountMinor === 0n ? 1n : amountMinor)).toString()} % with this`,
    fix: "Nothing to do now: look at what else is coming, or plan more.",
    cause: `budget_near:${causeOf(line)}`,
  };
}

function exceeded(line: BudgetLine, needMinor: bigint): Finding {
  const { policy, currency, amountMinor, takenMinor } = line;
  const money = (minor: bigint) => `${formatMinor(minor, currency)} ${currency}`;
  const left = (amountMinor * BigInt(policy.limitPercent)) / 100n - takenMinor;
  const fixes: Record<OverPolicy, string> = {
    warn: "Nothing stops: look whether the budget or the cost is wrong.",
    hold: "Have it approved (ledgerlane approvals), or raise the budget and retry.",
    block: "Raise the budget or correct the event, then retry.",
  };
  return {
    code: "budget_exceeded",
    severity: policy.over,
    field: null,
    message: `It takes ${money(needMinor)} of ${labelOf(line)}, of which ${money(left < 0n ? 0n : left)} of ${money(amountMinor)} are left`,
    fix: fixes[policy.over],
    cause: `budget_exceeded:${causeOf(line)}`,
  };
}

/** `budget "FY26", account 6100, class OTR, 2026-11-01 to 2026-11-30` */
function labelOf({ budget, account, dimensions, starts, ends }: BudgetLine): string {
  const parts = Object.entries(dimensions).map(([name, value]) => `${name} ${value}`);
  return [`budget "${budget}"`, `account ${account}`, ...parts, `${starts} to ${ends}`].join(", ");
}

function causeOf({ budget, account, dimensions, starts }: BudgetLine): string {
  const parts = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  return [budget, account, ...parts.sort(), starts].join(":");
}
