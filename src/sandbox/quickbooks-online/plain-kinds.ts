import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import { decimalOf } from "../amount.ts";
import { changeTime, commitChange, commitNew } from "./commit.ts";
import { homeCurrency, isCurrency } from "./currency.ts";
import { business, missing, Refusal } from "./errors.ts";
import type { Kind, Work } from "./kind.ts";
import * as fields from "./plain-fields.ts";
import { present } from "./present.ts";
import type { Stored } from "./records.ts";
import { refMember, resolve, toRef } from "./references.ts";
import { readShape, withoutNulls } from "./schema.ts";
import { pacificDate } from "./time.ts";

const statementTypes = new Set(["Income", "Other Income", "Cost of Goods Sold", "Expense", "Other Expense"]);
const seconds = [
  ["CustomerRef", "Customer"],
  ["ClassRef", "Class"],
  ["DepartmentRef", "Department"],
] as const;

export const budget: Kind = {
  name: "Budget",
  type: "plain",
  fields: fields.budget,
  prepare(work, draft) {
    for (const member of ["Name", "StartDate", "EndDate"]) if (draft[member] === undefined) throw missing(member);
    const details = listOf(draft["BudgetDetail"]).map(objectOf);
    if (details.length === 0) throw new Refusal("6500", "Budget details missing : A budget has at least one detail row", "BudgetDetail");
    const type = textOf(draft["BudgetType"]) ?? "ProfitAndLoss";
    const used = new Set(details.flatMap((detail) => seconds.flatMap(([member]) => (detail[member] === undefined ? [] : [member]))));
    if (used.size > 1) {
      throw new Refusal(
        "6490",
        "Invalid budget secondary list : Rows name customers, classes or departments, one kind in all",
        "BudgetDetail",
      );
    }
    const name = textOf(draft["Name"]);
    return {
      body: {
        ...draft,
        BudgetType: type,
        BudgetEntryType: textOf(draft["BudgetEntryType"]) ?? "Monthly",
        Active: draft["Active"] !== false,
        BudgetDetail: details.map((detail) => budgetRow(work, detail, type)),
      },
      legs: [],
      columns: { name },
      active: draft["Active"] !== false,
    };
  },
};

function budgetRow(work: Work, detail: JsonObject, type: string): JsonObject {
  for (const member of ["BudgetDate", "Amount", "AccountRef"]) if (detail[member] === undefined) throw missing(member);
  const account = resolve(work, "Account", detail["AccountRef"]);
  if (account === null) throw missing("AccountRef");
  if (statementTypes.has(account.kind) !== (type === "ProfitAndLoss")) {
    throw new Refusal("6510", `Budget account mismatch : ${account.name} does not belong in a budget of type ${type}`, "AccountRef");
  }
  const named = seconds.map(([member, entity]) => refMember(member, resolve(work, entity, detail[member])));
  return Object.assign({}, detail, { AccountRef: toRef(account) }, ...named) as JsonObject;
}

/** What a note or file may hang on, in the spelling of the interface. */
const attachableTo = new Set(
  "Account Bill BillPayment CreditMemo Customer Deposit Employee Invoice Item JournalEntry Payment Purchase Transfer Vendor VendorCredit".split(
    " ",
  ),
);

export const attachable: Kind = {
  name: "Attachable",
  type: "plain",
  fields: fields.attachable,
  checkDeletion(input) {
    // Two members are not enough here: the whole object has to be sent.
    if (input["Note"] === undefined && input["FileName"] === undefined) throw missing("FileName");
  },
  prepare(work, draft, before) {
    if (draft["Note"] === undefined && draft["FileName"] === undefined) throw missing("Note");
    for (const reference of listOf(draft["AttachableRef"]).map(objectOf)) checkOwner(work, reference);
    const { Size: size, FileAccessUri: uri } = before?.body ?? {};
    const file: JsonObject = uri === undefined ? {} : { Size: size ?? 0, FileAccessUri: uri };
    return { body: { ...draft, ...file }, legs: [], columns: { name: textOf(draft["FileName"]) }, active: true };
  },
};

function checkOwner(work: Work, reference: JsonObject): void {
  const owner = objectOf(reference["EntityRef"]);
  const { type, value: id } = owner;
  if (type === undefined && id === undefined) return;
  const name = [...attachableTo].find((candidate) => candidate.toLowerCase() === String(type).toLowerCase());
  if (name === undefined) throw new Refusal("6050", `Invalid entity type to attach to : ${String(type)}`, "EntityRef");
  const found = work.records.find(work.company.key, name, String(id));
  if (found === null || found.deleted)
    throw new Refusal("2500", `Invalid Reference Id : ${name} element id ${String(id)} not found`, "EntityRef");
}

export const taxCode: Kind = {
  name: "TaxCode",
  type: "list",
  isReadOnly: true,
  isSilent: true,
  fields: fields.taxCode,
  prepare() {
    throw new Refusal("500", "Unsupported Operation : TaxCode cannot be written.");
  },
};

