import { createHash } from "node:crypto";
import type { FoundRecord, PartyRecord } from "../connector.ts";
import { isTransaction, shapes, type Transaction } from "./entities.ts";
import { isMarked } from "./entry.ts";
import { isoDate, minorOf, stampOf } from "./formats.ts";
import { partyName } from "./translate.ts";
import type { Entry, Row } from "./tasks.ts";

/** Their word for a document that was taken back, or is the taking back itself. */
const reversed = new Set(["reversed", "reversal", "voided", "reversal pending"]);

/**
 * There is no version over there, so one is made: when it was last changed, to the second, and a hash of the fields that are
 * read everywhere. Two changes within one second differ by the hash, and their order is not told.
 */
export function versionOf(entity: string, row: Row): string {
  const fields = isTransaction(entity) ? shapes[entity].fields : partyFields(entity);
  const seen = fields.filter((name) => !times.has(name)).map((name) => row[name] ?? "");
  const hash = createHash("sha256").update(JSON.stringify(seen)).digest("base64url").slice(0, 10);
  return `${stampOf(row["WHENMODIFIED"] ?? "") || "never"}#${hash}`;
}

const times = new Set(["WHENMODIFIED", "AUWHENCREATED"]);

/** What is read of a vendor or a customer. */
export function partyFields(entity: string): readonly string[] {
  return ["RECORDNO", `${entity}ID`, "NAME", "STATUS", "CURRENCY", "WHENCREATED", "WHENMODIFIED", "MEGAENTITYID"];
}

/** Their row of a document, compared with what we would send. Without its lines the content is taken as told by the caller. */
export function foundDocument(
  entity: Transaction,
  row: Row,
  { entry, key, lines, currency, home }: { entry: Entry; key: string; lines: readonly Row[] | null; currency: string; home: string },
): FoundRecord {
  const shape = shapes[entity];
  const theirs = row["CURRENCY"] || (entity === "GLBATCH" ? lines?.[0]?.["CURRENCY"] : "") || home;
  const expected = linesText(entry.lines.map((line) => [line.account, signedMinor(line.amount, line.debit, currency)]));
  const told = lines === null ? expected : linesText(lines.map((line) => [line["ACCOUNTNO"] ?? "", lineMinor(entity, line, currency)]));
  const head = [shape.date, shape.party, shape.account].every((name) => name === undefined || sameField(name, row, entry));
  return {
    providerId: row["RECORDNO"] ?? "",
    version: versionOf(entity, row),
    number: row[shape.number] || null,
    date: isoDate(row[shape.date] ?? "") || null,
    currency: theirs,
    totalMinor: totalOf(entity, row, { lines, entry, currency }),
    sameContent: head && theirs === currency && told === expected,
    ours: isMarked(row[shape.memo] ?? "", key),
    active: isActive(row),
    ...(isWaiting(row) ? { inLedger: false } : {}),
  };
}

/** Not in the ledger yet: a draft, or something that an approval workflow holds. It is never told when it is written. */
export function isWaiting(row: Row): boolean {
  return waiting.has((row["STATE"] ?? "").toLowerCase());
}

const waiting = new Set(["draft", "submitted", "partially approved", "partiallyapproved", "declined", "analyzing"]);

export function isActive(row: Row): boolean {
  return !reversed.has((row["STATE"] ?? "").toLowerCase());
}

function sameField(name: string, row: Row, entry: Entry): boolean {
  const theirs = row[name] ?? "";
  const ours = entry.head[name] ?? "";
  return theirs === ours || (isoDate(theirs) !== "" && isoDate(theirs) === isoDate(ours));
}

function linesText(lines: readonly (readonly [string, bigint | null])[]): string {
  return lines
    .map(([account, minor]) => `${account}|${minor}`)
    .sort()
    .join("\n");
}

/** Debit positive on a journal line, the document's own sign on all others. */
function signedMinor(amount: string, debit: boolean | undefined, currency: string): bigint | null {
  const minor = minorOf(amount, currency);
  return minor === null || debit !== false ? minor : -minor;
}

function lineMinor(entity: Transaction, line: Row, currency: string): bigint | null {
  const amount = line["TRX_AMOUNT"] || line["AMOUNT"] || "";
  if (entity !== "GLBATCH") return minorOf(amount, currency);
  return signedMinor(amount.replace(/^-/, ""), line["TR_TYPE"] !== "-1", currency);
}

/** What the document is about: the head's total without its sign, or a journal entry's debits. A statistical one has no money. */
function totalOf(
  entity: Transaction,
  row: Row,
  { lines, entry, currency }: { lines: readonly Row[] | null; entry: Entry; currency: string },
): bigint | null {
  if (entry.statistical) return 0n;
  const { total } = shapes[entity];
  if (total !== undefined) {
    const minor = minorOf(row[total] ?? "", currency);
    return minor !== null && minor < 0n ? -minor : minor;
  }
  const amounts =
    lines === null
      ? entry.lines.map((line) => signedMinor(line.amount, line.debit, currency))
      : lines.map((line) => lineMinor(entity, line, currency));
  return amounts.reduce<bigint | null>((sum, minor) => (sum === null || minor === null ? null : minor > 0n ? sum + minor : sum), 0n);
}

/** Their row of a vendor or customer. Ours is the one with the TMS's id; equal means the same name, and active. */
export function foundParty(row: Row, party: PartyRecord): FoundRecord {
  const entity = party.kind === "vendor" ? "VENDOR" : "CUSTOMER";
  const active = row["STATUS"]?.toLowerCase() !== "inactive";
  const id = row[`${entity}ID`] ?? "";
  return {
    providerId: id,
    version: versionOf(entity, row),
    number: null,
    date: null,
    currency: row["CURRENCY"] || null,
    totalMinor: null,
    sameContent: active && foldName(row["NAME"] ?? "") === foldName(partyName(party)),
    ours: id === party.id,
    active,
  };
}

export function foldName(name: string): string {
  return name.normalize("NFC").trim().toLowerCase();
}
