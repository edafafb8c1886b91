import type { DocumentLine, LedgerDocument } from "../document.ts";
import type { BooksRecord } from "../reference.ts";
import { guess, place, type Validation } from "./validation.ts";

const payable = "Accounts Payable";
const receivable = "Accounts Receivable";
const balanceTypes: Readonly<Record<LedgerDocument["kind"], readonly string[] | null>> = {
  bill: [payable],
  vendor_credit: [payable],
  invoice: [receivable],
  credit_memo: [receivable],
  expense: ["Bank", "Credit Card"],
  journal_entry: null,
  expense_report: [payable, "Other Current Liability"],
  statistical_entry: null,
};

/** Every account is there, active, and of a type that its place on the document may have. */
export function checkAccounts(validation: Validation): void {
  const { document, reference } = validation;
  for (const line of document.lines) {
    const account = reference.find("account", line.account);
    if (account === undefined) refuseUnknown(validation, line);
    else if (!account.active) refuseInactive(validation, line, account);
    else checkType(validation, line, account);
  }
  for (const { account, because } of document.statistics ?? []) {
    if (reference.find("statistical_account", account)?.active !== true) refuseStatistic(validation, account, because.row);
  }
}

function refuseStatistic({ document, reference, rules, findings }: Validation, account: string, row: string): void {
  findings.push({
    code: "statistical_account_unknown",
    severity: "block",
    field: null,
    message: `The books have no active statistical account ${account}, which ${document.number} needs.${guess(reference.suggest("statistical_account", account))}`,
    fix: `Create the statistical account ${account} in the books, or change it at ${place(rules, row)}.`,
    cause: `statistical_account_unknown:${account}`,
  });
}

function checkType(validation: Validation, line: DocumentLine, account: BooksRecord): void {
  const { document } = validation;
  const type = account.facts["type"];
  if (type === undefined) return;
  const allowed = line.role === "balance" ? balanceTypes[document.kind] : null;
  if (allowed !== null && !allowed.includes(type)) {
    return refuseType(validation, line, `the other side of a ${document.kind} must be ${allowed.join(" or ")}, but it is ${type}`);
  }
  const isControl = type === payable || type === receivable;
  if (!isControl) return;
  if (line.role === "detail" && document.kind !== "journal_entry") {
    return refuseType(validation, line, `it is ${type} and may only be the other side of a ${document.kind}, not one of its lines`);
  }
  if (document.kind === "journal_entry" && line.party === undefined) refuseNoParty(validation, line, type);
}

function refuseUnknown({ document, reference, rules, findings }: Validation, line: DocumentLine): void {
  findings.push({
    code: "account_unknown",
    severity: "block",
    field: line.because.from,
    message: `The books have no account ${line.account}, which ${document.number} needs.${guess(reference.suggest("account", line.account))}`,
    fix: `Create account ${line.account} in the books, or change the account at ${place(rules, line.because.row)}.`,
    cause: `account_unknown:${line.account}`,
  });
}

function refuseInactive({ document, rules, findings }: Validation, line: DocumentLine, account: BooksRecord): void {
  findings.push({
    code: "account_inactive",
    severity: "block",
    field: line.because.from,
    message: `Account ${line.account} "${account.name}", which ${document.number} needs, is inactive in the books`,
    fix: `Make account ${line.account} active in the books, or change the account at ${place(rules, line.because.row)}.`,
    cause: `account_inactive:${line.account}`,
  });
}

function refuseType({ rules, findings }: Validation, line: DocumentLine, why: string): void {
  findings.push({
    code: "account_type_wrong",
    severity: "block",
    field: line.because.from,
    message: `Account ${line.account} cannot stand there: ${why}`,
    fix: `Choose an account of the right type at ${place(rules, line.because.row)}.`,
    cause: `account_type_wrong:${line.account}:${line.because.row}`,
  });
}

function refuseNoParty({ rules, findings }: Validation, line: DocumentLine, type: string): void {
  const kind = type === payable ? "vendor" : "customer";
  findings.push({
    code: "party_missing",
    severity: "block",
    field: line.because.from,
    message: `Account ${line.account} is ${type}; its leg of a journal entry needs a ${kind}, and there is none`,
    fix: `Name the party in documents, or choose another account at ${place(rules, line.because.row)}.`,
    cause: `party_missing:${line.because.row}`,
  });
}
