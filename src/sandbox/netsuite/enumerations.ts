import type { Company } from "./company.ts";

/** Id and display name. */
type Choices = Readonly<Record<string, string>>;

export const accountTypes: Choices = {
  AcctPay: "Accounts Payable",
  AcctRec: "Accounts Receivable",
  Bank: "Bank",
  COGS: "Cost of Goods Sold",
  CredCard: "Credit Card",
  DeferExpense: "Deferred Expense",
  DeferRevenue: "Deferred Revenue",
  Equity: "Equity",
  Expense: "Expense",
  FixedAsset: "Fixed Asset",
  Income: "Income",
  LongTermLiab: "Long Term Liability",
  NonPosting: "Non Posting",
  OthAsset: "Other Asset",
  OthCurrAsset: "Other Current Asset",
  OthCurrLiab: "Other Current Liability",
  OthExpense: "Other Expense",
  OthIncome: "Other Income",
  Stat: "Statistical",
  UnbilledRec: "Unbilled Receivable",
};

const enumerations: Readonly<Record<string, Choices>> = {
  approval: { "1": "Pending Approval", "2": "Approved", "3": "Rejected", "11": "Open" },
  accountType: accountTypes,
  rateType: { CURRENT: "Current", AVERAGE: "Average", HISTORICAL: "Historical" },
  undeposited: { T: "Undeposited Funds", F: "Account" },
  country: { US: "United States", CA: "Canada", MX: "Mexico", GB: "United Kingdom", DE: "Germany", NL: "Netherlands" },
};

/** Fixed lists that are referred to like records. */
export const fixedLists: Readonly<Record<string, Choices>> = {
  priceLevel: { "-1": "Custom", "1": "Base Price" },
  entityStatus: { "6": "LEAD-Unqualified", "13": "CUSTOMER-Closed Won", "15": "CUSTOMER-Renewal" },
  customForm: { "30": "Standard Journal Entry", "50": "Standard Vendor Bill", "-9": "Standard Form" },
};

/** Display name by type code and letter, as the query service shows them. */
export const statusNames: Readonly<Record<string, Choices>> = {
  VendBill: { A: "Open", B: "Paid In Full", C: "Cancelled", D: "Pending Approval", E: "Rejected", F: "Payment In-Transit", V: "Voided" },
  VendPymt: { V: "Voided", Y: "Undefined", D: "Pending Approval", E: "Approved", F: "Rejected" },
  VendCred: { A: "Open", B: "Fully Applied", V: "Voided" },
  CustInvc: { A: "Open", B: "Paid In Full", V: "Voided", D: "Pending Approval", E: "Rejected" },
  CustPymt: { A: "Unapproved Payment", B: "Not Deposited", C: "Deposited" },
  CustCred: { A: "Open", B: "Fully Applied", V: "Voided" },
  Journal: { A: "Pending Approval", B: "Approved for Posting", R: "Rejected", V: "Voided" },
  ExpRept: {
    A: "In Progress",
    B: "Pending Supervisor Approval",
    C: "Pending Accounting Approval",
    D: "Rejected by Supervisor",
    E: "Rejected by Accounting",
    F: "Approved by Accounting",
    I: "Paid In Full",
  },
  Check: { Y: "Undefined", V: "Voided" },
  Deposit: { Y: "Undefined" },
};

/** The choices of an enumeration; null when any text will do. */
export function choicesOf(target: string): Choices | null {
  return enumerations[target] ?? null;
}

export function enumerationName(target: string, id: string, code: string | null): string {
  if (target === "status") return statusNames[code ?? ""]?.[id] ?? id;
  return enumerations[target]?.[id] ?? id;
}

/** Values of a custom list or segment. */
export function segmentValue(company: Company, field: string, id: string): string | null {
  const known = company.preferences.customFields.find((custom) => custom.id === field);
  return known?.values.find((value) => value.id === id)?.name ?? null;
}
