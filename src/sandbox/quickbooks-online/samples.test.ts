import { afterAll, beforeAll, expect, test } from "vitest";
import { objectOf, type JsonObject } from "../json.ts";
import { openBench, type TestBench } from "../raw-client.ts";

// One create call for each entity with the whole answer: exactly these members, of these types, with these values.
// The shapes are those of the published reference pages (developer.intuit.com, Accounting API); the story is ours.

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00$/) as string;
const id = expect.stringMatching(/^\d+$/) as string;
const record = { domain: "QBO", sparse: false, Id: id, SyncToken: "0", MetaData: { CreateTime: instant, LastUpdatedTime: instant } };
const usd = { CurrencyRef: { value: "USD", name: "United States Dollar" } };

let bench: TestBench;
let carrier: string;
let shipper: string;
let item: string;
let reefer: string;
let net30: string;
let bill: string;
let credit: string;
let invoice: string;

const linehaul = { value: "", name: "Linehaul Revenue - Company Fleet" };
beforeAll(async () => {
  bench = await openBench();
  item = await bench.row("Item", linehaul.name);
  reefer = await bench.row("Class", "REEFER");
  net30 = await bench.row("Term", "Net 30");
  linehaul.value = item;
  carrier = String((await bench.make("Vendor", { DisplayName: "Prairie Haulers" }))["Id"]);
  shipper = String((await bench.make("Customer", { DisplayName: "Harvest Foods" }))["Id"]);
  bill = String((await bench.make("Bill", billRequest()))["Id"]);
  credit = String((await bench.make("VendorCredit", creditRequest()))["Id"]);
  invoice = String((await bench.make("Invoice", invoiceRequest()))["Id"]);
});
afterAll(() => bench.close());

const account = (number: string, name: string) => ({ value: bench.account(number), name });
const expense = (number: string, amount: number, detail: JsonObject = {}): JsonObject => ({
  ...{ DetailType: "AccountBasedExpenseLineDetail", Amount: amount },
  AccountBasedExpenseLineDetail: { AccountRef: { value: bench.account(number) }, ...detail },
});
const sale = (amount: number, more: JsonObject = {}): JsonObject => ({
  ...{ DetailType: "SalesItemLineDetail", Amount: amount, ...more },
  SalesItemLineDetail: { ItemRef: { value: item }, Qty: 1, UnitPrice: amount },
});
const expenseShown = (name: { value: string; name: string }, klass: JsonObject = {}) => ({
  ...{ AccountRef: name, BillableStatus: "NotBillable", TaxCodeRef: { value: "NON" } },
  ...klass,
});
const purchased = () => account("5130", "Purchased Transportation - Carrier Linehaul");
const payable = () => account("2010", "Accounts Payable - Trade");

const billRequest = (): JsonObject => ({
  ...{ VendorRef: { value: carrier }, TxnDate: "2026-03-02", DueDate: "2026-04-01", DocNumber: "PH-311" },
  Line: [{ ...expense("5130", 1450.25, { ClassRef: { value: reefer } }), Description: "Load 7311" }],
});
const creditRequest = (): JsonObject => ({
  ...{ VendorRef: { value: carrier }, TxnDate: "2026-03-05", DocNumber: "CLM-9" },
  Line: [{ ...expense("5130", 250), Description: "Short pallets" }],
});
const invoiceRequest = (): JsonObject => ({
  ...{ CustomerRef: { value: shipper }, DocNumber: "INV-7311", TxnDate: "2026-03-03", SalesTermRef: { value: net30 } },
  Line: [sale(1980.5, { Description: "Load 7311" })],
});
const saleShown = (amount: number, more: JsonObject = {}) => ({
  ...{ Id: "1", LineNum: 1, ...more, Amount: amount, DetailType: "SalesItemLineDetail" },
  SalesItemLineDetail: { ItemRef: linehaul, UnitPrice: amount, Qty: 1, TaxCodeRef: { value: "NON" } },
});
const subtotal = (amount: number) => ({ Amount: amount, DetailType: "SubTotalLineDetail", SubTotalLineDetail: {} });
const form = { CustomField: [], ApplyTaxAfterDiscount: false, PrintStatus: "NotSet", EmailStatus: "NotSet" };
const party = { ...usd, ...record, Active: true };

