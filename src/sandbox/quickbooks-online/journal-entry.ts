import { objectOf, textOf, type JsonObject } from "../json.ts";
import type { Leg } from "../ledger.ts";
import { minorOf } from "../amount.ts";
import { business, missing, Refusal } from "./errors.ts";
import { inHome } from "./currency.ts";
import { journalEntry as fields } from "./fields.ts";
import type { Kind, Work } from "./kind.ts";
import type { Referent } from "./records.ts";
import { dimensionsOf, ledgerAccount, refMember, resolve, resolveClass, resolveDepartment, toRef } from "./references.ts";
import { withoutNulls } from "./schema.ts";
import { lineIds, moneyLines, readHeader, readTerms } from "./transaction.ts";

/** A line with its references looked up. */
interface Resolved {
  readonly line: JsonObject;
  readonly minor: bigint;
  readonly isDebit: boolean;
  readonly account: Referent;
  readonly party: { type: string; referent: Referent } | null;
  readonly klass: Referent | null;
  readonly department: Referent | null;
}

export const journalEntry: Kind = {
  name: "JournalEntry",
  type: "transaction",
  fields,
  prepare(work, draft, before) {
    const lines = moneyLines(draft);
    if (lines.length === 0) throw missing("Line");
    lines.forEach(requireParts);
    const resolved = lines.filter((line) => line["DetailType"] === "JournalEntryLineDetail").map((line) => resolveLine(work, line));
    checkRules(work, resolved);
    const terms = readTerms(work, draft, before, null);
    checkCurrencies(resolved, terms.money.currency);
    const header = readHeader(work, draft, before, {
      terms,
      entity: "JournalEntry",
      display: "Journal Entry",
      party: null,
      assigns: false,
      refusesDuplicates: work.company.rules.warnDuplicateJournal,
    });
    const ids = lineIds(lines, before, 0);
    const byLine = new Map(resolved.map((entry) => [entry.line, entry]));
    return {
      body: {
        ...draft,
        Adjustment: draft["Adjustment"] === true,
        ...header.shown,
        Line: lines.map((line, index) => showLine(line, ids[index] ?? "", byLine.get(line))),
        TxnTaxDetail: {},
      },
      legs: inHome(resolved.map(toLeg), terms.money),
      columns: { number: header.number, date: header.date },
      active: true,
    };
  },
};

function requireParts(line: JsonObject): void {
  const detailType = textOf(line["DetailType"]);
  if (detailType === null) throw missing("DetailType");
  if (detailType === "DescriptionOnly") return;
  const detail = objectOf(line["JournalEntryLineDetail"]);
  if (detail["PostingType"] === undefined) throw new Refusal("2260", "Missing PostingType : PostingType is required", "PostingType");
  if (detail["AccountRef"] === undefined) throw missing("AccountRef");
  if (line["Amount"] === undefined) throw missing("Amount");
  if (minorOf(line["Amount"]) < 0n) throw new Refusal("2290", "Negative Amount : Use PostingType for the sign of a line", "Amount");
  if (detail["TaxCodeRef"] !== undefined) {
    if (detail["TaxApplicableOn"] === undefined)
      throw new Refusal("2270", "Missing TaxApplicableOn : A tax code needs it", "TaxApplicableOn");
    if (detail["TaxAmount"] === undefined) throw new Refusal("2280", "Missing TaxAmount : A tax code needs it", "TaxAmount");
  }
  if (detail["Entity"] !== undefined) {
    const entity = objectOf(detail["Entity"]);
    if (entity["Type"] === undefined) throw missing("Entity.Type");
    if (entity["EntityRef"] === undefined) throw missing("Entity.EntityRef");
  }
}

function resolveLine(work: Work, line: JsonObject): Resolved {
  const detail = objectOf(line["JournalEntryLineDetail"]);
  const account = resolve(work, "Account", detail["AccountRef"]);
  if (account === null) throw missing("AccountRef");
  const entity = objectOf(detail["Entity"]);
  const type = textOf(entity["Type"]);
  const referent = type === null ? null : resolve(work, type, entity["EntityRef"]);
  return {
    line,
    minor: minorOf(line["Amount"]),
    isDebit: detail["PostingType"] === "Debit",
    account,
    party: type === null || referent === null ? null : { type, referent },
    klass: resolveClass(work, detail["ClassRef"], "line"),
    department: resolveDepartment(work, detail["DepartmentRef"]),
  };
}

function checkRules(work: Work, lines: readonly Resolved[]): void {
  const { unbalancedJournalCode, controlLinesPerJournal } = work.company.switches;
  if (lines.length < 2) throw business("Fill out at least two detail lines to continue.");
  for (const { account, party } of lines) {
    if (account.kind === "Accounts Receivable" && party?.type !== "Customer") {
      throw business("When you use Accounts Receivable, you must choose a customer in the Name field.");
    }
    if (account.kind === "Accounts Payable" && party?.type !== "Vendor") {
      throw business("When you use Accounts Payable, you must choose a vendor in the Name field.");
    }
  }
  const receivable = lines.filter(({ account }) => account.kind === "Accounts Receivable").length;
  const payable = lines.filter(({ account }) => account.kind === "Accounts Payable").length;
  const isOver = controlLinesPerJournal === "one" ? receivable + payable > 1 : receivable > 1 || payable > 1;
  if (controlLinesPerJournal !== "any" && isOver) {
    throw business("You can have only one Accounts Receivable or Accounts Payable line in a journal entry.");
  }
  const sum = lines.reduce((total, { minor, isDebit }) => total + (isDebit ? minor : -minor), 0n);
  if (sum === 0n) return;
  if (unbalancedJournalCode === "2300") throw new Refusal("2300", "Amount on debits not equal to credits");
  throw business("Please balance debits and credits.");
}

/** Receivables and payables are kept in the currency of their party, and only in that. */
function checkCurrencies(lines: readonly Resolved[], currency: string): void {
  for (const { account, party } of lines) {
    const isControl = account.kind === "Accounts Receivable" || account.kind === "Accounts Payable";
    const known = isControl ? [account.currency, party?.referent.currency ?? ""] : [];
    if (known.some((code) => code !== "" && code !== currency)) {
      throw business("The currency of the transaction must be the currency of its customer or vendor.", "CurrencyRef");
    }
  }
}

function toLeg({ minor, isDebit, account, party, klass, department }: Resolved): Leg {
  return {
    account: ledgerAccount(account),
    minor: isDebit ? minor : -minor,
    party: party === null ? null : { type: party.type, id: party.referent.id, name: party.referent.name },
    dimensions: dimensionsOf(klass, department),
    isControl: account.kind === "Accounts Receivable" || account.kind === "Accounts Payable",
  };
}

function showLine(line: JsonObject, id: string, resolved: Resolved | undefined): JsonObject {
  const shown = { ...line, Id: id };
  if (resolved === undefined) return shown;
  const { account, party, klass, department } = resolved;
  // Looked up anew: what was not kept (a class while tracking is off) must not show.
  const { ClassRef: _class, DepartmentRef: _department, ...detail } = objectOf(line["JournalEntryLineDetail"]);
  return withoutNulls({
    ...shown,
    JournalEntryLineDetail: {
      ...detail,
      AccountRef: toRef(account),
      ...(party === null ? {} : { Entity: { Type: party.type, EntityRef: toRef(party.referent) } }),
      ...refMember("ClassRef", klass),
      ...refMember("DepartmentRef", department),
    },
  });
}
