import { listOf, objectOf, textOf, type JsonObject } from "../json.ts";
import type { Leg } from "../ledger.ts";
import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import { toStored, type Stored } from "./records.ts";

/** An account as reports list it. */
export interface ReportAccount {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly subtype: string;
  readonly parent: string | null;
  readonly classification: string;
}

/** One leg of one transaction, with what a report says about it. */
export interface Posting {
  readonly transaction: { entity: string; id: string; type: string; date: string; number: string; createdMs: number; updatedMs: number };
  readonly account: string;
  readonly minor: bigint;
  readonly name: string;
  readonly party: string;
  readonly memo: string;
  readonly klass: string;
  readonly department: string;
  /** Name of the other account, or the word for several. */
  readonly split: string;
}

export interface Filter {
  readonly accounts: ReadonlySet<string> | null;
  /** `Vendor 41`. */
  readonly parties: ReadonlySet<string> | null;
  readonly classes: ReadonlySet<string> | null;
  readonly departments: ReadonlySet<string> | null;
}

const typeOrder = [
  ...["Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset"],
  ...["Accounts Payable", "Credit Card", "Other Current Liability", "Long Term Liability", "Equity"],
  ...["Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense"],
];

const purchaseTypes: Readonly<Record<string, string>> = { Cash: "Expense", Check: "Check", CreditCard: "Credit Card Expense" };
const plainTypes: Readonly<Record<string, string>> = {
  JournalEntry: "Journal Entry",
  VendorCredit: "Vendor Credit",
  CreditMemo: "Credit Memo",
};

/** The name of a transaction's type as people read it. */
function displayType({ entity, body }: Pick<Stored, "entity" | "body">): string {
  if (entity === "Purchase")
    return body["Credit"] === true ? "Credit Card Credit" : (purchaseTypes[String(body["PaymentType"])] ?? "Expense");
  if (entity === "BillPayment") return body["PayType"] === "CreditCard" ? "Bill Payment (Credit Card)" : "Bill Payment (Check)";
  return plainTypes[entity] ?? entity;
}

/** All accounts in the order of the chart. */
export function chartOf(storage: Storage, company: Company): ReportAccount[] {
  const rows = storage.all("SELECT * FROM qbo_records WHERE company = ? AND entity = 'Account'", company.key).map((row) => ({
    number: String(row["number"] ?? ""),
    stored: toStored(row),
    parent: textOf(row["parent"]),
  }));
  const accounts = rows.map(({ number, stored: { id, body }, parent }) => ({
    id,
    number,
    parent,
    name: String(body["FullyQualifiedName"] ?? body["Name"] ?? id),
    type: String(body["AccountType"] ?? ""),
    subtype: String(body["AccountSubType"] ?? ""),
    classification: String(body["Classification"] ?? ""),
  }));
  const rank = ({ type }: { type: string }) => typeOrder.indexOf(type);
  const numbered = ({ number, name }: { number: string; name: string }) => (number === "" ? `~${name}` : number);
  return accounts.sort((left, right) => rank(left) - rank(right) || numbered(left).localeCompare(numbered(right)));
}

/** Every leg posted up to a day, oldest transaction first, without what a filter leaves out. */
export function postingsUntil(place: { storage: Storage; company: Company }, end: string, filter: Filter): Posting[] {
  const rows = place.storage.all(
    "SELECT * FROM qbo_records WHERE company = ? AND date <= ? AND deleted = 0 AND legs <> '[]' ORDER BY date, rowid",
    ...[place.company.key, end],
  );
  return rows.map(toStored).flatMap((stored) => postingsOf(stored).filter((posting) => passes(posting, filter)));
}

function passes({ account, party, klass, department }: Posting, filter: Filter): boolean {
  if (filter.accounts !== null && !filter.accounts.has(account)) return false;
  if (filter.parties !== null && !filter.parties.has(party)) return false;
  if (filter.classes !== null && !filter.classes.has(klass)) return false;
  return filter.departments === null || filter.departments.has(department);
}

function postingsOf(stored: Stored): Posting[] {
  const { entity, id, body, legs, createdMs, updatedMs } = stored;
  const { TxnDate: date, DocNumber: number, PaymentRefNum: reference } = body;
  const transaction = {
    entity,
    id,
    type: displayType(stored),
    date: String(date),
    number: String(number ?? reference ?? ""),
    createdMs,
    updatedMs,
  };
  const memos = entity === "JournalEntry" ? journalMemos(body) : [];
  return legs
    .map(
      (leg, index): Posting => ({
        transaction,
        account: leg.account.id,
        minor: leg.minor,
        name: leg.party?.name ?? partyName(body),
        party: leg.party === null ? "" : `${leg.party.type} ${leg.party.id}`,
        memo: memos[index] ?? String(body["PrivateNote"] ?? ""),
        klass: leg.dimensions["class"] ?? "",
        department: leg.dimensions["department"] ?? "",
        split: splitOf(legs, leg),
      }),
    )
    .filter(({ minor }) => minor !== 0n);
}

function journalMemos(body: JsonObject): string[] {
  return listOf(body["Line"])
    .map(objectOf)
    .filter((line) => line["DetailType"] === "JournalEntryLineDetail")
    .map((line) => String(line["Description"] ?? body["PrivateNote"] ?? ""));
}

function partyName(body: JsonObject): string {
  return String(objectOf(body["VendorRef"] ?? body["CustomerRef"] ?? body["EntityRef"])["name"] ?? "");
}

function splitOf(legs: readonly Leg[], own: Leg): string {
  const others = legs.filter((leg) => leg !== own);
  const [first] = others;
  return others.length === 1 && first !== undefined ? first.account.name : "-Split-";
}
