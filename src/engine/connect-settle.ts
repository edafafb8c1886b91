import { appendAudit } from "../audit/log.ts";
import type { Tokens } from "../connectors/accounting/connector.ts";
import { Fault } from "../core/errors.ts";
import {
  type Books,
  findBooks,
  findBooksOfCompany,
  findSource,
  insertBooks,
  orderBooksState,
  putSource,
  updateBooksSettings,
} from "../store/books.ts";
import type { ConsentRow } from "../store/consents.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { newId } from "../store/ids.ts";
import { createLane, pauseLane } from "../store/lanes.ts";
import { putSecret } from "../store/secrets.ts";
import { ownerOf, type StoredSettings } from "./connections.ts";
import type { EngineParts } from "./parts.ts";

/** What a consent needs when the browser comes back. Sealed until then. */
export interface ConnectPlan {
  readonly name: string;
  readonly ruleSet: string;
  readonly sourceIds: readonly string[];
  readonly settings: StoredSettings;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  /** Further secrets of the connection, by field. */
  readonly secrets: Readonly<Record<string, string>>;
}

interface Given {
  readonly consent: ConsentRow;
  readonly plan: ConnectPlan;
  readonly company: string;
  readonly tokens: Tokens;
}

/**
 * Makes the books of a consent, or wakes those that are this company already. One transaction: tokens, state, lane, sources
 * and audit. Faults: `request_invalid` when another company was chosen than the books have.
 */
export async function settleBooks(parts: EngineParts, given: Given): Promise<{ booksId: string; name: string }> {
  const { consent, plan } = given;
  const { organizationId } = consent;
  const settled = await inOrganization(parts.database, organizationId, async (tx) => {
    const known = await knownBooks(tx, given);
    const booksId = known?.booksId ?? newId();
    await (known === undefined ? openBooks(tx, booksId, given) : wakeBooks(tx, known, given));
    const owner = ownerOf(booksId);
    await putSecret(tx, parts.masterKey, { owner, field: "client_secret" }, plan.clientSecret);
    await putSecret(tx, parts.masterKey, { owner, field: "tokens" }, JSON.stringify(given.tokens));
    for (const [field, secret] of Object.entries(plan.secrets)) await putSecret(tx, parts.masterKey, { owner, field }, secret);
    for (const sourceId of plan.sourceIds) await attachSource(tx, booksId, sourceId);
    const facts = { consent: consent.consentId, system: consent.system, company: given.company, isNew: known === undefined };
    await appendAudit(tx, parts.now(), [
      { actor: consent.startedBy, action: "books.connected", objectType: "books", objectId: booksId, facts },
    ]);
    return { booksId, name: known?.name ?? plan.name };
  });
  await parts.wake({ organizationId, booksId: settled.booksId });
  return settled;
}

async function knownBooks(tx: Tx, { consent, company }: Given): Promise<Books | undefined> {
  if (consent.booksId === null) return findBooksOfCompany(tx, consent.system, company);
  const books = await findBooks(tx, consent.booksId);
  if (books !== undefined && books.company !== company) {
    throw new Fault(
      "request_invalid",
      `Another company was chosen (${company}) than ${books.name} is (${books.company}). Start again and choose that one, or connect the other as new books.`,
    );
  }
  return books;
}

async function openBooks(tx: Tx, booksId: string, { consent, plan, company }: Given): Promise<void> {
  const settings = { ...plan.settings, consent: consent.consentId };
  await insertBooks(tx, { booksId, name: plan.name, system: consent.system, company, settings, ruleSet: plan.ruleSet });
  await createLane(tx, booksId);
}

/** What was set for these books by hand stays: their name, rule set and overrides; options and secrets that the order leaves out too. */
async function wakeBooks(tx: Tx, books: Books, { consent, plan, company }: Given): Promise<void> {
  const { overrides, options, secretFields = [] } = books.settings as unknown as StoredSettings;
  const settings = {
    ...(options === undefined ? {} : { options }),
    ...plan.settings,
    secretFields: [...new Set([...secretFields, ...(plan.settings.secretFields ?? [])])],
    ...(overrides === undefined ? {} : { overrides }),
    consent: consent.consentId,
  };
  await updateBooksSettings(tx, { booksId: books.booksId, company, settings });
  await orderBooksState(tx, books.booksId, "connected", null);
  await pauseLane(tx, books.booksId, null);
}

async function attachSource(tx: Tx, booksId: string, sourceId: string): Promise<void> {
  const known = await findSource(tx, sourceId);
  await putSource(tx, { sourceId, name: known?.name ?? sourceId, booksId, options: known?.options ?? {} });
}
