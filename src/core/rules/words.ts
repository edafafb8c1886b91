import type { Condition, RuleRow, Scalar } from "./schema.ts";

/** Members of a row that say when it is for something. Everything else is what it does. */
const conditionKeys: Readonly<Record<string, readonly string[]>> = {
  documents: ["event"],
  lineCodes: ["event"],
  accounts: ["event", "code"],
  categories: ["event", "kind"],
  lines: ["event", "per", "quantity", "unit"],
  statistics: ["event", "per", "quantity", "unit"],
  splits: ["event", "code"],
  intercompany: ["event", "owner", "user"],
  accruals: ["event"],
  closedPeriods: ["event"],
};
const always = ["where", "when", "from", "to"];

/** The members of a row that say when it is for something, and those that say what it does; its note belongs to neither. */
export function partsOf(section: string, row: RuleRow): { when: Record<string, unknown>; what: Record<string, unknown> } {
  const names = [...(conditionKeys[section] ?? []), ...always];
  const entries = Object.entries(row).filter(([name]) => name !== "note");
  return {
    when: Object.fromEntries(entries.filter(([name]) => names.includes(name))),
    what: Object.fromEntries(entries.filter(([name]) => !names.includes(name))),
  };
}

/** When a row is for something, in words: `fuel transaction, code FULSD, where dims.terminal is LAR, from 2027-01-01`. */
export function conditionWords(section: string, row: RuleRow): string {
  const { when } = partsOf(section, row);
  const { where, when: expression, from, to, event, ...rest } = when;
  const fields = Object.entries((where ?? {}) as Record<string, Condition>).map(([path, condition]) => `${path} ${testWords(condition)}`);
  const words = [
    ...(event === undefined ? [] : [listed(event).replaceAll("_", " ")]),
    ...Object.entries(rest).map(([name, value]) => `${name} ${listed(value)}`),
    ...(fields.length === 0 ? [] : [`where ${fields.join(" and ")}`]),
    ...(expression === undefined ? [] : [`when ${String(expression)}`]),
    ...(from === undefined ? [] : [`from ${String(from)}`]),
    ...(to === undefined ? [] : [`until ${String(to)}`]),
  ];
  return words.length === 0 ? "everything else" : words.join(", ");
}

/** What a row does, in words: `account 4215, item Detention`. */
export function outcomeWords(section: string, row: RuleRow): string {
  return [...flatten(partsOf(section, row).what)].map(([name, value]) => `${name} ${value}`).join(", ");
}

function testWords(condition: Condition): string {
  if (typeof condition !== "object")
    return typeof condition === "string" && condition.includes("*") ? `looks like ${condition}` : `is ${condition}`;
  if (Array.isArray(condition)) return `is one of ${condition.join(", ")}`;
  const test = condition as Exclude<Condition, Scalar | readonly Scalar[]>;
  if ("prefix" in test) return `begins with ${test.prefix}`;
  if ("exists" in test) return test.exists ? "is there" : "is missing";
  if ("not" in test) return `is not ${listed(test.not)}`;
  if (test.min !== undefined && test.max !== undefined) return `is from ${test.min} to ${test.max}`;
  return test.min === undefined ? `is at most ${test.max}` : `is at least ${test.min}`;
}

function listed(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** A nested value as dotted names and texts: `balance.0.account` → `2040`. Lists of plain values are one text. */
export function flatten(value: unknown, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return flat.set(prefix, value.join(", "));
  if (typeof value !== "object" || value === null) return value === undefined ? flat : flat.set(prefix, String(value));
  for (const [name, member] of Object.entries(value)) {
    for (const [path, text] of flatten(member, prefix === "" ? name : `${prefix}.${name}`)) flat.set(path, text);
  }
  return flat;
}
