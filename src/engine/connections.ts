import type {
  AccountingConnector,
  AccountingProvider,
  Capabilities,
  ConnectionSettings,
  Tokens,
} from "../connectors/accounting/connector.ts";
import { Fault } from "../core/errors.ts";
import { shareOut } from "../core/pace/pace.ts";
import type { Books } from "../store/books.ts";
import { inOrganization } from "../store/database.ts";
import { changePace } from "../store/paces.ts";
import { claimSecret, getSecret, putSecret, unclaimSecret } from "../store/secrets.ts";
import { createPace, type Exchange, type Pace, processClock } from "./pace.ts";
import type { EngineParts } from "./parts.ts";
import { permitted } from "./permit.ts";

/** Refresh when less than this is left, so that a token does not end in the middle of a call. */
const renewBeforeMs = 5 * 60_000;
const claimWaitMs = 70_000;

/** What `books.settings` holds for a connection: everything but the secrets. */
export type StoredSettings = Omit<ConnectionSettings, "clientSecret" | "company" | "overrides" | "secrets"> & {
  readonly overrides?: Partial<Capabilities>;
  /** Where the grant is ended; books that were connected before this was kept have none. */
  readonly revokeUrl?: string;
  /** The consent behind it: another one makes every worker open the connection anew, with the client secret of now. */
  readonly consent?: string;
  /** Fields under which further secrets of the connection are filed. */
  readonly secretFields?: readonly string[];
};

/**
 * Opens the connection of these books for one process. Secrets are opened from their envelopes here and live in memory only.
 * Its calls share one pace with those of every other process.
 */
export async function connectBooks(
  parts: EngineParts,
  organizationId: string,
  { books, process }: { books: Books; process: string },
): Promise<{ connector: AccountingConnector; pace: Pace }> {
  const provider = parts.providers.find(({ system }) => system === books.system);
  if (provider === undefined) throw new Fault("configuration_invalid", `No connector for "${books.system}" is built in`);
  const stored = books.settings as unknown as StoredSettings;
  const fields = ["client_secret", ...(stored.secretFields ?? [])];
  const secrets = await inOrganization(parts.database, organizationId, async (tx) => {
    const opened: Record<string, string> = {};
    for (const field of fields) {
      const secret = await getSecret(tx, parts.masterKey, { owner: ownerOf(books.booksId), field });
      if (secret === null) throw new Fault("credentials_refused", `The connection of ${books.name} has no ${field}; connect it again`);
      opened[field] = secret;
    }
    return opened;
  });
  const { client_secret: clientSecret = "", ...others } = secrets;
  const settings: ConnectionSettings = {
    ...stored,
    company: books.company,
    clientSecret,
    secrets: others,
    overrides: stored.overrides ?? {},
  };
  const { requestsPerSecond, requestsPerMinute, batchesPerMinute, inFlightMax, batchItemsMax } = provider.capabilities(settings);
  const published = { requestsPerSecond, requestsPerMinute, batchesPerMinute, inFlightMax, batchItemsMax };
  const ofBooks = { booksId: books.booksId, published };
  const share: Exchange = (asking) =>
    inOrganization(parts.database, organizationId, (tx) => changePace(tx, ofBooks, (state, at) => shareOut(state, published, asking, at)));
  const pace = createPace(published, process, share, processClock);
  return {
    connector: provider.connect(settings, keepToken(parts, organizationId, { books, provider, settings }), permitted(pace.run)),
    pace,
  };
}

/** Where a books' secrets are filed. */
export function ownerOf(booksId: string): string {
  return `books:${booksId}`;
}

interface Held {
  readonly books: Books;
  readonly provider: AccountingProvider;
  readonly settings: ConnectionSettings;
}

/**
 * Token custody. One refresh at a time over all processes: whoever claims the row asks the provider, and the new pair
 * is committed before it is used. Others wait for it. A token the provider refused is replaced once.
 */
function keepToken(parts: EngineParts, organizationId: string, held: Held): (refused?: boolean) => Promise<string> {
  let current: Tokens | null = null;
  let running: Promise<Tokens> | null = null;
  const fresh = (tokens: Tokens) => tokens.accessExpiresAt - parts.now().getTime() > renewBeforeMs;
  return async (refused = false) => {
    if (current !== null && !refused && fresh(current)) return current.accessToken;
    const bad = refused ? (current?.accessToken ?? null) : null;
    running ??= renew(parts, organizationId, held, (tokens) => tokens.accessToken !== bad && fresh(tokens)).finally(() => {
      running = null;
    });
    current = await running;
    return current.accessToken;
  };
}

async function renew(parts: EngineParts, organizationId: string, held: Held, isGood: (tokens: Tokens) => boolean): Promise<Tokens> {
  const name = { owner: ownerOf(held.books.booksId), field: "tokens" };
  const waitUntil = Date.now() + claimWaitMs;
  for (;;) {
    const { tokens, mine } = await inOrganization(parts.database, organizationId, async (tx) => {
      const stored = await readTokens(parts, tx, name);
      if (isGood(stored) || !(await claimSecret(tx, name))) return { tokens: stored, mine: false };
      // Somebody may have finished between our look and our claim.
      const kept = await readTokens(parts, tx, name);
      if (isGood(kept)) await unclaimSecret(tx, name);
      return { tokens: kept, mine: true };
    });
    if (isGood(tokens)) return tokens;
    if (mine) return await exchange(parts, organizationId, held, tokens);
    if (Date.now() > waitUntil) throw new Fault("upstream_busy", "Another worker is refreshing the sign-in and has not finished");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * The new pair is kept before it is used. A grant that is refused may only have been renewed by somebody else meanwhile,
 * whose claim had run out or who connected anew: it is dead only if what is kept is still the pair that was refused.
 */
async function exchange(parts: EngineParts, organizationId: string, held: Held, old: Tokens): Promise<Tokens> {
  const name = { owner: ownerOf(held.books.booksId), field: "tokens" };
  try {
    const tokens = await held.provider.refresh(held.settings, old.refreshToken);
    await inOrganization(parts.database, organizationId, (tx) => putSecret(tx, parts.masterKey, name, JSON.stringify(tokens)));
    return tokens;
  } catch (error) {
    const kept = await inOrganization(parts.database, organizationId, async (tx) => {
      await unclaimSecret(tx, name);
      return readTokens(parts, tx, name);
    });
    const isDead = error instanceof Fault && error.code === "credentials_expired";
    if (isDead && kept.refreshToken !== old.refreshToken) return kept;
    throw error;
  }
}

async function readTokens(
  parts: EngineParts,
  tx: Parameters<typeof getSecret>[0],
  name: { owner: string; field: string },
): Promise<Tokens> {
  const text = await getSecret(tx, parts.masterKey, name);
  if (text === null) throw new Fault("credentials_expired", "These books were never signed in to; connect them");
  return JSON.parse(text) as Tokens;
}
