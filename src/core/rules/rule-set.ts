import type { Finding } from "../finding.ts";
import { didYouMean } from "../nearest.ts";
import { keys, type RowSection, sections } from "./keys.ts";
import { readTemplate } from "./read-conditions.ts";
import { readLineRow, readSplitRow, readStatisticRow } from "./read-metric.ts";
import {
  readAccrualRow,
  readAliases,
  readClosedPeriodRow,
  readCustomFields,
  readDimensions,
  readIntercompanyRow,
  readLength,
  readLookups,
  readRounding,
} from "./read-policy.ts";
import { checkTables } from "./check-tables.ts";
import { readAccountRow, readCategoryRow, readDocumentRow, readLineCodeRow } from "./read-row.ts";
import {
  type CodeEntry,
  closedPeriodDefaults,
  editPolicies,
  type PartyPolicy,
  type RuleSet,
  negativeNetPolicies,
  settlementShapes,
} from "./schema.ts";
import {
  badValue,
  compact,
  complain,
  isRaw,
  readBoolean,
  readChoice,
  readObject,
  readRows,
  readTable,
  readText,
  requireText,
  type StructureContext,
} from "./structure.ts";

export type { RuleSet } from "./schema.ts";

const defaultLineMemo = "[{line.description}][{codeName}]";

/**
 * Reads a rule set from plain data (parsed YAML or JSON): its shape, its names and its expressions.
 *
 * Shape: `ruleSet` is null when any finding blocks. Sections that are missing get their defaults; numbers that stand where text
 * is meant (account numbers in YAML) become text.
 */
export function readRuleSet(raw: unknown): { ruleSet: RuleSet | null; findings: Finding[] } {
  const context: StructureContext = { findings: [] };
  if (!isRaw(raw)) {
    badValue(context, "/", "an object with the sections of a rule set");
    return { ruleSet: null, findings: context.findings };
  }
  readObject(context, raw, { pointer: "", known: sections });
  const ruleSet = readSections(context, raw);
  checkNames(context, ruleSet);
  checkTables(context, ruleSet);
  const isBlocked = context.findings.some((finding) => finding.severity === "block");
  return { ruleSet: isBlocked ? null : ruleSet, findings: context.findings };
}

function readSections(context: StructureContext, raw: Record<string, unknown>): RuleSet {
  const memo = readObject(context, raw["memo"], { pointer: "/memo", known: keys.memo });
  const settlement = readObject(context, raw["settlement"], { pointer: "/settlement", known: keys.settlement });
  const edits = readObject(context, raw["edits"], { pointer: "/edits", known: keys.edits });
  const rows = <Row>(name: RowSection, read: (context: StructureContext, value: unknown, pointer: string) => Row | null): Row[] =>
    readRows(context, raw[name], `/${name}`, (row, pointer) => read(context, row, pointer));
  return {
    name: requireText(context, raw["name"], "/name"),
    description: readText(context, raw["description"] || undefined, "/description") ?? "",
    chart: readTable(context, raw["chart"], "/chart"),
    documents: rows("documents", readDocumentRow),
    lineCodes: rows("lineCodes", readLineCodeRow),
    aliases: readAliases(context, raw["aliases"]),
    codes: readCodes(context, raw["codes"]),
    accounts: rows("accounts", readAccountRow),
    categories: rows("categories", readCategoryRow),
    master: readText(context, raw["master"], "/master") ?? null,
    items: readTable(context, raw["items"], "/items"),
    dimensions: readDimensions(context, raw["dimensions"]),
    lookups: readLookups(context, raw["lookups"]),
    lines: rows("lines", readLineRow),
    statistics: rows("statistics", readStatisticRow),
    splits: rows("splits", readSplitRow),
    rounding: readRounding(context, raw["rounding"]),
    intercompany: rows("intercompany", readIntercompanyRow),
    accruals: rows("accruals", readAccrualRow),
    customFields: readCustomFields(context, raw["customFields"]),
    memo: { line: readTemplate(context, memo["line"], { pointer: "/memo/line", types: [] }) ?? defaultLineMemo },
    docNumber: readDocNumber(context, raw["docNumber"]),
    parties: readParties(context, raw["parties"]),
    terms: readTable(context, raw["terms"], "/terms"),
    closedPeriod: readChoice(context, raw["closedPeriod"], { pointer: "/closedPeriod", choices: closedPeriodDefaults }) ?? "hold",
    closedPeriods: rows("closedPeriods", readClosedPeriodRow),
    edits: { posted: readChoice(context, edits["posted"], { pointer: "/edits/posted", choices: editPolicies }) ?? "replace" },
    settlement: {
      shape: readChoice(context, settlement["shape"], { pointer: "/settlement/shape", choices: settlementShapes }) ?? "bill_plus_credit",
      negativeNet:
        readChoice(context, settlement["negativeNet"], { pointer: "/settlement/negativeNet", choices: negativeNetPolicies }) ?? "hold",
    },
  };
}

