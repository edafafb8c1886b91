import { allPaths } from "./paths.ts";
import type { Finding } from "../finding.ts";
import { didYouMean } from "../nearest.ts";
import { checkTemplate, readAccountRow, readCategoryRow, readDocumentRow, readLineCodeRow } from "./read-row.ts";
import type { CodeEntry, DimensionRule, PartyPolicy, RuleSet } from "./schema.ts";
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
  readTexts,
  requireText,
  type StructureContext,
} from "./structure.ts";

export type { RuleSet } from "./schema.ts";

const sections = [
  "name",
  "description",
  "documents",
  "lineCodes",
  "codes",
  "accounts",
  "categories",
  "master",
  "items",
  "dimensions",
  "memo",
  "docNumber",
  "parties",
  "terms",
  "closedPeriod",
  "settlement",
] as const;
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
  const isBlocked = context.findings.some((finding) => finding.severity === "block");
  return { ruleSet: isBlocked ? null : ruleSet, findings: context.findings };
}

function readSections(context: StructureContext, raw: Record<string, unknown>): RuleSet {
  const memo = readObject(context, raw["memo"], { pointer: "/memo", known: ["line"] });
  const line = readText(context, memo["line"], "/memo/line") ?? defaultLineMemo;
  checkTemplate(context, line, { pointer: "/memo/line", types: [] });
  const parties = readObject(context, raw["parties"], { pointer: "/parties", known: ["vendor", "customer", "employee"] });
  const settlement = readObject(context, raw["settlement"], { pointer: "/settlement", known: ["shape"] });
  const dimensions = readObject(context, raw["dimensions"], { pointer: "/dimensions", known: ["class", "department"] });
  return {
    name: requireText(context, raw["name"], "/name"),
    description: readText(context, raw["description"] || undefined, "/description") ?? "",
    documents: readRows(context, raw["documents"], "/documents", (row, pointer) => readDocumentRow(context, row, pointer)),
    lineCodes: readRows(context, raw["lineCodes"], "/lineCodes", (row, pointer) => readLineCodeRow(context, row, pointer)),
    codes: readCodes(context, raw["codes"]),
    accounts: readRows(context, raw["accounts"], "/accounts", (row, pointer) => readAccountRow(context, row, pointer)),
    categories: readRows(context, raw["categories"], "/categories", (row, pointer) => readCategoryRow(context, row, pointer)),
    master: readText(context, raw["master"], "/master") ?? null,
    items: readTable(context, raw["items"], "/items"),
    dimensions: {
      class: readDimension(context, dimensions["class"], "/dimensions/class"),
      department: readDimension(context, dimensions["department"], "/dimensions/department"),
    },
    memo: { line },
    docNumber: readDocNumber(context, raw["docNumber"]),
    parties: {
      vendor: readParty(context, parties["vendor"], { pointer: "/parties/vendor", create: true }),
      customer: readParty(context, parties["customer"], { pointer: "/parties/customer", create: true }),
      employee: readParty(context, parties["employee"], { pointer: "/parties/employee", create: false }),
    },
    terms: readTable(context, raw["terms"], "/terms"),
    closedPeriod: readChoice(context, raw["closedPeriod"], { pointer: "/closedPeriod", choices: ["block", "hold"] }) ?? "hold",
    settlement: {
      shape:
        readChoice(context, settlement["shape"], { pointer: "/settlement/shape", choices: ["bill_plus_credit", "journal"] }) ??
        "bill_plus_credit",
    },
  };
}

function readCodes(context: StructureContext, value: unknown): Record<string, CodeEntry> {
  const codes: Record<string, CodeEntry> = {};
  for (const [code, entry] of Object.entries(readObject(context, value, { pointer: "/codes" }))) {
    const pointer = `/codes/${code}`;
    const raw = readObject(context, entry, { pointer, known: ["name", "kind", "account", "item"] });
    codes[code] = compact<CodeEntry>({
      name: requireText(context, raw["name"], `${pointer}/name`),
      kind: requireText(context, raw["kind"], `${pointer}/kind`),
      account: readText(context, raw["account"], `${pointer}/account`),
      item: readText(context, raw["item"], `${pointer}/item`),
    });
  }
  return codes;
}

function readDimension(context: StructureContext, value: unknown, pointer: string): DimensionRule | null {
  if (value === undefined || value === null) return null;
  const raw = readObject(context, value, { pointer, known: ["from", "values", "unknown", "default"] });
  const from = readTexts(context, raw["from"], `${pointer}/from`) ?? [];
  for (const name of from) {
    if (allPaths.has(`dims.${name}`) || name.startsWith("custom.")) continue;
    const names = [...allPaths.keys()].filter((path) => path.startsWith("dims.")).map((path) => path.slice(5));
    complain(context, {
      code: "field_unknown",
      pointer: `${pointer}/from`,
      message: `"${name}" is no dimension of events.${didYouMean(name, names)}`,
      fix: `Name one of ${names.join(", ")} at ${pointer}/from.`,
    });
  }
  return compact<DimensionRule>({
    from,
    values: readTable(context, raw["values"], `${pointer}/values`),
    unknown: readChoice(context, raw["unknown"], { pointer: `${pointer}/unknown`, choices: ["keep", "default", "block"] }) ?? "keep",
    default: readText(context, raw["default"], `${pointer}/default`),
  });
}

function readParty(context: StructureContext, value: unknown, place: { pointer: string; create: boolean }): PartyPolicy {
  const { pointer, create } = place;
  const raw = readObject(context, value, { pointer, known: ["create", "is1099"] });
  return {
    create: readBoolean(context, raw["create"], `${pointer}/create`) ?? create,
    is1099: readBoolean(context, raw["is1099"], `${pointer}/is1099`) ?? false,
  };
}

function readDocNumber(context: StructureContext, value: unknown): RuleSet["docNumber"] {
  const raw = readObject(context, value, { pointer: "/docNumber", known: ["lengthMax"] });
  const lengthMax = raw["lengthMax"] ?? 21;
  const isGood = typeof lengthMax === "number" && Number.isInteger(lengthMax) && lengthMax >= 16 && lengthMax <= 60;
  if (!isGood) badValue(context, "/docNumber/lengthMax", "a whole number from 16 to 60");
  return { lengthMax: isGood ? lengthMax : 21 };
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
