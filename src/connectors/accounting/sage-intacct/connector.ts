import type { AccountingConnector, AccountingProvider, Capabilities, ConnectionSettings, EntryKind, Gate } from "../connector.ts";
import { attachFile } from "./attachments.ts";
import { readBudgets, readExchangeRate } from "./budgets.ts";
import { readChanges } from "./changes.ts";
import type { Desk } from "./desk.ts";
import { entityOf, listKinds } from "./entities.ts";
import { findItems } from "./find.ts";
import { featuresOf, sageIntacctLimits } from "./limits.ts";
import { findMovements, postMovements } from "./movements.ts";
import { intacctNotifications } from "./notifications.ts";
import { signInAgain } from "./oauth.ts";
import { optionsOf } from "./options.ts";
import { postItems } from "./post.ts";
import { readRecord, removeRecord, updateRecord } from "./records.ts";
import { readReference } from "./reference.ts";
import { readReport } from "./reports.ts";
import { confirmCompany, intacctSignIn } from "./sign-in.ts";
import { transportOf } from "./transport.ts";
import type { TokenSource } from "./transport-parts.ts";
import { counterOf } from "./usage.ts";

export const sageIntacct: AccountingProvider = {
  system: sageIntacctLimits.system,
  connect: connectCompany,
  capabilities: capabilitiesOf,
  refresh: signInAgain,
  signIn: intacctSignIn,
  confirm: confirmCompany,
  notifications: intacctNotifications,
};

function capabilitiesOf({ overrides }: ConnectionSettings): Capabilities {
  return { ...sageIntacctLimits, ...overrides };
}

/** Calls that no limit holds back. */
const straight: Gate = (_kind, call) => call();

function connectCompany(settings: ConnectionSettings, token: TokenSource, gate: Gate = straight): AccountingConnector {
  const options = optionsOf(settings);
  const counter = counterOf();
  const transport = transportOf({ settings, options, token, gate, counter });
  const desk: Desk = { transport, options, company: settings.company };
  return {
    capabilities: capabilitiesOf(settings),
    features: featuresOf(options.transport),
    entityOf: (kind) => entityOf[kind],
    lists: listKinds,
    usage: counter.usage,
    post: (items, lookup) => postItems(desk, items, lookup),
    find: (items, lookup) => findItems(desk, items, lookup),
    changesSince: (cursor) => readChanges(desk, cursor),
    reference: () => readReference(desk),
    read: (entity, providerId) => readRecord(desk, entity, providerId),
    update: (item, target, lookup) => updateRecord(desk, item, target, lookup),
    remove: (target, removal) => removeRecord(desk, target, removal),
    payments: {
      post: (items, lookup) => postMovements(desk, items, lookup),
      find: (items, lookup) => findMovements(desk, items, lookup),
    },
    attach: (file, target) => attachFile(desk, file, target),
    report: (name, period) => readReport(desk, name, period),
    budgets: () => readBudgets(desk),
    exchangeRate: (currency, date) => readExchangeRate(desk, currency, date),
    openUrl: (kind, providerId) => openUrl(settings, kind, providerId),
  };
}

/**
 * The address of a record over there is made of a code that only they know, so a link leads to the application, with the object
 * and the record's number beside it for whoever looks.
 */
function openUrl(settings: ConnectionSettings, kind: EntryKind, providerId: string): string {
  const url = new URL(settings.appUrl);
  url.hash = `${settings.company}/${entityOf[kind]}/${encodeURIComponent(providerId)}`;
  return url.href;
}
