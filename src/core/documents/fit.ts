import type { LedgerDocument } from "../document.ts";
import { lookup, type ReferenceIndex } from "../reference-index.ts";

/**
 * Leaves out what these books have no place for: classes and locations they do not track, and payment terms they do not
 * know (a warning says so). Money, accounts and parties are never touched.
 */
export function fitToBooks(document: LedgerDocument, reference: ReferenceIndex): LedgerDocument {
  const { tracksClasses, tracksDepartments } = reference.preferences;
  const isKept = (dimension: string): boolean =>
    (dimension !== "class" || tracksClasses) && (dimension !== "department" || tracksDepartments);
  const dimensionsOf = (all: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)));
  const { terms, ...rest } = document;
  return {
    ...rest,
    ...(terms !== undefined && lookup(reference, "term", terms) !== undefined ? { terms } : {}),
    dimensions: dimensionsOf(document.dimensions),
    lines: document.lines.map((line) => ({ ...line, dimensions: dimensionsOf(line.dimensions) })),
  };
}
