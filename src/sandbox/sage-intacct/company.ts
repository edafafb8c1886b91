import { randomBytes } from "node:crypto";
import { isObject, listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import { defaultSwitches, mergeSwitches, type Switches } from "./switches.ts";

/** One company of Sage Intacct. */
export interface Company {
  /** Our own number for this life of the company. */
  readonly key: number;
  /** Company id as a person types it at sign-in. */
  readonly id: string;
  readonly name: string;
  readonly template: "trucking" | "empty";
  readonly options: JsonObject;
  readonly preferences: JsonObject;
  readonly switches: Switches;
  /** The preferences that decide about a request, read once. */
  readonly rules: Rules;
}

export interface User {
  readonly id: string;
  readonly password: string;
}

export interface Rules {
  readonly users: readonly User[];
  /** Sender ids that an administrator let in. */
  readonly senders: readonly string[];
  readonly multiEntity: boolean;
  readonly multiCurrency: boolean;
  readonly baseCurrency: string;
  /** Last closed day of the company, and of single entities. */
  readonly closedThrough: string | null;
  readonly closedByEntity: Readonly<Record<string, string>>;
  /** Accounts by their role: payable, receivable, employee, advances, undeposited, discount, exchange. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Custom fields by object. */
  readonly customFields: Readonly<Record<string, readonly string[]>>;
  /** Objects that are dimensions of the customer's own, by object name. */
  readonly ownDimensions: readonly string[];
  /** The customer's own words by dimension. */
  readonly terms: Readonly<Record<string, string>>;
  /** `open-item` or `balance-forward`: what becomes of money that names no invoice. */
  readonly unappliedReceipts: string;
}

export interface Companies {
  find(id: string): Company | null;
  list(): Company[];
  add(company: Omit<Company, "key" | "rules"> & { readonly createdMs: number }): Company;
  /** Ends this life of the company: its records and replies go, its oracle stays. */
  retire(company: Company): void;
  changePreferences(company: Company, changes: JsonObject): Company;
  changeSwitches(company: Company, changes: JsonObject): Company;
  /** Drops what was read ahead of a company whose creation is undone. */
  forget(id: string): void;
}

const textsOf = (value: unknown): string[] => listOf(value).map(String);
const textMap = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(objectOf(value)).map(([name, text]) => [name, String(text)]));

function rulesOf(preferences: JsonObject): Rules {
  const { multiEntity, multiCurrency, baseCurrency, closedThrough, closedThroughByEntity, accounts, customFields, terms } = preferences;
  return {
    users: listOf(preferences["users"])
      .map(objectOf)
      .map(({ id, password }) => ({ id: String(id), password: String(password) })),
    senders: textsOf(preferences["authorizedSenders"]),
    multiEntity: multiEntity === true,
    multiCurrency: multiCurrency === true,
    baseCurrency: textOf(baseCurrency) ?? "USD",
    closedThrough: textOf(closedThrough),
    closedByEntity: textMap(closedThroughByEntity),
    accounts: textMap(accounts),
    customFields: Object.fromEntries(Object.entries(objectOf(customFields)).map(([object, names]) => [object, textsOf(names)])),
    ownDimensions: textsOf(preferences["userDefinedDimensions"]),
    terms: textMap(terms),
    unappliedReceipts: textOf(preferences["unappliedReceipts"]) ?? "open-item",
  };
}

