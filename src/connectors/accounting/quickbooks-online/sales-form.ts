import type { LedgerDocument } from "../../../core/document.ts";
import { Fault } from "../../../core/errors.ts";
import { spokenKind } from "./entities.ts";
import { refuse } from "./entry.ts";
import { customFieldLengthMax } from "./limits.ts";
import { clean } from "./names.ts";
import type { WritingRules } from "./settings.ts";

/** A number that QuickBooks gives itself could not be looked up after a lost answer, so such a company gets no sales forms from us. */
export function requireOwnNumbers(document: LedgerDocument, rules: WritingRules | undefined): void {
  if (!rules?.numberedByBooks.includes(document.kind)) return;
  throw new Fault(
    "books_refused",
    `QuickBooks numbers each ${spokenKind(document.kind)} itself in this company, so ${document.number} could not be found again. ` +
      'Switch on "Custom transaction numbers" (gear, Account and settings, Sales, Sales form content), then retry.',
    { setting: "SalesFormsPrefs.CustomTxnNumbers" },
  );
}

/** Custom fields by the name that the sales form shows; over there they are known by their slot. */
export function customFieldsOf(document: LedgerDocument, rules: WritingRules | undefined): Record<string, unknown> {
  const named = Object.entries(document.customFields ?? {});
  if (named.length === 0) return {};
  if (document.kind !== "invoice" && document.kind !== "credit_memo") {
    return refuse(`QuickBooks has custom fields on invoices and credit memos only, not on a ${spokenKind(document.kind)}.`);
  }
  const known = rules?.customFields ?? [];
  return {
    CustomField: named.map(([name, text]) => {
      const field = known.find((each) => each.name.toLowerCase() === name.toLowerCase());
      const value = clean(text, customFieldLengthMax + 1);
      if (field === undefined) {
        const names = known.map((each) => each.name).join(", ") || "none";
        return refuse(
          `This company's sales forms have no custom field "${name}"; they have: ${names}. Add it in QuickBooks or correct it.`,
        );
      }
      if (value.length > customFieldLengthMax) {
        return refuse(`Custom field "${name}" takes at most ${customFieldLengthMax} characters; "${value}…" is longer.`);
      }
      return { DefinitionId: field.id, Name: field.name, Type: "StringType", StringValue: value };
    }),
  };
}

/** The one class of a sales form in a company that keeps one a transaction: lines that differ would lose theirs. */
export function oneClass(document: LedgerDocument): string | undefined {
  const details = document.lines.filter((line) => line.role === "detail");
  const classes = [...new Set(details.map((line) => line.dimensions["class"] ?? document.dimensions["class"]))];
  if (classes.length > 1) {
    const names = classes.map((name) => name ?? "none").join(", ");
    return refuse(
      `This company keeps one class for a whole ${spokenKind(document.kind)}; the lines of ${document.number} name ${names}. ` +
        "Track classes one to each row in QuickBooks, or map all lines to one class.",
    );
  }
  return classes[0];
}