const rateDetail = (id: string, name: string): JsonObject => ({
  TaxRateDetail: [{ TaxRateRef: { value: id, name }, TaxTypeApplicable: "TaxOnAmount", TaxOrder: 0 }],
});

/** The tax codes of a new company in the United States. The two pseudo codes come without an `Active`. */
export const templateTaxCodes: readonly { id: string; body: JsonObject }[] = [
  { id: "TAX", body: { Name: "TAX", Description: "TAX", Taxable: true, TaxGroup: false } },
  { id: "NON", body: { Name: "NON", Description: "NON", Taxable: false, TaxGroup: false } },
  {
    id: "2",
    body: {
      Name: "California",
      Description: "California",
      Active: true,
      Taxable: true,
      TaxGroup: true,
      Hidden: false,
      SalesTaxRateList: rateDetail("3", "California"),
      PurchaseTaxRateList: { TaxRateDetail: [] },
    },
  },
];

export const exchangeRate: Kind = {
  name: "ExchangeRate",
  type: "plain",
  isSilent: true,
  fields: fields.exchangeRate,
  prepare() {
    throw new Refusal("500", "Unsupported Operation : An exchange rate is kept by its currency and day.");
  },
  save: saveRate,
  checkDeletion() {
    throw new Refusal("500", "Unsupported Operation : Operation Delete is not supported.");
  },
};

function requireCurrencies(work: Work): void {
  if (!work.company.rules.multiCurrency) throw business("Multi Currency should be enabled to perform this operation.");
}

/** Enters or changes the rate of a currency on a day: there is no id, and one call for both. */
function saveRate(work: Work, input: JsonObject): JsonObject {
  requireCurrencies(work);
  const draft = withoutNulls(readShape(fields.exchangeRate, input, { refuseEmoji: true, refuseCardNumbers: false }));
  const { SourceCurrencyCode: source, Rate: rate } = draft;
  if (typeof source !== "string") throw missing("SourceCurrencyCode");
  if (rate === undefined) throw missing("Rate");
  if (!isCurrency(source)) throw new Refusal("2220", `Invalid Currency Type : ${source}`, "SourceCurrencyCode");
  if (source === homeCurrency) throw business("The exchange rate of the home currency cannot be set.", "SourceCurrencyCode");
  if ((decimalOf(rate)?.units ?? 0n) <= 0n) throw new Refusal("2180", "Value out of range : Rate is above zero", "Rate");
  const target = textOf(draft["TargetCurrencyCode"]) ?? homeCurrency;
  if (target !== homeCurrency) throw new Refusal("2220", `Invalid Currency Type : ${target}`, "TargetCurrencyCode");
  const date = textOf(draft["AsOfDate"]) ?? pacificDate(work.atMs);
  const { company, records } = work;
  const before = records.find(company.key, "ExchangeRate", `${source} ${date}`);
  const atMs = changeTime(work);
  const stored: Stored = {
    ...{ entity: "ExchangeRate", id: `${source} ${date}`, sync: (before?.sync ?? 0) + 1, legs: [], active: true, deleted: false },
    body: { SourceCurrencyCode: source, TargetCurrencyCode: target, Rate: rate, AsOfDate: date },
    ...{ createdMs: before?.createdMs ?? atMs, updatedMs: atMs },
  };
  const kept = { body: stored.body, legs: [], columns: { party: source, date }, active: true };
  if (before !== null) return present(work, commitChange(work, before, { ...kept, operation: "update" }));
  commitNew(work, stored, kept);
  return present(work, stored);
}

/** `GET /exchangerate?sourcecurrencycode=&asofdate=`: the rate of the day, or the newest before it; one where none was entered. */
export function readRate(work: Work, query: URLSearchParams): JsonObject {
  requireCurrencies(work);
  const source = query.get("sourcecurrencycode")?.toUpperCase() ?? "";
  if (source === "") throw missing("sourcecurrencycode");
  if (!isCurrency(source)) throw new Refusal("2220", `Invalid Currency Type : ${source}`, "SourceCurrencyCode");
  const date = query.get("asofdate") ?? pacificDate(work.atMs);
  const { storage, company, records } = work;
  const row = storage.get(
    "SELECT id FROM qbo_records WHERE company = ? AND entity = 'ExchangeRate' AND party = ? AND date <= ? ORDER BY date DESC LIMIT 1",
    ...[company.key, source, date],
  );
  const found = row === undefined ? null : records.find(company.key, "ExchangeRate", String(row["id"]));
  const own: Stored = {
    ...{ entity: "ExchangeRate", id: `${source} ${date}`, sync: 0, legs: [], active: true, deleted: false },
    body: { SourceCurrencyCode: source, TargetCurrencyCode: homeCurrency, Rate: 1, AsOfDate: date },
    ...{ createdMs: work.atMs, updatedMs: work.atMs },
  };
  return present(work, found ?? own);
}
