import type { LedgerDocument } from "../../core/document.ts";
import type { Fault } from "../../core/errors.ts";
import type { BooksReference, RecordKind } from "../../core/reference.ts";
import type { Movement, MovementItem } from "./movements.ts";
import type { Attachment, AttachedFile, Budget, ChangePage, ExchangeRate } from "./records.ts";
import type { ReportName, ReportOf, ReportPeriod } from "./reports.ts";
import type { Notifications, SignIn, Tokens } from "./sign-in.ts";
import type { Usage } from "./usage.ts";

// One door: whoever works with the books imports from here.
export type { Application, BillPayment, CustomerPayment, Deposit, Movement, MovementItem, Transfer } from "./movements.ts";
export type { Attachment, AttachedFile, Budget, BudgetAmount, Change, ChangePage, ExchangeRate } from "./records.ts";
export type {
  LedgerRow,
  ProfitAndLossRow,
  ReportName,
  ReportOf,
  ReportPeriod,
  TrialBalanceRow,
} from "./reports.ts";
export type {
  Callback,
  Consent,
  Environment,
  Hint,
  Notifications,
  SignIn,
  SignInClient,
  SignInPages,
  Tokens,
} from "./sign-in.ts";
export type { Usage } from "./usage.ts";

/** A record that a document needs in the books first. */
export interface PartyRecord {
  readonly kind: "vendor" | "customer";
  /** The TMS's id of the party. */
  readonly id: string;
  /** Display name in the books. */
  readonly name: string;
  readonly currency: string;
}

/** What can be posted: a document, or a party it needs. */
export type Postable = LedgerDocument | PartyRecord;

/** One thing to send. `key` is a function of the document's identity and version, never of the attempt. */
export interface PostItem {
  readonly key: string;
  readonly postable: Postable;
}

/** Everything a connector can write and remove. */
export type EntryKind = Postable["kind"] | Movement["kind"];

/** A record in the books as we last saw it. */
export interface Target {
  readonly kind: EntryKind;
  readonly providerId: string;
  readonly version: string;
}