type Pair = [entity: string, request: () => JsonObject, response: () => JsonObject];
const pairs: Pair[] = [
  [
    "JournalEntry",
    () => ({
      ...{ TxnDate: "2026-03-31", DocNumber: "STL-88", PrivateNote: "Settlement 88" },
      Line: [
        {
          ...{ DetailType: "JournalEntryLineDetail", Amount: 990, Description: "Linehaul" },
          JournalEntryLineDetail: { PostingType: "Debit", AccountRef: { value: bench.account("5110") }, ClassRef: { value: reefer } },
        },
        {
          ...{ DetailType: "JournalEntryLineDetail", Amount: 990 },
          JournalEntryLineDetail: {
            ...{ PostingType: "Credit", AccountRef: { value: bench.account("2010") } },
            Entity: { Type: "Vendor", EntityRef: { value: carrier } },
          },
        },
      ],
    }),
    () => ({
      ...{
        Adjustment: false,
        ...record,
        DocNumber: "STL-88",
        TxnDate: "2026-03-31",
        PrivateNote: "Settlement 88",
        ...usd,
        TxnTaxDetail: {},
      },
      Line: [
        {
          ...{ Id: "0", Description: "Linehaul", Amount: 990, DetailType: "JournalEntryLineDetail" },
          JournalEntryLineDetail: {
            ...{ PostingType: "Debit", AccountRef: account("5110", "Owner-Operator Linehaul") },
            ClassRef: { value: reefer, name: "REEFER" },
          },
        },
        {
          ...{ Id: "1", Amount: 990, DetailType: "JournalEntryLineDetail" },
          JournalEntryLineDetail: {
            ...{ PostingType: "Credit", AccountRef: payable() },
            Entity: { Type: "Vendor", EntityRef: { value: carrier, name: "Prairie Haulers" } },
          },
        },
      ],
    }),
  ],
  [
    "Bill",
    () => ({ ...billRequest(), DocNumber: "PH-312" }),
    () => ({
      ...{ DueDate: "2026-04-01", Balance: 1450.25, ...record, DocNumber: "PH-312", TxnDate: "2026-03-02", ...usd, TotalAmt: 1450.25 },
      ...{ VendorRef: { value: carrier, name: "Prairie Haulers" }, APAccountRef: payable() },
      Line: [
        {
          ...{ Id: "1", LineNum: 1, Description: "Load 7311", Amount: 1450.25, LinkedTxn: [], DetailType: "AccountBasedExpenseLineDetail" },
          AccountBasedExpenseLineDetail: expenseShown(purchased(), { ClassRef: { value: reefer, name: "REEFER" } }),
        },
      ],
    }),
  ],
  [
    "VendorCredit",
    () => ({ ...creditRequest(), DocNumber: "CLM-10" }),
    () => ({
      ...{ Balance: 250, ...record, DocNumber: "CLM-10", TxnDate: "2026-03-05", ...usd, TotalAmt: 250 },
      ...{ VendorRef: { value: carrier, name: "Prairie Haulers" }, APAccountRef: payable() },
      Line: [
        {
          ...{ Id: "1", LineNum: 1, Description: "Short pallets", Amount: 250, DetailType: "AccountBasedExpenseLineDetail" },
          AccountBasedExpenseLineDetail: expenseShown(purchased()),
        },
      ],
    }),
  ],
  [
    "BillPayment",
    () => ({
      ...{ VendorRef: { value: carrier }, PayType: "Check", TotalAmt: 1200.25, TxnDate: "2026-04-01", DocNumber: "2044" },
      CheckPayment: { BankAccountRef: { value: bench.account("1010") } },
      Line: [
        { Amount: 1450.25, LinkedTxn: [{ TxnId: bill, TxnType: "Bill" }] },
        { Amount: 250, LinkedTxn: [{ TxnId: credit, TxnType: "VendorCredit" }] },
      ],
    }),
    () => ({
      ...{ VendorRef: { value: carrier, name: "Prairie Haulers" }, PayType: "Check", TotalAmt: 1200.25, ...record, ...usd },
      ...{ TxnDate: "2026-04-01", DocNumber: "2044" },
      CheckPayment: { BankAccountRef: account("1010", "Operating Checking"), PrintStatus: "NotSet" },
      Line: [
        { Amount: 1450.25, LinkedTxn: [{ TxnId: bill, TxnType: "Bill" }] },
        { Amount: 250, LinkedTxn: [{ TxnId: credit, TxnType: "VendorCredit" }] },
      ],
    }),
  ],
  [
    "Purchase",
    () => ({
      ...{ PaymentType: "CreditCard", AccountRef: { value: bench.account("2040") }, EntityRef: { value: carrier, type: "Vendor" } },
      ...{ TxnDate: "2026-03-07", Line: [expense("5210", 611.4)] },
    }),
    () => ({
      ...{ AccountRef: account("2040", "Corporate Credit Card"), PaymentType: "CreditCard", Credit: false, TotalAmt: 611.4 },
      ...{
        EntityRef: { value: carrier, name: "Prairie Haulers", type: "Vendor" },
        PurchaseEx: { any: [] },
        ...record,
        TxnDate: "2026-03-07",
        ...usd,
      },
      Line: [
        {
          ...{ Id: "1", Amount: 611.4, DetailType: "AccountBasedExpenseLineDetail" },
          AccountBasedExpenseLineDetail: expenseShown(account("5210", "Diesel - Tractor (Card)")),
        },
      ],
    }),
  ],
  [
    "Invoice",
    () => ({ ...invoiceRequest(), DocNumber: "INV-7312" }),
    () => ({
      ...{
        AllowIPNPayment: false,
        AllowOnlinePayment: false,
        AllowOnlineCreditCardPayment: false,
        AllowOnlineACHPayment: false,
        ...record,
      },
      ...{ ...form, DocNumber: "INV-7312", TxnDate: "2026-03-03", ...usd, LinkedTxn: [], FreeFormAddress: true, DueDate: "2026-04-02" },
      ...{
        CustomerRef: { value: shipper, name: "Harvest Foods" },
        SalesTermRef: { value: net30, name: "Net 30" },
        TotalAmt: 1980.5,
        Balance: 1980.5,
      },
      Line: [saleShown(1980.5, { Description: "Load 7311" }), subtotal(1980.5)],
    }),
  ],
  [
    "CreditMemo",
    () => ({ CustomerRef: { value: shipper }, TxnDate: "2026-03-09", DocNumber: "CM-4", Line: [sale(75)] }),
    () => ({
      ...{ RemainingCredit: 75, ...record, ...form, DocNumber: "CM-4", TxnDate: "2026-03-09", ...usd, TotalAmt: 75, Balance: 75 },
      ...{ CustomerRef: { value: shipper, name: "Harvest Foods" }, Line: [saleShown(75), subtotal(75)] },
    }),
  ],
  [
    "Payment",
    () => ({
      ...{ CustomerRef: { value: shipper }, TotalAmt: 1980.5, TxnDate: "2026-04-02", PaymentRefNum: "WIRE-6" },
      Line: [{ Amount: 1980.5, LinkedTxn: [{ TxnId: invoice, TxnType: "Invoice" }] }],
    }),
    () => ({
      ...{
        CustomerRef: { value: shipper, name: "Harvest Foods" },
        DepositToAccountRef: { value: bench.account("1050") },
        PaymentRefNum: "WIRE-6",
      },
      ...{ TotalAmt: 1980.5, UnappliedAmt: 0, ProcessPayment: false, ...record, TxnDate: "2026-04-02", ...usd },
      Line: [{ Amount: 1980.5, LinkedTxn: [{ TxnId: invoice, TxnType: "Invoice" }] }],
    }),
  ],
  [
    "Transfer",
    () => ({
      FromAccountRef: { value: bench.account("1020") },
      ToAccountRef: { value: bench.account("1010") },
      Amount: 4000,
      TxnDate: "2026-04-03",
    }),
    () => ({
      ...{ FromAccountRef: account("1020", "Settlement & Payroll Checking"), ToAccountRef: account("1010", "Operating Checking") },
      ...{ Amount: 4000, ...record, TxnDate: "2026-04-03", ...usd },
    }),
  ],
  [
    "Vendor",
    () => ({ DisplayName: "Mesa Carriers", AcctNum: "TMS-9" }),
    () => ({ Balance: 0, AcctNum: "TMS-9", Vendor1099: false, ...party, DisplayName: "Mesa Carriers", PrintOnCheckName: "Mesa Carriers" }),
  ],
  [
    "Customer",
    () => ({ DisplayName: "Orchard Co", SalesTermRef: { value: net30 } }),
    () => ({
      ...{
        Taxable: false,
        Job: false,
        BillWithParent: false,
        SalesTermRef: { value: net30, name: "Net 30" },
        Balance: 0,
        BalanceWithJobs: 0,
      },
      ...{
        ...party,
        PreferredDeliveryMethod: "Print",
        FullyQualifiedName: "Orchard Co",
        DisplayName: "Orchard Co",
        PrintOnCheckName: "Orchard Co",
      },
    }),
  ],
  [
    "Item",
    () => ({ Name: "Lumper", Type: "Service", IncomeAccountRef: { value: bench.account("4130") } }),
    () => ({
      ...{ Name: "Lumper", Active: true, FullyQualifiedName: "Lumper", Taxable: false, UnitPrice: 0, Type: "Service", PurchaseCost: 0 },
      ...{ IncomeAccountRef: account("4130", "Loading Unloading & Lumper Recovery"), TrackQtyOnHand: false, ...record },
    }),
  ],
  [
    "Account",
    () => ({ Name: "Lumper Cost", AccountType: "Cost of Goods Sold", AccountSubType: "ShippingFreightDeliveryCos", AcctNum: "5199" }),
    () => ({
      ...{
        Name: "Lumper Cost",
        SubAccount: false,
        FullyQualifiedName: "Lumper Cost",
        Active: true,
        Classification: "Expense",
        AcctNum: "5199",
      },
      ...{
        AccountType: "Cost of Goods Sold",
        AccountSubType: "ShippingFreightDeliveryCos",
        CurrentBalance: 0,
        CurrentBalanceWithSubAccounts: 0,
      },
      ...{ ...usd, ...record },
    }),
  ],
  [
    "Class",
    () => ({ Name: "FLATBED" }),
    () => ({ Name: "FLATBED", SubClass: false, FullyQualifiedName: "FLATBED", Active: true, ...record }),
  ],
  [
    "Department",
    () => ({ Name: "PHX" }),
    () => ({ Name: "PHX", SubDepartment: false, FullyQualifiedName: "PHX", Active: true, ...record }),
  ],
  [
    "Term",
    () => ({ Name: "Net 10", DueDays: 10 }),
    () => ({ Name: "Net 10", Active: true, Type: "STANDARD", DiscountPercent: 0, DueDays: 10, DiscountDays: 0, ...record }),
  ],
  [
    "Budget",
    () => ({
      ...{ Name: "Plan 26", StartDate: "2026-01-01", EndDate: "2026-12-31", BudgetType: "ProfitAndLoss", BudgetEntryType: "Monthly" },
      BudgetDetail: [{ BudgetDate: "2026-01-01", Amount: 900, AccountRef: { value: bench.account("5130") }, ClassRef: { value: reefer } }],
    }),
    () => ({
      ...{
        Name: "Plan 26",
        StartDate: "2026-01-01",
        EndDate: "2026-12-31",
        BudgetType: "ProfitAndLoss",
        BudgetEntryType: "Monthly",
        Active: true,
      },
      BudgetDetail: [{ BudgetDate: "2026-01-01", Amount: 900, AccountRef: purchased(), ClassRef: { value: reefer, name: "REEFER" } }],
      ...record,
    }),
  ],
  [
    "Attachable",
    () => ({ Note: "Signed receipt", AttachableRef: [{ EntityRef: { type: "Bill", value: bill }, IncludeOnSend: false }] }),
    () => ({ Note: "Signed receipt", AttachableRef: [{ EntityRef: { value: bill, type: "Bill" }, IncludeOnSend: false }], ...record }),
  ],
];

