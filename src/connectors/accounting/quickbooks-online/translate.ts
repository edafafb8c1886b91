import type { DocumentLine, LedgerDocument, PartyRef } from "../../../core/document.ts";
import { Fault } from "../../../core/errors.ts";
import { minorDigitsOf, parseDecimal } from "../../../core/money.ts";
import type { Lookup, PartyRecord } from "../connector.ts";
import { entityOf, kindsWithoutPlace, spokenKind } from "./entities.ts";
import { entryOf, idOf, numberFitting, privateNote, rateOf, refuse, type Entry } from "./entry.ts";
import { descriptionLengthMax, linesMax, vendorAccountNumberLengthMax } from "./limits.ts";
import { clean, displayName, marker, suffixes } from "./names.ts";
import { customFieldsOf, oneClass, requireOwnNumbers } from "./sales-form.ts";
import type { WritingRules } from "./settings.ts";
import { amountOf, numberOf } from "./wire.ts";

/** What a translation needs to know of the company. */
export interface Context {
  readonly lookup: Lookup;
  /** Type of an account (`Bank`, `Credit Card` …) by QuickBooks id. */
  readonly accountType: (accountId: string) => string | undefined;
  /** What the preferences say; without them a class goes on each line and numbers are ours. */
  readonly rules?: WritingRules | undefined;
}

/**
 * Turns a document into their entity and body. Pure.
 *
 * Faults: `reference_unknown` when the company lacks something the document names; `books_refused` for what QuickBooks
 * has no place for. Nothing was sent then.
 */
export function toQuickBooks(document: LedgerDocument, key: string, context: Context): Entry {
  if (kindsWithoutPlace.includes(document.kind)) {
    refuse(
      `QuickBooks Online has no ${spokenKind(document.kind)}; map ${document.number} to a kind it has, or leave it out for these books.`,
    );
  }
  const entity = entityOf[document.kind];
  requireOwnNumbers(document, context.rules);
  if (document.lines.length > linesMax) {
    refuse(`${document.number} has ${document.lines.length} lines; QuickBooks takes ${linesMax} in one document. Split it.`);
  }
  return entryOf(entity, {
    ...headerOf(document, key),
    ...bodyOf(document, context),
    ...customFieldsOf(document, context.rules),
  });
}

/** Turns a party into their record. The TMS's id stands in it, so that the record is known as ours. */
export function toPartyEntry(party: PartyRecord, options: { suffixed?: boolean } = {}): Entry {
  const id = clean(party.id, party.id.length + 1);
  if (id !== party.id || id.length > vendorAccountNumberLengthMax) {
    throw new Fault(
      "books_refused",
      `The ${party.kind} id "${party.id.slice(0, 120)}" cannot stand in QuickBooks: use at most ${vendorAccountNumberLengthMax} printable characters`,
    );
  }
  const own = party.kind === "vendor" ? { AcctNum: id } : { Notes: marker(id) };
  return entryOf(entityOf[party.kind], {
    DisplayName: displayName(party.name, options.suffixed ? suffixes[party.kind] : "") || id,
    CurrencyRef: { value: party.currency },
    ...own,
  });
}

function headerOf(document: LedgerDocument, key: string): Record<string, unknown> {
  return {
    DocNumber: numberFitting(document.number),
    TxnDate: document.date,
    CurrencyRef: { value: document.currency },
    ...rateOf(document.exchangeRate),
    PrivateNote: privateNote(document.memo, key),
  };
}

function bodyOf(document: LedgerDocument, context: Context): Record<string, unknown> {
  const { lookup } = context;
  switch (document.kind) {
    case "journal_entry":
      return { Line: document.lines.map((line) => journalLine(document, line, lookup)) };
    case "bill":
      return { ...payable(document, lookup), ...termsOf(document, lookup), Line: expenseLines(document, "debit", lookup) };
    case "vendor_credit":
      return { ...payable(document, lookup), Line: expenseLines(document, "credit", lookup) };
    case "expense":
      return purchase(document, context);
    case "invoice":
      return { ...receivable(document, context), ...termsOf(document, lookup), Line: salesLines(document, "credit", context) };
    case "credit_memo":
      return { ...receivable(document, context), Line: salesLines(document, "debit", context) };
    case "expense_report":
    case "statistical_entry":
      return {};
  }
}

