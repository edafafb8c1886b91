import { setTimeout as pause } from "node:timers/promises";
import { Fault } from "../../../core/errors.ts";
import type { AccountingConnector, AccountingProvider, ConnectionSettings, EntryKind, Gate, Lookup } from "../connector.ts";
import { addressOf, realmForm } from "./account.ts";
import { apiOf, type TokenSource } from "./api.ts";
import { readChanges } from "./changes.ts";
import { companyFacts } from "./company.ts";
import { catalogOf } from "./custom-fields.ts";
import { failed, type Desk, type Work } from "./desk.ts";
import type { WritingOptions } from "./entry.ts";
import { asUnsent } from "./errors.ts";
import { findItems } from "./find.ts";
import { entityOf, spokenKind } from "./kinds.ts";
import { capabilitiesOf, netSuiteFeatures } from "./limits.ts";
import { listKinds } from "./lists.ts";
import { findMovements, postMovements } from "./movements.ts";
import { netSuiteNotifications } from "./notifications.ts";
import { refreshTokens } from "./oauth.ts";
import { readBudgets, readExchangeRate } from "./plans.ts";
import { postItems } from "./post.ts";
import { readRecord, removeRecord, updateRecord } from "./records.ts";
import { readReference } from "./reference.ts";
import { readReport } from "./reports.ts";
import { netSuiteSignIn } from "./sign-in.ts";

export const netSuite: AccountingProvider = {
  system: "netsuite",
  connect: connectAccount,
  capabilities: capabilitiesOf,
  refresh: refreshTokens,
  signIn: netSuiteSignIn,
  notifications: netSuiteNotifications,
};

function connectAccount(settings: ConnectionSettings, token: TokenSource, gate?: Gate): AccountingConnector {
  const { call, usage } = apiOf(settings, token, gate);
  const capabilities = capabilitiesOf(settings);
  const facts = companyFacts(call, { subsidiary: settings.options?.["subsidiary"] });
  const desk: Desk = {
    call,
    facts,
    catalog: catalogOf(call),
    options: writingOptions(settings),
    lanes: capabilities.inFlightMax,
    removals: new Set(),
    pause: (ms) => pause(ms),
    batches: settings.options?.["writing"] === "batch",
  };
  const work = async (lookup: Lookup = () => undefined): Promise<Work> => ({ ...desk, lookup, company: await facts.get() });
  /** Posting never throws a Fault: what could not even be prepared was not sent. */
  const writing = async <Result>(items: readonly { readonly key: string }[], lookup: Lookup, act: (at: Work) => Promise<Result[]>) => {
    let at: Work;
    try {
      at = await work(lookup);
    } catch (error) {
      return items.map(({ key }) => failed(key, asUnsent(error)));
    }
    return act(at);
  };
  return {
    capabilities,
    features: netSuiteFeatures,
    entityOf: (kind) => entityOf[kind],
    lists: listKinds,
    usage,
    post: (items, lookup) => writing(items, lookup, (at) => postItems(at, items)),
    find: async (items, lookup) => findItems(await work(lookup), items),
    changesSince: async (cursor) => readChanges(await work(), cursor),
    reference: async () => {
      facts.forget();
      desk.catalog.forget();
      return readReference(await work());
    },
    read: async (entity, providerId) => readRecord(await work(), entity, providerId),
    update: async (item, target, lookup) => (await writing([item], lookup, async (at) => [await updateRecord(at, item, target)]))[0]!,
    remove: async (target, options) => removeRecord(await work(), target, options),
    payments: {
      post: (items, lookup) => writing(items, lookup, (at) => postMovements(at, items)),
      find: async (items, lookup) => findMovements(await work(lookup), items),
    },
    attach: (file, target) =>
      Promise.reject(
        new Fault(
          "books_refused",
          `NetSuite's REST services have no way to put a file ("${file.fileName}") on a ${spokenKind(target.kind)}. Attach it there by hand, or put a link into the memo.`,
        ),
      ),
    report: async (name, period) => readReport(await work(), name, period),
    budgets: async () => readBudgets(await work()),
    exchangeRate: async (currency, date) => readExchangeRate(await work(), currency, date),
    openUrl: (kind, providerId) => openUrl(settings, kind, providerId),
  };
}

function writingOptions({ options = {} }: ConnectionSettings): WritingOptions {
  const { intercompany } = options;
  return {
    numbering: options["numbering"] === "netsuite" ? "netsuite" : "ours",
    intercompany: intercompany === "pair" || intercompany === "advanced" ? intercompany : "off",
    customForm: options["customForm"],
  };
}

/** One page opens any transaction, whatever its type; vendors and customers have pages of their own. */
function openUrl(settings: ConnectionSettings, kind: EntryKind, providerId: string): string {
  const url = new URL(addressOf(settings.appUrl, settings.company));
  const page =
    kind === "vendor"
      ? "common/entity/vendor.nl"
      : kind === "customer"
        ? "common/entity/custjob.nl"
        : "accounting/transactions/transaction.nl";
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/app/${page}`;
  url.searchParams.set("id", providerId);
  // Signed in to several accounts, the browser must be told which one is meant.
  url.searchParams.set("compid", realmForm(settings.company));
  return url.href;
}
