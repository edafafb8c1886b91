import { hasDimension } from "../documents/fit.ts";
import type { RecordKind } from "../reference.ts";
import { guess, type Validation } from "./validation.ts";

/** Values of dimensions exist and are active, where the books keep the dimension. */
export function checkDimensions({ document, reference, rules, findings }: Validation): void {
  const carriers = [
    { dimensions: document.dimensions, from: null },
    ...document.lines.map((line) => ({ dimensions: line.dimensions, from: line.because.from })),
    ...(document.statistics ?? []).map((line) => ({ dimensions: line.dimensions, from: line.because.from })),
  ];
  for (const { dimensions, from } of carriers) {
    for (const [dimension, value] of Object.entries(dimensions)) {
      if (!hasDimension(reference, dimension)) continue;
      const { kind, name } = recordOf(dimension, value);
      const record = reference.find(kind, name);
      if (record?.active === true) continue;
      const code = record === undefined ? `${kind}_unknown` : `${kind}_inactive`;
      findings.push({
        code,
        severity: "block",
        field: from,
        message:
          record === undefined
            ? `The books have no ${kind} "${name}".${guess(reference.suggest(kind, name))}`
            : `The ${kind} "${name}" is inactive in the books`,
        fix: `${record === undefined ? `Create the ${kind}` : "Make it active"} in the books, or add the TMS's code to dimensions.${dimension}.values of the rule set "${rules.name}".`,
        cause: `${code}:${name}`,
      });
    }
  }
}

/** The books' list that holds a value, and its name there: values of their own dimensions are named `<dimension>/<value>`. */
function recordOf(dimension: string, value: string): { kind: RecordKind; name: string } {
  if (dimension.startsWith("segment:")) return { kind: "segment", name: `${dimension.slice("segment:".length)}/${value}` };
  return { kind: dimension as RecordKind, name: value };
}

/** Terms the books do not know: the due date goes along anyway, so this only warns. */
export function checkTerm({ document, reference, rules, findings }: Validation): void {
  if (document.terms === undefined || reference.find("term", document.terms)?.active === true) return;
  findings.push({
    code: "term_unknown",
    severity: "warn",
    field: "/terms",
    message: `The books have no active term "${document.terms}".${guess(reference.suggest("term", document.terms))}`,
    fix: `Create the term in the books, or translate the TMS's code in the section terms of the rule set "${rules.name}".`,
    cause: `term_unknown:${document.terms}`,
  });
}