function journalLine(document: LedgerDocument, line: DocumentLine, lookup: Lookup): Record<string, unknown> {
  const party = line.party;
  return {
    ...lineOf(line, document.currency, line.amountMinor),
    DetailType: "JournalEntryLineDetail",
    JournalEntryLineDetail: {
      PostingType: line.side === "debit" ? "Debit" : "Credit",
      AccountRef: { value: idOf(lookup, "account", line.account) },
      // Two levels here; a deposit line's is flat.
      ...(party ? { Entity: { Type: partyTypes[party.type], EntityRef: { value: idOf(lookup, party.type, party.id) } } } : {}),
      ...dimension("ClassRef", "class", line.dimensions["class"] ?? document.dimensions["class"], lookup),
      // A journal entry has no location on its head, everything else has it nowhere else.
      ...dimension("DepartmentRef", "department", line.dimensions["department"] ?? document.dimensions["department"], lookup),
    },
  };
}

const partyTypes = { vendor: "Vendor", customer: "Customer", employee: "Employee" } as const;

function payable(document: LedgerDocument, lookup: Lookup): Record<string, unknown> {
  return {
    VendorRef: { value: partyOf(document, ["vendor"], lookup).id },
    APAccountRef: { value: idOf(lookup, "account", balanceOf(document).account) },
    ...headDepartment(document, lookup),
  };
}

function receivable(document: LedgerDocument, { lookup, rules }: Context): Record<string, unknown> {
  return {
    CustomerRef: { value: partyOf(document, ["customer"], lookup).id },
    ...headDepartment(document, lookup),
    ...(rules?.classes === "document" ? dimension("ClassRef", "class", oneClass(document), lookup) : {}),
  };
}

/** Money that left at once. A balance on the debit side is a refund, which only credit cards have. */
function purchase(document: LedgerDocument, { lookup, accountType }: Context): Record<string, unknown> {
  const balance = balanceOf(document);
  const account = idOf(lookup, "account", balance.account);
  const refund = balance.side === "debit";
  const type = accountType(account);
  const card = type === "Credit Card";
  if (!card && type !== "Bank") {
    refuse(
      `Account ${balance.account} is of type ${type ?? "unknown"}: an expense is paid from a bank or a credit card account. Map its balancing side to one.`,
    );
  }
  if (refund && !card)
    refuse(
      `Account ${balance.account} is a bank account: QuickBooks takes a refund as an expense on credit card accounts only. Map it to a journal entry.`,
    );
  const party = document.party ? partyOf(document, ["vendor", "customer", "employee"], lookup) : null;
  return {
    PaymentType: card ? "CreditCard" : "Cash",
    ...(refund ? { Credit: true } : {}),
    AccountRef: { value: account },
    ...(party ? { EntityRef: { value: party.id, type: partyTypes[party.type] } } : {}),
    ...headDepartment(document, lookup),
    Line: expenseLines(document, refund ? "credit" : "debit", lookup),
  };
}

function expenseLines(document: LedgerDocument, side: DocumentLine["side"], lookup: Lookup): Record<string, unknown>[] {
  return detailsOf(document).map((line) => ({
    ...lineOf(line, document.currency, signed(line, side)),
    DetailType: "AccountBasedExpenseLineDetail",
    AccountBasedExpenseLineDetail: {
      AccountRef: { value: idOf(lookup, "account", line.account) },
      ...dimension("ClassRef", "class", line.dimensions["class"] ?? document.dimensions["class"], lookup),
    },
  }));
}

