import type { DocumentKind, DocumentLine, LedgerDocument, PartyRef } from "../document.ts";
import type { BuildContext } from "./context.ts";
import { descriptionLengthMax, dimensionsOf, type MappedLine } from "./map-lines.ts";
import { documentNumber, withSuffix } from "./number.ts";

/** Side of the detail lines, by kind; a journal entry takes both. */
const detailSide: Readonly<Record<Exclude<DocumentKind, "journal_entry">, "debit" | "credit">> = {
  invoice: "credit",
  credit_memo: "debit",
  bill: "debit",
  vendor_credit: "credit",
  expense: "debit",
  expense_report: "debit",
  statistical_entry: "debit",
};
/** What takes the lines that go against a document's sign. */
const counterKind: Readonly<Record<DocumentKind, DocumentKind>> = {
  invoice: "credit_memo",
  credit_memo: "invoice",
  bill: "vendor_credit",
  vendor_credit: "bill",
  expense: "journal_entry",
  journal_entry: "journal_entry",
  expense_report: "journal_entry",
  statistical_entry: "statistical_entry",
};

export interface AssembleContext extends BuildContext {
  readonly party: PartyRef | null;
  readonly counterSuffix: "-C" | "-D";
  /** Tells a further document of the event from the main one; empty for the main one. */
  readonly suffix: string;
  readonly date: string;
}

/** Puts mapped lines on one document, or on two where some go against its sign. Every document balances by construction. */
export function assemble(context: AssembleContext, lines: readonly MappedLine[]): LedgerDocument[] {
  const { rules, choice } = context;
  const kind = shapeOf(context);
  const number = numberOf(context);
  if (kind === "journal_entry") return [compose(context, lines, { kind, number })];

  const isNormal = (line: MappedLine): boolean => line.debitMinor > 0n === (detailSide[kind] === "debit");
  const normal = lines.filter(isNormal);
  const against = lines.filter((line) => !isNormal(line));
  if (against.length === 0) return [compose(context, normal, { kind, number })];
  const negatives = negativesOf(context);
  if (negatives === "journal") return [compose(context, lines, { kind: "journal_entry", number })];

  const counterNumber = withSuffix(number, context.counterSuffix, rules.ruleSet.docNumber.lengthMax);
  const counter = { kind: counterKind[kind], number: counterNumber };
  const net = sumOf(lines) * (detailSide[kind] === "debit" ? 1n : -1n);
  // A document whose total is negative is never sent: its opposite takes all of the lines. One without a total settles nothing.
  if (negatives === "lines" && net !== 0n) return [compose(context, lines, net > 0n ? { kind, number } : counter)];
  const second = compose(context, against, counter);
  return normal.length === 0 ? [second] : [compose(context, normal, { kind, number }), second];
  function sumOf(all: readonly MappedLine[]): bigint {
    return all.reduce((sum, { debitMinor }) => sum + debitMinor, 0n);
  }
  function negativesOf({ event }: AssembleContext): typeof choice.row.negatives {
    if (event.type !== "driver_settlement" || kind !== "bill") return choice.row.negatives;
    return rules.ruleSet.settlement.shape === "negative_lines" ? "lines" : choice.row.negatives;
  }
}

/** A journal entry of lines that balance by themselves. */
export function composeEntry(context: AssembleContext, lines: readonly MappedLine[]): LedgerDocument {
  return compose({ ...context, party: null }, lines, { kind: "journal_entry", number: numberOf(context) });
}

/** The number of the event's document, with the suffix of a further one. */
export function numberOf({ event, rules, choice, suffix }: AssembleContext): string {
  return withSuffix(documentNumber(event, choice, rules.ruleSet.docNumber), suffix, rules.ruleSet.docNumber.lengthMax);
}

function shapeOf({ event, rules, choice }: AssembleContext): DocumentKind {
  const kind = choice.row.kind === "none" ? "journal_entry" : choice.row.kind;
  const isJournal = event.type === "driver_settlement" && kind === "bill" && rules.ruleSet.settlement.shape === "journal";
  return isJournal ? "journal_entry" : kind;
}