test.each(pairs)("%s", async (entity, request, response) => {
  const { json, status, headers } = await bench.post(entity.toLowerCase(), request());
  expect(json).toEqual({ [entity]: response(), time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00$/) as string });
  expect([status, headers["content-type"]]).toEqual([200, "application/json;charset=UTF-8"]);
});

test("Deposit, of a payment and a fee", async () => {
  const payment = String((await bench.make("Payment", { CustomerRef: { value: shipper }, TotalAmt: 640 }))["Id"]);
  const line = { Amount: 640, LinkedTxn: [{ TxnId: payment, TxnType: "Payment", TxnLineId: "0" }] };
  const fee = { Amount: -6.4, DetailType: "DepositLineDetail", Description: "Factoring fee" };
  const made = await bench.make("Deposit", {
    ...{ DepositToAccountRef: { value: bench.account("1010") }, TxnDate: "2026-04-04" },
    Line: [line, { ...fee, DepositLineDetail: { AccountRef: { value: bench.account("8020") } } }],
  });
  expect(made).toEqual({
    ...{ DepositToAccountRef: account("1010", "Operating Checking"), TotalAmt: 633.6, ...record, TxnDate: "2026-04-04", ...usd },
    Line: [line, { Id: "1", LineNum: 1, ...fee, DepositLineDetail: { AccountRef: account("8020", "Factoring Fees") } }],
  });
});

