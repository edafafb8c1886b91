import type { Finding } from "../core/finding.ts";
import type { RuleChange } from "../core/rules/diff.ts";
import type { RuleSet } from "../core/rules/rule-set.ts";
import type { RuleSetDraft } from "../store/rule-drafts.ts";
import type { RemapSelection } from "../store/rule-events.ts";
import type { Coverage, Period } from "./coverage.ts";
import type { Accepted, AcceptOrder, SuggestOrder, Suggestions } from "./suggest.ts";
import type { Controls } from "./controls.ts";
import type { BacktestOrder, BacktestState } from "./backtest.ts";
import type { EventChoice, Explanation, RuleCheck } from "./check-rules.ts";
import type { DryRunOrder, DryRunReport } from "./dry-run.ts";
import type { RuleChoice } from "./pick-rules.ts";
import type { Published } from "./publish-rules.ts";
import type { DraftOrder, RolledBack, SavedDraft } from "./rule-drafts.ts";
import type { RulesInUse } from "./use-rules.ts";
import type { Actor } from "./actor.ts";
import type { Checks } from "./checks-set.ts";
import type { FileReceipt, MessageBody, Receipt } from "./receipts.ts";
import type { Review } from "./review-verbs.ts";

export type { Actor } from "./actor.ts";
export type { FileReceipt, MessageBody, Receipt } from "./receipts.ts";

