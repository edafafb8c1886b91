import { amount, choice, date, flag, group, number, ref, rows, system, text, type Shape } from "./schema.ts";

const record: Shape = { Id: system, SyncToken: system, MetaData: system, domain: system, sparse: system, status: system };

export const budget: Shape = {
  ...record,
  Name: text(100),
  StartDate: date,
  EndDate: date,
  BudgetType: choice("ProfitAndLoss", "BalanceSheet"),
  // The documentation says Annually, the schema Yearly: both come in.
  BudgetEntryType: choice("Monthly", "Quarterly", "Annually", "Yearly"),
  Active: flag,
  BudgetDetail: rows({ BudgetDate: date, Amount: amount, AccountRef: ref, CustomerRef: ref, ClassRef: ref, DepartmentRef: ref }),
};

export const attachable: Shape = {
  ...record,
  Note: text(2000),
  FileName: text(1000),
  ContentType: text(100),
  Category: choice("Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other"),
  Tag: text(2000),
  Lat: text(50),
  Long: text(50),
  PlaceName: text(2000),
  AttachableRef: rows({
    EntityRef: ref,
    IncludeOnSend: flag,
    LineInfo: text(100),
    NoRefOnly: system,
    Inactive: system,
    CustomField: system,
  }),
  FileAccessUri: system,
  TempDownloadUri: system,
  ThumbnailFileAccessUri: system,
  ThumbnailTempDownloadUri: system,
  Size: system,
};

export const exchangeRate: Shape = { ...record, SourceCurrencyCode: text(3), TargetCurrencyCode: text(3), Rate: number, AsOfDate: date };

export const taxCode: Shape = { ...record, Name: text(100), Active: flag, Group: group({}) };
