import { randomUUID } from "node:crypto";
import type { AccountingConnector, Features, Lookup } from "../connectors/accounting/connector.ts";
import type { BooksReference } from "../core/reference.ts";
import { indexReference, lookup, type ReferenceIndex } from "../core/reference-index.ts";
import type { CompiledRules } from "../core/rules/compile.ts";
import { Fault } from "../core/errors.ts";
import { type Books, findBooks, findReference } from "../store/books.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import type { Lease } from "../store/lanes.ts";
import { findPartyLinks, type PartyLink } from "../store/parties.ts";
import { findLinksVersion } from "../store/review-mend.ts";
import { findUsage, type MonthUsage } from "../store/usage.ts";
import { connectBooks } from "./connections.ts";
import type { Pace } from "./pace.ts";
import type { EngineParts } from "./parts.ts";
import { loadTimeline, type RuleTimeline } from "./rule-versions.ts";

/** What one run over a lane works with. Read once at its start; only this lease holder changes the links meanwhile. */
export interface LaneContext {
  readonly parts: EngineParts;
  readonly organizationId: string;
  readonly books: Books;
  readonly lease: Lease;
  readonly connector: AccountingConnector;
  /** What is in force; replaced when something is published while the turn is under way. */
  timeline: RuleTimeline;
  /** The newest version. Events go by `rulesFor`. */
  rules: CompiledRules;
  /** The version that an event's service date picks. */
  rulesFor: RuleTimeline["at"];
  reference: ReferenceIndex;
  /** TMS party → record in the books, by `kind/partyId`. */
  readonly links: Map<string, PartyLink>;
  /** Counts the times a person linked a party; another one in the store means that `links` is old. */
  linksVersion: bigint;
  /** Set when an answer of the books shows that our copy of their lists is old. */
  staleReference: boolean;
  /** When the copy was read; null before the first reading. */
  referenceAt: Date | null;
  /** The connection as this process holds it, with what of its use was written down already. */
  readonly opened: OpenedConnection;
  /** Calls that the provider metered this month (UTC), as far as written down. */
  metered: number;
}

/** A connection, kept from run to run. */
export interface OpenedConnection {
  readonly settings: string;
  readonly connector: AccountingConnector;
  readonly pace: Pace;
  /** Calls that may be spent on documents that were sent before: each call for others earns a tenth of one. */
  retryCredit: number;
  charged: { readonly writes: number; readonly meteredReads: number };
}

/** Connections and compiled rules outlive a run: kept per process, replaced when their version changes. */
export interface LaneCache {
  readonly connectors: Map<string, OpenedConnection>;
  readonly rules: Map<string, RuleTimeline>;
  readonly references: Map<string, { version: bigint; index: ReferenceIndex }>;
  /** Names this process as a lease holder. */
  readonly holder: string;
}

/** An empty cache for one worker process. */
export function createLaneCache(): LaneCache {
  return { connectors: new Map(), rules: new Map(), references: new Map(), holder: randomUUID() };
}

/** Of what was used in a month, the calls that the provider meters. */
export function meteredOf({ metersWrites }: Pick<Features, "metersWrites">, used: MonthUsage): number {
  return used.meteredReads + (metersWrites === true ? used.writes : 0);
}

/** Key of a party in `links`. */
export function linkKey(kind: string, partyId: string): string {
  return `${kind}/${partyId}`;
}

/** The books' ids for our words: parties through the links, everything else through the books' lists. */
export function lookupOf(context: Pick<LaneContext, "links" | "reference">): Lookup {
  return (kind, name) => {
    if (kind === "vendor" || kind === "customer") return context.links.get(linkKey(kind, name))?.externalId ?? undefined;
    return lookup(context.reference, kind, name);
  };
}

/** Reads what a run needs. The reference is read from the books first when there is none yet, or when it is old. */
export async function openLane(parts: EngineParts, cache: LaneCache, organizationId: string, lease: Lease): Promise<LaneContext> {
  const { books, linksVersion, links, used } = await inOrganization(parts.database, organizationId, async (tx) => ({
    books: await requireBooks(tx, lease.booksId),
    linksVersion: await findLinksVersion(tx, lease.booksId), // Before the links: at worst they are read once more.
    links: await findPartyLinks(tx, lease.booksId),
    used: await findUsage(tx, lease.booksId, parts.now()),
  }));
  const opened = await cachedConnector(parts, cache, organizationId, books);
  const { connector } = opened;
  const rules = await cachedRules(parts, cache, organizationId, books);
  const fixed = { parts, organizationId, books, lease, connector, timeline: rules, rules: rules.newest, rulesFor: rules.at, opened };
  const fresh = { staleReference: false, referenceAt: books.referenceAt, metered: meteredOf(connector.features, used) };
  const context = { ...fixed, linksVersion, ...fresh };
  const known = new Map(links.map((link) => [linkKey(link.kind, link.partyId), link]));
  const reference = await cachedReference(parts, cache, organizationId, books);
  return { ...context, links: known, reference };
}

async function requireBooks(tx: Tx, booksId: string): Promise<Books> {
  const books = await findBooks(tx, booksId);
  if (books === undefined) throw new Fault("not_found", `There are no books ${booksId}`);
  return books;
}

async function cachedConnector(parts: EngineParts, cache: LaneCache, organizationId: string, books: Books): Promise<OpenedConnection> {
  const settings = JSON.stringify([books.system, books.company, books.settings]);
  const held = cache.connectors.get(books.booksId);
  if (held !== undefined && held.settings === settings) return held;
  held?.pace.stop();
  const { connector, pace } = await connectBooks(parts, organizationId, { books, process: cache.holder });
  const opened = { settings, connector, pace, charged: { writes: 0, meteredReads: 0 }, retryCredit: 1 };
  cache.connectors.set(books.booksId, opened);
  return opened;
}

async function cachedRules(parts: EngineParts, cache: LaneCache, organizationId: string, books: Books): Promise<RuleTimeline> {
  const key = `${organizationId}/${books.ruleSet}/${books.name}`;
  const known = cache.rules.get(key);
  const of = { name: books.ruleSet, booksName: books.name };
  const rules = await inOrganization(parts.database, organizationId, (tx) => loadTimeline(tx, of, known));
  cache.rules.set(key, rules);
  return rules;
}

/** The index of the books' lists as last read. An empty one before the first reading: `refreshReference` comes next. */
async function cachedReference(parts: EngineParts, cache: LaneCache, organizationId: string, books: Books): Promise<ReferenceIndex> {
  const held = cache.references.get(books.booksId);
  if (held?.version === books.referenceVersion) return held.index;
  const stored = await inOrganization(parts.database, organizationId, (tx) => findReference(tx, books));
  const index = indexReference(stored ?? emptyReference(books.company));
  if (stored !== null) cache.references.set(books.booksId, { version: books.referenceVersion, index });
  return index;
}

function emptyReference(companyName: string): BooksReference {
  const preferences = {
    companyName,
    homeCurrency: "USD",
    multiCurrency: false,
    closedThrough: null,
    tracksClasses: false,
    tracksDepartments: false,
  };
  return { preferences, records: [] };
}
