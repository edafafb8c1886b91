import type { DocumentLine } from "../document.ts";
import { guess, place, type Validation } from "./validation.ts";

/** Products and services of sales documents exist and lead to the account that the rules chose. */
export function checkItems(validation: Validation): void {
  const { document } = validation;
  if (document.kind !== "invoice" && document.kind !== "credit_memo") return;
  for (const line of document.lines) if (line.role === "detail") checkItem(validation, line);
}

function checkItem({ reference, rules, findings }: Validation, line: DocumentLine): void {
  const name = line.item ?? "";
  const item = reference.find("item", name);
  if (item === undefined || !item.active) {
    const isThere = item !== undefined;
    findings.push({
      code: isThere ? "item_inactive" : "item_unknown",
      severity: "block",
      field: line.because.from,
      message: isThere
        ? `The product or service "${name}" is inactive in the books`
        : `The books have no product or service "${name}".${guess(reference.suggest("item", name))}`,
      fix: `${isThere ? "Make it active" : "Create it"} in the books, or change account ${line.account} in the section items of the rule set "${rules.name}".`,
      cause: `${isThere ? "item_inactive" : "item_unknown"}:${name}`,
    });
    return;
  }
  const income = item.facts["incomeAccount"];
  const account = income === undefined ? undefined : reference.byId("account", income);
  const wanted = reference.find("account", line.account);
  if (account === undefined || wanted === undefined || account.externalId === wanted.externalId) return;
  findings.push({
    code: "item_account_differs",
    severity: "block",
    field: line.because.from,
    message: `The product or service "${name}" books to ${account.number ?? ""} "${account.name}", but the rules chose ${line.account} "${wanted.name}"`,
    fix: `Change the income account of "${name}" in the books, or the item or account at ${place(rules, line.because.row)}.`,
    cause: `item_account_differs:${name}:${line.account}`,
  });
}
