import type { CompanyCard, Emulator, Surroundings } from "../emulator.ts";
import { htmlAnswer } from "../http.ts";
import { textOf } from "../json.ts";
import { createCompanies, type Companies, type Company } from "./company.ts";
import { brokenPage, systemFault, throttleFault } from "./errors.ts";
import { foundCompany } from "./found.ts";
import { answerRequest, bearerOf, createTracer, isOwnPath, system, type Gateway } from "./gateway.ts";
import { identify } from "./identify.ts";
import { redirectUris, registeredApp } from "./oauth.ts";
import { createRecords } from "./records.ts";
import { templateName } from "./template.ts";
import { createTokens } from "./tokens.ts";

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

  return {
    system,
    accepts: isOwnPath,
    identify,
    handle: (request) => traced(answerRequest(gateway, request)),
    failed: (status) => traced(status === 500 ? systemFault(now()) : htmlAnswer(status, brokenPage)),
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
    changePreferences: (id, preferences) => companies.changePreferences(existing(companies, id), preferences).preferences,
    changeSwitches: (id, switches) => ({ ...companies.changeSwitches(existing(companies, id), switches).switches }),
    reset(id) {
      for (const company of id === null ? companies.list() : [existing(companies, id)]) {
        companies.retire(company);
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
