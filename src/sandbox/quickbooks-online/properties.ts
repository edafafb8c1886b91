/** A property that queries may filter and sort by: how its column is written and how its values compare. */
export interface Property {
  readonly sql: string;
  readonly type: "id" | "text" | "date" | "time" | "number" | "flag";
}

const text = (name: string): Property => ({ sql: `(body ->> '$.${name}') COLLATE NOCASE`, type: "text" });
const date = (name: string): Property => ({ sql: `(body ->> '$.${name}')`, type: "date" });
const number = (name: string): Property => ({ sql: `(body ->> '$.${name}')`, type: "number" });
const ref = (name: string): Property => ({ sql: `(body ->> '$.${name}.value')`, type: "text" });

const everywhere: Readonly<Record<string, Property>> = {
  Id: { sql: "id", type: "id" },
  "MetaData.CreateTime": { sql: "created", type: "time" },
  "MetaData.LastUpdatedTime": { sql: "updated", type: "time" },
};
const transaction = { ...everywhere, DocNumber: { sql: "number", type: "text" }, TxnDate: { sql: "date", type: "date" } } as const;
const list = { ...everywhere, Active: { sql: "active", type: "flag" } } as const;
const named = { ...list, Name: { sql: "name", type: "text" }, FullyQualifiedName: text("FullyQualifiedName") } as const;
const party = {
  ...list,
  DisplayName: { sql: "name", type: "text" },
  ...Object.fromEntries(
    ["GivenName", "MiddleName", "FamilyName", "Suffix", "Title", "CompanyName", "PrintOnCheckName"].map((name) => [name, text(name)]),
  ),
  PrimaryEmailAddr: text("PrimaryEmailAddr.Address"),
  "PrimaryEmailAddr.Address": text("PrimaryEmailAddr.Address"),
} as const;

const properties: Readonly<Record<string, Readonly<Record<string, Property>>>> = {
  JournalEntry: transaction,
  Bill: {
    ...transaction,
    VendorRef: ref("VendorRef"),
    APAccountRef: ref("APAccountRef"),
    SalesTermRef: ref("SalesTermRef"),
    DueDate: date("DueDate"),
    TotalAmt: number("TotalAmt"),
    Balance: number("Balance"),
  },
  VendorCredit: { ...transaction, TotalAmt: number("TotalAmt"), APAccountRef: ref("APAccountRef") },
  Purchase: transaction,
  Invoice: {
    ...transaction,
    CustomerRef: ref("CustomerRef"),
    DueDate: date("DueDate"),
    SalesTermRef: ref("SalesTermRef"),
    Balance: number("Balance"),
    TotalAmt: number("TotalAmt"),
  },
  CreditMemo: { ...transaction, CustomerRef: ref("CustomerRef"), Balance: number("Balance") },
  Payment: {
    ...everywhere,
    TxnDate: { sql: "date", type: "date" },
    CustomerRef: ref("CustomerRef"),
    PaymentRefNum: { sql: "number", type: "text" },
    PaymentMethodRef: ref("PaymentMethodRef"),
    TotalAmt: number("TotalAmt"),
  },
  BillPayment: {
    ...transaction,
    VendorRef: ref("VendorRef"),
    APAccountRef: ref("APAccountRef"),
    TotalAmt: number("TotalAmt"),
    CheckPayment: ref("CheckPayment.BankAccountRef"),
    CreditCardPayment: ref("CreditCardPayment.CCAccountRef"),
  },
  Deposit: { ...transaction, DepositToAccountRef: ref("DepositToAccountRef"), TotalAmt: number("TotalAmt") },
  Transfer: transaction,
  Vendor: party,
  Employee: party,
  Customer: { ...party, FullyQualifiedName: text("FullyQualifiedName") },
  Account: { ...named, AccountType: text("AccountType"), AccountSubType: text("AccountSubType") },
  Class: named,
  Department: named,
  Item: { ...named, Type: text("Type"), Sku: text("Sku"), Description: text("Description") },
  TaxCode: { ...list, Active: { sql: "(body ->> '$.Active')", type: "flag" }, Name: { sql: "name", type: "text" } },
  Budget: { ...list, Name: { sql: "name", type: "text" }, BudgetType: text("BudgetType") },
  ExchangeRate: {
    "MetaData.LastUpdatedTime": everywhere["MetaData.LastUpdatedTime"] ?? { sql: "updated", type: "time" },
    SourceCurrencyCode: { sql: "party COLLATE NOCASE", type: "text" },
    AsOfDate: { sql: "date", type: "date" },
  },
  // Files hang on one record as a rule: the first is the one that can be asked for.
  Attachable: {
    ...everywhere,
    FileName: { sql: "name", type: "text" },
    "AttachableRef.EntityRef.Type": text("AttachableRef[0].EntityRef.type"),
    "AttachableRef.EntityRef.value": text("AttachableRef[0].EntityRef.value"),
  },
  Term: { ...list, Name: { sql: "name", type: "text" } },
};

const byLowerCase = new Map(
  Object.entries(properties).map(([entity, own]) => [
    entity,
    new Map(Object.entries(own).map(([name, property]) => [name.toLowerCase(), property])),
  ]),
);

/** Null when this entity cannot be asked by that property. Case does not matter. */
export function propertyOf(entity: string, name: string): Property | null {
  return byLowerCase.get(entity)?.get(name.toLowerCase()) ?? null;
}
