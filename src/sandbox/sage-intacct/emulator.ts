import type { CompanyCard, Emulator, Surroundings } from "../emulator.ts";
import { htmlAnswer, jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { objectOf, textOf, type JsonObject } from "../json.ts";
import { registeredApp } from "./app.ts";
import { createCompanies, foundingPreferences, type Companies, type Company } from "./company.ts";
import { controlFailure, noControl } from "./envelope.ts";
import { bearerOf, identify, isOwnPath, isXmlPath, pathOf } from "./identify.ts";
import { createRecords } from "./records.ts";
import { answerRest } from "./rest.ts";
import { system, workFor, type Service } from "./service.ts";
import { createSessions } from "./sessions.ts";
import { defaultSwitches, mergeSwitches } from "./switches.ts";
import { templateName } from "../template.ts";
import { fillCompany } from "./template.ts";
import { createTokens } from "./tokens.ts";
import { isIsoDate } from "./values.ts";
import { createWebhookSender, type WebhookSender } from "./webhook-sender.ts";
import { answerXml } from "./xml-gateway.ts";

export { sageIntacctTables } from "./tables.ts";

function createService({ storage, clock, limits }: Surroundings): Service {
  const now = () => clock.now();
  const app = registeredApp(storage);
  const sessions = createSessions(storage, now);
  return {
    storage,
    limits,
    now,
    app,
    companies: createCompanies(storage),
    records: createRecords(storage),
    sessions,
    tokens: createTokens(storage, now),
  };
}

/** Sage Intacct as far as a trucking company's books need it: the XML gateway and REST over one ledger. */
export function createSageIntacct(surroundings: Surroundings): Emulator {
  const service = createService(surroundings);
  const { companies, now, storage } = service;

  const sender = createWebhookSender(storage, now);
  // What a file still has to tell is told after a restart.
  sender.pump();

  return {
    system,
    accepts: isOwnPath,
    identify: (request) => identify(service, request),
    handle(request) {
      const answer = isXmlPath(pathOf(request)) ? answerXml(service, request) : answerRest(service, request);
      if (request.method !== "GET") sender.pump();
      return answer;
    },
    failed: brokenAnswer,
    throttled: throttledAnswer,
    expireCredentials: (request) => expireCredentials(service, request),
    companies: () => companies.list().map((company) => cardOf(service, company)),
    createCompany({ id, template, options }) {
      const name = textOf(options["name"]) ?? templateName(template, companies.list().length);
      return cardOf(service, found(service, { id: id ?? freeId(companies), name, template, options }));
    },
    issueTokens(id) {
      const { switches, rules } = existing(companies, id);
      const user = rules.users[0]?.id ?? "";
      const terms = { seconds: switches.accessTokenSeconds, rotates: true, isOnlyOne: false };
      const pair = service.tokens.grant({ company: id, user, entity: "" }, terms, true);
      return { accessToken: pair.access_token, refreshToken: pair.refresh_token ?? "", expiresInSeconds: pair.expires_in };
    },
    ledgerKey: (id) => companies.find(id)?.key ?? null,
    describeAccount(id, account) {
      const row = service.records.withId(existing(companies, id).key, "GLACCOUNT", account)[0];
      return { number: row?.id ?? account, name: row?.values["TITLE"] ?? "" };
    },
    ...people(service, sender),
    changePreferences: (id, preferences) => companies.changePreferences(existing(companies, id), preferences).preferences,
    changeSwitches: (id, switches) => ({ ...companies.changeSwitches(existing(companies, id), switches).switches }),
    reset(id) {
      for (const company of id === null ? companies.list() : [existing(companies, id)]) {
        companies.retire(company);
        sender.forget(company.id);
        const { name, template, options } = company;
        // People keep their passwords: whoever was connected stays connected.
        found(service, { id: company.id, name, template, options, users: company.preferences["users"] });
      }
    },
  };
}

/** What goes on outside of the two APIs. */
function people({ storage }: Service, sender: WebhookSender): Required<Pick<Emulator, "webhooks" | "usage" | "tick" | "stop">> {
  return {
    webhooks: { configure: (id, order) => sender.configure(id ?? "*", order), describe: (id) => sender.describe(id) },
    usage: (id) =>
      storage.all("SELECT company, month, transactions FROM intacct_meter WHERE ? IS NULL OR company = ? ORDER BY company, month", id, id),
    tick: () => sender.pump(),
    stop: () => sender.stop(),
  };
}

function brokenAnswer(status: number): Answer {
  return htmlAnswer(
    status,
    '<html><head><title>Error</title><meta charset="utf-8"></head><body><h1>The server could not complete your request</h1></body></html>',
  );
}

function throttledAnswer(request: SandboxRequest): Answer {
  const text = "The request was throttled: too many requests at a time";
  if (isXmlPath(pathOf(request))) return controlFailure(noControl, { errorno: "GW-0010", text }, 429);
  return jsonAnswer(429, { "ia::error": { code: "tooManyRequests", message: text, errorId: "GW-0010" } });
}

/** The session or token of this request is over from now on; a login in the request itself cannot expire. */
function expireCredentials({ sessions, tokens }: Service, request: SandboxRequest): void {
  const bearer = bearerOf(request);
  if (bearer !== null) tokens.expire(bearer);
  const session = /<sessionid>\s*([^<\s]+)\s*<\/sessionid>/.exec(request.body.toString("utf8"))?.[1];
  if (session !== undefined) sessions.end(session);
}

interface Founding {
  readonly id: string;
  readonly name: string;
  readonly template: "trucking" | "empty";
  readonly options: JsonObject;
  readonly users?: unknown;
}

/** Makes a company from its template. A RangeError says what is wrong with its options. */
function found(service: Service, founding: Founding): Company {
  const { companies, now, app } = service;
  const { template, options, users, ...named } = founding;
  const closed = textOf(options["closedThrough"]);
  if (closed !== null && !isIsoDate(closed)) throw new RangeError("closedThrough is a date such as 2025-12-31");
  const switches = mergeSwitches(defaultSwitches, objectOf(options["switches"]));
  const fresh = foundingPreferences({ template, options, senderId: app.senderId });
  const preferences = objectOf({ ...fresh, ...(users === undefined ? {} : { users }), ...objectOf(options["preferences"]) });
  const company = companies.add({ ...named, template, options, preferences, switches, createdMs: now() });
  try {
    fillCompany(workFor(service, { company, entity: "", user: "admin", key: null, origin: "" }));
  } catch (error) {
    companies.forget(company.id);
    throw error;
  }
  return company;
}

function cardOf({ app, tokens }: Service, company: Company): CompanyCard {
  const [user] = company.rules.users;
  return {
    system,
    id: company.id,
    name: company.name,
    credentials: {
      companyId: company.id,
      userId: user?.id ?? "",
      userPassword: user?.password ?? "",
      senderId: app.senderId,
      senderPassword: app.senderPassword,
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      redirectUris: ["http://127.0.0.1:*/*", "http://localhost:*/*"],
      entities: company.rules.multiEntity ? ["100", "200"] : [],
      tokens: tokens.newest(company.id),
    },
  };
}

function freeId(companies: Companies): string {
  for (let index = 1; ; index += 1) {
    const id = index === 1 ? "CEDARRIDGE" : `CEDARRIDGE-${index}`;
    if (companies.find(id) === null) return id;
  }
}

function existing(companies: Companies, id: string): Company {
  const company = companies.find(id);
  if (company === null) throw new RangeError(`No company ${id}`);
  return company;
}
