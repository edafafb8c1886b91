import type {
  AccountingConnector,
  AccountingProvider,
  Change,
  EntryKind,
  FoundRecord,
  Lookup,
  PartyRecord,
  Postable,
  PostItem,
  PostResult,
} from "../../src/connectors/accounting/connector.ts";
import type { DocumentKind, DocumentLine, LedgerDocument, PartyRef } from "../../src/core/document.ts";
import type { BooksReference } from "../../src/core/reference.ts";

/** One committed write as the emulator's own ledger remembers it, whatever it answered. */
export interface LedgerEntry {
  readonly operation: string;
  readonly entity: string;
  readonly id: string;
  readonly number: string | null;
  readonly date: string | null;
  readonly lines: readonly {
    readonly account: string;
    readonly debit: string;
    readonly credit: string;
    readonly party: { readonly id: string } | null;
    readonly dimensions: Readonly<Record<string, string>>;
  }[];
}

/** What may go wrong once between us and the books. `commit` tells whether the write happened before. */
export type Trouble = "commit_then_cut" | "cut" | "truncate" | "html" | "status_after_commit" | "throttle";

/** Records of the company that the cases use, by the names rules would use. */
export interface Names {
  readonly payable: string;
  readonly receivable: string;
  readonly bank: string;
  readonly otherBank: string;
  readonly card: string;
  readonly expense: string;
  readonly otherExpense: string;
  readonly income: string;
  readonly item: string;
  readonly class: string;
  readonly department: string;
  readonly term: string;
}

/** A message as it came over the wire. */
export interface Message {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly raw: Uint8Array;
}

/** One company in an emulator, and a connector to it. */
export interface World {
  readonly provider: AccountingProvider;
  readonly connector: AccountingConnector;
  /** As the provider tells it in its messages. */
  readonly companyId: string;
  readonly names: Names;
  /** The calls the books have seen so far. */
  readonly requests: () => Promise<{ readonly method: string; readonly path: string; readonly query: string }[]>;
  /** What the emulator's own ledger says each account holds, by the account's id: debit is positive. */
  readonly balances: () => Promise<Map<string, bigint>>;
  /** Every committed write, oldest first. */
  readonly ledger: () => Promise<LedgerEntry[]>;
  /** Plans one trouble for the next write of that sort; a creation when nothing is said. */
  readonly trouble: (kind: Trouble, operation?: "create" | "update" | "delete") => Promise<void>;
  readonly closeBooks: (through: string) => Promise<void>;
  /** The provider no longer takes the access token in use; its refresh token still works. */
  readonly expireToken: () => Promise<void>;
  /** How often a new access token was fetched. */
  readonly renewals: () => number;
  /** What a person does in the books' own pages. */
  readonly person: {
    readonly edit: (kind: Postable["kind"], providerId: string) => Promise<void>;
    readonly remove: (kind: DocumentKind, providerId: string) => Promise<void>;
    readonly deactivate: (kind: PartyRecord["kind"], providerId: string) => Promise<void>;
    /** `from` numbers their names, so that a second lot is made of others. */
    readonly createVendors: (count: number, from?: number) => Promise<void>;
    /** Makes one vendor of two; `from` is gone afterwards. Null where the books have no such thing. */
    readonly mergeVendors: ((from: string, into: string) => Promise<void>) | null;
    /** A monthly budget of 2026 with one amount in January. */
    readonly createBudget: (name: string, accountId: string, amount: string) => Promise<void>;
  };
  /** Its ids are small numbers, so that none can be too long for a float. */
  readonly hasShortIds?: boolean;
  /** The forms in which this system's messages about changes come. */
  readonly messageForms: readonly string[];
  /** A message proves its very bytes; otherwise only who sent it. */
  readonly signsBytes: boolean;
  /** Has the messages sent to us from now on, signed with the token. */
  readonly subscribe: (form: string, verifierToken: string) => Promise<readonly Message[]>;
  /** How this system spells one of our kinds in its changes. */
  readonly entityOf: (kind: EntryKind) => string;
}

/** What a case works with: the lists read once, a vendor and a customer, and ways to post. */
export interface Bench extends World {
  readonly reference: BooksReference;
  readonly vendor: PartyRef;
  readonly customer: PartyRef;
  readonly lookup: Lookup;
  /** Makes a posted party known to `lookup`. */
  readonly know: (party: PartyRecord, providerId: string) => void;
  readonly postOne: (item: PostItem) => Promise<PostResult>;
  readonly created: (number: string) => Promise<LedgerEntry[]>;
}

let keys = 0;

/** A key like the engine's: stable for one document, at most forty characters. */
export function newKey(): string {
  return `k${(++keys).toString(36).padStart(6, "0")}${"0123456789abcdef".repeat(2)}`;
}

