import { objectOf, listOf, type JsonObject } from "../json.ts";
import type { Kind, Work } from "./kind.ts";
import { account, department, item, klass, term } from "./lists.ts";
import { terms } from "../template.ts";
import { readShape, withoutNulls } from "./schema.ts";
import { truckingChart } from "../trucking-chart.ts";

/** Preferences of a new company. The trucking company tracks what the larger subscriptions can track. */
export function templatePreferences(template: "trucking" | "empty", closedThrough: string | null): JsonObject {
  const isTrucking = template === "trucking";
  return {
    AccountingInfoPrefs: {
      FirstMonthOfFiscalYear: "January",
      UseAccountNumbers: isTrucking,
      TaxYearMonth: "January",
      ClassTrackingPerTxn: false,
      ClassTrackingPerTxnLine: isTrucking,
      TrackDepartments: isTrucking,
      TaxForm: "6",
      CustomerTerminology: "Customers",
      DepartmentTerminology: "Location",
      ...(closedThrough === null ? {} : { BookCloseDate: closedThrough }),
    },
    SalesFormsPrefs: salesFormsPreferences(isTrucking),
    VendorAndPurchasesPrefs: { TrackingByCustomer: isTrucking, BillableExpenseTracking: false, POCustomField: [] },
    TimeTrackingPrefs: {
      UseServices: false,
      BillCustomers: false,
      ShowBillRateToAll: false,
      WorkWeekStartDate: "Monday",
      MarkTimeEntriesBillable: false,
    },
    TaxPrefs: { UsingSalesTax: false, PartnerTaxEnabled: false },
    CurrencyPrefs: { MultiCurrencyEnabled: false, HomeCurrency: { value: "USD" } },
    ReportPrefs: { ReportBasis: "Accrual", CalcAgingReportFromTxnDate: false },
    OtherPrefs: {
      NameValue: [
        { Name: "VendorAndPurchasesPrefs.UseCustomTxnNumbers", Value: isTrucking ? "true" : "false" },
        { Name: "WarnDuplicateCheckNumber", Value: "true" },
        { Name: "WarnDuplicateBillNumber", Value: "true" },
        { Name: "WarnDuplicateJournalNumber", Value: "false" },
        { Name: "ProjectsEnabled", Value: "false" },
        { Name: "DateFormatMnemonic", Value: "DATEFMT_MM_DD_YYYY" },
      ],
    },
    domain: "QBO",
    sparse: false,
    Id: "1",
    SyncToken: "0",
    MetaData: {},
  };
}

function salesFormsPreferences(isTrucking: boolean): JsonObject {
  return {
    CustomTxnNumbers: isTrucking,
    AutoApplyCredit: false,
    AutoApplyPayments: false,
    AllowDeposit: false,
    AllowDiscount: true,
    AllowEstimates: true,
    DefaultTerms: { value: "1" },
    CustomField: [
      {
        CustomField: [
          { Name: "SalesFormsPrefs.UseSalesCustom1", Type: "BooleanType", BooleanValue: isTrucking },
          { Name: "SalesFormsPrefs.UseSalesCustom2", Type: "BooleanType", BooleanValue: false },
          { Name: "SalesFormsPrefs.UseSalesCustom3", Type: "BooleanType", BooleanValue: false },
        ],
      },
      ...(isTrucking ? [{ CustomField: [{ Name: "SalesFormsPrefs.SalesCustomName1", Type: "StringType", StringValue: "Load #" }] }] : []),
    ],
  };
}

/** What even an empty company has on its first day. */
const emptyChart = `
,Accounts Receivable (A/R),Accounts Receivable,AccountsReceivable
,Undeposited Funds,Other Current Asset,UndepositedFunds
,Accounts Payable (A/P),Accounts Payable,AccountsPayable
,Opening Balance Equity,Equity,OpeningBalanceEquity
,Retained Earnings,Equity,RetainedEarnings
,Services,Income,ServiceFeeIncome
,Uncategorized Expense,Expense,OtherMiscellaneousServiceCost
`;

/** Fills a new company. The template is the state before the first write, so nothing of it is in the oracle. */
export function fillCompany(work: Work): void {
  const isTrucking = work.company.template === "trucking";
  for (const [name, days] of terms) plant(work, term, { Name: name, DueDays: days });
  for (const line of (isTrucking ? truckingChart : emptyChart).trim().split("\n")) {
    const [number = "", name = "", type = "", subtype = ""] = line.split(",");
    plantAccount(work, { AcctNum: number === "" ? null : number, Name: name, AccountType: type, AccountSubType: subtype });
  }
  for (const extra of listOf(work.company.options["accounts"])) plantAccount(work, objectOf(extra));
  if (!isTrucking) return;
  for (const name of ["OTR-VAN", "REEFER", "DEDICATED", "OO-FLEET", "BROKERAGE"]) plant(work, klass, { Name: name });
  for (const name of ["DAL", "CHI", "ATL"]) plant(work, department, { Name: name });
}

/** Each revenue account of freight has a service of the same name. */
function plantAccount(work: Work, input: JsonObject): void {
  const id = plant(work, account, input);
  const { AcctNum: number, Name: name, AccountType: type } = input;
  if (type !== "Income" || typeof number !== "string" || !number.startsWith("4")) return;
  plant(work, item, { Name: name ?? "", Type: "Service", IncomeAccountRef: { value: id } });
}

function plant(work: Work, kind: Kind, input: JsonObject): string {
  const { company, records, atMs } = work;
  const draft = withoutNulls(readShape(kind.fields, input, { refuseEmoji: false, refuseCardNumbers: false }));
  const { body, legs, columns, active } = kind.prepare(work, draft, null);
  const id = records.nextId(company.key, kind.name);
  records.insert(company.key, { entity: kind.name, id, sync: 0, body, legs, active, createdMs: atMs, updatedMs: atMs, columns });
  return id;
}

/** The company's own card. */
export function companyInfo(company: Work["company"], atText: string): JsonObject {
  return {
    CompanyName: company.name,
    LegalName: `${company.name}, Inc.`,
    CompanyAddr: { Id: "1", Line1: "4100 Yard Street", City: "Dallas", Country: "USA", CountrySubDivisionCode: "TX", PostalCode: "75201" },
    CompanyStartDate: atText.slice(0, 10),
    FiscalYearStartMonth: "January",
    Country: "US",
    Email: { Address: "books@example.com" },
    WebAddr: {},
    SupportedLanguages: "en",
    DefaultTimeZone: "America/Los_Angeles",
    NameValue: [
      { Name: "NeoEnabled", Value: "true" },
      { Name: "SubscriptionStatus", Value: "PAID" },
      { Name: "OfferingSku", Value: company.template === "trucking" ? "QuickBooks Online Advanced" : "QuickBooks Online Plus" },
    ],
    domain: "QBO",
    sparse: false,
    Id: "1",
    SyncToken: "0",
    MetaData: { CreateTime: atText, LastUpdatedTime: atText },
  };
}