test("ExchangeRate, TaxCode, Preferences and CompanyInfo", async () => {
  const multi = { CurrencyPrefs: { MultiCurrencyEnabled: true } };
  await bench.control("POST", "preferences", { system: "quickbooks-online", id: bench.realm, preferences: multi });
  const rate = { SourceCurrencyCode: "MXN", TargetCurrencyCode: "USD", Rate: 0.0552, AsOfDate: "2026-04-30" };
  expect(await bench.make("ExchangeRate", { ...rate, SyncToken: "0" })).toEqual({
    ...{ ...rate, domain: "QBO", sparse: false, SyncToken: "1", MetaData: { LastUpdatedTime: instant } },
  });
  const { json: tax } = await bench.get("taxcode/2");
  expect(Object.keys(objectOf(tax["TaxCode"])).sort()).toEqual(
    [
      "Name",
      "Description",
      "Active",
      "Taxable",
      "TaxGroup",
      "Hidden",
      "SalesTaxRateList",
      "PurchaseTaxRateList",
      "domain",
      "sparse",
      "Id",
      "SyncToken",
      "MetaData",
    ].sort(),
  );
  expect((await bench.get("preferences")).json["Preferences"]).toMatchObject({
    AccountingInfoPrefs: {
      UseAccountNumbers: true,
      TrackDepartments: true,
      ClassTrackingPerTxnLine: true,
      FirstMonthOfFiscalYear: "January",
    },
    SalesFormsPrefs: { CustomTxnNumbers: true, AutoApplyCredit: false },
    CurrencyPrefs: { MultiCurrencyEnabled: true, HomeCurrency: { value: "USD" } },
  });
  expect((await bench.get(`companyinfo/${bench.realm}`)).json["CompanyInfo"]).toMatchObject({ Id: "1", Country: "US", domain: "QBO" });
});
