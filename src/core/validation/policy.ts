import { type EventType, eventTypes } from "../events.ts";
import type { Severity } from "../finding.ts";
import { type Decimal, parseDecimal } from "../money.ts";
import { didYouMean } from "../nearest.ts";
import { catalog, eventChecks, historyChecks } from "./catalog.ts";
import { type Check, type CheckFacts, checkSeverities, type CheckSeverity, type Limits, type ThresholdSpec } from "./check.ts";
import { expectedDims } from "./checks-ledger.ts";
import { compileOwnCheck, type OwnCheck } from "./own-check.ts";
import type { HistoryCheck } from "./trace.ts";

/** What an organization set of one check: for all events, or those of a source, a type, or both. Null: as it was. */
export interface CheckSetting {
  readonly code: string;
  readonly source: string | null;
  readonly type: EventType | null;
  readonly severity: CheckSeverity | null;
  readonly thresholds: Readonly<Record<string, string>>;
}

/** A check that is on, with its severity and thresholds for one source and type. */
export interface Active<Kind extends CheckFacts> {
  readonly check: Kind;
  readonly severity: Severity;
  /** What is said with a good sign against it; the severity itself where the organization chose it. */
  readonly weakSeverity: Severity;
  readonly limits: Limits;
}

/** What is asked of events of one source and type. */
export interface ActiveChecks {
  readonly event: readonly Active<Check>[];
  readonly history: readonly Active<HistoryCheck>[];
  readonly own: readonly ReturnType<typeof compileOwnCheck>[];
}

/** An organization's checks, ready to be asked. */
export type CheckPolicy = (source: string, type: EventType) => ActiveChecks;

const namesUnits = new Set(["names", "dimensions"]);

/** What is wrong with a setting, one sentence each; nothing when it may be stored. */
export function settingProblems(setting: CheckSetting): string[] {
  const check = catalog.get(setting.code);
  if (check === undefined)
    return [`There is no check "${setting.code}".${didYouMean(setting.code, catalog.keys())} GET /v1/checks lists all of them.`];
  const problems: string[] = [];
  const { severity, type, thresholds } = setting;
  if (severity !== null && !checkSeverities.includes(severity)) {
    problems.push(`The severity "${severity as string}" is none of ${checkSeverities.join(", ")}.`);
  }
  if (type !== null && !eventTypes.includes(type))
    problems.push(`There is no event type "${type as string}".${didYouMean(type, eventTypes)}`);
  else if (type !== null && check.types.length > 0 && !check.types.includes(type)) {
    problems.push(`${check.code} looks at ${check.types.join(", ")}, not at ${type}.`);
  }
  for (const [name, value] of Object.entries(thresholds)) problems.push(...thresholdProblems(check, name, value));
  return problems;
}

function thresholdProblems(check: CheckFacts, name: string, value: string): string[] {
  const known = check.thresholds.map((one) => one.name);
  const spec = check.thresholds.find((one) => one.name === name);
  if (spec === undefined) {
    const has = known.length === 0 ? "It has none." : `It has ${known.join(", ")}.`;
    return [`${check.code} has no threshold "${name}".${didYouMean(name, known)} ${has}`];
  }
  if (!namesUnits.has(spec.unit)) {
    return /^(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?$/.test(value)
      ? []
      : [`${name} must be a decimal from 0 such as "${spec.default}", but it is "${value.slice(0, 40)}".`];
  }
  if (value.length > 4_000) return [`${name} is longer than 4000 characters.`];
  if (spec.unit !== "dimensions") return [];
  const wrong = namesIn(value).find((dimension) => !expectedDims.includes(dimension));
  return wrong === undefined
    ? []
    : [`${name} names "${wrong}", which is no dimension.${didYouMean(wrong, expectedDims)} There are ${expectedDims.join(", ")}.`];
}

function namesIn(value: string): string[] {
  return value.split(/[\s,]+/).filter((name) => name !== "");
}

/** Puts the catalog, what an organization set, and its own checks together. Settings must have been checked before. */
export function compilePolicy(settings: readonly CheckSetting[], own: readonly OwnCheck[]): CheckPolicy {
  const byCode = Map.groupBy(settings, ({ code }) => code);
  const compiledOwn = own.filter(({ severity }) => severity !== "off").map(compileOwnCheck);
  const known = new Map<string, ActiveChecks>();
  return (source, type) => {
    const key = `${source}\u001f${type}`;
    let active = known.get(key);
    if (active === undefined) {
      active = {
        event: activeOf(eventChecks, byCode, { source, type }),
        history: activeOf(historyChecks, byCode, { source, type }),
        own: compiledOwn.filter((check) => check.isFor(source, type)),
      };
      if (known.size < 10_000) known.set(key, active);
    }
    return active;
  };
}

function activeOf<Kind extends CheckFacts>(
  checks: readonly Kind[],
  byCode: ReadonlyMap<string, readonly CheckSetting[]>,
  of: { source: string; type: EventType },
): Active<Kind>[] {
  return checks
    .filter(({ types }) => types.length === 0 || types.includes(of.type))
    .flatMap((check) => {
      const { severity, isChosen, thresholds } = effective(check, byCode.get(check.code) ?? [], of);
      if (severity === "off") return [];
      return [{ check, severity, weakSeverity: isChosen ? severity : "warn", limits: limitsOf(check, thresholds) }];
    });
}

/** Severity and thresholds of a check for a source and type (null: for all). What is set more narrowly wins; a source before a type. */
export function effective(
  check: CheckFacts,
  settings: readonly CheckSetting[],
  of: { source: string | null; type: EventType | null },
): { severity: CheckSeverity; isChosen: boolean; thresholds: Record<string, string> } {
  const weight = ({ source, type }: CheckSetting): number => (source === null ? 0 : 2) + (type === null ? 0 : 1);
  const fitting = settings
    .filter((one) => (one.source === null || one.source === of.source) && (one.type === null || one.type === of.type))
    .toSorted((a, b) => weight(a) - weight(b));
  const defaults = Object.fromEntries(check.thresholds.map((spec) => [spec.name, spec.default]));
  const chosen = fitting.findLast(({ severity }) => severity !== null)?.severity;
  return {
    severity: chosen ?? check.severity,
    isChosen: chosen !== undefined,
    thresholds: Object.assign(defaults, ...fitting.map(({ thresholds }) => thresholds)) as Record<string, string>,
  };
}

function limitsOf(check: CheckFacts, thresholds: Readonly<Record<string, string>>): Limits {
  const isNames = ({ unit }: ThresholdSpec): boolean => namesUnits.has(unit);
  const decimals = new Map<string, Decimal>();
  const names = new Map<string, ReadonlySet<string>>();
  for (const spec of check.thresholds) {
    const value = thresholds[spec.name] ?? spec.default;
    if (isNames(spec)) names.set(spec.name, new Set(namesIn(value)));
    else decimals.set(spec.name, parseDecimal(value));
  }
  return {
    decimal: (name) => decimals.get(name) ?? missing(check, name),
    names: (name) => names.get(name) ?? missing(check, name),
  };
}

function missing(check: CheckFacts, name: string): never {
  throw new TypeError(`The check ${check.code} asks for the threshold ${name}, which its table does not have`);
}
