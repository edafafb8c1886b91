import type { AccountingConnector, AccountingProvider, Capabilities, ConnectionSettings, EntryKind, Gate } from "../connector.ts";
import { accountTypes } from "./accounts.ts";
import { apiOf, type TokenSource } from "./api.ts";
import { attachFile } from "./attachments.ts";
import { readBudgets } from "./budgets.ts";
import { readChanges } from "./changes.ts";
import { entityOf, listKinds } from "./entities.ts";
import { readExchangeRate } from "./exchange-rate.ts";
import { findItems } from "./find.ts";
import { requestIds } from "./keys.ts";
import { quickBooksOnlineFeatures, quickBooksOnlineLimits } from "./limits.ts";
import { findMovements, postMovements } from "./movements.ts";
import { quickBooksNotifications } from "./notifications.ts";
import { refreshTokens } from "./oauth.ts";
import { postItems } from "./post.ts";
import { readRecord, removeRecord, updateRecord } from "./records.ts";
import { readReference } from "./reference.ts";
import { readReport } from "./reports.ts";
import type { Desk } from "./send.ts";
import { companyRules } from "./settings.ts";
import { quickBooksSignIn } from "./sign-in.ts";
import { metered } from "./usage.ts";

export const quickBooksOnline: AccountingProvider = {
  system: quickBooksOnlineLimits.system,
  connect: connectCompany,
  capabilities: capabilitiesOf,
  refresh: refreshTokens,
  signIn: quickBooksSignIn,
  notifications: quickBooksNotifications,
};

function capabilitiesOf({ overrides }: ConnectionSettings): Capabilities {
  return { ...quickBooksOnlineLimits, ...overrides };
}

function connectCompany(settings: ConnectionSettings, token: TokenSource, gate?: Gate): AccountingConnector {
  const { call, usage } = metered(apiOf(settings, token, gate));
  const accounts = accountTypes(call);
  const rules = companyRules(call);
  const changes = { call, unknown: new Set<string>() };
  const desk: Desk = { call, accounts, ids: requestIds(), rules };
  return {
    capabilities: capabilitiesOf(settings),
    features: quickBooksOnlineFeatures,
    entityOf: (kind) => entityOf[kind],
    lists: listKinds,
    usage,
    post: (items, lookup) => postItems(desk, items, lookup),
    find: (items, lookup) => findItems(call, accounts, items, lookup),
    changesSince: (cursor) => readChanges(changes, cursor, Date.now()),
    reference: () => readReference(call, accounts, rules),
    read: (entity, providerId) => readRecord(call, entity, providerId),
    update: (item, target, lookup) => updateRecord(desk, item, target, lookup),
    remove: (target, options) => removeRecord(desk, target, options),
    payments: {
      post: (items, lookup) => postMovements(desk, items, lookup),
      find: (items, lookup) => findMovements(desk, items, lookup),
    },
    attach: (file, target) => attachFile(call, file, target),
    report: (name, period) => readReport(call, accounts, name, period),
    budgets: async () => readBudgets(call, (await rules.get()).homeCurrency),
    exchangeRate: async (currency, date) => readExchangeRate(call, await rules.get(), currency, date),
    openUrl: (kind, providerId) => openUrl(settings, kind, providerId),
  };
}

/** Where QuickBooks' own web application calls a page otherwise than the entity. */
const intuitPages: Partial<Record<EntryKind, string>> = {
  journal_entry: "journal",
  expense: "expense",
  vendor: "vendordetail",
  customer: "customerdetail",
  customer_payment: "recvpayment",
  bill_payment: "billpayment",
};

/**
 * Intuit's application names some pages in its own way and takes the company that is signed in; any other address (an
 * emulator) has one page an entity. The company stands at the end for pages that serve several.
 */
function openUrl(settings: ConnectionSettings, kind: EntryKind, providerId: string): string {
  const url = new URL(settings.appUrl);
  const isIntuit = /(^|\.)intuit\.com$/.test(url.hostname);
  const page = (isIntuit ? intuitPages[kind] : undefined) ?? entityOf[kind].toLowerCase();
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/app/${page}`;
  url.searchParams.set(isIntuit && (kind === "vendor" || kind === "customer") ? "nameId" : "txnId", providerId);
  url.searchParams.set("realm", settings.company);
  return url.href;
}
