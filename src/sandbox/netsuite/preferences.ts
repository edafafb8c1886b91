import { isObject, listOf, objectOf, type Json, type JsonObject } from "../json.ts";

/** A field that an administrator added. */
export interface CustomField {
  /** Script id: `custbody_…`, `custcol_…`, `custentity_…`, `custitem_…`, `cseg_…`. */
  readonly id: string;
  readonly label: string;
  readonly kind: "text" | "number" | "boolean" | "date" | "list";
  /** Of a list or segment: id and name of its values. */
  readonly values: readonly { readonly id: string; readonly name: string }[];
}

/** What a person sets up in the account: features, accounting preferences, forms, role and service tier. */
export interface Preferences {
  readonly oneWorld: boolean;
  readonly accountNumbers: boolean;
  readonly multiBook: boolean;
  /** Record types whose documents wait for approval before they post. */
  readonly approvalRouting: readonly string[];
  /** The integration's role may approve. */
  readonly mayApprove: boolean;
  readonly overridePeriodRestrictions: boolean;
  /** `department`, `class`, `location`: every line needs them. */
  readonly mandatory: readonly string[];
  /** Fields the form demands, by record type. */
  readonly requiredFields: JsonObject;
  /** Fields the form does not show, by record type. */
  readonly hiddenFields: JsonObject;
  /** What scripts and workflows of the account do when a record is saved, by record type: `{refuse}` with a sentence, `{set}` fields. */
  readonly scripts: JsonObject;
  /** Record types the role may not touch. */
  readonly deniedTypes: readonly string[];
  /** The role has the SuiteAnalytics Workbook permission. */
  readonly suiteAnalytics: boolean;
  readonly isAdministrator: boolean;
  readonly allowDateOutsidePeriod: boolean;
  readonly allowNumberOverride: boolean;
  readonly duplicateBillNumbers: "allow" | "refuse";
  readonly dateFormat: "M/D/YYYY" | "D/M/YYYY" | "YYYY-MM-DD";
  readonly tier: keyof typeof tiers;
  readonly suiteCloudPlus: number;
  /** Lanes of the account that other integrations hold at the moment. */
  readonly heldByOthers: number;
  readonly customFields: readonly CustomField[];
}

/** Requests at once by service tier; each SuiteCloud Plus licence adds ten. */
export const tiers = { standard: 5, premium: 15, enterprise: 20, ultimate: 20, developer: 5 } as const;

const defaultPreferences: JsonObject = {
  oneWorld: true,
  accountNumbers: true,
  multiBook: false,
  approvalRouting: [],
  mayApprove: false,
  overridePeriodRestrictions: false,
  mandatory: [],
  requiredFields: {},
  hiddenFields: {},
  scripts: {},
  deniedTypes: [],
  suiteAnalytics: true,
  isAdministrator: false,
  allowDateOutsidePeriod: false,
  allowNumberOverride: false,
  duplicateBillNumbers: "allow",
  dateFormat: "M/D/YYYY",
  tier: "premium",
  suiteCloudPlus: 0,
  heldByOthers: 0,
  customFields: [],
};

const truckingFields: readonly JsonObject[] = [
  { id: "custbody_tms_event", label: "TMS Event", kind: "text" },
  { id: "custbody_load", label: "Load #", kind: "text" },
  { id: "custcol_load", label: "Load #", kind: "text" },
  { id: "custcol_tractor", label: "Tractor", kind: "text" },
  { id: "custcol_miles", label: "Miles", kind: "number" },
  { id: "custentity_tms_id", label: "TMS Id", kind: "text" },
  {
    id: "cseg_lane",
    label: "Lane",
    kind: "list",
    values: [
      { id: "1", name: "Texas - Midwest" },
      { id: "2", name: "Southeast" },
      { id: "9", name: "West Coast" },
    ],
  },
];

/** Preferences of a new account, as far as they differ from the defaults. */
export function templatePreferences(template: "trucking" | "empty"): JsonObject {
  return template === "trucking" ? { customFields: [...truckingFields] } : { accountNumbers: false };
}

function customField(value: Json): CustomField {
  const { id, label, kind = "text", values } = objectOf(value);
  if (typeof id !== "string" || !/^(custbody|custcol|custentity|custitem|cseg)_\w+$/.test(id)) {
    throw new RangeError("A custom field has an id such as custbody_load, custcol_load, custentity_x, custitem_x or cseg_lane");
  }
  const kinds = ["text", "number", "boolean", "date", "list"] as const;
  const known = kinds.find((name) => name === kind);
  if (known === undefined) throw new RangeError(`kind of a custom field is one of ${kinds.join(", ")}`);
  const rows = listOf(values).map((row) => ({ id: String(objectOf(row)["id"]), name: String(objectOf(row)["name"]) }));
  return { id, label: typeof label === "string" ? label : id, kind: known, values: rows };
}

/** Reads preferences over the defaults; a RangeError says what is wrong with them. */
export function preferencesOf(given: JsonObject): Preferences {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(defaultPreferences, name));
  if (unknown !== undefined) throw new RangeError(`No preference "${unknown}"; there are ${Object.keys(defaultPreferences).join(", ")}`);
  const all = { ...defaultPreferences, ...given };
  for (const [name, value] of Object.entries(all)) {
    const model = defaultPreferences[name];
    const isSame = Array.isArray(model) ? Array.isArray(value) : isObject(model) ? isObject(value) : typeof value === typeof model;
    if (!isSame) throw new RangeError(`The preference ${name} looks like ${JSON.stringify(model)}`);
  }
  if (!Object.hasOwn(tiers, String(all["tier"]))) throw new RangeError(`tier is one of ${Object.keys(tiers).join(", ")}`);
  return { ...(all as unknown as Preferences), customFields: listOf(all["customFields"]).map(customField) };
}
