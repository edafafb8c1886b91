import { canonicalJson } from "../canonical.ts";
import { eventTypes } from "../events.ts";
import type { Finding } from "../finding.ts";
import type { PathOf } from "./compile.ts";
import { expressionCost } from "./expression.ts";
import { type RowSection, rowSections } from "./keys.ts";
import type { AccountRow, DocumentRow, RuleRow, RuleSet } from "./schema.ts";
import { conditionWords, partsOf } from "./words.ts";

/** Steps that all expressions of a section may take for one line of one event type. */
const costMax = 20_000;
/** Sections in which the narrowest row wins and all others for the same are silent. */
const ranked: readonly RowSection[] = ["documents", "accounts", "categories", "splits", "intercompany", "accruals", "closedPeriods"];

/** Options that exclude each other, and rows that can never do anything. Each says why, and what to do. */
export function findConflicts(ruleSet: RuleSet, pathOf: PathOf): Finding[] {
  return [
    ...rowSections.flatMap((section) => ruleSet[section].flatMap((row, at) => datesConflict(row, pathOf(section, at)))),
    ...ranked.flatMap((section) => sameConditions(section, ruleSet[section], pathOf)),
    ...sameConditions("lineCodes", ruleSet.lineCodes, pathOf),
    ...ruleSet.documents.flatMap((row, at) => documentConflicts(row, pathOf("documents", at), ruleSet)),
    ...ruleSet.accounts.flatMap((row, at) => codeConflict(row, pathOf("accounts", at))),
    ...dimensionConflicts(ruleSet, pathOf),
    ...roundingConflicts(ruleSet),
    ...costConflicts(ruleSet),
  ];
}

function conflict(place: string, message: string, fix: string): Finding {
  return { code: "options_conflict", severity: "block", field: `/${place}`, message, fix, cause: `options_conflict:${place}` };
}

function datesConflict({ from, to }: RuleRow, place: string): Finding[] {
  if (from === undefined || to === undefined || from <= to) return [];
  return [conflict(place, `${place} is from ${from} until ${to}, so it is never for anything`, `Correct from and to at ${place}.`)];
}

