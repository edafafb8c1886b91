import type { LedgerDocument, PartyRef } from "../../../core/document.ts";
import type { PartyRecord } from "../connector.ts";
import { periodOn, type Company } from "./company.ts";
import { clean, idOf, numberFitting, rateOf, ref, refuse, type Context, type Entry, type Written } from "./entry.ts";
import { journal, singleSubsidiary, statistics } from "./journal.ts";
import { externalIdOf, partyExternalId } from "./keys.ts";
import { entityOf, spokenKind } from "./kinds.ts";
import { linesMax, memoLengthMax, nameLengthMax } from "./limits.ts";
import { balanceOf, bodyFields, detailsOf, dimensionsOf, expenseLines, headDimensions, memoOf, salesLines, signed } from "./lines.ts";
import { amountOf } from "./wire.ts";

/**
 * Turns a document into their record. Pure.
 *
 * Faults: `reference_unknown` when the account lacks something the document names; `period_closed` where no period is set up
 * for its date; `books_refused` for what NetSuite has no place for. Nothing was sent then.
 */
export function toNetSuite(document: LedgerDocument, key: string, context: Context): Entry {
  const lineCount = document.lines.length + (document.statistics?.length ?? 0);
  if (lineCount > linesMax) {
    refuse(`${document.number} has ${lineCount} lines; NetSuite times out above ${linesMax} in one document. Split it.`);
  }
  const written = bodyOf(document, context);
  const externalId = externalIdOf(document.kind, key);
  const { customForm } = context.options;
  const body = {
    externalId,
    ...(customForm === undefined ? {} : { customForm: ref(customForm) }),
    ...headOf(document, context),
    ...written.body,
    ...bodyFields(document, context),
  };
  return { kind: document.kind, type: written.type, path: written.type, externalId, body, sublists: written.sublists, lineCount };
}

function bodyOf(document: LedgerDocument, context: Context): Written {
  const type = entityOf[document.kind];
  const expense = ["expense", "item"];
  switch (document.kind) {
    case "journal_entry":
      return journal(document, context);
    case "bill":
      return {
        type,
        sublists: expense,
        body: { ...payable(document, context), ...termsOf(document, context), expense: items(expenseLines(document, "debit", context)) },
      };
    case "vendor_credit":
      return {
        type,
        sublists: expense,
        body: { ...payable(document, context), expense: items(expenseLines(document, "credit", context)) },
      };
    case "expense":
      return paidAtOnce(document, context);
    case "invoice":
      return {
        type,
        sublists: ["item"],
        body: { ...receivable(document, context), ...termsOf(document, context), item: items(salesLines(document, "credit", context)) },
      };
    case "credit_memo":
      return { type, sublists: ["item"], body: { ...receivable(document, context), item: items(salesLines(document, "debit", context)) } };
    case "expense_report":
      return expenseReport(document, context);
    case "statistical_entry":
      return statistics(document, context);
  }
}

function headOf(document: LedgerDocument, context: Context): Record<string, unknown> {
  const { company } = context;
  return {
    ...subsidiaryOf(document, context),
    tranDate: document.date,
    // Left out, NetSuite may move the document into the current open period without a word.
    postingPeriod: ref(periodOn(company, document.date).id),
    ...currencyOf(document.currency, company),
    ...rateOf(document.exchangeRate),
    ...numberAndMemo(document, context),
  };
}

/** An expense report's subsidiary is the employee's, an account without subsidiaries has no such field. */
function subsidiaryOf(document: LedgerDocument, context: Context): Record<string, unknown> {
  const id = singleSubsidiary(document, context);
  return id === null || document.kind === "expense_report" ? {} : { subsidiary: ref(id) };
}

/** An account with one currency has no such field. Fault: `books_refused` for a currency it does not keep. */
export function currencyOf(currency: string, { currencyId, homeCurrency }: Company): Record<string, unknown> {
  const id = currencyId.get(currency);
  if (id !== undefined) return { currency: ref(id) };
  if (currencyId.size === 0 && currency === homeCurrency) return {};
  return refuse(`NetSuite has no active currency ${currency}. Add it under Lists > Accounting > Currencies, or correct it in the event.`);
}

/** Numbers of bills are the vendor's and free; others only stick where the account allows overriding its own. */
function numberAndMemo({ kind, number, memo }: LedgerDocument, { options }: Context): Record<string, unknown> {
  const isFree = kind === "bill" || kind === "vendor_credit";
  const tranId = numberFitting(number);
  if (isFree || options.numbering === "ours") return { tranId, ...(memo ? { memo: clean(memo, memoLengthMax) } : {}) };
  return { memo: clean(`${tranId} ${memo}`, memoLengthMax), ...(kind === "invoice" ? { otherRefNum: tranId } : {}) };
}

function payable(document: LedgerDocument, context: Context): Record<string, unknown> {
  const { lookup } = context;
  requirePositive(document);
  return {
    entity: ref(partyOf(document, ["vendor"], context)),
    account: ref(idOf(lookup, "account", balanceOf(document).account)),
    ...headDimensions(document, context),
  };
}