function readCodes(context: StructureContext, value: unknown): Record<string, CodeEntry> {
  const codes: Record<string, CodeEntry> = {};
  for (const [code, entry] of Object.entries(readObject(context, value, { pointer: "/codes" }))) {
    const pointer = `/codes/${code}`;
    const raw = readObject(context, entry, { pointer, known: keys.code });
    codes[code] = compact<CodeEntry>({
      name: requireText(context, raw["name"], `${pointer}/name`),
      kind: requireText(context, raw["kind"], `${pointer}/kind`),
      account: readText(context, raw["account"], `${pointer}/account`),
      item: readText(context, raw["item"], `${pointer}/item`),
    });
  }
  return codes;
}

function readParties(context: StructureContext, value: unknown): RuleSet["parties"] {
  const parties = readObject(context, value, { pointer: "/parties", known: keys.parties });
  return {
    vendor: readParty(context, parties["vendor"], { pointer: "/parties/vendor", create: true }),
    customer: readParty(context, parties["customer"], { pointer: "/parties/customer", create: true }),
    employee: readParty(context, parties["employee"], { pointer: "/parties/employee", create: false }),
  };
}

function readParty(context: StructureContext, value: unknown, place: { pointer: string; create: boolean }): PartyPolicy {
  const { pointer, create } = place;
  const raw = readObject(context, value, { pointer, known: keys.party });
  return {
    create: readBoolean(context, raw["create"], `${pointer}/create`) ?? create,
    is1099: readBoolean(context, raw["is1099"], `${pointer}/is1099`) ?? false,
  };
}

function readDocNumber(context: StructureContext, value: unknown): RuleSet["docNumber"] {
  const raw = readObject(context, value, { pointer: "/docNumber", known: keys.docNumber });
  return { lengthMax: readLength(context, raw["lengthMax"], { pointer: "/docNumber/lengthMax", min: 16, max: 60, otherwise: 21 }) };
}

/** Codes and kinds that rows name and the catalogue does not have: a row that can never match is a slip of the pen. */
function checkNames(context: StructureContext, ruleSet: RuleSet): void {
  const codes = Object.keys(ruleSet.codes);
  const kinds = new Set(Object.values(ruleSet.codes).map((entry) => entry.kind));
  if (codes.length === 0) return;
  const named: [string, string][] = [
    ...ruleSet.lineCodes.map(({ code }, index): [string, string] => [code, `/lineCodes/${index}/code`]),
    ...ruleSet.accounts.flatMap(({ code = [] }, index) =>
      code.filter((text) => !text.includes("*")).map((text): [string, string] => [text, `/accounts/${index}/code`]),
    ),
  ];
  for (const [code, pointer] of named) {
    if (Object.hasOwn(ruleSet.codes, code) || code === "") continue;
    complain(context, {
      code: "code_unlisted",
      severity: "warn",
      pointer,
      message: `The code "${code}" is not in the catalogue.${didYouMean(code, codes)}`,
      fix: `Add "${code}" to the section codes, or correct it at ${pointer}.`,
    });
  }
  ruleSet.categories.forEach(({ kind }, index) => {
    if (kinds.has(kind) || kind === "") return;
    complain(context, {
      code: "kind_unlisted",
      severity: "warn",
      pointer: `/categories/${index}/kind`,
      message: `No code is of the kind "${kind}".${didYouMean(kind, kinds)}`,
      fix: `Correct the kind at /categories/${index}/kind, or give it to codes of the catalogue.`,
    });
  });
}