export async function openBench(world: World): Promise<Bench> {
  const reference = await world.connector.reference();
  const parties = new Map<string, string>();
  const ids = new Map(
    reference.records.filter(({ active }) => active).map((record) => [`${record.kind} ${record.number ?? record.name}`, record.externalId]),
  );
  const byParty = new Map(
    reference.records.flatMap(({ kind, facts, externalId }) => (facts["partyId"] ? [[`${kind} ${facts["partyId"]}`, externalId]] : [])),
  );
  const lookup: Lookup = (kind, name) => parties.get(`${kind} ${name}`) ?? ids.get(`${kind} ${name}`) ?? byParty.get(`${kind} ${name}`);
  const know = (party: PartyRecord, providerId: string): void => void parties.set(`${party.kind} ${party.id}`, providerId);
  const postOne = async (item: PostItem): Promise<PostResult> => {
    const [result, ...others] = await world.connector.post([item], lookup);
    if (!result || others.length > 0 || result.key !== item.key) throw new Error("One item must have one result");
    return result;
  };
  for (const party of [carrier, shipper]) know(party, posted(await postOne({ key: newKey(), postable: party })).providerId);
  return {
    ...world,
    reference,
    lookup,
    know,
    postOne,
    vendor: { type: "vendor", id: carrier.id, name: carrier.name },
    customer: { type: "customer", id: shipper.id, name: shipper.name },
    created: async (number) => (await world.ledger()).filter((entry) => entry.number === number && entry.operation === "create"),
  };
}

const carrier: PartyRecord = { kind: "vendor", id: "TMS-V-1009", name: "Acme Carriers", currency: "USD" };
const shipper: PartyRecord = { kind: "customer", id: "TMS-C-77", name: "Shipper One", currency: "USD" };

/** The record of a result, or an error that says why there is none. */
export function posted(result: PostResult): FoundRecord {
  if ("fault" in result) throw new Error(`Not posted: ${result.fault.code}: ${result.fault.message}`);
  return result.posted;
}

/** The code of a result's fault, or `posted`. */
export function outcome(result: PostResult | undefined): string {
  if (result === undefined) return "no result";
  return "fault" in result ? result.fault.code : "posted";
}

const because = { ruleSet: "contract", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;
let numbers = 0;

/** A document of any kind with two detail lines, 1,800.55 in all, dimensions on the first. */
export function documentOf(
  bench: Pick<Bench, "names" | "vendor" | "customer">,
  kind: CommonKind,
  change: Partial<LedgerDocument> = {},
): LedgerDocument {
  const { names } = bench;
  const shape = shapes[kind];
  const account = { payable: names.payable, receivable: names.receivable, card: names.card, income: names.income, expense: names.expense };
  const sale = shape.detail === "income";
  const party = shape.party === "customer" ? bench.customer : bench.vendor;
  const base = { description: "Load 50211 ATL-DAL", dimensions: {}, because };
  const item = sale ? { item: names.item } : {};
  const lines: DocumentLine[] = [
    {
      ...base,
      ...item,
      role: "detail",
      account: account[shape.detail],
      side: shape.side,
      amountMinor: 170010n,
      dimensions: { class: names.class },
    },
    {
      ...base,
      ...item,
      role: "detail",
      account: sale ? names.income : names.otherExpense,
      side: shape.side,
      amountMinor: 10045n,
      description: "Fuel surcharge",
    },
    {
      ...base,
      role: "balance",
      account: account[shape.balance],
      side: shape.side === "debit" ? "credit" : "debit",
      amountMinor: 180055n,
      ...(kind === "journal_entry" ? { party } : {}),
    },
  ];
  return {
    kind,
    number: `T-${(++numbers).toString().padStart(5, "0")}`,
    date: "2026-11-18",
    currency: "USD",
    memo: "Load 50211",
    dimensions: kind === "journal_entry" ? {} : { department: names.department },
    totalMinor: 180055n,
    lines,
    ...(kind === "journal_entry" ? {} : { party }),
    ...change,
  };
}

interface DocumentShape {
  readonly detail: "expense" | "income";
  readonly side: DocumentLine["side"];
  readonly balance: "payable" | "receivable" | "card";
  readonly party: "vendor" | "customer";
}

/** The kinds that every system has. */
export const everyKind = [
  "journal_entry",
  "bill",
  "vendor_credit",
  "expense",
  "invoice",
  "credit_memo",
] as const satisfies readonly DocumentKind[];
export type CommonKind = (typeof everyKind)[number];

export const shapes: Readonly<Record<CommonKind, DocumentShape>> = {
  journal_entry: { detail: "expense", side: "debit", balance: "payable", party: "vendor" },
  bill: { detail: "expense", side: "debit", balance: "payable", party: "vendor" },
  vendor_credit: { detail: "expense", side: "credit", balance: "payable", party: "vendor" },
  expense: { detail: "expense", side: "debit", balance: "card", party: "vendor" },
  invoice: { detail: "income", side: "credit", balance: "receivable", party: "customer" },
  credit_memo: { detail: "income", side: "debit", balance: "receivable", party: "customer" },
};

/** Reads changes until the provider says that there are no more for now. */
export async function allChanges(connector: AccountingConnector, cursor: string): Promise<{ changes: Change[]; cursor: string }> {
  const changes: Change[] = [];
  for (let next = cursor, page = 0; page < 500; page++) {
    const answer = await connector.changesSince(next);
    changes.push(...answer.changes);
    next = answer.cursor;
    if (answer.complete) return { changes, cursor: next };
  }
  throw new Error("The changes never come to an end");
}
