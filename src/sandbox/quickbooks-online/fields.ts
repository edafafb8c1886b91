import * as drop from "./dropped-fields.ts";
import {
  amount,
  choice,
  date,
  email,
  flag,
  group,
  number,
  percent,
  quantity,
  ref,
  rows,
  system,
  text,
  url,
  whole,
  type Shape,
} from "./schema.ts";

/** What every record carries and no client sets. */
const record: Shape = { Id: system, SyncToken: system, MetaData: system, domain: system, sparse: system, status: system };
export const header: Shape = {
  ...record,
  ...drop.droppedOfHeader,
  DocNumber: text(21),
  TxnDate: date,
  PrivateNote: text(4000),
  CurrencyRef: ref,
  ExchangeRate: number,
  LinkedTxn: system,
  TxnTaxDetail: system,
  HomeTotalAmt: system,
  HomeBalance: system,
  TxnSource: system,
  RecurDataRef: system,
  TotalAmt: system,
  Balance: system,
  GlobalTaxCalculation: system,
};
const address: Shape = {
  Id: system,
  ...Object.fromEntries(["Line1", "Line2", "Line3", "Line4", "Line5"].map((line) => [line, text(500)])),
  City: text(255),
  CountrySubDivisionCode: text(255),
  PostalCode: text(30),
  Country: text(255),
  Lat: text(50),
  Long: text(50),
};
const phone = group({ FreeFormNumber: text(30) });
const lineBase: Shape = {
  ...drop.droppedOfLine,
  Id: text(20),
  LineNum: number,
  Description: text(4000),
  Amount: amount,
  LinkedTxn: system,
  CustomExtensions: system,
};

export const journalEntry: Shape = {
  ...header,
  Adjustment: flag,
  Line: rows({
    ...lineBase,
    DetailType: choice("JournalEntryLineDetail", "DescriptionOnly"),
    DescriptionLineDetail: system,
    JournalEntryLineDetail: group({
      PostingType: choice("Debit", "Credit"),
      AccountRef: ref,
      Entity: group({ Type: choice("Customer", "Vendor", "Employee"), EntityRef: ref }),
      ClassRef: ref,
      DepartmentRef: ref,
      TaxCodeRef: ref,
      TaxApplicableOn: choice("Sales", "Purchase"),
      TaxAmount: amount,
      BillableStatus: system,
    }),
  }),
};