/** What stands above the lines, without number and kind. */
export function headOf(context: AssembleContext, kind: DocumentKind): Omit<LedgerDocument, "kind" | "number" | "totalMinor" | "lines"> {
  const { event, rules, choice, party, date } = context;
  const isTermed = kind === "invoice" || kind === "bill";
  const customFields = rules.customFields(event, kind);
  return {
    date,
    ...(isTermed && event.dueDate ? { dueDate: event.dueDate } : {}),
    ...(isTermed && event.terms?.trim() ? { terms: rules.terms(event.terms.trim()) } : {}),
    currency: event.currency,
    ...(event.exchangeRate?.rate ? { exchangeRate: event.exchangeRate.rate } : {}),
    // A journal entry has no party of its own: its A/P or A/R leg carries it.
    ...(party === null || kind === "journal_entry" ? {} : { party }),
    memo: choice.memo({ event, line: null }, {}).slice(0, descriptionLengthMax),
    ...(Object.keys(customFields).length === 0 ? {} : { customFields }),
    dimensions: dimensionsOf(rules, { event, line: null }),
  };
}

function compose(context: AssembleContext, lines: readonly MappedLine[], identity: { kind: DocumentKind; number: string }): LedgerDocument {
  const { kind, number } = identity;
  const { memo, dimensions, ...head } = headOf(context, kind);
  const legs = [...lines.map(toDetail), ...balanceLegs(context, lines, { kind, memo, header: dimensions })];
  return { ...identity, ...head, memo, dimensions, totalMinor: balancedTotal(legs, { kind, number }), lines: legs };
}

function toDetail(line: MappedLine): DocumentLine {
  const { debitMinor, account, item, description, quantity, dimensions, party, because } = line;
  return {
    role: "detail",
    account,
    side: debitMinor > 0n ? "debit" : "credit",
    amountMinor: debitMinor > 0n ? debitMinor : -debitMinor,
    description,
    ...(item === null ? {} : { item }),
    ...(quantity === null ? {} : { quantity: quantity.value, unitPrice: quantity.unitPrice }),
    dimensions,
    ...(party === undefined ? {} : { party }),
    because,
  };
}

/** One leg per balancing account: the opposite of what the lines on it come to. A sum of zero needs no leg. */
function balanceLegs(
  { rules, choice, party }: AssembleContext,
  lines: readonly MappedLine[],
  header: { kind: DocumentKind; memo: string; header: Readonly<Record<string, string>> },
): DocumentLine[] {
  const sums = new Map<string, { path: string; minor: bigint }>();
  for (const { balance, debitMinor } of lines) {
    if (balance === null) continue;
    sums.set(balance.account, { path: balance.path, minor: (sums.get(balance.account)?.minor ?? 0n) + debitMinor });
  }
  const carriesParty = header.kind === "journal_entry" && choice.row.kind !== "expense" && party !== null;
  return [...sums]
    .filter(([, { minor }]) => minor !== 0n)
    .map(([account, { path, minor }]) => ({
      role: "balance",
      account,
      side: minor > 0n ? "credit" : "debit",
      amountMinor: minor > 0n ? minor : -minor,
      description: header.memo,
      dimensions: header.header,
      ...(carriesParty ? { party } : {}),
      because: { ruleSet: rules.name, version: rules.version, row: path, fallback: "row", matched: choice.matched, from: "" },
    }));
}

/**
 * What the document comes to: the debits of a journal entry, what is owed by any other. Debits must equal credits; anything else is
 * a bug of ours and must not leave.
 */
function balancedTotal(lines: readonly DocumentLine[], { kind, number }: { kind: DocumentKind; number: string }): bigint {
  let debit = 0n;
  let credit = 0n;
  let owed = 0n;
  for (const { role, side, amountMinor } of lines) {
    if (side === "debit") debit += amountMinor;
    else credit += amountMinor;
    if (role === "balance") owed += side === "debit" ? amountMinor : -amountMinor;
  }
  if (debit !== credit) throw new Error(`Document ${number} does not balance: debits ${debit}, credits ${credit}`);
  if (kind === "journal_entry") return debit;
  return owed < 0n ? -owed : owed;
}
