import type { LedgerDocument } from "../document.ts";
import { lookup, type ReferenceIndex } from "../reference-index.ts";

/** False for quantities where the books have no statistical accounts: they are left out, not refused. */
export function hasPlace(document: LedgerDocument, reference: ReferenceIndex): boolean {
  return document.kind !== "statistical_entry" || reference.has("statistical_account");
}

/**
 * Leaves out what these books have no place for: classes and locations they do not track, dimensions they do not have, and payment
 * terms they do not know (a warning says so). Money, accounts and parties are never touched.
 */
export function fitToBooks(document: LedgerDocument, reference: ReferenceIndex): LedgerDocument {
  const isKept = (dimension: string): boolean => hasDimension(reference, dimension);
  const dimensionsOf = (all: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)));
  const { terms, statistics, ...rest } = document;
  return {
    ...rest,
    ...(terms !== undefined && lookup(reference, "term", terms) !== undefined ? { terms } : {}),
    ...(statistics === undefined ? {} : { statistics: statistics.map((line) => ({ ...line, dimensions: dimensionsOf(line.dimensions) })) }),
    dimensions: dimensionsOf(document.dimensions),
    lines: document.lines.map((line) => ({ ...line, dimensions: dimensionsOf(line.dimensions) })),
  };
}

/** Whether the books keep a dimension: a switch for classes and departments, a list of values for any other. */
export function hasDimension(reference: ReferenceIndex, dimension: string): boolean {
  if (dimension === "class") return reference.preferences.tracksClasses;
  if (dimension === "department") return reference.preferences.tracksDepartments;
  if (dimension.startsWith("segment:")) return reference.has("segment");
  return reference.has(dimension as "location" | "project" | "entity");
}
