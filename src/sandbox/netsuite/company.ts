import { generateKeyPairSync, randomBytes } from "node:crypto";
import { isObject, objectOf, textOf, type JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import { preferencesOf, type Preferences } from "./preferences.ts";
import { defaultSwitches, mergeSwitches, type Switches } from "./switches.ts";
import { accountTables } from "./tables.ts";

/** One NetSuite account. */
export interface Company {
  /** Our own number for this life of the account. */
  readonly key: number;
  /** Account id in the form of the setup pages: `1234567_SB1`. */
  readonly id: string;
  readonly name: string;
  readonly template: "trucking" | "empty";
  readonly options: JsonObject;
  readonly createdMs: number;
  readonly preferences: Preferences;
  readonly switches: Switches;
  readonly credentials: Credentials;
  /** What the account's clocks show. */
  readonly timeZone: string;
}

/** What an administrator sets up once for an integration. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly certificateId: string;
  readonly certificateEnds: string;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
}

export interface Companies {
  find(id: string): Company | null;
  /** The account an integration record is in, by client id or consumer key. */
  withClient(clientId: string): Company | null;
  list(): Company[];
  add(company: NewCompany): Company;
  /** Ends this life of the account: its records go, its oracle and its credentials stay. */
  retire(company: Company): void;
  changePreferences(company: Company, changes: JsonObject): Company;
  changeSwitches(company: Company, changes: JsonObject): Company;
  /** Drops what was read ahead of an account whose creation is undone. */
  forget(id: string): void;
}

type NewCompany = Pick<Company, "id" | "name" | "template" | "options" | "createdMs"> & {
  readonly preferences: JsonObject;
  readonly switches: Switches;
  /** Absent: new ones. */
  readonly credentials?: Credentials;
};

const validForMs = 2 * 365 * 86_400_000;

/** `rsa` takes a while to make; both are among the kinds the vendor takes. */
function newCredentials(kind: "ec" | "rsa", atMs: number): Credentials {
  const publicKeyEncoding = { type: "spki", format: "pem" } as const;
  const privateKeyEncoding = { type: "pkcs8", format: "pem" } as const;
  const { publicKey, privateKey } =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 3072, publicKeyEncoding, privateKeyEncoding })
      : generateKeyPairSync("ec", { namedCurve: "P-256", publicKeyEncoding, privateKeyEncoding });
  const secret = () => randomBytes(32).toString("hex");
  return {
    clientId: secret(),
    clientSecret: secret(),
    certificateId: randomBytes(32).toString("base64url"),
    certificateEnds: new Date(atMs + validForMs).toISOString(),
    privateKey,
    publicKey,
    consumerKey: secret(),
    consumerSecret: secret(),
    tokenId: secret(),
    tokenSecret: secret(),
  };
}

/** Any spelling of an account id in that of the setup pages: `1234567-sb1` is `1234567_SB1`. */
export function accountId(text: string): string {
  return text.toUpperCase().replaceAll("-", "_");
}

/** The account id as host names have it. */
export function hostId(id: string): string {
  return id.toLowerCase().replaceAll("_", "-");
}

function readCompany(storage: Storage, id: string): Company | null {
  const row = storage.get("SELECT * FROM ns_companies WHERE id = ? AND active = 1", id);
  if (row === undefined) return null;
  const options = objectOf(JSON.parse(String(row["options"])));
  return {
    key: Number(row["key"]),
    id,
    name: String(row["name"]),
    template: row["template"] === "empty" ? "empty" : "trucking",
    options,
    createdMs: Number(row["created"]),
    preferences: preferencesOf(objectOf(JSON.parse(String(row["preferences"])))),
    switches: { ...defaultSwitches, ...(JSON.parse(String(row["switches"])) as Partial<Switches>) },
    credentials: JSON.parse(String(row["credentials"])) as Credentials,
    timeZone: textOf(options["timeZone"]) ?? "America/Chicago",
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

function insertCompany(storage: Storage, company: NewCompany): void {
  const { id, name, template, options, preferences, switches, createdMs } = company;
  const credentials = company.credentials ?? newCredentials(options["certificate"] === "rsa" ? "rsa" : "ec", createdMs);
  storage.run(
    `INSERT INTO ns_companies (id, name, active, template, options, preferences, switches, credentials, created)
       VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)`,
    ...[id, name, template, JSON.stringify(options), JSON.stringify(preferences)],
    ...[JSON.stringify(switches), JSON.stringify(credentials), createdMs],
  );
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
    if (company === null) throw new Error(`Account ${id} vanished`);
    return company;
  }

  const list = () => storage.all("SELECT id FROM ns_companies WHERE active = 1 ORDER BY key").flatMap(({ id }) => find(String(id)) ?? []);
  return {
    find,
    withClient: (clientId) =>
      list().find(({ credentials }) => credentials.clientId === clientId || credentials.consumerKey === clientId) ?? null,
    list,
    add(company) {
      insertCompany(storage, company);
      return reread(company.id);
    },
    retire(company) {
      storage.run("UPDATE ns_companies SET active = 0 WHERE key = ?", company.key);
      for (const table of accountTables) storage.run(`DELETE FROM ${table} WHERE company = ?`, company.key);
      known.delete(company.id);
    },
    changePreferences(company, changes) {
      const row = storage.get("SELECT preferences FROM ns_companies WHERE key = ?", company.key);
      const merged = merge(objectOf(JSON.parse(String(row?.["preferences"] ?? "{}"))), changes);
      preferencesOf(merged);
      storage.run("UPDATE ns_companies SET preferences = ? WHERE key = ?", JSON.stringify(merged), company.key);
      return reread(company.id);
    },
    changeSwitches(company, changes) {
      const text = JSON.stringify(mergeSwitches(company.switches, changes));
      storage.run("UPDATE ns_companies SET switches = ? WHERE key = ?", text, company.key);
      return reread(company.id);
    },
    forget: (id) => void known.delete(id),
  };
}
