import { randomUUID } from "node:crypto";
import type { CompanyCard, Emulator, Surroundings } from "../emulator.ts";
import { htmlAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { textOf, type JsonObject } from "../json.ts";
import { templateName } from "../template.ts";
import { accountId, createCompanies, hostId, type Companies, type Company } from "./company.ts";
import { brokenPage, errorAnswer, forbidden, Refusal, tooManyAtOnce, unauthorized, unexpected, userError } from "./errors.ts";
import { foundCompany, type Parts } from "./found.ts";
import { answerRequest, bearerOf, isOwnPath, system, type Gateway } from "./gateway.ts";
import { publishedLimits } from "./governance.ts";
import { identify } from "./identify.ts";
import { createRecords } from "./records.ts";
import { localText } from "./sql-dates.ts";
import { defineFunctions } from "./sql-functions.ts";
import { changeSetup } from "./setup.ts";
import { oauthParameters } from "./token-based.ts";
import { createTokens } from "./tokens.ts";

export { netSuiteTables } from "./tables.ts";

const scopes = ["rest_webservices", "suite_analytics"];

/** NetSuite as far as a trucking company's books need it: REST record service, SuiteQL, and its ways to sign in. */
export function createNetSuite({ storage, clock, limits }: Surroundings): Emulator {
  const now = () => clock.now();
  const companies = createCompanies(storage);
  const records = createRecords(storage);
  const tokens = createTokens(storage, now);
  const parts: Parts = { companies, records, storage, now };
  const gateway: Gateway = { storage, now, companies, records, tokens, oauth: { storage, now, companies, tokens } };
  defineFunctions(storage);
  storage.define("ns_now", (key: number) => {
    const company = companies.list().find((one) => one.key === key);
    return localText(now(), company?.timeZone ?? "UTC");
  });

  return {
    system,
    accepts: isOwnPath,
    identify: (request) => identify(request, (given) => namedAccount(gateway, given)),
    atTheDoor(request) {
      const id = namedAccount(gateway, request);
      const company = id === null ? null : companies.find(id);
      if (company === null) return null;
      const isAdmitted = limits.admit({ system, company: company.id, isBatch: false, published: publishedLimits(company) });
      return isAdmitted ? null : tooManyAtOnce();
    },
    handle: (request) => answerRequest(gateway, request),
    failed,
    throttled: tooManyAtOnce,
    expireCredentials(request) {
      const bearer = bearerOf(request);
      if (bearer !== null) tokens.expire(bearer);
    },
    companies: () => companies.list().map((company) => cardOf(gateway, company)),
    createCompany({ id, template, options }) {
      const name = textOf(options["name"]) ?? templateName(template, companies.list().length);
      return cardOf(gateway, foundCompany(parts, { id: accountId(id ?? freeId(companies)), name, template, options }));
    },
    issueTokens(id) {
      const grant = tokens.grant({ account: id, scopes, isPublic: false });
      const { token: accessToken, expiresIn: expiresInSeconds } = tokens.access(id, scopes, grant.id);
      return { accessToken, refreshToken: grant.refresh, expiresInSeconds };
    },
    ledgerKey: (id) => companies.find(id)?.key ?? null,
    describeAccount(id, account) {
      const found = records.find(existing(companies, id).key, "account", Number(account));
      return { number: found?.number ?? "", name: found?.name ?? "" };
    },
    changePreferences: (id, preferences) =>
      ({ ...(changeSetup(parts, existing(companies, id), preferences).preferences as object) }) as JsonObject,
    changeSwitches: (id, switches) => ({ ...companies.changeSwitches(existing(companies, id), switches).switches }),
    reset(id) {
      for (const company of id === null ? companies.list() : [existing(companies, id)]) {
        companies.retire(company);
        records.forget();
        const { name, template, options, credentials } = company;
        foundCompany(parts, { id: company.id, name, template, options, credentials });
      }
    },
  };
}

/** What the service itself says at a status; what stands in front of it says it in HTML. */
function failed(status: number): Answer {
  const own: Readonly<Record<number, () => Answer>> = {
    400: () => errorAnswer(userError("Record has been changed")),
    401: () => unauthorized(null),
    403: () => errorAnswer(forbidden("Transactions")),
    409: () => errorAnswer(new Refusal(409, [{ detail: "Record has been changed", code: "RCRD_HAS_BEEN_CHANGED" }])),
    429: tooManyAtOnce,
    500: () => unexpected(500, randomUUID()),
  };
  return own[status]?.() ?? htmlAnswer(status, brokenPage);
}

/** The account whose credentials a request carries, whether or not they are good. */
function namedAccount({ companies, tokens }: Gateway, request: SandboxRequest): string | null {
  const consumer = oauthParameters(request.headers.authorization)?.get("oauth_consumer_key");
  if (consumer !== undefined) return companies.withClient(consumer)?.id ?? null;
  const bearer = bearerOf(request);
  return bearer === null ? null : (tokens.bearer(bearer)?.account ?? null);
}

function cardOf({ tokens }: Gateway, company: Company): CompanyCard {
  const { id, name, credentials, options } = company;
  const chosen = Array.isArray(options["redirectUris"]) ? options["redirectUris"].map(String) : [];
  return {
    system,
    id,
    name,
    credentials: {
      accountId: id,
      host: `${hostId(id)}.suitetalk.api.netsuite.com`,
      ...credentials,
      algorithm: options["certificate"] === "rsa" ? "PS256" : "ES256",
      redirectUris: ["http://127.0.0.1:*/*", "http://localhost:*/*", ...chosen],
      tokens: tokens.newest(id),
    },
  };
}

/** Account ids count on from a made-up one. */
function freeId(companies: Companies): string {
  let number = 7_310_001;
  while (companies.find(String(number)) !== null) number += 1;
  return String(number);
}

function existing(companies: Companies, id: string): Company {
  const company = companies.find(id);
  if (company === null) throw new Error(`No account ${id}`);
  return company;
}
