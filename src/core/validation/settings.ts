import type { Validation } from "./validation.ts";

/** The number fits into the books. Builders see to it; numbers of other origin are caught here. */
export function checkNumber({ document, rules, findings }: Validation): void {
  const { lengthMax } = rules.ruleSet.docNumber;
  if (document.number.length > 0 && document.number.length <= lengthMax) return;
  findings.push({
    code: "number_too_long",
    severity: "block",
    field: "/number",
    message: `The number "${document.number}" has ${document.number.length} characters; the books take 1 to ${lengthMax}`,
    fix: `Shorten the number template of documents in the rule set "${rules.name}".`,
    cause: `number_too_long:${document.number}`,
  });
}

/** The date lies after the last closed day. Nothing is ever dated anew in silence. */
export function checkPeriod({ document, reference, rules, findings }: Validation): void {
  const { closedThrough } = reference.preferences;
  if (closedThrough === null || document.date > closedThrough) return;
  findings.push({
    code: "period_closed",
    severity: rules.ruleSet.closedPeriod === "block" ? "block" : "hold",
    field: "/date",
    message: `Dated ${document.date}, but the books are closed through ${closedThrough}`,
    fix: `Reopen the period in the books, or have the TMS send the event with a date after ${closedThrough}.`,
    cause: `period_closed:${closedThrough}`,
  });
}

/** Another currency than the books' own needs multicurrency. */
export function checkCurrency({ document, reference, findings }: Validation): void {
  const { homeCurrency, multiCurrency } = reference.preferences;
  if (document.currency === homeCurrency || multiCurrency) return;
  findings.push({
    code: "currency_unsupported",
    severity: "block",
    field: "/currency",
    message: `The document is in ${document.currency}, but these books keep ${homeCurrency} only`,
    fix: "Turn on multicurrency in the books (it cannot be turned off again), or route the event to books in its currency.",
    cause: `currency_unsupported:${document.currency}`,
  });
}
