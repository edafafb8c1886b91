import type { Shape } from "./fields.ts";
import { listShapes } from "./shapes-lists.ts";
import { transactionShapes } from "./shapes-transactions.ts";

/** A record type of the REST service. */
export interface RecordType {
  /** As the schema spells it: `vendorBill`. */
  readonly name: string;
  /** Where its ids and external ids are unique: `transaction`, `entity`, `item`, or its own name. */
  readonly space: string;
  readonly shape: Shape;
  /** `transaction.type` of SuiteQL; null when it is no transaction. */
  readonly code: string | null;
  readonly isReadOnly: boolean;
}

const codes: Readonly<Record<string, string>> = {
  journalEntry: "Journal",
  intercompanyJournalEntry: "Journal",
  advIntercompanyJournalEntry: "Journal",
  statisticalJournalEntry: "Journal",
  vendorBill: "VendBill",
  vendorCredit: "VendCred",
  vendorPayment: "VendPymt",
  expenseReport: "ExpRept",
  check: "Check",
  deposit: "Deposit",
  invoice: "CustInvc",
  creditMemo: "CustCred",
  customerPayment: "CustPymt",
};

const readOnly = new Set(["subsidiary", "accountingPeriod"]);

function spaceOf(name: string): string {
  if (["customer", "vendor", "employee"].includes(name)) return "entity";
  return name.endsWith("Item") ? "item" : name;
}

const recordTypes: readonly RecordType[] = [
  ...Object.entries(transactionShapes).map(([name, shape]) => ({
    name,
    space: "transaction",
    shape,
    code: codes[name] ?? null,
    isReadOnly: false,
  })),
  ...Object.entries(listShapes).map(([name, shape]) => ({
    name,
    space: spaceOf(name),
    shape,
    code: null,
    isReadOnly: readOnly.has(name),
  })),
];

const byName = new Map(recordTypes.map((type) => [type.name.toLowerCase(), type]));

/** The type in a path, without regard to case. */
export function typeOfPath(name: string): RecordType | null {
  return byName.get(name.toLowerCase()) ?? null;
}

export function typeNamed(name: string): RecordType {
  const found = typeOfPath(name);
  if (found === null) throw new Error(`No record type ${name}`);
  return found;
}

export function allTypes(): readonly RecordType[] {
  return recordTypes;
}

/** The space a reference leads into: `vendor` and `entity` both into `entity`. */
export function spaceOfTarget(target: string): string {
  return typeOfPath(target)?.space ?? target;
}
