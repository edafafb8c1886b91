import type { CompanyCard, Emulator, Surroundings } from "../emulator.ts";
import { htmlAnswer } from "../http.ts";
import { textOf } from "../json.ts";
import type { Storage } from "../storage.ts";
import { createCompanies, type Companies, type Company } from "./company.ts";
import { brokenPage, systemFault, throttleFault } from "./errors.ts";
import { foundCompany } from "./found.ts";
import { answerRequest, bearerOf, createTracer, isOwnPath, system, type Gateway } from "./gateway.ts";
import { identify } from "./identify.ts";
import { redirectUris, registeredApp } from "./oauth.ts";
import { createRecords, type Records } from "./records.ts";
import { templateName } from "../template.ts";
import { mergeRows } from "./merge.ts";
import { usageOf } from "./metering.ts";
import { createTokens } from "./tokens.ts";
import { queueEvent } from "./webhook-queue.ts";
import { createWebhookSender, type WebhookSender } from "./webhook-sender.ts";

export { quickBooksTables } from "./tables.ts";

/** QuickBooks Online as far as a trucking company's books need it. */
export function createQuickBooksOnline({ storage, clock, limits }: Surroundings): Emulator {
  const now = () => clock.now();
  const companies = createCompanies(storage);
  const records = createRecords(storage);
  const tokens = createTokens(storage, now);
  const parts = { companies, records, storage, now };
  const oauth = { storage, now, app: registeredApp(storage), companies, tokens };
  const gateway: Gateway = { service: { storage, records, limits, now }, oauth, companies, tokens };
  const traced = createTracer(now);
  const sender = createWebhookSender(storage, now);
  // What a file still has to tell is told after a restart.
  sender.pump();

  return {
    system,
    accepts: isOwnPath,
    identify,
    handle(request) {
      const answer = traced(answerRequest(gateway, request));
      if (request.method === "POST") sender.pump();
      return answer;
    },
    // A fault of the service may also come inside a 200.
    failed: (status) => traced(status === 500 || status === 200 ? { ...systemFault(now()), status } : htmlAnswer(status, brokenPage)),
    throttled: () => traced(throttleFault(now())),
    expireCredentials(request) {
      const bearer = bearerOf(request);
      if (bearer !== null) tokens.expire(bearer);
    },
    companies: () => companies.list().map((company) => cardOf(gateway, company)),
    createCompany({ id, template, options }) {
      const name = textOf(options["name"]) ?? templateName(template, companies.list().length);
      return cardOf(gateway, foundCompany(parts, { id: id ?? freeRealm(companies), name, template, options }));
    },
    issueTokens(id) {
      const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresInSeconds } = tokens.grant(id);
      return { accessToken, refreshToken, expiresInSeconds };
    },
    ledgerKey: (id) => companies.find(id)?.key ?? null,
    describeAccount(id, account) {
      const found = records.referent(existing(companies, id).key, "Account", account);
      return { number: found?.number ?? "", name: found?.name ?? "" };
    },
    ...people({ companies, records, storage, now }, sender),
    changeSwitches: (id, switches) => ({ ...companies.changeSwitches(existing(companies, id), switches).switches }),
    reset(id) {
      for (const company of id === null ? companies.list() : [existing(companies, id)]) {
        companies.retire(company);
        sender.forget(company.id);
        records.forget();
        const { name, template, options } = company;
        foundCompany(parts, { id: company.id, name, template, options });
      }
    },
  };
}

function cardOf({ oauth, companies, tokens }: Gateway, company: Company): CompanyCard {
  const { clientId, clientSecret } = oauth.app;
  const uris = ["http://127.0.0.1:*/*", "http://localhost:*/*", ...redirectUris(companies)];
  return {
    system,
    id: company.id,
    name: company.name,
    credentials: { realmId: company.id, clientId, clientSecret, redirectUris: uris, tokens: tokens.newest(company.id) },
  };
}

/** Realm ids are numbers of some fifteen digits; they count on from a made-up one. */
function freeRealm(companies: Companies): string {
  for (let realm = 9_341_452_000_000_001n; ; realm += 7n) if (companies.find(String(realm)) === null) return String(realm);
}

function existing(companies: Companies, id: string): Company {
  const company = companies.find(id);
  if (company === null) throw new RangeError(`No company ${id}`);
  return company;
}

/** What people do outside of the API, and what the vendor's own machinery does. */
function people(
  parts: { companies: Companies; records: Records; storage: Storage; now: () => number },
  sender: WebhookSender,
): Required<Pick<Emulator, "changePreferences" | "webhooks" | "merge" | "usage" | "tick" | "stop">> {
  const { companies, records, storage, now } = parts;
  return {
    changePreferences(id, preferences) {
      const company = companies.changePreferences(existing(companies, id), preferences);
      queueEvent({ storage, company, atMs: now() }, { entity: "Preferences", id: "1", operation: "Update" });
      sender.pump();
      return company.preferences;
    },
    webhooks: {
      configure: (id, order) => sender.configure(id ?? "*", order),
      describe: (id) => sender.describe(id),
    },
    merge(id, { entity, from, into }) {
      const company = existing(companies, id);
      const work = { company, records, storage, atMs: now(), key: null, include: new Set<string>(), origin: "" };
      const merged = mergeRows(work, entity, { from, into });
      sender.pump();
      return merged;
    },
    usage: (id) => usageOf(storage, id),
    tick: () => sender.pump(),
    stop: () => sender.stop(),
  };
}
