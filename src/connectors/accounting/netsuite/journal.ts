import type { DocumentLine, LedgerDocument } from "../../../core/document.ts";
import { parseDecimal } from "../../../core/money.ts";
import { idOf, ref, refuse, type Context, type Written } from "./entry.ts";
import { entityOf } from "./kinds.ts";
import { columnsOf, dimensionsOf, memoOf } from "./lines.ts";
import { amountOf, numberOf } from "./wire.ts";

const named = (line: DocumentLine, document: LedgerDocument): string | undefined =>
  line.dimensions["entity"] ?? document.dimensions["entity"];

/** The subsidiary of a line: the one it names, else its document's, else the one these books are; null in an account without. */
function lineSubsidiary(line: DocumentLine, document: LedgerDocument, { lookup, company }: Context): string | null {
  if (company.subsidiaries.length === 0) return null;
  const name = named(line, document);
  return name === undefined ? (company.subsidiary?.id ?? null) : idOf(lookup, "entity", name);
}

/** The subsidiary of the whole document. Lines of several belong to a journal; anything else names one. */
export function singleSubsidiary(document: LedgerDocument, context: Context): string | null {
  const { lookup, company } = context;
  if (company.subsidiaries.length === 0) return null;
  const head = document.dimensions["entity"];
  const ids = [...new Set(document.lines.map((line) => lineSubsidiary(line, document, context)))];
  if (ids.length > 1 && document.kind !== "journal_entry") {
    refuse(
      `The lines of ${document.number} name several subsidiaries; NetSuite keeps one on a document. Split it, or use journal entries.`,
    );
  }
  return head === undefined ? (ids[0] ?? company.subsidiary?.id ?? null) : idOf(lookup, "entity", head);
}

/** A journal; one over several subsidiaries in the way the connection allows. */
export function journal(document: LedgerDocument, context: Context): Written {
  const subsidiaries = [...new Set(document.lines.map((line) => lineSubsidiary(line, document, context)))];
  const isShared = subsidiaries.length > 1;
  if (isShared) requireShared(document, subsidiaries, context);
  const lines = document.lines.map((line) => ({
    ...(isShared ? sharedLine(line, document, subsidiaries, context) : {}),
    ...journalLine(line, document, context),
  }));
  const type = !isShared
    ? entityOf.journal_entry
    : context.options.intercompany === "pair"
      ? "intercompanyJournalEntry"
      : "advIntercompanyJournalEntry";
  const head = singleSubsidiary(document, context);
  const other = subsidiaries.find((id) => id !== head);
  const toOther = type === "intercompanyJournalEntry" && other ? { toSubsidiary: ref(other) } : {};
  return { type, sublists: ["line"], body: { ...toOther, ...reversalOf(document), line: { items: lines } } };
}

/** The day on which NetSuite itself takes the entry back, by a journal of its own. */
function reversalOf({ number, date, reversesOn }: LedgerDocument): Record<string, unknown> {
  if (reversesOn === undefined) return {};
  if (reversesOn <= date) refuse(`${number} reverses on ${reversesOn}, which is not after its own date ${date}.`);
  return { reversalDate: reversesOn };
}

function journalLine(line: DocumentLine, document: LedgerDocument, context: Context): Record<string, unknown> {
  const { lookup } = context;
  const party = line.party;
  return {
    account: ref(idOf(lookup, "account", line.account)),
    [line.side]: amountOf(line.amountMinor, document.currency),
    ...memoOf(line.description),
    ...(party ? { entity: ref(idOf(lookup, party.type, party.id)) } : {}),
    ...journalDimensions(line.dimensions, document, context),
    ...columnsOf(document, context),
  };
}

/** A journal's line has no project of its own: the project stands as its entity. */
function journalDimensions(line: Readonly<Record<string, string>>, document: LedgerDocument, context: Context): Record<string, unknown> {
  const { customer, ...fields } = dimensionsOf(line, document, context);
  return customer === undefined ? fields : { ...fields, entity: customer };
}

/** Debits must equal credits in each subsidiary, and the connection must say how such journals are written. */
function requireShared(document: LedgerDocument, subsidiaries: readonly (string | null)[], context: Context): void {
  const { intercompany } = context.options;
  if (intercompany === "off") {
    refuse(
      `${document.number} has lines of ${subsidiaries.length} subsidiaries. Map one journal for each subsidiary with due-to and due-from accounts, or switch on intercompany journals for this connection (option intercompany).`,
    );
  }
  if (intercompany === "pair" && subsidiaries.length > 2) {
    refuse(
      `${document.number} has lines of ${subsidiaries.length} subsidiaries; an intercompany journal takes two. Use the advanced one (option intercompany).`,
    );
  }
  for (const subsidiary of subsidiaries) {
    const net = document.lines
      .filter((line) => lineSubsidiary(line, document, context) === subsidiary)
      .reduce((sum, { side, amountMinor }) => sum + (side === "debit" ? amountMinor : -amountMinor), 0n);
    if (net !== 0n)
      refuse(
        `The lines of ${document.number} do not balance within subsidiary ${subsidiary}: add due-to and due-from lines to the mapping.`,
      );
  }
}

function sharedLine(
  line: DocumentLine,
  document: LedgerDocument,
  subsidiaries: readonly (string | null)[],
  context: Context,
): Record<string, unknown> {
  const own = lineSubsidiary(line, document, context);
  const others = subsidiaries.filter((id) => id !== own);
  const isDue = context.facts.isEliminating(idOf(context.lookup, "account", line.account));
  return {
    ...(own === null ? {} : { lineSubsidiary: ref(own) }),
    ...(isDue && others.length === 1 && others[0] && context.options.intercompany === "advanced"
      ? { dueToFromSubsidiary: ref(others[0]) }
      : {}),
  };
}

/** Quantities on statistical accounts. Whether the account offers such journals is read from its catalog. */
export function statistics(document: LedgerDocument, context: Context): Written {
  if (context.fields === null) {
    refuse(
      `This NetSuite account offers our role no statistical journals by REST, so ${document.number} has no place there. Switch on Statistical Accounts and give the role its permission, or leave these out for these books.`,
    );
  }
  const lines = (document.statistics ?? []).map((line) => ({
    account: ref(idOf(context.lookup, "statistical_account", line.account)),
    debit: numberOf(quantityOf(line.quantity, document.number)),
    ...memoOf([line.description, line.unit].filter((part) => part !== "").join(", ")),
    ...dimensionsOf(line.dimensions, document, context),
  }));
  if (lines.length === 0) refuse(`${document.number} has no quantities.`);
  return { type: entityOf.statistical_entry, sublists: ["line"], body: { line: { items: lines } } };
}

function quantityOf(quantity: string, number: string): string {
  try {
    parseDecimal(quantity);
    return quantity;
  } catch {
    return refuse(`${number} has the quantity "${quantity.slice(0, 60)}", which is no decimal.`);
  }
}