function receivable(document: LedgerDocument, context: Context): Record<string, unknown> {
  requirePositive(document);
  return {
    entity: ref(partyOf(document, ["customer"], context)),
    account: ref(idOf(context.lookup, "account", balanceOf(document).account)),
    ...headDimensions(document, context),
  };
}

/** Deductions larger than the rest would make a bill of less than nothing. */
function requirePositive({ kind, number, totalMinor }: LedgerDocument): void {
  if (totalMinor <= 0n)
    refuse(
      `A ${spokenKind(kind)} in NetSuite must come to more than zero; ${number} does not. Map it to the opposite kind or to a journal entry.`,
    );
}

/** Paid from a bank account to somebody it is a check; NetSuite has no checks on cards, to nobody, or below zero: those are journals. */
function paidAtOnce(document: LedgerDocument, context: Context): Written {
  const balance = balanceOf(document);
  const account = idOf(context.lookup, "account", balance.account);
  if (balance.side === "debit" || document.party === undefined || context.facts.accountType(account) !== "Bank") {
    const party = document.party;
    const lines = document.lines.map((line) => (line.role === "balance" && party && !line.party ? { ...line, party } : line));
    return journal({ ...document, lines }, context);
  }
  return {
    type: entityOf.expense,
    sublists: ["expense", "item"],
    body: {
      account: ref(account),
      entity: ref(partyOf(document, ["vendor", "customer", "employee"], context)),
      ...headDimensions(document, context),
      expense: items(expenseLines(document, "debit", context)),
    },
  };
}

/** Names of an expense report stand in lower case in the schema. An account becomes the category that books to it. */
function expenseReport(document: LedgerDocument, context: Context): Written {
  const employee = partyOf(document, ["employee"], context);
  const lines = detailsOf(document).map((line) => ({
    expensedate: document.date,
    category: ref(categoryOf(line, document, context)),
    amount: amountOf(signed(line, "debit"), document.currency),
    ...currencyOf(document.currency, context.company),
    ...memoOf(line.description),
    ...dimensionsOf(line.dimensions, document, context),
  }));
  return { type: entityOf.expense_report, sublists: ["expense"], body: { entity: ref(employee), complete: true, expense: items(lines) } };
}

function categoryOf(line: { item?: string; account: string }, { number }: LedgerDocument, { lookup, company }: Context): string {
  const account = idOf(lookup, "account", line.account);
  const named = line.item?.toLowerCase();
  const category =
    company.expenseCategories.find((row) => named !== undefined && String(row["name"]).toLowerCase() === named) ??
    company.expenseCategories.find((row) => row["expenseacct"] === account);
  if (category !== undefined) return String(category["id"]);
  return refuse(
    `${number} books to account ${line.account}, for which NetSuite has no expense category. Create one under Setup > Accounting > Expense Categories.`,
  );
}

function partyOf(document: LedgerDocument, types: readonly PartyRef["type"][], { lookup }: Context): string {
  const party = document.party;
  if (!party || !types.includes(party.type)) {
    return refuse(`A ${spokenKind(document.kind)} needs a ${types[0]}; ${document.number} has ${party ? `a ${party.type}` : "none"}.`);
  }
  return idOf(lookup, party.type, party.id);
}

function termsOf(document: LedgerDocument, { lookup }: Context): Record<string, unknown> {
  return {
    ...(document.terms === undefined ? {} : { terms: ref(idOf(lookup, "term", document.terms)) }),
    ...(document.dueDate === undefined ? {} : { dueDate: document.dueDate }),
  };
}

/** Every sublist is an object with `items`; a bare array is refused. */
export function items(list: readonly object[]): { readonly items: readonly object[] } {
  return { items: list };
}

/** The name a party gets. A colon is the sign between parent and child there, so it becomes a dash. */
export function partyName(name: string, suffix = ""): string {
  return clean(name.replace(/\s*:\s*/g, " - ").replace(/\s+/g, " "), nameLengthMax - suffix.length) + suffix;
}

/** What a vendor or customer is called when the other kind has its name already: all entities share one set of names. */
export const suffixes = { vendor: " (V)", customer: " (C)" } as const;

/** Turns a party into their record, known as ours by its external id. */
export function toPartyEntry(party: PartyRecord, company: Company, options: { suffixed?: boolean } = {}): Entry {
  const externalId = partyExternalId(party);
  const name = partyName(party.name, options.suffixed ? suffixes[party.kind] : "") || party.id;
  const body = {
    externalId,
    entityId: name,
    companyName: name,
    isPerson: false,
    ...(company.subsidiary ? { subsidiary: ref(company.subsidiary.id) } : {}),
    ...currencyOf(party.currency, company),
  };
  return { kind: party.kind, type: entityOf[party.kind], path: entityOf[party.kind], externalId, body, sublists: [], lineCount: 0 };
}
