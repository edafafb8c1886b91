import type { FoundRecord, PartyRecord } from "../connector.ts";
import { foldName, markedValue, marker, sameName } from "./names.ts";
import type { Entry } from "./entry.ts";
import type { Entity } from "./entities.ts";
import { isObject, listOf, minorOf, refOf, textOf, type Json, type JsonObject } from "./wire.ts";

/** What must be equal for two records to be the same document. Everything else (memo, order of lines, tax notes) may differ. */
interface Content {
  readonly date: string;
  readonly currency: string;
  readonly party: string;
  /** Ids are told apart by list only: vendor 5 is not customer 5. Empty where the entity fixes the list, or the answer leaves it out. */
  readonly partyType: string;
  readonly totalMinor: bigint | null;
  /** One text a line: account or item, side, amount, party of the line. Sorted: order means nothing. */
  readonly lines: readonly string[];
}

/** Reads a transaction of theirs and compares it with the one we would send. */
export function foundDocument(record: JsonObject, expected: Entry, key: string, currency: string): FoundRecord {
  const theirs = contentOf(expected.entity, record, currency);
  const total = theirs.totalMinor;
  const note = textOf(record, "PrivateNote");
  return {
    ...versionOf(record),
    number: textOf(record, "DocNumber") || null,
    date: theirs.date || null,
    currency: theirs.currency || null,
    totalMinor: total,
    sameContent: sameContent(theirs, contentOf(expected.entity, expected.record, currency)),
    ours: note.split(/\s+/).includes(marker(key)),
    // A voided transaction stays, with nothing in it.
    active: !isVoided(record, currency),
  };
}

/** No member says so: every amount is 0 and their word stands in the note. A journal entry's total says nothing, its lines do. */
export function isVoided(record: JsonObject, currency: string): boolean {
  const amounts = [record["TotalAmt"], record["Amount"], ...listOf(record, "Line").map((line) => line["Amount"])];
  const told = amounts.filter((amount) => amount !== undefined);
  return told.length > 0 && told.every((amount) => minorOf(amount, currency) === 0n) && /\bvoided\b/i.test(textOf(record, "PrivateNote"));
}

/** Reads a vendor or customer of theirs. Equal means: same kind, same name whatever its case, active. */
export function foundParty(record: JsonObject, party: PartyRecord, names: readonly string[]): FoundRecord {
  const name = textOf(record, "DisplayName");
  const active = record["Active"] !== false;
  return {
    ...versionOf(record),
    number: null,
    date: null,
    currency: refOf(record, "CurrencyRef") || null,
    totalMinor: null,
    sameContent: active && names.some((each) => sameName(each, name)),
    ours: partyIdOf(record) === party.id,
    active,
  };
}

/** The TMS's id of a vendor or customer that carries our mark. */
export function partyIdOf(record: JsonObject): string | null {
  return textOf(record, "AcctNum") || markedValue(textOf(record, "Notes"));
}

/** The name a deactivated record had before: they put " (deleted)" behind it, which frees the name. */
export function nameBeforeDeletion(name: string): string {
  return foldName(name).replace(/ \(deleted\)$/, "");
}

export function versionOf(record: JsonObject): { providerId: string; version: string } {
  return { providerId: textOf(record, "Id"), version: textOf(record, "SyncToken") };
}

function contentOf(entity: Entity, record: Json, currency: string): Content {
  const lines = listOf(record, "Line").filter((line) => !ignoredLines.has(textOf(line, "DetailType")));
  return {
    date: textOf(record, "TxnDate"),
    currency: refOf(record, "CurrencyRef"),
    party: refOf(record, partyMember[entity] ?? ""),
    partyType: isObject(record) ? textOf(record["EntityRef"], "type").toLowerCase() : "",
    totalMinor: totalOf(entity, record, lines, currency),
    lines: [...lines.map((line) => lineText(line, currency)), balanceText(entity, record)].sort(),
  };
}

/** Lines they add or that move no money. */
const ignoredLines = new Set(["SubTotalLineDetail", "DescriptionOnly"]);

const partyMember: Partial<Record<Entity, string>> = {
  Bill: "VendorRef",
  VendorCredit: "VendorRef",
  Purchase: "EntityRef",
  Invoice: "CustomerRef",
  CreditMemo: "CustomerRef",
};

/** Their total where there is one; on journal entries, where it is missing or 0, and on what we send: what the lines say. */
function totalOf(entity: Entity, record: Json, lines: readonly JsonObject[], currency: string): bigint | null {
  const told = entity !== "JournalEntry" && isObject(record) && record["TotalAmt"] !== undefined;
  if (told) return minorOf(record["TotalAmt"], currency);
  const counted =
    entity === "JournalEntry" ? lines.filter((line) => textOf(line["JournalEntryLineDetail"], "PostingType") === "Debit") : lines;
  return counted.reduce<bigint | null>((sum, line) => {
    const amount = minorOf(line["Amount"], currency);
    return sum === null || amount === null ? null : sum + amount;
  }, 0n);
}

function lineText(line: JsonObject, currency: string): string {
  const type = textOf(line, "DetailType");
  const detail = line[type];
  const amount = minorOf(line["Amount"], currency) ?? `?${String(line["Amount"])}`;
  const target = refOf(detail, "AccountRef") || `item ${refOf(detail, "ItemRef")}`;
  const entity =
    isObject(detail) && isObject(detail["Entity"])
      ? `${textOf(detail["Entity"], "Type").toLowerCase()} ${refOf(detail["Entity"], "EntityRef")}`
      : "";
  return [type, textOf(detail, "PostingType"), target, amount, entity].join("|");
}

/** The balancing account and the direction, where a document's head says them. */
function balanceText(entity: Entity, record: Json): string {
  if (entity === "Bill" || entity === "VendorCredit") return `balance|${refOf(record, "APAccountRef")}`;
  if (entity !== "Purchase") return "balance";
  const refund = isObject(record) && record["Credit"] === true;
  return `balance|${refOf(record, "AccountRef")}|${textOf(record, "PaymentType")}|${refund ? "refund" : "payment"}`;
}

function sameContent(theirs: Content, ours: Content): boolean {
  return (
    theirs.date === ours.date &&
    // A company with one currency may leave it out.
    (theirs.currency === "" || theirs.currency === ours.currency) &&
    theirs.party === ours.party &&
    (theirs.partyType === "" || theirs.partyType === ours.partyType) &&
    theirs.totalMinor !== null &&
    theirs.totalMinor === ours.totalMinor &&
    theirs.lines.length === ours.lines.length &&
    theirs.lines.every((line, index) => line === ours.lines[index])
  );
}
