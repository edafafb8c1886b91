import type { Finding } from "../finding.ts";
import { didYouMean } from "../nearest.ts";
import { type CompiledRules, compileRuleSet, type PathOf } from "./compile.ts";
import { type RowSection, rowSections, sections, tableSections } from "./keys.ts";
import { readRuleSet } from "./rule-set.ts";
import type { RuleSet } from "./schema.ts";
import { complain, isRaw, type StructureContext } from "./structure.ts";

type Raw = Readonly<Record<string, unknown>>;

/**
 * A rule set as it is kept, together with the one it grows from. `raw` may have, beside the sections of a rule set, `extends`
 * (`{name, version}`) and `books`: sections that only hold for the books of that name.
 */
export interface RuleSetSource {
  readonly name: string;
  /** 0 for a draft. */
  readonly version: number;
  readonly raw: Raw;
  readonly base: RuleSetSource | null;
}

/** Sections put together, and where each row and entry of them came from. */
interface Layer {
  readonly raw: Record<string, unknown>;
  readonly rows: Record<string, string[]>;
  readonly entries: Record<string, Record<string, string>>;
}

/** A rule set for one books, with its findings and the place of each of its rows. */
export interface ResolvedRules {
  readonly ruleSet: RuleSet | null;
  readonly findings: readonly Finding[];
  readonly pathOf: PathOf;
}

/**
 * Puts a rule set together for books: their own sections before the rule set's, and those before the inherited ones. Rows of all
 * layers stand in one list, so that of two equally narrow rows the nearer one wins; entries of tables replace inherited ones.
 */
export function resolveRuleSet(source: RuleSetSource, booksName: string | null): ResolvedRules {
  const layer = layerOf(source, booksName);
  const pathOf: PathOf = (section, key) =>
    (typeof key === "number" ? layer.rows[section]?.[key] : layer.entries[section]?.[key]) ?? `${section}/${key}`;
  const { ruleSet, findings } = readRuleSet(layer.raw);
  return { ruleSet, findings: findings.map((finding) => placed(finding, pathOf)), pathOf };
}

/** Compiles a published rule set for books. Faults: `rule_set_invalid` when it was published by an older release that allowed more. */
export function compileSource(source: RuleSetSource, booksName: string | null): CompiledRules {
  const { ruleSet, findings, pathOf } = resolveRuleSet(source, booksName);
  if (ruleSet !== null) return compileRuleSet(ruleSet, source.version, pathOf);
  const words = findings.find(({ severity }) => severity === "block")?.message ?? "it is no rule set";
  throw new TypeError(`The rule set "${source.name}" version ${source.version} cannot be used: ${words}`);
}