const expenseLine = rows({
  ...lineBase,
  DetailType: choice("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "DescriptionOnly"),
  DescriptionLineDetail: system,
  AccountBasedExpenseLineDetail: group({
    AccountRef: ref,
    CustomerRef: ref,
    ClassRef: ref,
    BillableStatus: choice("Billable", "NotBillable", "HasBeenBilled"),
    TaxCodeRef: ref,
    TaxAmount: amount,
    ...drop.droppedOfExpense,
    MarkupInfo: system,
  }),
  ItemBasedExpenseLineDetail: group({
    ItemRef: ref,
    Qty: quantity,
    UnitPrice: number,
    CustomerRef: ref,
    ClassRef: ref,
    BillableStatus: choice("Billable", "NotBillable", "HasBeenBilled"),
    TaxCodeRef: ref,
    ...drop.droppedOfExpense,
    MarkupInfo: system,
  }),
});

const payable: Shape = {
  ...header,
  ...drop.droppedOfPayable,
  VendorRef: ref,
  VendorAddr: system,
  APAccountRef: ref,
  DepartmentRef: ref,
  Line: expenseLine,
};
export const bill: Shape = { ...payable, SalesTermRef: ref, DueDate: date };
export const vendorCredit: Shape = payable;
export const purchase: Shape = {
  ...header,
  PaymentType: choice("Cash", "Check", "CreditCard"),
  AccountRef: ref,
  EntityRef: ref,
  Credit: flag,
  PrintStatus: choice("NotSet", "NeedToPrint", "PrintComplete"),
  PaymentMethodRef: system,
  RemitToAddr: system,
  PurchaseEx: system,
  DepartmentRef: ref,
  Line: expenseLine,
};

const sale: Shape = {
  ...header,
  ...drop.droppedOfSalesForm,
  CustomerRef: ref,
  ARAccountRef: ref,
  ClassRef: ref,
  DepartmentRef: ref,
  BillEmail: group({ Address: email }),
  BillAddr: group(address),
  ShipAddr: group(address),
  ShipDate: date,
  TrackingNum: text(31),
  CustomerMemo: group({ value: text(1000) }),
  CustomField: rows({ DefinitionId: text(10), Name: text(31), Type: choice("StringType"), StringValue: text(31) }),
  PrintStatus: choice("NotSet", "NeedToPrint", "PrintComplete"),
  EmailStatus: choice("NotSet", "NeedToSend", "EmailSent"),
  ApplyTaxAfterDiscount: flag,
  FreeFormAddress: system,
  Line: rows({
    ...lineBase,
    DetailType: choice("SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail", "DescriptionOnly"),
    DescriptionLineDetail: system,
    SubTotalLineDetail: system,
    DiscountLineDetail: group({ PercentBased: flag, DiscountPercent: percent, DiscountAccountRef: ref, ClassRef: ref }),
    SalesItemLineDetail: group({
      ItemRef: ref,
      Qty: quantity,
      UnitPrice: number,
      ClassRef: ref,
      ServiceDate: date,
      TaxCodeRef: ref,
      ...drop.droppedOfSale,
      ItemAccountRef: system,
    }),
  }),
};
export const invoice: Shape = {
  ...sale,
  SalesTermRef: ref,
  DueDate: date,
  AllowIPNPayment: flag,
  AllowOnlinePayment: flag,
  AllowOnlineCreditCardPayment: flag,
  AllowOnlineACHPayment: flag,
  InvoiceLink: system,
  DeliveryInfo: system,
};
export const creditMemo: Shape = { ...sale, RemainingCredit: system };

// A colon stands for the hierarchy in full names; tabs and newlines break every list they are printed in.
const nameBreakers = /[:\t\n]/;
const party: Shape = {
  ...record,
  ...drop.droppedOfParty,
  DisplayName: text(500, nameBreakers),
  Title: text(16),
  GivenName: text(100),
  MiddleName: text(100),
  FamilyName: text(100),
  Suffix: text(16),
  CompanyName: text(100),
  Active: flag,
  CurrencyRef: ref,
  BillAddr: group(address),
  PrimaryPhone: phone,
  AlternatePhone: phone,
  Mobile: phone,
  Fax: phone,
  PrimaryEmailAddr: group({ Address: email }),
  WebAddr: group({ URI: url }),
  Balance: system,
  V4IDPseudonym: system,
};
export const vendor: Shape = {
  ...party,
  ...drop.droppedOfVendor,
  PrintOnCheckName: text(100),
  AcctNum: text(100),
  TaxIdentifier: text(20),
  Vendor1099: flag,
  TermRef: ref,
  APAccountRef: ref,
  OtherContactInfo: system,
};
export const customer: Shape = {
  ...party,
  ...drop.droppedOfCustomer,
  PrintOnCheckName: text(110),
  ShipAddr: group(address),
  ParentRef: ref,
  Job: flag,
  BillWithParent: flag,
  SalesTermRef: ref,
  Taxable: flag,
  PreferredDeliveryMethod: choice("Print", "Email", "None"),
  Notes: text(2000),
  ResaleNum: text(16),
  Level: system,
  FullyQualifiedName: system,
  BalanceWithJobs: system,
  IsProject: system,
  CustomerTypeRef: system,
  DefaultTaxCodeRef: system,
  PaymentMethodRef: system,
};
export const employee: Shape = {
  ...party,
  PrintOnCheckName: text(100),
  EmployeeNumber: text(100),
  PrimaryAddr: group(address),
  SSN: text(100),
  HiredDate: date,
  ReleasedDate: date,
  BirthDate: date,
  BillableTime: flag,
  Gender: choice("Male", "Female"),
};

const listed: Shape = { ...record, Active: flag, ParentRef: ref, FullyQualifiedName: system };
export const account: Shape = {
  ...listed,
  Name: text(100, /[":]/),
  AccountType: text(100),
  AccountSubType: text(100),
  AcctNum: text(7, /:/),
  Description: text(100),
  CurrencyRef: ref,
  SubAccount: flag,
  Classification: system,
  CurrentBalance: system,
  CurrentBalanceWithSubAccounts: system,
};
export const item: Shape = {
  ...listed,
  Name: text(100, nameBreakers),
  Type: choice("Service", "NonInventory", "Inventory", "Group", "Category"),
  IncomeAccountRef: ref,
  ExpenseAccountRef: ref,
  AssetAccountRef: ref,
  UnitPrice: number,
  PurchaseCost: number,
  Description: text(4000),
  PurchaseDesc: text(1000),
  Sku: text(100),
  Taxable: flag,
  SubItem: flag,
  ClassRef: ref,
  TrackQtyOnHand: flag,
  QtyOnHand: number,
  InvStartDate: date,
};
export const klass: Shape = { ...listed, Name: text(100, nameBreakers), SubClass: flag };
export const department: Shape = { ...listed, Name: text(100, nameBreakers), SubDepartment: flag };
export const term: Shape = {
  ...record,
  Name: text(31),
  Active: flag,
  Type: system,
  DueDays: whole(0, 999),
  DiscountDays: whole(0, 999),
  DiscountPercent: percent,
  DayOfMonthDue: whole(1, 31),
  DueNextMonthDays: whole(0, 999),
  DiscountDayOfMonth: whole(1, 31),
};