/** Two rows of one layer that are for exactly the same: only one of them can mean it. */
function sameConditions(section: RowSection, rows: readonly RuleRow[], pathOf: PathOf): Finding[] {
  const first = new Map<string, { place: string; what: string }>();
  return rows.flatMap((row, at) => {
    const { when, what } = partsOf(section, row);
    const place = pathOf(section, at);
    const key = `${place.slice(0, place.lastIndexOf("/"))} ${canonicalJson(when)}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, { place, what: canonicalJson(what) });
      return [];
    }
    const words = conditionWords(section, row);
    if (before.what !== canonicalJson(what)) {
      const message = `${before.place} and ${place} are both for ${words}, but do not say the same; only ${before.place} would ever be used`;
      return [conflict(place, message, `Remove one of them, or narrow one by a condition or a date.`)];
    }
    const twice: Finding = {
      code: "row_twice",
      severity: "warn",
      field: `/${place}`,
      message: `${place} says the same as ${before.place}`,
      fix: `Remove ${place}.`,
      cause: `row_twice:${place}`,
    };
    return [twice];
  });
}

function documentConflicts(row: DocumentRow, place: string, { settlement }: RuleSet): Finding[] {
  const { kind, party, negatives, balance, event } = row;
  const found: Finding[] = [];
  const say = (message: string, fix: string) => found.push(conflict(place, message, fix));
  if (kind === "none" && balance.length > 0) {
    say(`${place} makes no document (kind none) and names an account for its other side`, "Remove balance, or choose a kind.");
  }
  if ((kind === "invoice" || kind === "credit_memo") && party !== "customer") {
    say(`${place} makes ${spoken(kind)} for the party "${party}", and those are for customers`, `Write party: customer at ${place}.`);
  }
  if ((kind === "bill" || kind === "vendor_credit") && (party === "none" || party === "customer")) {
    say(
      `${place} makes ${spoken(kind)} for the party "${party}", and those are of vendors`,
      `Write party: vendor, payee or remitTo at ${place}.`,
    );
  }
  const hasOpposite = kind === "invoice" || kind === "credit_memo" || kind === "bill" || kind === "vendor_credit";
  if (negatives === "credit" && !hasOpposite && kind !== "none") {
    say(`${place} asks for a credit (negatives), and ${spoken(kind)} has none`, "Write negatives: journal, or leave it out.");
  }
  if (event === "driver_settlement" && kind === "bill" && negatives === "journal" && settlement.shape === "negative_lines") {
    say(
      `${place} turns pay with deductions into a journal entry, and settlement.shape keeps them on one bill`,
      "Leave negatives out, or change settlement.shape.",
    );
  }
  return found;
}

function spoken(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;
}

function codeConflict({ code, where }: AccountRow, place: string): Finding[] {
  const wanted = where?.["line.code"];
  if (code === undefined || typeof wanted !== "string" || wanted.includes("*")) return [];
  if (code.includes(wanted) || code.some((text) => text.includes("*"))) return [];
  return [
    conflict(
      place,
      `${place} is for the code ${code.join(", ")} and for line.code ${wanted}, which no line has at once`,
      `Keep one of both at ${place}.`,
    ),
  ];
}

function dimensionConflicts({ dimensions }: RuleSet, pathOf: PathOf): Finding[] {
  return Object.entries(dimensions).flatMap(([name, rule]) => {
    if (rule === null) return [];
    const place = pathOf("dimensions", name);
    const found: Finding[] = [];
    if (rule.unknown === "default" && rule.default === undefined) {
      found.push(
        conflict(
          place,
          `${place} replaces unknown values by the default, and there is none`,
          `Write a default at ${place}, or unknown: keep or block.`,
        ),
      );
    }
    if (rule.required === true && rule.default !== undefined) {
      found.push(
        conflict(
          place,
          `${place} is required, and its default fills every gap: nothing would ever be missing`,
          `Remove required or default at ${place}.`,
        ),
      );
    }
    if (rule.unknown === "block" && Object.keys(rule.values).length === 0) {
      found.push(
        conflict(
          place,
          `${place} stops every value that is not in its table, and the table is empty`,
          `Fill values at ${place}, or write unknown: keep.`,
        ),
      );
    }
    return found;
  });
}

function roundingConflicts({ rounding }: RuleSet): Finding[] {
  if (rounding.account !== null) return [];
  if (rounding.splits === "line") {
    return [
      conflict(
        "rounding",
        "rounding.splits writes lines, and rounding.account does not say on which account",
        "Write rounding.account, or splits: largest_remainder.",
      ),
    ];
  }
  if (!/[1-9]/.test(rounding.limit)) return [];
  return [
    conflict(
      "rounding",
      `rounding.limit allows differences up to ${rounding.limit}, and rounding.account does not say on which account`,
      'Write rounding.account, or limit: "0".',
    ),
  ];
}

function costConflicts(ruleSet: RuleSet): Finding[] {
  return rowSections.flatMap((section) => {
    const rows: readonly (RuleRow & { readonly event?: string | readonly string[] })[] = ruleSet[section];
    const costly = rows.filter(({ when }) => when !== undefined).map((row) => ({ event: row.event, cost: expressionCost(row.when!) }));
    const most = Math.max(
      0,
      ...eventTypes.map((type) =>
        sum(costly.filter(({ event }) => event === undefined || [event].flat().includes(type)).map(({ cost }) => cost)),
      ),
    );
    if (most <= costMax) return [];
    return [
      conflict(
        section,
        `The expressions of ${section} may take ${most} steps for one line, more than ${costMax}`,
        "Write conditions under where, which cost nothing, or values in a look-up table.",
      ),
    ];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
