import { isObject, listOf, objectOf, type JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import { defaultSwitches, mergeSwitches, type Switches } from "./switches.ts";

/** One company file. */
export interface Company {
  /** Our own number for this life of the company. */
  readonly key: number;
  /** Realm id. */
  readonly id: string;
  readonly name: string;
  readonly template: "trucking" | "empty";
  readonly options: JsonObject;
  readonly createdMs: number;
  readonly preferences: JsonObject;
  readonly switches: Switches;
  /** The preferences that decide about a write, read once. */
  readonly rules: Rules;
}

export interface Rules {
  readonly bookCloseDate: string | null;
  readonly accountNumbers: boolean;
  readonly departments: boolean;
  readonly classPerTransaction: boolean;
  readonly classPerLine: boolean;
  readonly customSalesNumbers: boolean;
  readonly customPurchaseNumbers: boolean;
  readonly warnDuplicateBill: boolean;
  readonly warnDuplicateCheck: boolean;
  readonly warnDuplicateJournal: boolean;
  readonly multiCurrency: boolean;
  readonly autoApplyCredit: boolean;
  /** 1 for January. */
  readonly fiscalMonth: number;
  /** Names of the classic custom fields by slot. */
  readonly customFields: Readonly<Record<string, string>>;
}

export interface Companies {
  find(id: string): Company | null;
  list(): Company[];
  add(company: Omit<Company, "key" | "rules">): Company;
  /** Ends this life of the company: its records and replies go, its oracle stays. */
  retire(company: Company): void;
  changePreferences(company: Company, changes: JsonObject): Company;
  changeSwitches(company: Company, changes: JsonObject): Company;
  /** Drops what was read ahead of a company whose creation is undone. */
  forget(id: string): void;
}

const months = "January February March April May June July August September October November December".split(" ");

function rulesOf(preferences: JsonObject): Rules {
  const accounting = objectOf(preferences["AccountingInfoPrefs"]);
  const sales = objectOf(preferences["SalesFormsPrefs"]);
  const others = new Map(
    listOf(objectOf(preferences["OtherPrefs"])["NameValue"]).map((pair) => [objectOf(pair)["Name"], objectOf(pair)["Value"]]),
  );
  const closed = accounting["BookCloseDate"];
  const slots = listOf(sales["CustomField"]).flatMap((group) => listOf(objectOf(group)["CustomField"]).map(objectOf));
  return {
    bookCloseDate: typeof closed === "string" && closed !== "" ? closed : null,
    accountNumbers: accounting["UseAccountNumbers"] === true,
    departments: accounting["TrackDepartments"] === true,
    classPerTransaction: accounting["ClassTrackingPerTxn"] === true,
    classPerLine: accounting["ClassTrackingPerTxnLine"] === true,
    customSalesNumbers: sales["CustomTxnNumbers"] === true,
    customPurchaseNumbers: others.get("VendorAndPurchasesPrefs.UseCustomTxnNumbers") === "true",
    warnDuplicateBill: others.get("WarnDuplicateBillNumber") === "true",
    warnDuplicateCheck: others.get("WarnDuplicateCheckNumber") === "true",
    warnDuplicateJournal: others.get("WarnDuplicateJournalNumber") === "true",
    multiCurrency: objectOf(preferences["CurrencyPrefs"])["MultiCurrencyEnabled"] === true,
    autoApplyCredit: sales["AutoApplyCredit"] === true,
    fiscalMonth: Math.max(1, months.indexOf(String(accounting["FirstMonthOfFiscalYear"])) + 1),
    customFields: Object.fromEntries(
      slots.flatMap(({ Name: name, StringValue: label }) => {
        const slot = /^SalesFormsPrefs\.SalesCustomName(\d)$/.exec(String(name))?.[1];
        return slot === undefined ? [] : [[slot, String(label)]];
      }),
    ),
  };
}

/** Merges deeply; null removes; name-value lists merge by name. */
function merge(current: JsonObject, changes: JsonObject): JsonObject {
  const merged: JsonObject = { ...current };
  for (const [name, change] of Object.entries(changes)) {
    const before = merged[name];
    if (change === null) delete merged[name];
    else if (name === "NameValue" && Array.isArray(before) && Array.isArray(change)) {
      const pairs = new Map([...before, ...change].map((pair) => [objectOf(pair)["Name"], pair]));
      merged[name] = [...pairs.values()];
    } else merged[name] = isObject(before) && isObject(change) ? merge(before, change) : change;
  }
  return merged;
}

function readCompany(storage: Storage, id: string): Company | null {
  const row = storage.get("SELECT * FROM qbo_companies WHERE id = ? AND active = 1", id);
  if (row === undefined) return null;
  const preferences = objectOf(JSON.parse(String(row["preferences"])));
  return {
    key: Number(row["key"]),
    id,
    name: String(row["name"]),
    template: row["template"] === "empty" ? "empty" : "trucking",
    options: objectOf(JSON.parse(String(row["options"]))),
    createdMs: Number(row["created"]),
    preferences,
    switches: { ...defaultSwitches, ...(JSON.parse(String(row["switches"])) as Partial<Switches>) },
    rules: rulesOf(preferences),
  };
}

export function createCompanies(storage: Storage): Companies {
  // Read on every request, changed by the control API alone.
  const known = new Map<string, Company>();

  function find(id: string): Company | null {
    const company = known.get(id) ?? readCompany(storage, id);
    if (company !== null) known.set(id, company);
    return company;
  }

  function reread(id: string): Company {
    known.delete(id);
    const company = find(id);
    if (company === null) throw new Error(`Company ${id} vanished`);
    return company;
  }

  return {
    find,
    list: () => storage.all("SELECT id FROM qbo_companies WHERE active = 1 ORDER BY key").flatMap(({ id }) => find(String(id)) ?? []),
    add(company) {
      const { id, name, template, options, preferences, switches, createdMs } = company;
      storage.run(
        "INSERT INTO qbo_companies (id, name, active, template, options, preferences, switches, created) VALUES (?, ?, 1, ?, ?, ?, ?, ?)",
        ...[id, name, template, JSON.stringify(options), JSON.stringify(preferences), JSON.stringify(switches), createdMs],
      );
      return reread(id);
    },
    retire(company) {
      storage.run("UPDATE qbo_companies SET active = 0 WHERE key = ?", company.key);
      for (const table of ["qbo_records", "qbo_counters", "qbo_replies", "qbo_links", "qbo_files", "account_balances", "party_balances"]) {
        storage.run(`DELETE FROM ${table} WHERE company = ?`, company.key);
      }
      known.delete(company.id);
    },
    changePreferences(company, changes) {
      const preferences = merge(company.preferences, changes);
      const syncToken = Number(company.preferences["SyncToken"] ?? 0) + 1;
      const text = JSON.stringify({ ...preferences, SyncToken: String(syncToken) });
      storage.run("UPDATE qbo_companies SET preferences = ? WHERE key = ?", text, company.key);
      return reread(company.id);
    },
    changeSwitches(company, changes) {
      const text = JSON.stringify(mergeSwitches(company.switches, changes));
      storage.run("UPDATE qbo_companies SET switches = ? WHERE key = ?", text, company.key);
      return reread(company.id);
    },
    forget: (id) => void known.delete(id),
  };
}
