import { describe, expect, test } from "vitest";
import type { DocumentLine, LedgerDocument } from "../../../core/document.ts";
import { foundDocument, foundParty, isVoided } from "./content.ts";
import { namesOf } from "./find.ts";
import { toQuickBooks } from "./translate.ts";
import { parseExact, type JsonObject } from "./wire.ts";

const because = { ruleSet: "r", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;
const context = { lookup: (_kind: string, name: string) => name, accountType: () => "Credit Card" };

function leg(role: DocumentLine["role"], account: string, side: DocumentLine["side"], amountMinor: bigint): DocumentLine {
  return { role, account, side, amountMinor, description: "", dimensions: {}, because, item: "7" };
}

const bill: LedgerDocument = {
  kind: "bill",
  number: "CARR-1",
  date: "2026-01-20",
  currency: "USD",
  memo: "m",
  dimensions: {},
  totalMinor: 180050n,
  party: { type: "vendor", id: "41", name: "Acme" },
  lines: [leg("detail", "62", "debit", 150000n), leg("detail", "63", "debit", 30050n), leg("balance", "33", "credit", 180050n)],
};

/** Their answer to that bill, as text, so that single facts can be changed. */
const billAnswer =
  '{"DueDate":"2026-02-19","Balance":1800.5,"domain":"QBO","Id":"145","SyncToken":"0","DocNumber":"CARR-1","TxnDate":"2026-01-20","PrivateNote":"m\\nledgerlane:k1","CurrencyRef":{"value":"USD","name":"United States Dollar"},' +
  '"Line":[{"Id":"1","LineNum":1,"Amount":300.5,"LinkedTxn":[],"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"63","name":"Fuel"},"BillableStatus":"NotBillable","TaxCodeRef":{"value":"NON"}}},' +
  '{"Id":"2","LineNum":2,"Amount":1500,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"62"}}},{"Description":"note","DetailType":"DescriptionOnly","DescriptionLineDetail":{}}],' +
  '"VendorRef":{"value":"41","name":"Acme"},"APAccountRef":{"value":"33","name":"A/P"},"TotalAmt":1800.50}';

function read(text: string, document = bill) {
  return foundDocument(parseExact(text) as JsonObject, toQuickBooks(document, "k1", context), "k1", "USD");
}

test("the answer to what we sent is the same content, whatever the order of lines and whatever they added", () => {
  expect(read(billAnswer)).toEqual({
    providerId: "145",
    version: "0",
    number: "CARR-1",
    date: "2026-01-20",
    currency: "USD",
    totalMinor: 180050n,
    sameContent: true,
    ours: true,
    active: true,
  });
});

describe("one fact that differs makes it another document", () => {
  const changes: [string, string, string][] = [
    ["date", '"TxnDate":"2026-01-20"', '"TxnDate":"2026-01-21"'],
    ["currency", '"CurrencyRef":{"value":"USD"', '"CurrencyRef":{"value":"CAD"'],
    ["party", '"VendorRef":{"value":"41"', '"VendorRef":{"value":"42"'],
    ["total", '"TotalAmt":1800.50', '"TotalAmt":1800.51'],
    ["total with a fraction of a cent", '"TotalAmt":1800.50', '"TotalAmt":1800.501'],
    ["account of a line", '"AccountRef":{"value":"62"}', '"AccountRef":{"value":"64"}'],
    ["amount of a line", '"Amount":1500', '"Amount":1500.01'],
    ["balancing account", '"APAccountRef":{"value":"33"', '"APAccountRef":{"value":"34"'],
    [
      "a line more",
      '"Line":[',
      '"Line":[{"Amount":0,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"62"}}},',
    ],
  ];
  for (const [name, from, to] of changes) {
    test(name, () => {
      expect(billAnswer).toContain(from);
      expect(read(billAnswer.replace(from, to))).toMatchObject({ sameContent: false, ours: true });
    });
  }
});

test("a mark of another key, or none, is not ours", () => {
  expect(read(billAnswer.replace("ledgerlane:k1", "ledgerlane:k12")).ours).toBe(false);
  expect(read(billAnswer.replace("\\nledgerlane:k1", "")).ours).toBe(false);
  expect(read(billAnswer.replace("m\\nledgerlane:k1", "call me ledgerlane:k1 edited")).ours).toBe(true);
});

test("a voided document stays and is not active", () => {
  const voided = billAnswer
    .replace(/"Amount":[\d.]+/g, '"Amount":0')
    .replace('"TotalAmt":1800.50', '"TotalAmt":0')
    .replace('"m\\n', '"Voided - m\\n');
  expect(read(voided)).toMatchObject({ sameContent: false, ours: true, active: false, totalMinor: 0n });
});

test("journal entries have no total of their own: debits and credits must each be the same", () => {
  const entry: LedgerDocument = { ...bill, kind: "journal_entry" };
  const { record } = toQuickBooks(entry, "k1", context);
  const answer = { ...(record as JsonObject), Id: "9", SyncToken: "0", TotalAmt: "0" };
  const found = foundDocument(answer, toQuickBooks(entry, "k1", context), "k1", "USD");
  expect(found).toMatchObject({ sameContent: true, totalMinor: 180050n });
  const turned = JSON.parse(
    JSON.stringify(answer).replaceAll('"Debit"', '"debit?"').replaceAll('"Credit"', '"Debit"').replaceAll('"debit?"', '"Credit"'),
  ) as JsonObject;
  expect(foundDocument(turned, toQuickBooks(entry, "k1", context), "k1", "USD").sameContent).toBe(false);
});

test("a refund is not the payment it looks like; vendor 41 is not customer 41", () => {
  const expense: LedgerDocument = { ...bill, kind: "expense" };
  const sent = toQuickBooks(expense, "k1", context);
  const answer = { ...(sent.record as JsonObject), Id: "9", SyncToken: "0", TotalAmt: "1800.50", Credit: false };
  const same = (record: JsonObject) => foundDocument(record, sent, "k1", "USD").sameContent;
  expect(same(answer)).toBe(true);
  expect(same({ ...answer, Credit: true })).toBe(false);
  expect(same({ ...answer, EntityRef: { value: "41", type: "VENDOR" } })).toBe(true);
  expect(same({ ...answer, EntityRef: { value: "41", type: "Customer" } })).toBe(false);
});

test("a party is the same by name whatever its case, while it is active", () => {
  const party = { kind: "vendor", id: "V-9", name: "Acme", currency: "USD" } as const;
  const read = (row: JsonObject) => foundParty({ Id: "41", SyncToken: "2", ...row }, party, namesOf(party));
  expect(read({ DisplayName: "ACME", Active: true, AcctNum: "V-9" })).toMatchObject({
    providerId: "41",
    version: "2",
    sameContent: true,
    ours: true,
    active: true,
  });
  expect(read({ DisplayName: "Acme (V)", Active: true })).toMatchObject({ sameContent: true, ours: false });
  expect(read({ DisplayName: "Acme", Active: false, AcctNum: "V-9" })).toMatchObject({ sameContent: false, ours: true, active: false });
  expect(read({ DisplayName: "Acme Inc", Active: true })).toMatchObject({ sameContent: false });
});

test("voided is a word in the note and no amount left; either alone is not", () => {
  const line = (amount: number) => ({ Amount: amount });
  const read = (row: object) => isVoided(parseExact(JSON.stringify(row)) as JsonObject, "USD");
  expect(read({ TotalAmt: 0, PrivateNote: "Voided", Line: [] })).toBe(true);
  expect(read({ TotalAmt: 0, PrivateNote: "Voided\nledgerlane:k1", Line: [line(0)] })).toBe(true);
  expect(read({ TotalAmt: 5, PrivateNote: "Voided check 12", Line: [line(5)] })).toBe(false);
  // The total of a journal entry is always 0.
  expect(read({ TotalAmt: 0, PrivateNote: "Voided check 12", Line: [line(5), line(5)] })).toBe(false);
  expect(read({ TotalAmt: 0, PrivateNote: "Unvoidedness", Line: [] })).toBe(false);
  expect(read({ PrivateNote: "Voided" })).toBe(false);
});
