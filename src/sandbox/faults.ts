import { isObject, listOf, textOf, type JsonObject } from "./json.ts";
import type { RequestFacts } from "./emulator.ts";

export const faultKinds = [
  "commit_then_cut",
  "cut",
  "delay",
  "late_commit",
  "status",
  "truncate",
  "html",
  "throttle",
  "expire_token",
  "ignore_key",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One planned trouble. `probability` of 1 and no `count` means: always. */
export interface FaultRule {
  readonly system: string | null;
  readonly match: { path: string | null; method: string | null; entity: string | null; operation: string | null; company: string | null };
  readonly kind: FaultKind;
  readonly probability: number;
  /** How often it strikes at most. */
  readonly count: number;
  /** How many matching requests pass first. */
  readonly skip: number;
  readonly ms: number;
  /** On top of `ms`, for every record that the request writes. */
  readonly msPerRecord: number;
  readonly status: number;
  /** For `status`, `html` and `delay`: commit first, then misbehave. */
  readonly commit: boolean;
  /** For `truncate`: end the half body properly instead of cutting the line. */
  readonly chunked: boolean;
  readonly retryAfterSeconds: number | null;
}

export interface FaultSubject {
  readonly system: string;
  readonly method: string;
  readonly path: string;
  readonly facts: RequestFacts;
}

export interface Faults {
  /** Replaces all rules. The same seed and the same requests give the same troubles. */
  plan(seed: number, rules: readonly FaultRule[]): void;
  /** The first rule that strikes this request, or null. */
  pick(subject: FaultSubject): FaultRule | null;
  describe(): { seed: number; rules: { rule: FaultRule; seen: number; struck: number }[] };
}

/** Mulberry32: small, seeded, good enough to roll dice. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `*` stands for anything; a pattern without it is searched for anywhere in the path. */
export function pathMatches(pattern: string, path: string): boolean {
  const pieces = pattern.split("*");
  if (pieces.length === 1) return path.includes(pattern);
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    const isLast = index === pieces.length - 1;
    const found = isLast ? path.length - piece.length : path.indexOf(piece, at);
    if (found < at || (index === 0 && found !== 0) || !path.startsWith(piece, found)) return false;
    at = found + piece.length;
  }
  return true;
}

function matches(rule: FaultRule, { system, method, path, facts }: FaultSubject): boolean {
  const { match } = rule;
  if (rule.system !== null && rule.system !== system) return false;
  if (match.path !== null && !pathMatches(match.path, path)) return false;
  if (match.method !== null && match.method.toUpperCase() !== method) return false;
  if (match.company !== null && match.company !== facts.company) return false;
  if (match.entity !== null && !facts.entities.includes(match.entity.toLowerCase())) return false;
  return match.operation === null || facts.operations.includes(match.operation.toLowerCase());
}

export function createFaults(seed: number): Faults {
  let planned: { rule: FaultRule; seen: number; struck: number; roll: () => number }[] = [];
  let planSeed = seed;
  return {
    plan(newSeed, rules) {
      planSeed = newSeed;
      planned = rules.map((rule, index) => ({ rule, seen: 0, struck: 0, roll: dice(newSeed + index * 7919) }));
    },
    pick(subject) {
      for (const entry of planned) {
        const { rule } = entry;
        if (!matches(rule, subject)) continue;
        entry.seen += 1;
        if (entry.seen <= rule.skip || entry.struck >= rule.count || entry.roll() >= rule.probability) continue;
        entry.struck += 1;
        return rule;
      }
      return null;
    },
    describe: () => ({ seed: planSeed, rules: planned.map(({ rule, seen, struck }) => ({ rule, seen, struck })) }),
  };
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : otherwise;
}

/** Reads one rule of the control API; a string says what is wrong with it. */
function readRule(value: unknown): FaultRule | string {
  if (!isObject(value)) return "A rule is an object";
  const kind = faultKinds.find((name) => name === value["kind"]);
  if (kind === undefined) return `kind is one of ${faultKinds.join(", ")}`;
  const match: JsonObject = isObject(value["match"]) ? value["match"] : {};
  const unknown = Object.keys(match).find((name) => !["path", "method", "entity", "operation", "company"].includes(name));
  if (unknown !== undefined) return `match has no "${unknown}"`;
  return {
    system: textOf(value["system"]),
    match: {
      path: textOf(match["path"]),
      method: textOf(match["method"]),
      entity: textOf(match["entity"]),
      operation: textOf(match["operation"]),
      company: textOf(match["company"]),
    },
    kind,
    probability: numberOr(value["probability"], 1),
    count: numberOr(value["count"], Number.MAX_SAFE_INTEGER),
    skip: numberOr(value["skip"], 0),
    ms: numberOr(value["ms"], value["msPerRecord"] === undefined ? 1000 : 0),
    msPerRecord: numberOr(value["msPerRecord"], 0),
    status: numberOr(value["status"], 500),
    commit: value["commit"] === true,
    chunked: value["chunked"] === true,
    retryAfterSeconds: typeof value["retryAfterSeconds"] === "number" ? value["retryAfterSeconds"] : null,
  };
}

export function readRules(value: unknown): FaultRule[] | string {
  const rules: FaultRule[] = [];
  for (const entry of listOf(value)) {
    const rule = readRule(entry);
    if (typeof rule === "string") return rule;
    rules.push(rule);
  }
  return rules;
}
