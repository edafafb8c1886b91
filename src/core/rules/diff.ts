import { canonicalJson } from "../canonical.ts";
import { rowSections, type RowSection, sections } from "./keys.ts";
import type { RuleRow, RuleSet } from "./schema.ts";
import { conditionWords, flatten, outcomeWords, partsOf } from "./words.ts";

/** One difference between two rule sets, for people. */
export interface RuleChange {
  readonly section: string;
  readonly kind: "added" | "removed" | "changed" | "moved";
  /** Where it stands in the newer one; in the older one for what was removed. */
  readonly place: string;
  /** `accounts: code DET, where dims.serviceLine is BROKERAGE now has account 4215 instead of 4210.` */
  readonly words: string;
}

/** What a newer rule set does otherwise than an older one, in words. Notes do not count. Empty: they do the same. */
export function diffRuleSets(older: RuleSet, newer: RuleSet): RuleChange[] {
  return sections.flatMap((section) => {
    if (section === "name" || section === "description") return [];
    if (isRowSection(section)) return diffRows(section, older[section], newer[section]);
    return diffValues(section, older[section], newer[section]);
  });
}

function isRowSection(section: string): section is RowSection {
  return (rowSections as readonly string[]).includes(section);
}

interface Placed {
  readonly row: RuleRow;
  readonly index: number;
}

function diffRows(section: RowSection, older: readonly RuleRow[], newer: readonly RuleRow[]): RuleChange[] {
  const waiting = new Map<string, Placed[]>();
  older.forEach((row, index) => {
    const key = canonicalJson(partsOf(section, row).when);
    waiting.set(key, [...(waiting.get(key) ?? []), { row, index }]);
  });
  const changes: RuleChange[] = [];
  let lastIndex = -1;
  let isMoved = false;
  newer.forEach((row, index) => {
    const key = canonicalJson(partsOf(section, row).when);
    const candidates = waiting.get(key) ?? [];
    const same = canonicalJson(partsOf(section, row).what);
    // The one that does the same is the same row; otherwise the first one that is for the same.
    const before = candidates.find((one) => canonicalJson(partsOf(section, one.row).what) === same) ?? candidates[0];
    const place = `${section}/${index}`;
    if (before === undefined) {
      changes.push({
        section,
        kind: "added",
        place,
        words: `${section}: ${conditionWords(section, row)} is new: ${outcomeWords(section, row)}.`,
      });
      return;
    }
    waiting.set(
      key,
      candidates.filter((one) => one !== before),
    );
    if (before.index < lastIndex) isMoved = true;
    lastIndex = Math.max(lastIndex, before.index);
    const words = changed(partsOf(section, before.row).what, partsOf(section, row).what);
    if (words.length > 0) {
      changes.push({ section, kind: "changed", place, words: `${section}: ${conditionWords(section, row)} now has ${words.join(", ")}.` });
    }
  });
  for (const { row, index } of [...waiting.values()].flat()) {
    const words = `${section}: ${conditionWords(section, row)} is gone (it had ${outcomeWords(section, row)}).`;
    changes.push({ section, kind: "removed", place: `${section}/${index}`, words });
  }
  // Where the order decides, or decides between equally narrow rows, moving a row is a change by itself.
  if (isMoved) changes.push({ section, kind: "moved", place: section, words: `${section}: rows stand in another order.` });
  return changes;
}

function changed(before: unknown, after: unknown): string[] {
  const [old, fresh] = [flatten(before), flatten(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (was === is) return [];
    if (is === undefined) return [`no ${name} any more (it was ${was})`];
    return [was === undefined ? `${name} ${is}` : `${name} ${is} instead of ${was}`];
  });
}

function diffValues(section: string, before: unknown, after: unknown): RuleChange[] {
  const [old, fresh] = [flatten(before, section), flatten(after, section)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return names.flatMap((name): RuleChange[] => {
    const [was, is] = [old.get(name), fresh.get(name)];
    const place = name.replaceAll(".", "/");
    if (was === is) return [];
    if (is === undefined) return [{ section, kind: "removed", place, words: `${name} is gone (it was ${was}).` }];
    if (was === undefined) return [{ section, kind: "added", place, words: `${name} is new: ${is}.` }];
    return [{ section, kind: "changed", place, words: `${name} is now ${is} instead of ${was}.` }];
  });
}
