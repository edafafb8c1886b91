import { textOf, type JsonObject } from "../json.ts";
import { accountTypes, typeOfSubtype } from "./account-types.ts";
import { currencyRef } from "./currency.ts";
import { business, missing, Refusal } from "./errors.ts";
import * as fields from "./fields.ts";
import { placeInList, refuseDuplicateName } from "./hierarchy.ts";
import type { Kind, Work } from "./kind.ts";
import { fixedCurrency } from "./names.ts";
import type { Stored } from "./records.ts";
import { refMember, resolve, resolveClass } from "./references.ts";

export const account: Kind = {
  name: "Account",
  type: "list",
  fields: fields.account,
  prepare(work, draft, before) {
    if (textOf(draft["Name"]) === null) throw missing("Name");
    const { type, subtype } = accountType(draft);
    const place = placeInList(work, draft, before, "Account");
    refuseDuplicateName(work, "Account", place, before);
    const parent = resolve(work, "Account", draft["ParentRef"]);
    if (parent !== null && parent.kind !== type) {
      throw new Refusal("700", `Parent Reference Invalid : ${parent.name} is of type ${parent.kind}`, "ParentRef");
    }
    const number = accountNumber(work, draft, before);
    const { AcctNum: _number, ...kept } = draft;
    return {
      body: {
        ...kept,
        Name: place.name,
        SubAccount: place.parent !== null,
        ...place.shown,
        Classification: accountTypes[type]?.classification ?? "",
        AccountType: type,
        AccountSubType: subtype,
        ...(number === null ? {} : { AcctNum: number }),
        CurrencyRef: currencyRef(fixedCurrency(work, draft, before)),
      },
      legs: [],
      columns: { name: place.name, parent: place.parent, number, kind: type, subkind: subtype },
      active: place.active,
    };
  },
};

function accountType(draft: JsonObject): { type: string; subtype: string } {
  const subtype = textOf(draft["AccountSubType"]);
  const type = textOf(draft["AccountType"]);
  if (type === null && subtype === null)
    throw new Refusal("6010", "Account type and subtype missing : AccountType or AccountSubType is required", "AccountType");
  const ofSubtype = subtype === null ? undefined : typeOfSubtype(subtype);
  if (subtype !== null && ofSubtype === undefined) throw new Refusal("2170", `Invalid Enumeration : ${subtype}`, "AccountSubType");
  const chosen = type ?? ofSubtype ?? "";
  const known = accountTypes[chosen];
  if (known === undefined) throw new Refusal("2170", `Invalid Enumeration : ${chosen}`, "AccountType");
  if (ofSubtype !== undefined && ofSubtype !== chosen) {
    throw business(`The detail type ${subtype} does not belong to the account type ${chosen}.`, "AccountSubType");
  }
  return { type: chosen, subtype: subtype ?? known.subtype };
}

/** Numbers exist only while the preference is on; with it off they are dropped. */
function accountNumber(work: Work, draft: JsonObject, before: Stored | null): string | null {
  const number = work.company.rules.accountNumbers ? textOf(draft["AcctNum"]) : textOf(before?.body["AcctNum"]);
  if (number === null || number === textOf(before?.body["AcctNum"])) return number;
  const holder = work.records.withNumber(work.company.key, { entity: "Account", number, party: null, not: before?.id ?? "" });
  if (holder !== null) throw business("You must specify a different number. This account number is already being used.", "AcctNum");
  return number;
}

export const item: Kind = {
  name: "Item",
  type: "list",
  fields: fields.item,
  prepare(work, draft, before) {
    if (textOf(draft["Name"]) === null) throw missing("Name");
    const type = textOf(draft["Type"]) ?? "Service";
    // Goods on a shelf and kits have postings of their own, which this emulator does not have.
    if (type !== "Service" && type !== "NonInventory")
      throw new Refusal("5030", `Feature Not Supported Error : Items of type ${type}`, "Type");
    if (draft["IncomeAccountRef"] === undefined && draft["ExpenseAccountRef"] === undefined) throw missing("IncomeAccountRef");
    const income = resolve(work, "Account", draft["IncomeAccountRef"]);
    const expense = resolve(work, "Account", draft["ExpenseAccountRef"]);
    const klass = resolveClass(work, draft["ClassRef"], "line");
    const place = placeInList(work, draft, before, "Item");
    refuseDuplicateName(work, "Item", place, before);
    const { ClassRef: _class, ...kept } = draft;
    return {
      body: {
        UnitPrice: 0,
        PurchaseCost: 0,
        ...kept,
        Name: place.name,
        ...place.shown,
        Taxable: draft["Taxable"] === true,
        Type: type,
        ...refMember("IncomeAccountRef", income),
        ...refMember("ExpenseAccountRef", expense),
        ...refMember("ClassRef", klass),
        TrackQtyOnHand: false,
      },
      legs: [],
      columns: { name: place.name, parent: place.parent, kind: type },
      active: place.active,
    };
  },
};

/** Classes and departments differ in their name only. */
function dimension(name: "Class" | "Department", settings: { fields: Kind["fields"]; isOn: (work: Work) => boolean }): Kind {
  return {
    name,
    type: "list",
    fields: settings.fields,
    prepare(work, draft, before) {
      if (!settings.isOn(work)) throw new Refusal("5020", `Permission Denied Error : ${name} tracking is turned off`);
      if (textOf(draft["Name"]) === null) throw missing("Name");
      const place = placeInList(work, draft, before, name);
      refuseDuplicateName(work, name, place, before);
      return {
        body: { ...draft, Name: place.name, [`Sub${name}`]: place.parent !== null, ...place.shown },
        legs: [],
        columns: { name: place.name, parent: place.parent },
        active: place.active,
      };
    },
  };
}

export const klass = dimension("Class", {
  fields: fields.klass,
  isOn: ({ company }) => company.rules.classPerLine || company.rules.classPerTransaction,
});
export const department = dimension("Department", { fields: fields.department, isOn: ({ company }) => company.rules.departments });

export const term: Kind = {
  name: "Term",
  type: "list",
  fields: fields.term,
  prepare(work, draft, before) {
    if (textOf(draft["Name"]) === null) throw missing("Name");
    const isStandard = draft["DueDays"] !== undefined;
    if (!isStandard && draft["DayOfMonthDue"] === undefined) throw missing("DueDays");
    const place = placeInList(work, draft, before, "Term");
    refuseDuplicateName(work, "Term", place, before);
    const defaults = isStandard ? { DiscountPercent: 0, DiscountDays: 0 } : { DiscountPercent: 0, DueNextMonthDays: 0 };
    return {
      body: { ...defaults, ...draft, Name: place.name, Active: place.active, Type: isStandard ? "STANDARD" : "DATE_DRIVEN" },
      legs: [],
      columns: { name: place.name },
      active: place.active,
    };
  },
};
