import { appendAudit } from "../audit/log.ts";
import type { Tokens } from "../connectors/accounting/connector.ts";
import { Fault } from "../core/errors.ts";
import { type Books, findBooks, listBooks, orderBooksState } from "../store/books.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { pauseLane } from "../store/lanes.ts";
import { claimSecret, deleteSecrets, getSecret, unclaimSecret } from "../store/secrets.ts";
import { providerOf } from "./connect.ts";
import { ownerOf, type StoredSettings } from "./connections.ts";
import type { Actor } from "./engine.ts";
import type { EngineParts } from "./parts.ts";

/** Stops the lane after what is being sent now; what comes in waits. */
export async function pauseBooks(parts: EngineParts, actor: Actor, booksId: string): Promise<void> {
  await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const before = await orderBooksState(tx, booksId, "paused", "Paused by a person");
    if (before === undefined) throw unknown(booksId);
    if (before !== "paused") await leave(tx, parts, actor, { action: "books.paused", booksId, facts: { before } });
  });
}

/** Lets the lane go on, and asks books that want a reconnect once more at once. */
export async function resumeBooks(parts: EngineParts, actor: Actor, booksId: string): Promise<void> {
  const { organizationId } = actor;
  await inOrganization(parts.database, organizationId, async (tx) => {
    const books = await requireBooks(tx, booksId);
    if ((await getSecret(tx, parts.masterKey, tokensOf(booksId))) === null) {
      throw new Fault("credentials_expired", `${books.name} is disconnected: reconnect it`);
    }
    await pauseLane(tx, booksId, null);
    if (books.state !== "paused") return;
    await orderBooksState(tx, booksId, "connected", null);
    await leave(tx, parts, actor, { action: "books.resumed", booksId, facts: {} });
  });
  await parts.wake({ organizationId, booksId });
}

/**
 * Stops the lane, ends the grant at the provider and forgets the tokens. When the provider cannot be reached, the books are
 * paused and the tokens kept, so that it can be asked for again. Faults: `upstream_*`, `not_found`.
 */
export async function disconnectBooks(parts: EngineParts, actor: Actor, booksId: string): Promise<{ revoked: boolean }> {
  const { organizationId } = actor;
  const name = tokensOf(booksId);
  const held = await inOrganization(parts.database, organizationId, async (tx) => {
    const books = await requireBooks(tx, booksId);
    const text = await getSecret(tx, parts.masterKey, name);
    const clientSecret = await getSecret(tx, parts.masterKey, { ...name, field: "client_secret" });
    await orderBooksState(tx, booksId, "paused", "Disconnected by a person");
    if (text !== null && !(await claimSecret(tx, name))) {
      throw new Fault("upstream_busy", "The sign-in is being refreshed just now; disconnect again in a minute");
    }
    return { books, tokens: text === null ? null : (JSON.parse(text) as Tokens), clientSecret };
  });
  let revoked = false;
  try {
    revoked = await endGrant(parts, held);
  } catch (error) {
    await inOrganization(parts.database, organizationId, (tx) => unclaimSecret(tx, name));
    throw error;
  }
  await inOrganization(parts.database, organizationId, async (tx) => {
    await deleteSecrets(tx, name);
    await leave(tx, parts, actor, { action: "books.disconnected", booksId, facts: { revoked } });
  });
  return { revoked };
}

async function endGrant(
  parts: EngineParts,
  { books, tokens, clientSecret }: { books: Books; tokens: Tokens | null; clientSecret: string | null },
): Promise<boolean> {
  const settings = books.settings as unknown as StoredSettings;
  const { revokeUrl } = settings;
  if (tokens === null || clientSecret === null || revokeUrl === undefined) return false;
  try {
    await providerOf(parts, books.system).signIn.revoke({ ...settings, clientSecret, revokeUrl }, tokens.refreshToken);
    return true;
  } catch (error) {
    // Our own keys are refused: nobody can end it in our name, and keeping its tokens helps nobody.
    if (error instanceof Fault && error.code === "credentials_refused") return false;
    throw error;
  }
}

/** When each sign-in ends unless it is used before. */
export function signInEnds(parts: EngineParts, actor: Actor): Promise<ReadonlyMap<string, Date>> {
  return inOrganization(parts.database, actor.organizationId, async (tx) => {
    const ends = new Map<string, Date>();
    for (const { booksId } of await listBooks(tx)) {
      const text = await getSecret(tx, parts.masterKey, tokensOf(booksId)).catch((error: unknown) => {
        if (error instanceof Fault) return null; // Sealed with another master key: as good as signed out.
        throw error;
      });
      if (text !== null) ends.set(booksId, new Date((JSON.parse(text) as Tokens).refreshExpiresAt));
    }
    return ends;
  });
}

function tokensOf(booksId: string): { owner: string; field: string } {
  return { owner: ownerOf(booksId), field: "tokens" };
}

async function requireBooks(tx: Tx, booksId: string): Promise<Books> {
  const books = await findBooks(tx, booksId);
  if (books === undefined) throw unknown(booksId);
  return books;
}

function unknown(booksId: string): Fault {
  return new Fault("not_found", `There are no books ${booksId}`);
}

function leave(
  tx: Tx,
  parts: EngineParts,
  actor: Actor,
  { action, booksId, facts }: { action: string; booksId: string; facts: Record<string, unknown> },
): Promise<void> {
  return appendAudit(tx, parts.now(), [{ actor: `${actor.type}:${actor.id}`, action, objectType: "books", objectId: booksId, facts }]);
}