/** Everything that is wrong with a rule set, for the books it names and for all others, each place once. */
export function checkSource(source: RuleSetSource): Finding[] {
  const context: StructureContext = { findings: [] };
  const findings = [...checkFrame(context, source.raw), ...resolveRuleSet(source, null).findings];
  for (const name of booksNamed(source)) findings.push(...resolveRuleSet(source, name).findings);
  const seen = new Set<string>();
  return findings.filter(({ code, field, message }) => {
    const key = `${code} ${field} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Books that the rule set, or one it grows from, has sections for. */
export function booksNamed(source: RuleSetSource): string[] {
  const own = isRaw(source.raw["books"]) ? Object.keys(source.raw["books"]) : [];
  return [...new Set([...own, ...(source.base === null ? [] : booksNamed(source.base))])];
}

/** What a rule set says of the one it grows from; null when it stands by itself or says it wrongly. */
export function readExtends(raw: Raw): { name: string; version: number | null } | null {
  const given = raw["extends"];
  if (typeof given === "string" && given.trim() !== "") return { name: given, version: null };
  if (!isRaw(given) || typeof given["name"] !== "string") return null;
  const version = given["version"] ?? null;
  return typeof version === "number" || version === null ? { name: given["name"], version } : null;
}

/** `extends` and `books`, which the sections of a resolved rule set do not have any more. */
function checkFrame(context: StructureContext, raw: Raw): Finding[] {
  if (raw["extends"] !== undefined && raw["extends"] !== null && readExtends(raw) === null) {
    complain(context, {
      code: "value_invalid",
      pointer: "/extends",
      message: "/extends must be the name of a rule set, or its name and version",
      fix: "Write extends: trucking, or extends: { name: trucking, version: 3 }.",
    });
  }
  const books = raw["books"];
  if (books === undefined || books === null) return context.findings;
  if (!isRaw(books)) {
    complain(context, {
      code: "value_invalid",
      pointer: "/books",
      message: "/books must be a table of sections by the name of the books",
      fix: "Write the name of each books with the sections that only hold for them.",
    });
    return context.findings;
  }
  for (const [name, own] of Object.entries(books)) {
    for (const key of Object.keys(isRaw(own) ? own : {})) {
      if (key !== "name" && (sections as readonly string[]).includes(key)) continue;
      complain(context, {
        code: "key_unknown",
        pointer: `/books/${name}/${key}`,
        message: `"${key}" is no section that books can have.${didYouMean(key, sections)}`,
        fix: `Correct or remove "${key}" at /books/${name}.`,
      });
    }
  }
  return context.findings;
}

function layerOf({ name, raw, base }: RuleSetSource, booksName: string | null): Layer {
  const { books, extends: _, ...own } = raw;
  const ofBooks = booksName !== null && isRaw(books) && isRaw(books[booksName]) ? books[booksName] : null;
  const mine = layered(own, "");
  const near = ofBooks === null ? mine : over(layered(onlySections(ofBooks), `books/${booksName}/`), mine);
  const whole = base === null ? near : over(near, inherited(layerOf(base, booksName), `${base.name}@${base.version}/`));
  return { ...whole, raw: { ...whole.raw, name: whole.raw["name"] ?? name } };
}

/** What is no section of books is told by `checkFrame`, once. */
function onlySections(raw: Raw): Raw {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => key !== "name" && (sections as readonly string[]).includes(key)));
}

/** One layer by itself; its rows and entries stand below `prefix`. */
function layered(raw: Raw, prefix: string): Layer {
  const rows: Layer["rows"] = {};
  const entries: Layer["entries"] = {};
  for (const section of rowSections) {
    const list = raw[section];
    if (Array.isArray(list)) rows[section] = list.map((_, index) => `${prefix}${section}/${index}`);
  }
  for (const section of tableSections) {
    const table = raw[section];
    if (isRaw(table)) entries[section] = Object.fromEntries(Object.keys(table).map((key) => [key, `${prefix}${section}/${key}`]));
  }
  return { raw: { ...raw }, rows, entries };
}

function inherited(layer: Layer, prefix: string): Layer {
  // What the base inherited itself names its own rule set already.
  const at = (path: string): string => (path.includes("@") ? path : prefix + path);
  const rows = Object.fromEntries(Object.entries(layer.rows).map(([section, paths]) => [section, paths.map(at)]));
  const entries = Object.fromEntries(
    Object.entries(layer.entries).map(([section, table]) => [
      section,
      Object.fromEntries(Object.entries(table).map(([key, path]) => [key, at(path)])),
    ]),
  );
  const { name: _, description: __, ...raw } = layer.raw;
  return { raw, rows, entries };
}

function over(near: Layer, far: Layer): Layer {
  const raw: Record<string, unknown> = { ...far.raw };
  const rows: Layer["rows"] = { ...far.rows };
  for (const [section, value] of Object.entries(near.raw)) {
    if (value === undefined || value === null) continue;
    if (isRowSection(section) && Array.isArray(value) && Array.isArray(raw[section])) {
      raw[section] = [...(value as unknown[]), ...(raw[section] as unknown[])];
      rows[section] = [...(near.rows[section] ?? []), ...(far.rows[section] ?? [])];
    } else {
      raw[section] = isRaw(value) && isRaw(raw[section]) ? merged(value, raw[section]) : value;
      if (near.rows[section] !== undefined) rows[section] = near.rows[section];
    }
  }
  const entries: Layer["entries"] = { ...far.entries };
  for (const [section, table] of Object.entries(near.entries)) entries[section] = { ...far.entries[section], ...table };
  return { raw, rows, entries };
}

function isRowSection(section: string): section is RowSection {
  return (rowSections as readonly string[]).includes(section);
}

/** Members of the nearer table over those of the farther one; null takes a member out. Lists are replaced whole. */
function merged(near: Raw, far: Raw): Record<string, unknown> {
  const all: Record<string, unknown> = { ...far };
  for (const [key, value] of Object.entries(near)) {
    const before = all[key];
    if (value === null) delete all[key];
    else all[key] = isRaw(value) && isRaw(before) ? merged(value, before) : value;
  }
  return all;
}

/** The finding at the place where its row was written. */
function placed(finding: Finding, pathOf: PathOf): Finding {
  const [, section, key, ...rest] = (finding.field ?? "").split("/");
  if (section === undefined || key === undefined) return finding;
  const place = pathOf(section, /^\d+$/.test(key) && isRowSection(section) ? Number(key) : key);
  if (place === `${section}/${key}`) return finding;
  const pointer = `/${[place, ...rest].join("/")}`;
  const spoken = (text: string): string => text.replaceAll(finding.field!, pointer);
  return { ...finding, field: pointer, message: spoken(finding.message), fix: spoken(finding.fix), cause: `${finding.code}:${pointer}` };
}