function salesLines(document: LedgerDocument, side: DocumentLine["side"], { lookup, rules }: Context): Record<string, unknown>[] {
  const perLine = rules?.classes !== "document";
  return detailsOf(document).map((line) => {
    const amount = signed(line, side);
    if (line.item === undefined)
      refuse(
        `A line on account ${line.account} names no product or service, which QuickBooks needs on sales. Set the item in the mapping.`,
      );
    return {
      ...lineOf(line, document.currency, amount),
      DetailType: "SalesItemLineDetail",
      SalesItemLineDetail: {
        ItemRef: { value: idOf(lookup, "item", line.item) },
        ...quantityOf(line, amount, document.currency),
        // Without it, automated sales tax takes freight as taxable.
        TaxCodeRef: { value: "NON" },
        ...(perLine ? dimension("ClassRef", "class", line.dimensions["class"] ?? document.dimensions["class"], lookup) : {}),
      },
    };
  });
}

function lineOf(line: DocumentLine, currency: string, amountMinor: bigint): Record<string, unknown> {
  const description = clean(line.description, descriptionLengthMax, true);
  return { ...(description ? { Description: description } : {}), Amount: amountOf(amountMinor, currency) };
}

/** Positive on the side such a document's lines stand on; a deduction stands on the other side and is negative. */
function signed(line: DocumentLine, side: DocumentLine["side"]): bigint {
  return line.side === side ? line.amountMinor : -line.amountMinor;
}

/** Quantity and price are told only where they give the amount to the cent: anything else is refused over there. */
function quantityOf(line: DocumentLine, amountMinor: bigint, currency: string): Record<string, unknown> {
  if (line.quantity === undefined || line.unitPrice === undefined) return {};
  const quantity = parseDecimal(line.quantity);
  const price = parseDecimal(line.unitPrice);
  const scale = quantity.scale + price.scale;
  const exact = quantity.units * price.units * 10n ** BigInt(minorDigitsOf(currency)) === amountMinor * 10n ** BigInt(scale);
  if (!exact || quantity.scale > 5 || price.scale > 5) return {};
  return { Qty: numberOf(line.quantity), UnitPrice: numberOf(line.unitPrice) };
}

function detailsOf(document: LedgerDocument): readonly DocumentLine[] {
  return document.lines.filter((line) => line.role === "detail");
}

/** The other side of everything but a journal entry is one account. */
function balanceOf(document: LedgerDocument): DocumentLine {
  const legs = document.lines.filter((line) => line.role === "balance");
  const [first] = legs;
  if (!first || legs.some((leg) => leg.account !== first.account || leg.side !== first.side)) {
    return refuse(
      `A ${spokenKind(document.kind)} in QuickBooks is balanced by exactly one account; ${document.number} names ${legs.length === 0 ? "none" : "several"}.`,
    );
  }
  return first;
}

function partyOf(document: LedgerDocument, types: readonly PartyRef["type"][], lookup: Lookup): { type: PartyRef["type"]; id: string } {
  const party = document.party;
  if (!party || !types.includes(party.type))
    return refuse(`A ${spokenKind(document.kind)} needs a ${types[0]}; ${document.number} has ${party ? `a ${party.type}` : "none"}.`);
  return { type: party.type, id: idOf(lookup, party.type, party.id) };
}

/** One location for the whole document: lines that name different ones cannot be posted without losing one of them. */
function headDepartment(document: LedgerDocument, lookup: Lookup): Record<string, unknown> {
  const named = [document.dimensions, ...detailsOf(document).map((line) => line.dimensions)].flatMap(
    (dimensions) => dimensions["department"] ?? [],
  );
  const departments = [...new Set(named)];
  if (departments.length > 1)
    refuse(
      `QuickBooks keeps one location on a ${spokenKind(document.kind)}; ${document.number} names ${departments.join(", ")}. Split the document, or use a journal entry.`,
    );
  return dimension("DepartmentRef", "department", departments[0], lookup);
}

function termsOf(document: LedgerDocument, lookup: Lookup): Record<string, unknown> {
  return {
    ...(document.terms === undefined ? {} : { SalesTermRef: { value: idOf(lookup, "term", document.terms) } }),
    ...(document.dueDate === undefined ? {} : { DueDate: document.dueDate }),
  };
}

function dimension(
  member: "ClassRef" | "DepartmentRef",
  kind: "class" | "department",
  name: string | undefined,
  lookup: Lookup,
): Record<string, unknown> {
  return name === undefined ? {} : { [member]: { value: idOf(lookup, kind, name) } };
}
