import { formatMinor, parseMoney } from "../core/money.ts";
import type { Storage } from "./storage.ts";

/** One leg of a posting. `minor` is cents: debits above zero, credits below. */
export interface Leg {
  readonly account: LedgerAccount;
  readonly minor: bigint;
  readonly party: LedgerParty | null;
  /** Names by dimension: `class`, `department`. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** True on receivable and payable accounts: the party owes, or is owed, this amount. */
  readonly isControl: boolean;
  /** The same amount as the transaction has it, where that is not the home currency. */
  readonly foreign?: ForeignAmount;
}
/** Hundredths of a foreign currency, with the sign of the leg. */
export interface ForeignAmount {
  readonly currency: string;
  readonly minor: bigint;
}
export interface LedgerAccount {
  readonly id: string;
  readonly number: string;
  readonly name: string;
}
export interface LedgerParty {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

/** A leg as the oracle keeps and shows it; amounts are decimal strings, one of the two is zero. */
export interface OracleLine {
  readonly account: string;
  readonly accountId: string;
  readonly name: string;
  readonly debit: string;
  readonly credit: string;
  readonly party: LedgerParty | null;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Of a foreign transaction: its own amount, credits below zero. */
  readonly foreign?: { readonly currency: string; readonly amount: string };
  /** Takes back a leg of an earlier row. */
  readonly reversal?: true;
}
export interface OracleEntry {
  readonly sequence: number;
  readonly at: string;
  readonly operation: string;
  readonly entity: string;
  readonly id: string;
  readonly key: string | null;
  readonly number: string | null;
  readonly date: string | null;
  readonly lines: readonly OracleLine[];
}

/** A committed write, as an emulator reports it. `undo` are the legs its record had until now. */
export interface Write {
  readonly company: number;
  readonly atMs: number;
  readonly operation: string;
  readonly entity: string;
  readonly id: string;
  readonly key: string | null;
  readonly number: string | null;
  readonly date: string | null;
  readonly legs: readonly Leg[];
  readonly undo: readonly Leg[];
}

export interface AccountBalance {
  readonly id: string;
  /** Cents. */
  readonly debit: bigint;
  readonly credit: bigint;
}

export const ledgerTables = [
  `CREATE TABLE IF NOT EXISTS oracle (sequence INTEGER PRIMARY KEY AUTOINCREMENT, company INTEGER NOT NULL, at INTEGER NOT NULL,
     operation TEXT NOT NULL, entity TEXT NOT NULL, record TEXT NOT NULL, key TEXT, number TEXT, date TEXT, lines TEXT NOT NULL)`,
  "CREATE INDEX IF NOT EXISTS oracle_by_company ON oracle (company, sequence)",
  // The oracle must not be able to forget: not even by our own mistake.
  "CREATE TRIGGER IF NOT EXISTS oracle_keeps BEFORE UPDATE ON oracle BEGIN SELECT RAISE(ABORT, 'The oracle is append-only'); END",
  "CREATE TRIGGER IF NOT EXISTS oracle_stays BEFORE DELETE ON oracle BEGIN SELECT RAISE(ABORT, 'The oracle is append-only'); END",
  `CREATE TABLE IF NOT EXISTS account_balances (company INTEGER NOT NULL, account TEXT NOT NULL, debit INTEGER NOT NULL,
     credit INTEGER NOT NULL, PRIMARY KEY (company, account)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS party_balances (company INTEGER NOT NULL, party TEXT NOT NULL, minor INTEGER NOT NULL,
     PRIMARY KEY (company, party)) WITHOUT ROWID`,
];

/** Appends one write with its legs. Refuses to record what does not balance: that would be the emulator's own bug. */
export function appendWrite(storage: Storage, write: Write): void {
  const undo = write.undo.map(takenBack);
  const sum = [...undo, ...write.legs].reduce((total, leg) => total + leg.minor, 0n);
  if (sum !== 0n) throw new Error(`${write.operation} of ${write.entity} ${write.id} does not balance: ${sum} cents over`);
  const lines = [...undo.map((leg) => ({ ...toLine(leg), reversal: true as const })), ...write.legs.map(toLine)];
  storage.run(
    "INSERT INTO oracle (company, at, operation, entity, record, key, number, date, lines) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ...[write.company, write.atMs, write.operation, write.entity, write.id, write.key, write.number, write.date, JSON.stringify(lines)],
  );
  for (const leg of undo) addToBalances(storage, write.company, leg);
  for (const leg of write.legs) addToBalances(storage, write.company, leg);
}

function takenBack(leg: Leg): Leg {
  const { foreign } = leg;
  const turned = { ...leg, minor: -leg.minor };
  return foreign === undefined ? turned : { ...turned, foreign: { ...foreign, minor: -foreign.minor } };
}

function toLine(leg: Leg): OracleLine {
  const isDebit = leg.minor > 0n;
  const amount = formatMinor(isDebit ? leg.minor : -leg.minor, "USD");
  const { number, name, id } = leg.account;
  return {
    account: number === "" ? name : number,
    accountId: id,
    name,
    debit: isDebit ? amount : "0.00",
    credit: isDebit ? "0.00" : amount,
    party: leg.party,
    dimensions: leg.dimensions,
    ...(leg.foreign === undefined ? {} : { foreign: { currency: leg.foreign.currency, amount: formatMinor(leg.foreign.minor, "USD") } }),
  };
}

function addToBalances(storage: Storage, company: number, leg: Leg): void {
  const isDebit = leg.minor > 0n;
  storage.run(
    `INSERT INTO account_balances VALUES (?, ?, ?, ?)
       ON CONFLICT (company, account) DO UPDATE SET debit = debit + excluded.debit, credit = credit + excluded.credit`,
    ...[company, leg.account.id, isDebit ? leg.minor : 0n, isDebit ? 0n : -leg.minor],
  );
  if (leg.foreign !== undefined) addToParty(storage, company, { name: `Account ${leg.account.id} foreign`, minor: leg.foreign.minor });
  if (!leg.isControl || leg.party === null) return;
  const name = `${leg.party.type} ${leg.party.id}`;
  addToParty(storage, company, { name, minor: leg.minor });
  if (leg.foreign !== undefined) addToParty(storage, company, { name: `${name} foreign`, minor: leg.foreign.minor });
}

function addToParty(storage: Storage, company: number, { name, minor }: { name: string; minor: bigint }): void {
  storage.run(
    "INSERT INTO party_balances VALUES (?, ?, ?) ON CONFLICT (company, party) DO UPDATE SET minor = minor + excluded.minor",
    ...[company, name, minor],
  );
}

/** Every write after `after`, oldest first. */
export function readOracle(storage: Storage, page: { company: number; after: number; limit: number }): OracleEntry[] {
  const rows = storage.all(
    "SELECT * FROM oracle WHERE company = ? AND sequence > ? ORDER BY sequence LIMIT ?",
    ...[page.company, page.after, page.limit],
  );
  return rows.map((row) => ({
    sequence: Number(row["sequence"]),
    at: new Date(Number(row["at"])).toISOString(),
    operation: String(row["operation"]),
    entity: String(row["entity"]),
    id: String(row["record"]),
    key: nullable(row["key"]),
    number: nullable(row["number"]),
    date: nullable(row["date"]),
    lines: JSON.parse(String(row["lines"])) as OracleLine[],
  }));
}

function nullable(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** Debits and credits ever posted, by account id; accounts without a posting are absent. */
export function accountBalances(storage: Storage, company: number): AccountBalance[] {
  const rows = storage.allExact("SELECT account, debit, credit FROM account_balances WHERE company = ? ORDER BY account", company);
  return rows.map((row) => ({
    id: String(row["account"]),
    debit: BigInt(row["debit"] as bigint),
    credit: BigInt(row["credit"] as bigint),
  }));
}

/** Cents on one account: debits minus credits. */
export function accountBalance(storage: Storage, company: number, account: string): bigint {
  const row = storage.allExact(
    "SELECT debit - credit AS minor FROM account_balances WHERE company = ? AND account = ?",
    company,
    account,
  )[0];
  return row === undefined ? 0n : BigInt(row["minor"] as bigint);
}

/**
 * Cents a party owes us (above zero) or is owed (below zero); `foreign` asks in the party's own currency. With the type
 * `Account` and `foreign`: what stands on an account kept in a foreign currency.
 */
export function partyBalance(storage: Storage, company: number, party: { type: string; id: string; foreign?: boolean }): bigint {
  const name = `${party.type} ${party.id}${party.foreign === true ? " foreign" : ""}`;
  const row = storage.allExact("SELECT minor FROM party_balances WHERE company = ? AND party = ?", company, name)[0];
  return row === undefined ? 0n : BigInt(row["minor"] as bigint);
}

/** Legs as a record stores them, to be reversed later. */
export function packLegs(legs: readonly Leg[]): string {
  const packed = legs.map((leg) => {
    const { foreign } = leg;
    const plain = { ...leg, minor: formatMinor(leg.minor, "USD") };
    return foreign === undefined ? plain : { ...plain, foreign: { ...foreign, minor: formatMinor(foreign.minor, "USD") } };
  });
  return JSON.stringify(packed);
}

interface PackedLeg extends Omit<Leg, "minor" | "foreign"> {
  readonly minor: string;
  readonly foreign?: { readonly currency: string; readonly minor: string };
}

export function unpackLegs(text: string): Leg[] {
  const centsOf = (amount: string) => parseMoney(amount, "USD").minor;
  return (JSON.parse(text) as PackedLeg[]).map(({ minor, foreign, ...leg }) => {
    const own = { ...leg, minor: centsOf(minor) };
    return foreign === undefined ? own : { ...own, foreign: { ...foreign, minor: centsOf(foreign.minor) } };
  });
}
