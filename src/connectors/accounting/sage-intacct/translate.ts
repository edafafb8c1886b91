import type { DocumentLine, LedgerDocument, PartyRef, StatisticLine } from "../../../core/document.ts";
import { formatMinor, parseDecimal } from "../../../core/money.ts";
import type { PartyRecord } from "../connector.ts";
import { entityOf, shapes, spokenKind } from "./entities.ts";
import { clean, currencyHead, dimensionsOf, idOf, marked, numberFitting, refuse, type Context } from "./entry.ts";
import { descriptionLengthMax, linesMax, partyIdLengthMax, titleLengthMax } from "./limits.ts";
import type { Dimension, Entry, EntryLine } from "./tasks.ts";

/**
 * Turns a document into what either gateway writes. Pure.
 *
 * Faults: `reference_unknown` when the company lacks something the document names; `books_refused` for what Intacct has no
 * place for. Nothing was sent then.
 */
export function toEntry(document: LedgerDocument, key: string, context: Context): Entry {
  const count = document.lines.length + (document.statistics?.length ?? 0);
  if (count > linesMax) refuse(`${document.number} has ${count} lines; Intacct takes ${linesMax} in one document. Split it.`);
  const entity = entityOf[document.kind];
  const { number, date, memo } = shapes[entity];
  const head = {
    [number]: numberFitting(document.number),
    [date]: document.date,
    [memo]: marked(document.memo, key, entity === "GLBATCH" ? titleLengthMax : descriptionLengthMax),
    ...currencyHead(document.currency, document.exchangeRate, context.options),
  };
  const custom = document.customFields ?? {};
  if (document.kind === "statistical_entry") return { ...statistical(document, head, context), custom };
  if (document.kind === "journal_entry") return { ...journal(document, head, context), custom };
  return {
    object: entity,
    head: { ...head, ...headOf(document, context) },
    lines: subLines(document, context),
    homeCurrency: context.options.homeCurrency,
    custom,
  };
}

function journal(document: LedgerDocument, head: Record<string, string>, context: Context): Omit<Entry, "custom"> {
  const { journal: symbol } = context.options;
  const lines = document.lines.map((line): EntryLine => {
    const party = line.party;
    const extra: Partial<Record<Dimension, string>> = party ? { [party.type]: idOf(context.lookup, party.type, party.id) } : {};
    return {
      ...lineOf(document, line, { ...context, extra }),
      amount: formatMinor(line.amountMinor, document.currency),
      debit: line.side === "debit",
    };
  });
  return { object: "GLBATCH", head: { ...head, JOURNAL: symbol, ...glHead(document, context) }, lines };
}

/** A quantity has two decimals over there: more are rounded there without a word, so they are rounded here, the way it is compared. */
function statistical(document: LedgerDocument, head: Record<string, string>, context: Context): Omit<Entry, "custom"> {
  const { statisticalJournal } = context.options;
  const statistics = document.statistics ?? [];
  if (statistics.length === 0) refuse(`${document.number} is a statistical entry without a quantity.`);
  const lines = statistics.map((line: StatisticLine): EntryLine => {
    const hundredths = rounded(line.quantity);
    return {
      account: idOf(context.lookup, "statistical_account", line.account),
      amount: hundredthsText(hundredths < 0n ? -hundredths : hundredths),
      debit: hundredths >= 0n,
      description: clean(line.description, descriptionLengthMax),
      ...dimensionsOf([line.dimensions, document.dimensions], {}, context),
    };
  });
  return { object: "GLBATCH", statistical: true, head: { ...head, JOURNAL: statisticalJournal, ...glHead(document, context) }, lines };
}

/** Half away from zero. */
function rounded(quantity: string): bigint {
  const { units, scale } = parseDecimal(quantity);
  if (scale <= 2) return units * 10n ** BigInt(2 - scale);
  const divisor = 10n ** BigInt(scale - 2);
  const magnitude = ((units < 0n ? -units : units) * 2n + divisor) / (divisor * 2n);
  return units < 0n ? -magnitude : magnitude;
}