/** Preferences of a new company. */
export function foundingPreferences(order: { template: "trucking" | "empty"; options: JsonObject; senderId: string }): JsonObject {
  const { template, options, senderId } = order;
  const isTrucking = template === "trucking";
  const documents = ["GLBATCH", "APBILL", "APADJUSTMENT", "ARINVOICE", "ARADJUSTMENT", "EEXPENSES"];
  const lines = ["GLENTRY", "APBILLITEM", "APADJUSTMENTITEM", "ARINVOICEITEM", "ARADJUSTMENTITEM", "CCTRANSACTIONENTRY", "EEXPENSESITEM"];
  const fields = Object.fromEntries([...documents.map((name) => [name, ["TMS_KEY"]]), ...lines.map((name) => [name, ["LOAD_NO"]])]);
  return {
    users: [{ id: "ws_ledgerlane", password: randomBytes(12).toString("base64url") }],
    authorizedSenders: [senderId],
    multiEntity: options["multiEntity"] === true,
    multiCurrency: options["multiCurrency"] === true,
    baseCurrency: textOf(options["baseCurrency"]) ?? "USD",
    closedThrough: textOf(options["closedThrough"]),
    closedThroughByEntity: {},
    accounts: {
      payable: "2010",
      receivable: "1100",
      employee: "2070",
      advances: "2510",
      undeposited: "1050",
      discount: "4920",
      exchange: "8050",
      retained: "3030",
    },
    customFields: isTrucking ? fields : {},
    userDefinedDimensions: isTrucking ? ["UNIT"] : [],
    terms: isTrucking ? { PROJECT: "Load", EMPLOYEE: "Driver" } : {},
    unappliedReceipts: "open-item",
  };
}

/** Merges deeply; null removes. */
function merge(current: JsonObject, changes: JsonObject): JsonObject {
  const merged: JsonObject = { ...current };
  for (const [name, change] of Object.entries(changes)) {
    const before = merged[name];
    if (change === null) delete merged[name];
    else merged[name] = isObject(before) && isObject(change) ? merge(before, change) : change;
  }
  return merged;
}

function readCompany(storage: Storage, id: string): Company | null {
  const row = storage.get("SELECT * FROM intacct_companies WHERE id = ? AND active = 1", id);
  if (row === undefined) return null;
  const preferences = objectOf(JSON.parse(String(row["preferences"])));
  return {
    key: Number(row["key"]),
    id,
    name: String(row["name"]),
    template: row["template"] === "empty" ? "empty" : "trucking",
    options: objectOf(JSON.parse(String(row["options"]))),
    preferences,
    switches: { ...defaultSwitches, ...(JSON.parse(String(row["switches"])) as Partial<Switches>) },
    rules: rulesOf(preferences),
  };
}

const livedIn = ["records", "counters", "replies", "links", "files", "cursors", "jobs"].map((name) => `intacct_${name}`);

/** Companies share one row of numbers with the other systems' in the ledger; ours start far above. */
const firstKey = 1_000_001;

export function createCompanies(storage: Storage): Companies {
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
    list: () => storage.all("SELECT id FROM intacct_companies WHERE active = 1 ORDER BY key").flatMap(({ id }) => find(String(id)) ?? []),
    add({ id, name, template, options, preferences, switches, createdMs }) {
      const last = storage.get("SELECT max(key) AS last FROM intacct_companies")?.["last"];
      storage.run(
        "INSERT INTO intacct_companies VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)",
        ...[typeof last === "number" ? last + 1 : firstKey, id, name, template, JSON.stringify(options)],
        ...[JSON.stringify(preferences), JSON.stringify(switches), createdMs],
      );
      return reread(id);
    },
    retire(company) {
      storage.run("UPDATE intacct_companies SET active = 0 WHERE key = ?", company.key);
      for (const table of [...livedIn, "account_balances", "party_balances"]) {
        storage.run(`DELETE FROM ${table} WHERE company = ?`, company.key);
      }
      known.delete(company.id);
    },
    changePreferences(company, changes) {
      const text = JSON.stringify(merge(company.preferences, changes));
      storage.run("UPDATE intacct_companies SET preferences = ? WHERE key = ?", text, company.key);
      return reread(company.id);
    },
    changeSwitches(company, changes) {
      const text = JSON.stringify(mergeSwitches(company.switches, changes));
      storage.run("UPDATE intacct_companies SET switches = ? WHERE key = ?", text, company.key);
      return reread(company.id);
    },
    forget: (id) => void known.delete(id),
  };
}
