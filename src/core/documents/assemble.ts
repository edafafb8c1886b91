import type { DocumentKind, DocumentLine, LedgerDocument, PartyRef } from "../document.ts";
import { type BuildContext, descriptionLengthMax, dimensionsOf, type MappedLine } from "./map-lines.ts";
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
}

/** Puts mapped lines on one document, or on two where some go against its sign. Every document balances by construction. */
export function assemble(context: AssembleContext, lines: readonly MappedLine[]): LedgerDocument[] {
  const { event, rules, choice } = context;
  const kind = shapeOf(context);
  const number = documentNumber(event, choice, rules.ruleSet.docNumber);
  if (kind === "journal_entry") return [compose(context, lines, { kind, number })];

  const isNormal = (line: MappedLine): boolean => line.debitMinor > 0n === (detailSide[kind] === "debit");
  const normal = lines.filter(isNormal);
  const against = lines.filter((line) => !isNormal(line));
  if (against.length === 0) return [compose(context, normal, { kind, number })];
  if (choice.row.negatives === "journal") return [compose(context, lines, { kind: "journal_entry", number })];

  const counter = compose(context, against, {
    kind: counterKind[kind],
    number: withSuffix(number, context.counterSuffix, rules.ruleSet.docNumber.lengthMax),
  });
  return normal.length === 0 ? [counter] : [compose(context, normal, { kind, number }), counter];
}

function shapeOf({ event, rules, choice }: AssembleContext): DocumentKind {
  const kind = choice.row.kind === "none" ? "journal_entry" : choice.row.kind;
  const isJournal = event.type === "driver_settlement" && kind === "bill" && rules.ruleSet.settlement.shape === "journal";
  return isJournal ? "journal_entry" : kind;
}

function compose(context: AssembleContext, lines: readonly MappedLine[], identity: { kind: DocumentKind; number: string }): LedgerDocument {
  const { event, rules, choice, party } = context;
  const { kind } = identity;
  const memo = choice.memo({ event, line: null }, {}).slice(0, descriptionLengthMax);
  const header = dimensionsOf(rules, { event, line: null });
  const legs = [...lines.map(toDetail), ...balanceLegs(context, lines, { kind, memo, header })];
  const isTermed = kind === "invoice" || kind === "bill";
  return {
    ...identity,
    date: event.date,
    ...(isTermed && event.dueDate ? { dueDate: event.dueDate } : {}),
    ...(isTermed && event.terms?.trim() ? { terms: rules.terms(event.terms.trim()) } : {}),
    currency: event.currency,
    // A journal entry has no party of its own: its A/P or A/R leg carries it.
    ...(party === null || kind === "journal_entry" ? {} : { party }),
    memo,
    dimensions: header,
    totalMinor: balancedTotal(legs, identity.number),
    lines: legs,
  };
}

function toDetail(line: MappedLine): DocumentLine {
  const { debitMinor, account, item, description, quantity, dimensions, because } = line;
  return {
    role: "detail",
    account,
    side: debitMinor > 0n ? "debit" : "credit",
    amountMinor: debitMinor > 0n ? debitMinor : -debitMinor,
    description,
    ...(item === null ? {} : { item }),
    ...(quantity === null ? {} : { quantity: quantity.value, unitPrice: quantity.unitPrice }),
    dimensions,
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

/** Total of the debits, which equals the credits; anything else is a bug of ours and must not leave. */
function balancedTotal(lines: readonly DocumentLine[], number: string): bigint {
  let debit = 0n;
  let credit = 0n;
  for (const { side, amountMinor } of lines) {
    if (side === "debit") debit += amountMinor;
    else credit += amountMinor;
  }
  if (debit !== credit) throw new Error(`Document ${number} does not balance: debits ${debit}, credits ${credit}`);
  return debit;
}
