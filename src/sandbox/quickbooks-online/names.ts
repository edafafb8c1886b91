import { isObject, objectOf, textOf, type JsonObject } from "../json.ts";
import { partyBalance } from "../ledger.ts";
import { currencyRef, homeCurrency, readCurrency } from "./currency.ts";
import { business, Refusal } from "./errors.ts";
import * as fields from "./fields.ts";
import { placeInList, type Place } from "./hierarchy.ts";
import type { Kind, Prepared, Work } from "./kind.ts";
import type { Stored } from "./records.ts";
import { refMember, resolve } from "./references.ts";

export const vendor: Kind = {
  name: "Vendor",
  type: "list",
  fields: fields.vendor,
  prepare(work, draft, before) {
    const terms = resolve(work, "Term", draft["TermRef"]);
    const payable = resolve(work, "Account", draft["APAccountRef"]);
    const named = nameParty(work, draft, before, "Vendor");
    const { ParentRef: _parent, FullyQualifiedName: _full, ...shown } = named.place.shown;
    return prepareParty(work, named, {
      Vendor1099: draft["Vendor1099"] === true,
      ...refMember("TermRef", terms),
      ...refMember("APAccountRef", payable),
      ...maskedTaxIdentifier(draft),
      ...shown,
    });
  },
};

export const customer: Kind = {
  name: "Customer",
  type: "list",
  fields: fields.customer,
  prepare(work, draft, before) {
    const terms = resolve(work, "Term", draft["SalesTermRef"]);
    const named = nameParty(work, draft, before, "Customer");
    const { place } = named;
    const isJob = place.parent !== null;
    return prepareParty(work, named, {
      Taxable: draft["Taxable"] === true,
      Job: isJob,
      BillWithParent: draft["BillWithParent"] === true,
      ...(isJob ? { Level: String(place.shown["FullyQualifiedName"]).split(":").length - 1 } : {}),
      ...refMember("SalesTermRef", terms),
      PreferredDeliveryMethod: textOf(draft["PreferredDeliveryMethod"]) ?? "Print",
      ...place.shown,
    });
  },
};

/** Nobody may read a social security number back. */
const hiddenNumber = "000-00-0000".replaceAll("0", "X");

export const employee: Kind = {
  name: "Employee",
  type: "list",
  fields: fields.employee,
  prepare(work, draft, before) {
    const named = nameParty(work, draft, before, "Employee");
    const { ParentRef: _parent, FullyQualifiedName: _full, ...shown } = named.place.shown;
    const { body, ...rest } = prepareParty(work, named, { BillableTime: false, ...shown });
    const { CurrencyRef: _currency, SSN: number, ...card } = body;
    return { ...rest, body: number === undefined ? card : { ...card, SSN: hiddenNumber } };
  },
};

interface Named {
  readonly draft: JsonObject;
  readonly place: Place;
  readonly printName: string;
  readonly currency: string;
}

/** The currency of a party or account: chosen once, at its creation. */
export function fixedCurrency(work: Work, draft: JsonObject, before: Stored | null): string {
  const sent = readCurrency(work, draft);
  const fixed = before === null ? null : (textOf(objectOf(before.body["CurrencyRef"])["value"]) ?? homeCurrency);
  if (sent !== null && fixed !== null && sent !== fixed) throw business("The currency cannot be changed.", "CurrencyRef");
  return fixed ?? sent ?? homeCurrency;
}

/** The display name, given or built from its parts, unique over vendors, customers and employees together. */
function nameParty(work: Work, draft: JsonObject, before: Stored | null, entity: "Vendor" | "Customer" | "Employee"): Named {
  const parts = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"].flatMap((name) => textOf(draft[name]) ?? []);
  const kept = textOf(before?.body["DisplayName"]);
  const display = textOf(draft["DisplayName"]) ?? (parts.length > 0 ? parts.join(" ") : kept);
  if (display === null)
    throw new Refusal(
      "6080",
      "No Name Provided : At least one of Title, GivenName, MiddleName, FamilyName, DisplayName is required",
      "DisplayName",
    );
  const currency = fixedCurrency(work, draft, before);
  const named = { ...draft, DisplayName: display };
  const place = placeInList(work, named, before, entity);
  const holders = work.records.withName(work.company.key, { entities: ["Vendor", "Customer", "Employee"], name: place.name });
  if (holders.some((holder) => holder.entity !== entity || holder.id !== before?.id)) {
    const detail =
      "The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a different name.";
    throw new Refusal("6240", detail, "DisplayName");
  }
  if (
    entity !== "Employee" &&
    before?.active === true &&
    !place.active &&
    partyBalance(work.storage, work.company.key, { type: entity, id: before.id }) !== 0n
  ) {
    throw new Refusal("6220", `Delete with balance not allowed : ${display} has an open balance`, "Active");
  }
  return {
    draft: named,
    place,
    currency,
    printName: textOf(draft["PrintOnCheckName"]) ?? textOf(before?.body["PrintOnCheckName"]) ?? display,
  };
}

function prepareParty(work: Work, { draft, place, printName, currency }: Named, shown: JsonObject): Prepared {
  return {
    body: {
      ...withAddressIds(work, draft, ["BillAddr", "ShipAddr", "PrimaryAddr"]),
      ...shown,
      CurrencyRef: currencyRef(currency),
      DisplayName: place.name,
      PrintOnCheckName: printName,
    },
    legs: [],
    columns: { name: place.name, parent: place.parent, number: textOf(draft["AcctNum"]) },
    active: place.active,
  };
}

/** Reads show the last four characters only. */
function maskedTaxIdentifier(draft: JsonObject): JsonObject {
  const identifier = textOf(draft["TaxIdentifier"]);
  return identifier === null ? {} : { TaxIdentifier: `XXXXX${identifier.replace(/^X+/, "").slice(-4)}` };
}

/** Addresses are numbered rows of their own. */
export function withAddressIds(work: Work, draft: JsonObject, names: readonly string[]): JsonObject {
  const numbered: JsonObject = { ...draft };
  for (const name of names) {
    const address = numbered[name];
    if (isObject(address) && address["Id"] === undefined)
      numbered[name] = { Id: work.records.nextId(work.company.key, "Address"), ...address };
  }
  return numbered;
}
