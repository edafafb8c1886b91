import type { AccountingConnector, AccountingProvider, Capabilities, ConnectionSettings, Postable } from "../connector.ts";
import { accountTypes } from "./accounts.ts";
import { apiOf, type TokenSource } from "./api.ts";
import { readChanges } from "./changes.ts";
import { findItems } from "./find.ts";
import { requestIds } from "./keys.ts";
import { quickBooksOnlineLimits } from "./limits.ts";
import { refreshTokens } from "./oauth.ts";
import { postItems } from "./post.ts";
import { readReference } from "./reference.ts";
import { entityOf } from "./translate.ts";

export const quickBooksOnline: AccountingProvider = {
  system: quickBooksOnlineLimits.system,
  connect: connectCompany,
  refresh: refreshTokens,
};

function connectCompany(settings: ConnectionSettings, token: TokenSource): AccountingConnector {
  const capabilities: Capabilities = { ...quickBooksOnlineLimits, ...settings.overrides };
  const call = apiOf(settings, token);
  const accounts = accountTypes(call);
  const changes = { call, unknown: new Set<string>() };
  const desk = { call, accounts, ids: requestIds() };
  return {
    capabilities,
    post: (items, lookup) => postItems(desk, items, lookup),
    find: (items, lookup) => findItems(call, accounts, items, lookup),
    changesSince: (cursor) => readChanges(changes, cursor, Date.now()),
    reference: () => readReference(call, accounts),
    openUrl: (kind, providerId) => openUrl(settings, kind, providerId),
  };
}

/** Where QuickBooks' own web application calls a page otherwise than the entity. */
const intuitPages: Partial<Record<Postable["kind"], string>> = {
  journal_entry: "journal",
  expense: "expense",
  vendor: "vendordetail",
  customer: "customerdetail",
};

/**
 * Intuit's application names some pages in its own way and takes the company that is signed in; any other address (an
 * emulator) has one page an entity. The company stands at the end for pages that serve several.
 */
function openUrl(settings: ConnectionSettings, kind: Postable["kind"], providerId: string): string {
  const url = new URL(settings.appUrl);
  const isIntuit = /(^|\.)intuit\.com$/.test(url.hostname);
  const page = (isIntuit ? intuitPages[kind] : undefined) ?? entityOf[kind].toLowerCase();
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/app/${page}`;
  url.searchParams.set(isIntuit && (kind === "vendor" || kind === "customer") ? "nameId" : "txnId", providerId);
  url.searchParams.set("realm", settings.company);
  return url.href;
}