/** A record of the books as it stands there now. */
export interface StoredRecord {
  /** In the provider's spelling, as in `Change`. */
  readonly entity: string;
  readonly providerId: string;
  readonly version: string;
  readonly number: string | null;
  readonly date: string | null;
  readonly currency: string | null;
  readonly totalMinor: bigint | null;
  /** What is still unpaid or unapplied; null where that means nothing. */
  readonly openMinor: bigint | null;
  readonly state: "active" | "inactive" | "voided";
  /** As in `FoundRecord`. */
  readonly inLedger?: boolean;
  /** Records it is linked to: a bill's payments, a payment's invoices. */
  readonly links: readonly { readonly type: string; readonly providerId: string }[];
  /** Everything, in the provider's words; numbers are their source text. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** How a record can be taken out of the books. `deactivate` hides a list entry; old transactions keep it. */
export type Removal = "delete" | "void" | "deactivate";

/** What became of a record that was removed. `version` is null when nothing is left of it. */
export interface Removed {
  readonly how: Removal;
  readonly version: string | null;
}

/** What the books hold now, in our words. Amounts in minor units. */
export interface FoundRecord {
  readonly providerId: string;
  /** The provider's version of the record (SyncToken), for later updates. */
  readonly version: string;
  readonly number: string | null;
  readonly date: string | null;
  readonly currency: string | null;
  readonly totalMinor: bigint | null;
  /** True only when content (date, currency, party, total and every line's account and amount) equals what we would send. */
  readonly sameContent: boolean;
  /** Our marker was found on it (QuickBooks Online: in the private note), so it is ours and not somebody's namesake. */
  readonly ours: boolean;
  readonly active: boolean;
  /** False while it awaits an approval over there: it is not in the general ledger yet. Left out where nothing waits. */
  readonly inLedger?: boolean;
}

/** The outcome of one item, matched by key. A fault's remedy tells the engine what to do. */
export type PostResult =
  | { readonly key: string; readonly posted: FoundRecord }
  | { readonly key: string; readonly fault: Fault; readonly retryAfterMs?: number };

/** Turns our words into the books' ids: account by number, item, class, department and term by name, parties by TMS id. */
export type Lookup = (kind: RecordKind, name: string) => string | undefined;

/** What the provider can do and how much of it, as data. Any of it can be overridden per books. */
export interface Capabilities {
  readonly system: string;
  readonly numberLengthMax: number;
  readonly batchItemsMax: number;
  readonly requestsPerMinute: number;
  readonly requestsPerSecond: number;
  readonly inFlightMax: number;
  readonly batchesPerMinute: number;
  /** How long a request may still run over there after we stopped hearing from it. A look-up proves absence only later than that. */
  readonly executionLimitMs: number;
}

/** What a system can do beyond the verbs all have, and its bounds beyond the pace, as data. */
export interface Features {
  /** Ways to remove each kind, the preferred one first. An empty list: it can only be reversed by another document. */
  readonly removal: Readonly<Record<EntryKind, readonly Removal[]>>;
  readonly reports: readonly ReportName[];
  /** Kinds whose number the books may assign themselves, depending on a setting. */
  readonly numberedByBooks: readonly EntryKind[];
  readonly customFieldKinds: readonly EntryKind[];
  /** Kinds a file can be attached to. */
  readonly attachmentKinds: readonly EntryKind[];
  readonly attachmentTypes: readonly string[];
  readonly attachmentBytesMax: number;
  readonly linesMax: number;
  /** Largest batch by the provider's word; `batchItemsMax` is the one used. */
  readonly batchItemsPublished: number;
  readonly rowsPerQueryMax: number;
  readonly changesPerAnswerMax: number;
  readonly changesLookBackMs: number;
  /** Reads a month before the provider blocks the app or charges for them; shared by all of an app's companies. */
  readonly meteredReadsPerMonth: number;
  /** Writes count towards that number too, one for each record. */
  readonly metersWrites?: true;
  /** Kinds whose lines can be replaced in place; all when left out. Others are refused unsent. */
  readonly updates?: readonly EntryKind[];
  /** Movements of money that the books take; all when left out. Others are refused unsent. */
  readonly movements?: readonly Movement["kind"][];
  /** What was written is read back, in the request that writes it or in the next: a metered read for each kind in it. */
  readonly readsBackWrites?: "same_request" | "next_request";
  /** False where no interface tells through which day the books are closed: only a refusal does. */
  readonly tellsClosedDay?: boolean;
  /** False where each record is a request of its own: several handed in together run side by side. */
  readonly batchIsOneRequest?: boolean;
  /** False where a link can only lead to the application, not to a record. */
  readonly linksToRecords?: boolean;
}

/** Settings of the books that decide how something is written. Read with the lists. */
export interface BooksPolicies {
  /** Kinds to which the books give their own number now: such a document is refused, because it could not be found again. */
  readonly numberedByBooks: readonly EntryKind[];
  /** Kinds for which the books are set to warn about a number that is taken. For others a duplicate may be accepted. */
  readonly duplicateNumbersWarned: readonly EntryKind[];
  /** Where a class stands: on each line, once a sales document, or nowhere. */
  readonly classes: "line" | "document" | "none";
  readonly locations: boolean;
  readonly accountNumbers: boolean;
  /** An open credit is used up by a new invoice without being asked. */
  readonly appliesCredits: boolean;
  readonly computesSalesTax: boolean;
  readonly customFields: readonly { readonly id: string; readonly name: string }[];
  readonly taxCodes: readonly { readonly id: string; readonly name: string; readonly active: boolean }[];
  /** Requests the books take at once from all programs together, and of them ours alone; left out where they do not say. */
  readonly lanes?: { readonly account: number; readonly ours: number | null };
  /** The subscription as the provider calls it; null where it does not say. */
  readonly subscription: { readonly status: string | null; readonly plan: string | null };
}

/** Chart, lists and settings. */
export interface AccountingReference extends BooksReference {
  readonly policies: BooksPolicies;
}

/** One company file. Verbs throw a Fault only when the whole call failed; single items fail in their result. */
export interface AccountingConnector {
  readonly capabilities: Capabilities;
  readonly features: Features;
  /** How this system spells a kind in `Change.entity`, `Hint.entity` and `read`. */
  readonly entityOf: (kind: EntryKind) => string;
  /** What stands in lists that documents are checked against, by the spelling of `Change.entity`; `settings` are the books' own. */
  readonly lists: Readonly<Record<string, RecordKind | "settings">>;
  readonly usage: () => Usage;
  /** Sends each item at most once: one item by the plain call, several by the provider's batch. Results come in any order. */
  readonly post: (items: readonly PostItem[], lookup: Lookup) => Promise<PostResult[]>;
  /** Looks for items in the books by natural number or name; a missing key means not found, several records are all returned. */
  readonly find: (items: readonly PostItem[], lookup: Lookup) => Promise<Map<string, FoundRecord[]>>;
  /** Everything that changed after `cursor`; null starts from now. */
  readonly changesSince: (cursor: string | null) => Promise<ChangePage>;
  /** Chart, lists and settings, complete. */
  readonly reference: () => Promise<AccountingReference>;
  /** One record by its id; null when it was deleted or never was. `entity` as in `Change`. */
  readonly read: (entity: string, providerId: string) => Promise<StoredRecord | null>;
  /**
   * Makes a record of the books equal to the item: all of its lines are replaced, fields we never send stay. The key is one
   * of this change, not the key it was posted with. `record_stale` when the record is no longer at the target's version.
   */
  readonly update: (item: PostItem | MovementItem, target: Target, lookup: Lookup) => Promise<PostResult>;
  /**
   * Takes a record out of the books, by the first way of `features.removal` unless told. Faults: `record_stale` when it was
   * changed or is gone, `books_refused` where there is no such way, `period_closed`.
   */
  readonly remove: (target: Target, options: { readonly key: string; readonly how?: Removal }) => Promise<Removed>;
  /** Money received, paid, deposited or moved: posted and looked for like documents. */
  readonly payments: {
    readonly post: (items: readonly MovementItem[], lookup: Lookup) => Promise<PostResult[]>;
    readonly find: (items: readonly MovementItem[], lookup: Lookup) => Promise<Map<string, FoundRecord[]>>;
  };
  /** Puts a file on a record. Faults: `books_refused` for a type or size the books do not take; nothing was sent then. */
  readonly attach: (file: Attachment, target: Pick<Target, "kind" | "providerId">) => Promise<AttachedFile>;
  /** A report in our rows, computed by the books: what reconciliation compares with. */
  readonly report: <Name extends ReportName>(name: Name, period: ReportPeriod) => Promise<ReportOf[Name]>;
  readonly budgets: () => Promise<Budget[]>;
  /** The books' rate of a currency on a day; null when they have none. The home currency is 1. */
  readonly exchangeRate: (currency: string, date: string) => Promise<ExchangeRate | null>;
  /** Link that opens the record in the books' own pages. */
  readonly openUrl: (kind: EntryKind, providerId: string) => string;
}

/** Where a company file is and how we are known there. `clientSecret` is opened from its envelope just before use. */
export interface ConnectionSettings {
  readonly company: string;
  readonly apiUrl: string;
  readonly tokenUrl: string;
  readonly authorizeUrl: string;
  readonly appUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What else a system must know, by name: an entity, a subsidiary, a sender id, the transport to use. */
  readonly options?: Readonly<Record<string, string>>;
  /** Further secrets by name, opened like the client secret: a password, a private key. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Overrides of single capabilities: a smaller batch, an emulator without limits. */
  readonly overrides: Partial<Capabilities>;
}

/** What a call costs of the provider's limits. */
export type CallKind = "single" | "batch" | "read";

/** Lets one HTTP call go as soon as the provider's limits allow. Each call of a connector passes it by itself; signing in does not. */
export type Gate = <T>(kind: CallKind, call: () => Promise<T>) => Promise<T>;

/** Everything that depends on the accounting system, for one connection. */
export interface AccountingProvider {
  readonly system: string;
  /** `token` gives a valid access token; it is asked again, with `true`, after the provider refused one. */
  /** Without a gate calls go at once. */
  readonly connect: (settings: ConnectionSettings, token: (refused?: boolean) => Promise<string>, gate?: Gate) => AccountingConnector;
  /** The limits of a connection, overrides included: what its gate must keep. Pure. */
  readonly capabilities: (settings: ConnectionSettings) => Capabilities;
  /**
   * Exchanges the refresh token. Where keys of ours sign in without a consent (a certificate, a user of ours), the refresh
   * token is empty, and books are connected with a pair that is expired already. Faults: `credentials_expired` (reconnect), `credentials_refused`, `upstream_*`. */
  readonly refresh: (settings: ConnectionSettings, refreshToken: string) => Promise<Tokens>;
  readonly signIn: SignIn;
  /**
   * Asks whether a first token pair is for the company of the settings. Left out where the callback itself is the provider's
   * word. Faults: `credentials_refused` when it is for another, `upstream_*`.
   */
  readonly confirm?: (settings: ConnectionSettings, tokens: Tokens) => Promise<void>;
  readonly notifications: Notifications;
}
