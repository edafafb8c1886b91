import { randomBytes } from "node:crypto";
import { appendAudit } from "../audit/log.ts";
import type { AccountingProvider, ConnectionSettings, SignInPages, Tokens } from "../connectors/accounting/connector.ts";
import { Fault } from "../core/errors.ts";
import { findBooks } from "../store/books.ts";
import { type ConsentRow, findConsent, forgetConsents, insertConsent, useConsent } from "../store/consents.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { newId } from "../store/ids.ts";
import { findRuleSet } from "../store/rules.ts";
import { deleteSecrets, getSecret, putSecret } from "../store/secrets.ts";
import { type ConnectPlan, settleBooks } from "./connect-settle.ts";
import { ownerOf, type StoredSettings } from "./connections.ts";
import type { Actor, ConnectAddresses, ConnectOrder } from "./engine.ts";
import type { EngineParts } from "./parts.ts";

/** A consent may take this long; the provider's own code lives no longer either. */
const consentMs = 10 * 60_000;

type Addresses = Omit<SignInPages, "discoveryUrl">;

/** Starts the consent for new books, or for the books of ours that turn out to be the company chosen. */
export async function beginConnect(parts: EngineParts, actor: Actor, system: string, order: ConnectOrder): Promise<{ url: string }> {
  const provider = providerOf(parts, system);
  const { name, ruleSet, sourceIds, clientId, clientSecret, company, options, secrets = {} } = order;
  const redirectUri = provider.signIn.redirectTo?.(order.redirectUri, company) ?? order.redirectUri;
  await inOrganization(parts.database, actor.organizationId, async (tx) => {
    if ((await findRuleSet(tx, ruleSet)) === undefined) {
      throw new Fault("request_invalid", `There is no rule set "${ruleSet}"`, { "/ruleSet": "must be the name of a published rule set" });
    }
  });
  const { apiUrl, appUrl, authorizeUrl, tokenUrl, revokeUrl } = await addressesOf(parts, provider, order);
  const own = {
    ...(options === undefined ? {} : { options }),
    ...(order.secrets === undefined ? {} : { secretFields: Object.keys(secrets) }),
  };
  const settings = { apiUrl, appUrl, authorizeUrl, tokenUrl, revokeUrl, clientId, ...own };
  checkOptions(provider, { ...settings, company: company ?? "", clientSecret, secrets, overrides: {} });
  const plan = { name, ruleSet, sourceIds, settings, clientSecret, redirectUri, secrets };
  return begin(parts, actor, { provider, booksId: null, plan });
}

/** Options that the connector does not know are refused now, not when the books are first used. */
function checkOptions(provider: AccountingProvider, settings: ConnectionSettings): void {
  try {
    provider.connect(settings, () => Promise.reject(new Error("no call is made")));
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "configuration_invalid") throw error;
    throw new Fault("request_invalid", error.message, { "/options": error.message });
  }
}

/** Starts the consent for books that exist, as the app they are connected by. */
export async function reconnectBooks(
  parts: EngineParts,
  actor: Actor,
  booksId: string,
  redirectUriOf: (provider: string) => string,
): Promise<{ url: string }> {
  const { books, clientSecret, secrets } = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const found = await findBooks(tx, booksId);
    const fields = (found?.settings as unknown as StoredSettings | undefined)?.secretFields ?? [];
    const kept: Record<string, string> = {};
    for (const field of fields) kept[field] = (await getSecret(tx, parts.masterKey, { owner: ownerOf(booksId), field })) ?? "";
    const app = await getSecret(tx, parts.masterKey, { owner: ownerOf(booksId), field: "client_secret" });
    return { books: found, clientSecret: app, secrets: kept };
  });
  if (books === undefined) throw new Fault("not_found", `There are no books ${booksId}`);
  if (clientSecret === null) {
    throw new Fault(
      "credentials_refused",
      `The app of ${books.name} is not known any more; connect the company anew with its client id and secret`,
    );
  }
  const { name, ruleSet } = books;
  const settings = books.settings as unknown as StoredSettings;
  const provider = providerOf(parts, books.system);
  const plain = redirectUriOf(books.system);
  const redirectUri = provider.signIn.redirectTo?.(plain, books.company) ?? plain;
  const plan = { name, ruleSet, sourceIds: [], settings, clientSecret, redirectUri, secrets };
  return begin(parts, actor, { provider, booksId, plan });
}

interface Start {
  readonly provider: AccountingProvider;
  readonly booksId: string | null;
  readonly plan: Omit<ConnectPlan, "codeVerifier">;
}

async function begin(parts: EngineParts, actor: Actor, { provider, booksId, plan }: Start): Promise<{ url: string }> {
  const { organizationId } = actor;
  const { settings, clientSecret, redirectUri } = plan;
  const consent = provider.signIn.begin({ ...settings, clientSecret }, redirectUri, randomBytes(64));
  const consentId = newId();
  const now = parts.now();
  const startedBy = `${actor.type}:${actor.id}`;
  const sealed = JSON.stringify({ ...plan, codeVerifier: consent.codeVerifier } satisfies ConnectPlan);
  await inOrganization(parts.database, organizationId, async (tx) => {
    await forgetConsents(tx, now);
    const expiresAt = new Date(now.getTime() + consentMs);
    await insertConsent(tx, { consentId, system: provider.system, startedBy, booksId, expiresAt, state: consent.state });
    await putSecret(tx, parts.masterKey, { owner: consentOwner(consentId), field: "plan" }, sealed);
    const facts = { consent: consentId, system: provider.system, name: plan.name, clientId: settings.clientId };
    await appendAudit(tx, now, [
      { actor: startedBy, action: "books.connect_started", objectType: "books", objectId: booksId ?? consentId, facts },
    ]);
  });
  return { url: consent.url };
}

