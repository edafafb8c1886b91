import type { LedgerDocument } from "../../core/document.ts";
import type { Fault } from "../../core/errors.ts";
import type { BooksReference, RecordKind } from "../../core/reference.ts";

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
}

/** The outcome of one item, matched by key. A fault's remedy tells the engine what to do. */
export type PostResult =
  | { readonly key: string; readonly posted: FoundRecord }
  | { readonly key: string; readonly fault: Fault; readonly retryAfterMs?: number };

/** Turns our words into the books' ids: account by number, item, class, department and term by name, parties by TMS id. */
export type Lookup = (kind: RecordKind, name: string) => string | undefined;

/** Something that changed in the books. */
export interface Change {
  readonly entity: string;
  readonly providerId: string;
  readonly version: string | null;
  readonly operation: "changed" | "deleted";
  readonly at: string;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface ChangePage {
  readonly changes: readonly Change[];
  /** Hand this in next time. Pages overlap: a change may come twice and is told apart by id and version. */
  readonly cursor: string;
  /** False when the provider cut the page: ask again at once. */
  readonly complete: boolean;
}

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

/** One company file. Verbs throw a Fault only when the whole call failed; single items fail in their result. */
export interface AccountingConnector {
  readonly capabilities: Capabilities;
  /** Sends each item at most once: one item by the plain call, several by the provider's batch. Results come in any order. */
  readonly post: (items: readonly PostItem[], lookup: Lookup) => Promise<PostResult[]>;
  /** Looks for items in the books by natural number or name; a missing key means not found, several records are all returned. */
  readonly find: (items: readonly PostItem[], lookup: Lookup) => Promise<Map<string, FoundRecord[]>>;
  /** Everything that changed after `cursor`; null starts from now. */
  readonly changesSince: (cursor: string | null) => Promise<ChangePage>;
  /** Chart, lists and settings, complete. */
  readonly reference: () => Promise<BooksReference>;
  /** Link that opens the record in the books' own pages. */
  readonly openUrl: (kind: Postable["kind"], providerId: string) => string;
}

/** A token pair as a provider hands it out. Times are milliseconds since 1970. */
export interface Tokens {
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  readonly refreshToken: string;
  readonly refreshExpiresAt: number;
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
  /** Overrides of single capabilities: a smaller batch, an emulator without limits. */
  readonly overrides: Partial<Capabilities>;
}

/** Everything that depends on the accounting system, for one connection. */
export interface AccountingProvider {
  readonly system: string;
  /** `token` gives a valid access token; it is asked again, with `true`, after the provider refused one. */
  readonly connect: (settings: ConnectionSettings, token: (refused?: boolean) => Promise<string>) => AccountingConnector;
  /** Exchanges the refresh token. Faults: `credentials_expired` (reconnect), `credentials_refused`, `upstream_*`. */
  readonly refresh: (settings: ConnectionSettings, refreshToken: string) => Promise<Tokens>;
}
