import { appendAudit } from "../audit/log.ts";
import type { AccountingProvider, Hint } from "../connectors/accounting/connector.ts";
import { Fault } from "../core/errors.ts";
import { findBooks } from "../store/books.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { findCompanies, insertNotifications, markNotified, type NewNotification } from "../store/notifications.ts";
import { getSecret, putSecret } from "../store/secrets.ts";
import { providerOf } from "./connect.ts";
import type { StoredSettings } from "./connections.ts";
import type { Actor, Notification } from "./engine.ts";
import type { EngineParts } from "./parts.ts";

/** Keeps what an app's notifications are signed with. Without a client id it is for every app without one of its own. */
export async function setVerifier(
  parts: EngineParts,
  actor: Actor,
  system: string,
  { verifierToken, clientId }: { verifierToken: string; clientId: string | null },
): Promise<void> {
  const provider = providerOf(parts, system);
  await inOrganization(parts.database, actor.organizationId, async (tx) => {
    await putSecret(tx, parts.masterKey, verifierName(provider.system, clientId), verifierToken);
    const facts = { clientId };
    await appendAudit(tx, parts.now(), [
      { actor: `${actor.type}:${actor.id}`, action: "books.verifier_set", objectType: "books", objectId: provider.system, facts },
    ]);
  });
}

function verifierName(system: string, clientId: string | null): { owner: string; field: string } {
  return { owner: clientId === null ? `app:${system}` : `app:${system}:${clientId}`, field: "verifier_token" };
}

/**
 * Takes a notification in. Companies of several organizations may share an app, so each books that it names is asked for the
 * token of its own organization, and only those whose token fits the signature hear of it.
 */
export async function takeNotification(parts: EngineParts, system: string, message: Notification): Promise<{ taken: number }> {
  const provider = providerOf(parts, system);
  const hints = provider.notifications.read(message.body);
  // Nobody has vouched for the message yet: only what may be an id at all is looked for.
  const companies = [...new Set(hints.map(({ company }) => company))].filter((company) => /^[\x21-\x7e]{1,100}$/.test(company));
  const named = companies.length === 0 ? [] : await findCompanies(parts.database, provider.system, companies);
  if (named.length === 0) {
    parts.log("info", "a notification names no company that is connected here", { system, companies: companies.length });
    return { taken: 0 };
  }
  let taken = 0;
  let isSigned = false;
  for (const { organizationId, booksId, company } of named) {
    const kept = await inOrganization(parts.database, organizationId, async (tx) => {
      if (!(await isSignedFor(parts, tx, { provider, booksId, message }))) return null;
      await markNotified(tx, booksId);
      return insertNotifications(tx, booksId, hints.filter((hint) => hint.company === company).map(keptHint));
    });
    if (kept === null) continue;
    isSigned = true;
    taken += kept;
    if (kept > 0) await parts.wake({ organizationId, booksId });
  }
  if (!isSigned) throw new Fault("unauthorized", "The notification is not signed with the verifier token of an app that is connected here");
  return { taken };
}

async function isSignedFor(
  parts: EngineParts,
  tx: Tx,
  { provider, booksId, message }: { provider: AccountingProvider; booksId: string; message: Notification },
): Promise<boolean> {
  const books = await findBooks(tx, booksId);
  const { clientId } = (books?.settings ?? {}) as unknown as Partial<StoredSettings>;
  const own = clientId === undefined ? null : await getSecret(tx, parts.masterKey, verifierName(provider.system, clientId));
  const token = own ?? (await getSecret(tx, parts.masterKey, verifierName(provider.system, null)));
  return token !== null && provider.notifications.verify(message.headers, message.body, token);
}

function keptHint({ entity, providerId, operation, mergedId, at }: Hint): NewNotification {
  return { entity, providerId, operation, mergedId, version: null, at };
}
