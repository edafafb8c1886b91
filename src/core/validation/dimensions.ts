import { guess, type Validation } from "./validation.ts";

/** Class and department names exist and are active, where the books track them. */
export function checkDimensions({ document, reference, rules, findings }: Validation): void {
  const { tracksClasses, tracksDepartments } = reference.preferences;
  const tracked = { class: tracksClasses, department: tracksDepartments };
  const carriers = [
    { dimensions: document.dimensions, from: null },
    ...document.lines.map((line) => ({ dimensions: line.dimensions, from: line.because.from })),
  ];
  for (const kind of ["class", "department"] as const) {
    if (!tracked[kind]) continue;
    for (const { dimensions, from } of carriers) {
      const name = dimensions[kind];
      if (name === undefined) continue;
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
        fix: `${record === undefined ? `Create the ${kind}` : "Make it active"} in the books, or add the TMS's code to dimensions.${kind}.values of the rule set "${rules.name}".`,
        cause: `${code}:${name}`,
      });
    }
  }
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