function hundredthsText(hundredths: bigint): string {
  const text = hundredths.toString().padStart(3, "0");
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

function glHead(document: LedgerDocument, { options }: Context): Record<string, string> {
  if (document.reversesOn !== undefined && document.reversesOn <= document.date) {
    refuse(`${document.number} reverses on ${document.reversesOn}, which is not after its own date ${document.date}.`);
  }
  return {
    STATE: "Posted",
    ...(options.baseLocation === "" ? {} : { BASELOCATION_NO: options.baseLocation }),
    ...(document.reversesOn === undefined ? {} : { REVERSEDATE: document.reversesOn }),
  };
}

function headOf(document: LedgerDocument, { lookup, options }: Context): Record<string, string> {
  const terms = document.terms === undefined ? {} : { TERMNAME: idOf(lookup, "term", document.terms) };
  switch (document.kind) {
    case "bill":
      return { VENDORID: partyOf(document, "vendor", lookup), WHENDUE: document.dueDate ?? document.date, ...terms };
    case "vendor_credit":
      return { VENDORID: partyOf(document, "vendor", lookup) };
    case "invoice":
      return { CUSTOMERID: partyOf(document, "customer", lookup), ...dueOf(document, terms) };
    case "credit_memo":
      return { CUSTOMERID: partyOf(document, "customer", lookup) };
    case "expense_report":
      return { EMPLOYEEID: partyOf(document, "employee", lookup), CURRENCY: document.currency, BASECURR: options.homeCurrency };
    case "expense":
      return { FINANCIALENTITY: cardOf(document, options.cards), ...(document.party ? { PAYEE: clean(document.party.name, 100) } : {}) };
    case "journal_entry":
    case "statistical_entry":
      return {};
  }
}

/** One of the two is wanted, and never both: a due day of our own is the stronger word. */
function dueOf(document: LedgerDocument, terms: Record<string, string>): Record<string, string> {
  if (document.dueDate !== undefined) return { WHENDUE: document.dueDate };
  return document.terms === undefined ? { WHENDUE: document.date } : terms;
}

/** Card transactions are booked on a card of theirs, not on its ledger account. */
function cardOf(document: LedgerDocument, cards: ReadonlyMap<string, string>): string {
  const { account } = balanceOf(document);
  const card = cards.get(account);
  if (card !== undefined) return card;
  return refuse(
    `An expense is posted to a charge card of Intacct, and no card is known for account ${account}. ` +
      "Name it in the connection's option cards, or map such expenses to bills or journal entries.",
  );
}

/** Positive on the side such a document's lines stand on; a deduction stands on the other side and is negative. */
const sides: Readonly<Partial<Record<LedgerDocument["kind"], DocumentLine["side"]>>> = {
  bill: "debit",
  vendor_credit: "credit",
  invoice: "credit",
  credit_memo: "debit",
  expense: "debit",
  expense_report: "debit",
};

function subLines(document: LedgerDocument, context: Context): EntryLine[] {
  const { lookup, options } = context;
  const details = document.lines.filter((line) => line.role === "detail");
  const isAdjustment = document.kind === "vendor_credit" || document.kind === "credit_memo";
  const side = sides[document.kind];
  if (isAdjustment && details.some((line) => line.side !== side)) {
    refuse(`A ${spokenKind(document.kind)} in Intacct has amounts of one sign only; ${document.number} has deductions. Split it.`);
  }
  // A credit to a customer lowers what is owed by a negative adjustment; of a vendor's, the same is inferred.
  const isNegative = document.kind === "credit_memo" || (document.kind === "vendor_credit" && options.vendorCreditSign === "negative");
  const hasOffset = document.kind !== "expense" && document.kind !== "expense_report";
  const offset = hasOffset ? { offset: idOf(lookup, "account", balanceOf(document).account) } : {};
  const party =
    document.kind === "expense" && document.party ? { [document.party.type]: idOf(lookup, document.party.type, document.party.id) } : {};
  return details.map((line) => {
    const signed = line.side === side ? line.amountMinor : -line.amountMinor;
    const extra: Partial<Record<Dimension, string>> = {
      ...party,
      ...(line.item === undefined ? {} : { item: idOf(lookup, "item", line.item) }),
    };
    return {
      ...lineOf(document, line, { ...context, extra }),
      ...offset,
      amount: formatMinor(isNegative ? -signed : signed, document.currency),
    };
  });
}

function lineOf(
  document: LedgerDocument,
  line: DocumentLine,
  context: Context & { readonly extra: Partial<Record<Dimension, string>> },
): Omit<EntryLine, "amount"> {
  return {
    account: idOf(context.lookup, "account", line.account),
    description: clean(line.description, descriptionLengthMax),
    ...dimensionsOf([line.dimensions, document.dimensions], context.extra, context),
  };
}

/** The other side of everything but a journal entry is one account. */
function balanceOf(document: LedgerDocument): DocumentLine {
  const legs = document.lines.filter((line) => line.role === "balance");
  const [first] = legs;
  if (!first || legs.some((leg) => leg.account !== first.account || leg.side !== first.side)) {
    return refuse(
      `A ${spokenKind(document.kind)} in Intacct is balanced by exactly one account; ${document.number} names ${legs.length === 0 ? "none" : "several"}.`,
    );
  }
  return first;
}

function partyOf(document: LedgerDocument, type: PartyRef["type"], lookup: Context["lookup"]): string {
  const party = document.party;
  if (party?.type !== type) {
    return refuse(`A ${spokenKind(document.kind)} needs a ${type}; ${document.number} has ${party ? `a ${party.type}` : "none"}.`);
  }
  return idOf(lookup, type, party.id);
}

/** Turns a party into their record. Its id over there is the TMS's own, so that both sides know it by one name. */
export function toPartyEntry(party: PartyRecord, { options }: Pick<Context, "options">): Entry {
  const id = partyIdFitting(party);
  const name = partyName(party);
  const letter = party.kind === "vendor" ? "V" : "C";
  return {
    object: entityOf[party.kind],
    head: {
      [party.kind === "vendor" ? "VENDORID" : "CUSTOMERID"]: id,
      NAME: name,
      STATUS: "active",
      // Names of contacts are unique in the whole company, and one is made with each vendor and customer.
      "DISPLAYCONTACT.CONTACTNAME": `${clean(name, 90)} (${letter} ${id})`,
      "DISPLAYCONTACT.PRINTAS": name,
      ...(party.currency === options.homeCurrency ? {} : { CURRENCY: party.currency }),
    },
    lines: [],
    custom: {},
  };
}

/** Ids are at most twenty characters over there; one that is cut would be another's. */
function partyIdFitting(party: PartyRecord): string {
  const id = party.id;
  if (id !== "" && id.length <= partyIdLengthMax && clean(id, id.length) === id) return id;
  return refuse(
    `The ${party.kind} id "${clean(id, 60)}" cannot stand in Sage Intacct: use at most ${partyIdLengthMax} printable characters, ` +
      "or create the record there and name its id in the source's alias table.",
  );
}

export function partyName(party: PartyRecord): string {
  return clean(party.name, 100) || party.id;
}