/** How books are to be connected. */
export interface ConnectOrder {
  /** Name of the books here. */
  readonly name: string;
  /** The provider's own addresses of that world, or others: an emulator's. */
  readonly place: { readonly environment: "production" | "sandbox" } | { readonly addresses: ConnectAddresses };
  readonly clientId: string;
  readonly clientSecret: string;
  readonly ruleSet: string;
  /** Sources that feed the books from now on. */
  readonly sourceIds: readonly string[];
  /** Where the provider sends the browser back to. */
  readonly redirectUri: string;
  /** The company at the provider, where its consent does not name the one that was chosen. */
  readonly company?: string;
  /** What else the connector must know of the company, and secrets that belong to it, by the connector's own names. */
  readonly options?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface ConnectAddresses {
  readonly apiUrl: string;
  readonly appUrl: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
}

/** How a connection is made, kept, and let go. Each verb leaves its audit leaves. */
export interface Connections {
  /** Starts a consent; the browser goes to `url` within ten minutes. Faults: `not_found`, `request_invalid`. */
  readonly begin: (actor: Actor, provider: string, order: ConnectOrder) => Promise<{ url: string }>;
  /** Starts a consent for books that exist, with their own app. `redirectUriOf` names the address of their provider's callback. */
  readonly reconnect: (actor: Actor, booksId: string, redirectUriOf: (provider: string) => string) => Promise<{ url: string }>;
  /**
   * Ends a consent with what the browser brought back, once. `browser` is who is signed in there. Faults: `unauthorized`
   * (unknown, used, expired, somebody else's), `forbidden` (declined), `request_invalid`, `credentials_*`, `upstream_*`.
   */
  readonly finish: (provider: string, query: URLSearchParams, browser: Actor | null) => Promise<{ booksId: string; name: string }>;
  readonly pause: (actor: Actor, booksId: string) => Promise<void>;
  /** Faults: `credentials_expired` when the books were disconnected. */
  readonly resume: (actor: Actor, booksId: string) => Promise<void>;
  /** Ends the grant at the provider and forgets the tokens. `revoked` false: there was none left to end. */
  readonly disconnect: (actor: Actor, booksId: string) => Promise<{ revoked: boolean }>;
  /** When the sign-in of each books ends unless it is used before, by books id. Books that are signed out have none. */
  readonly signInEnds: (actor: Actor) => Promise<ReadonlyMap<string, Date>>;
  /** Keeps what the provider signs its notifications with: for one app, or for all of the organization's. */
  readonly setVerifier: (actor: Actor, provider: string, verifier: { verifierToken: string; clientId: string | null }) => Promise<void>;
  /**
   * Takes a notification in; durable before it returns. Answers how many hints were new. Faults: `body_malformed`,
   * `unauthorized` when it is about companies that are connected here and none of their apps signed it.
   */
  readonly notify: (provider: string, message: Notification) => Promise<{ taken: number }>;
}

/** A provider's message as it arrived. */
export interface Notification {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** What gateway and command line may ask. Every verb that writes is one transaction per step, with its audit leaves. */
export interface Engine extends Controls {
  /** Takes a message in. Durable before it returns. Faults: `body_malformed`, `format_unknown`, `body_too_large`. */
  readonly ingest: (actor: Actor, message: { format: string; body: MessageBody; sourceId?: string }) => Promise<Receipt[]>;
  /** Takes a file in as a stream, batch by batch; `format` null: recognized by its head and name. */
  readonly ingestFile: (
    actor: Actor,
    file: { format: string | null; name: string; body: MessageBody; sourceId?: string },
  ) => Promise<FileReceipt>;
  /** Puts everything behind one cause (or single postings) back to work. Answers how many events and postings that were. */
  readonly retry: (actor: Actor, selection: { cause?: string; eventIds?: string[] }) => Promise<{ retried: number }>;
  /**
   * Checks and publishes a new version of a rule set. Faults: `rule_set_invalid` with every place and suggestion in
   * details; `version_behind` when `basedOn` was named and is not the newest version any more.
   */
  readonly publishRules: (
    actor: Actor,
    ruleSet: RuleSet,
    basedOn?: number,
  ) => Promise<{ name: string; version: number; warnings: Finding[] }>;
  readonly connections: Connections;
  readonly rules: Rules;
  readonly checks: Checks;
  readonly review: Review;
  /** Tries a period of stored events, or a file. Writes nothing and asks the books nothing. */
  readonly dryRun: (actor: Actor, order: DryRunOrder) => Promise<DryRunReport>;
}

/** The life of rule sets: drafts, checks, approvals, versions, backtests. Each verb that changes something leaves an audit leaf. */
export interface Rules {
  readonly saveDraft: (actor: Actor, name: string, order: DraftOrder) => Promise<SavedDraft>;
  /** Faults: `forbidden` for who wrote a part of it. */
  readonly approve: (actor: Actor, name: string, revision: number) => Promise<RuleSetDraft>;
  readonly publishDraft: (actor: Actor, name: string, revision: number | null) => Promise<Published>;
  readonly discardDraft: (actor: Actor, name: string) => Promise<void>;
  readonly rollBack: (actor: Actor, name: string, version: number) => Promise<RolledBack>;
  readonly setFourEyes: (actor: Actor, fourEyes: boolean) => Promise<void>;
  readonly check: (actor: Actor, name: string, choice: RuleChoice) => Promise<RuleCheck>;
  readonly compare: (
    actor: Actor,
    name: string,
    of: { older: RuleChoice; newer: RuleChoice; booksName: string | null },
  ) => Promise<RuleChange[]>;
  readonly explain: (
    actor: Actor,
    name: string,
    of: { event: EventChoice; choice: RuleChoice | null; booksName: string | null },
  ) => Promise<Explanation>;
  readonly startBacktest: (actor: Actor, order: BacktestOrder) => Promise<{ id: string }>;
  readonly backtest: (actor: Actor, id: string) => Promise<BacktestState>;
  readonly cancelBacktest: (actor: Actor, id: string) => Promise<BacktestState>;
  /** Maps what comes for books by this rule set. */
  readonly use: (actor: Actor, name: string, booksName: string | null) => Promise<RulesInUse>;
  /** What stored events have no mapping for, with count and money. */
  readonly coverage: (
    actor: Actor,
    name: string,
    of: { choice: RuleChoice; booksName: string | null; period: Period },
  ) => Promise<Coverage>;
  /** What the books' own lists offer for what rules and events need. */
  readonly suggest: (actor: Actor, name: string, order: SuggestOrder) => Promise<Suggestions>;
  /** Writes suggestions into the draft, and links parties to records of the books. */
  readonly acceptSuggestions: (actor: Actor, name: string, order: AcceptOrder) => Promise<Accepted>;
  /** Maps events anew by the rules as they are now. Answers how many. */
  readonly remap: (actor: Actor, name: string, selection: RemapSelection) => Promise<{ events: number }>;
}