/** Ends a consent. It is used up before the provider is asked, so that nothing brings it back a second time. */
export async function finishConnect(
  parts: EngineParts,
  system: string,
  query: URLSearchParams,
  browser: Actor | null,
): Promise<{ booksId: string; name: string }> {
  const provider = providerOf(parts, system);
  const state = query.get("state") ?? "";
  const consent = state === "" || state.length > 200 ? undefined : await findConsent(parts.database, state);
  if (consent === undefined || consent.system !== system) throw stranger();
  refuseOthers(consent, browser);
  const plan = await takePlan(parts, consent);
  try {
    const { code, company } = provider.signIn.callback(query, state);
    const { settings, clientSecret, redirectUri, codeVerifier } = plan;
    const tokens = await provider.signIn.exchange({ ...settings, clientSecret }, { code, redirectUri, codeVerifier });
    try {
      const secrets = { ...plan.secrets };
      await provider.confirm?.({ ...settings, company, clientSecret, secrets, overrides: settings.overrides ?? {} }, tokens);
      return await settleBooks(parts, { consent, plan, company, tokens });
    } catch (error) {
      await letGo(parts, provider, plan, tokens);
      throw error;
    }
  } catch (error) {
    await noteFailure(parts, consent, error);
    throw error;
  }
}

/** The person who started it in the browser must be the one who comes back; what a key started, nobody of another organization may end. */
function refuseOthers(consent: ConsentRow, browser: Actor | null): void {
  const byUser = consent.startedBy.startsWith("user:");
  const isSame = browser !== null && `${browser.type}:${browser.id}` === consent.startedBy && browser.role === "admin";
  const isForeign = browser !== null && browser.organizationId !== consent.organizationId;
  if (isForeign || (byUser && !isSame)) throw stranger();
}

function stranger(): Fault {
  return new Fault("unauthorized", "This connection was not started in this browser, or lies too far back. Start it again.");
}

/** Uses the consent up and takes what was kept for it out of its envelope. */
async function takePlan(parts: EngineParts, consent: ConsentRow): Promise<ConnectPlan> {
  const { consentId, organizationId } = consent;
  const name = { owner: consentOwner(consentId), field: "plan" };
  const sealed = await inOrganization(parts.database, organizationId, async (tx) => {
    if (!(await useConsent(tx, consentId, parts.now()))) return null;
    const text = await getSecret(tx, parts.masterKey, name);
    await deleteSecrets(tx, name);
    return text;
  });
  if (sealed !== null) return JSON.parse(sealed) as ConnectPlan;
  if (consent.expiresAt <= parts.now() && consent.usedAt === null) {
    throw new Fault("unauthorized", "This connection was started more than ten minutes ago. Start it again.");
  }
  throw new Fault("unauthorized", "This connection was ended already. Look whether the books are connected; if not, start it again.");
}

/** A grant that was given and is not used must not live on over there. */
async function letGo(parts: EngineParts, provider: AccountingProvider, plan: ConnectPlan, tokens: Tokens): Promise<void> {
  const { settings, clientSecret } = plan;
  if (settings.revokeUrl === undefined) return;
  await provider.signIn
    .revoke({ ...settings, clientSecret, revokeUrl: settings.revokeUrl }, tokens.refreshToken)
    .catch((error: unknown) => {
      parts.log("warn", "a grant that is not used could not be ended", { reason: error instanceof Error ? error.message : String(error) });
    });
}

async function noteFailure(parts: EngineParts, consent: ConsentRow, error: unknown): Promise<void> {
  const facts = { consent: consent.consentId, fault: error instanceof Fault ? error.code : "internal" };
  const objectId = consent.booksId ?? consent.consentId;
  await inOrganization(parts.database, consent.organizationId, (tx: Tx) =>
    appendAudit(tx, parts.now(), [{ actor: consent.startedBy, action: "books.connect_failed", objectType: "books", objectId, facts }]),
  );
}

function consentOwner(consentId: string): string {
  return `consent:${consentId}`;
}

/** The connector of a system. Faults: `not_found`. */
export function providerOf(parts: EngineParts, system: string): AccountingProvider {
  const provider = parts.providers.find((one) => one.system === system);
  if (provider !== undefined) return provider;
  const known = parts.providers.map((one) => one.system).join(", ");
  throw new Fault("not_found", `No connector for "${system.slice(0, 100)}" is built in; there are ${known}`);
}

async function addressesOf(parts: EngineParts, provider: AccountingProvider, { place }: ConnectOrder): Promise<Addresses> {
  if ("addresses" in place) return checked(place.addresses);
  const pages = provider.signIn.environments[place.environment];
  try {
    return { ...pages, ...(await provider.signIn.discover(pages.discoveryUrl)) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    parts.log("warn", "the provider's addresses could not be read; the built-in ones are used", {
      system: provider.system,
      reason: error.message,
    });
    return pages;
  }
}

/** Secrets are sent to these addresses: encrypted, or not off this machine. */
function checked(addresses: ConnectAddresses): Addresses {
  const places = Object.entries(addresses).flatMap(([name, address]): [string, string][] => {
    const url = URL.canParse(address) ? new URL(address) : null;
    const isNear = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
    const isGood = url !== null && url.username === "" && (url.protocol === "https:" || (url.protocol === "http:" && isNear));
    return isGood ? [] : [[`/addresses/${name}`, "must be an https address, or an http address of this machine"]];
  });
  if (places.length > 0) throw new Fault("request_invalid", "The addresses cannot be used", Object.fromEntries(places));
  return { ...addresses, apiUrl: addresses.apiUrl.replace(/\/+$/, ""), appUrl: addresses.appUrl.replace(/\/+$/, "") };
}
