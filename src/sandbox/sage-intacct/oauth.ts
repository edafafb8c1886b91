import { createHash, randomBytes } from "node:crypto";
import { escapeHtml, htmlAnswer, jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import { objectOf, textOf } from "../json.ts";
import { isSame } from "./app.ts";
import type { Company } from "./company.ts";
import { isEntity, type Service } from "./service.ts";
import type { TokenPair } from "./tokens.ts";

const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/;
const codeMinutes = 10;

const refuse = (status: number, error: string, description: string): Answer =>
  jsonAnswer(status, { error, error_description: description });

/** `/oauth2/authorize`, `/oauth2/token` and `/oauth2/revoke`. */
export function answerOAuth(service: Service, request: SandboxRequest, path: string): Answer {
  switch (path) {
    case "/oauth2/authorize":
      return authorize(service, request);
    case "/oauth2/token":
      return request.method === "POST" ? token(service, formOf(request)) : refuse(405, "invalid_request", "POST is expected");
    case "/oauth2/revoke":
      return revoke(service, formOf(request));
    default:
      return refuse(404, "invalid_request", "There is no such endpoint");
  }
}

/** Forms and JSON bodies are both in use. */
function formOf(request: SandboxRequest): URLSearchParams {
  if (request.headers["content-type"]?.includes("json") !== true) return new URLSearchParams(request.body.toString("utf8"));
  return new URLSearchParams(Object.entries(objectOf(request.json())).map(([name, value]): [string, string] => [name, String(value)]));
}

function isOurApp({ app }: Service, form: URLSearchParams, isPublic = false): boolean {
  const secret = form.get("client_secret");
  if (form.get("client_id") !== app.clientId) return false;
  return secret === null ? isPublic : isSame(secret, app.clientSecret);
}

function token(service: Service, form: URLSearchParams): Answer {
  const isPublic = form.get("grant_type") === "authorization_code" && form.get("code_verifier") !== null;
  if (!isOurApp(service, form, isPublic)) return refuse(401, "invalid_client", "The client is not known or its secret is wrong");
  switch (form.get("grant_type") ?? "") {
    case "authorization_code":
      return exchange(service, form);
    case "refresh_token":
      return refresh(service, form);
    case "client_credentials":
      return clientCredentials(service, form);
    default:
      return refuse(400, "unsupported_grant_type", "The grant type is not supported");
  }
}

const termsOf = ({ switches }: Company) => ({
  seconds: switches.accessTokenSeconds,
  rotates: switches.refreshTokenRotation === "always",
  isOnlyOne: switches.oneGrantPerUser,
});

const answerPair = (pair: TokenPair): Answer => jsonAnswer(200, pair);

function exchange({ storage, now, tokens, companies }: Service, form: URLSearchParams): Answer {
  const row = storage.get("SELECT * FROM intacct_codes WHERE code = ?", form.get("code") ?? "");
  const company = row === undefined ? null : companies.find(String(row["company"]));
  const isUsable = row !== undefined && row["used"] === 0 && Number(row["expires"]) > now() && row["redirect"] === form.get("redirect_uri");
  if (!isUsable || company === null) return refuse(400, "invalid_grant", "The authorization code is not valid");
  const challenge = textOf(row["challenge"]);
  const verifier = form.get("code_verifier") ?? "";
  const proof = row["method"] === "S256" ? createHash("sha256").update(verifier).digest("base64url") : verifier;
  if (challenge !== null && !isSame(challenge, proof)) return refuse(400, "invalid_grant", "The code verifier is wrong");
  return storage.transaction(() => {
    storage.run("UPDATE intacct_codes SET used = 1 WHERE code = ?", row["code"] ?? "");
    const [user = "", entity = ""] = String(row["user"]).split("|");
    return answerPair(tokens.grant({ company: company.id, user, entity }, termsOf(company), row["offline"] === 1));
  });
}

function refresh({ storage, tokens, companies }: Service, form: URLSearchParams): Answer {
  const pair = storage.transaction(() =>
    tokens.refresh(
      form.get("refresh_token") ?? "",
      ({ company }) => {
        const found = companies.find(company);
        return found === null ? { seconds: 60, rotates: false, isOnlyOne: false } : termsOf(found);
      },
      form.get("entity_id"),
    ),
  );
  return pair === null ? refuse(400, "invalid_grant", "The refresh token is not valid") : answerPair(pair);
}

/** `user@company` or `user@company|entity`: a Web Services user of a company that let the app in. */
function clientCredentials(service: Service, form: URLSearchParams): Answer {
  const { companies, tokens, storage, app } = service;
  const [, user = "", id = "", entity = ""] = /^([^@]+)@([^|]+)(?:\|(.*))?$/.exec(form.get("username") ?? "") ?? [];
  const company = companies.find(id);
  const isKnown = company?.rules.users.some((one) => one.id === user) === true;
  if (company === null || !isKnown || !isEntity(service, company, entity))
    return refuse(400, "invalid_grant", "The user or company is not known");
  if (!company.rules.senders.includes(app.senderId)) return refuse(401, "unauthorized_client", "Invalid Web Services Authorization");
  return storage.transaction(() =>
    answerPair(tokens.grant({ company: id, user, entity }, { ...termsOf(company), isOnlyOne: false }, true)),
  );
}

function revoke(service: Service, form: URLSearchParams): Answer {
  if (!isOurApp(service, form)) return refuse(401, "invalid_client", "The client is not known or its secret is wrong");
  service.tokens.revoke(form.get("token") ?? "");
  return { status: 200, headers: {}, body: "" };
}

const passedOn = ["client_id", "response_type", "scope", "redirect_uri", "state", "code_challenge", "code_challenge_method"];

/** The sign-in page, and what the person chose on it. */
function authorize({ app, companies, storage, now }: Service, request: SandboxRequest): Answer {
  const asked = request.method === "POST" ? formOf(request) : request.query;
  const redirect = asked.get("redirect_uri") ?? "";
  if (asked.get("client_id") !== app.clientId) return htmlAnswer(400, page("The client_id is not one of a registered app.", ""));
  if (!loopback.test(redirect)) return htmlAnswer(400, page("The redirect_uri is not one of this app.", ""));
  const back = (answer: Record<string, string>): Answer => {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ ...answer, state: asked.get("state") ?? "" })) url.searchParams.set(name, value);
    return { status: 302, headers: { location: url.href }, body: "" };
  };
  if (asked.get("response_type") !== "code") return back({ error: "unsupported_response_type" });
  if (request.method !== "POST") return htmlAnswer(200, consent(asked, companies.list()));
  if (asked.get("decision") !== "approve") return back({ error: "access_denied" });
  const company = companies.find(asked.get("company") ?? "");
  if (company === null) return htmlAnswer(400, page("There is no such company.", ""));
  const code = randomBytes(24).toString("base64url");
  const user = company.rules.users[0]?.id ?? "";
  const isOffline = (asked.get("scope") ?? "").split(" ").includes("offline_access");
  storage.run(
    "INSERT INTO intacct_codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
    ...[code, company.id, user, redirect, asked.get("code_challenge"), asked.get("code_challenge_method")],
    ...[isOffline ? 1 : 0, now() + codeMinutes * 60_000],
  );
  return back({ code });
}

function consent(asked: URLSearchParams, companies: readonly Company[]): string {
  const hidden = passedOn.flatMap((name) => {
    const value = asked.get(name);
    return value === null ? [] : [`<input type="hidden" name="${name}" value="${escapeHtml(value)}">`];
  });
  const options = companies.map(({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)}</option>`).join("");
  return page(
    "Connect a company",
    `<p>An application asks to read and write the books of one of your companies.</p><form method="post">${hidden.join("")}
<p><label>Company <select name="company">${options}</select></label></p>
<p><button name="decision" value="approve">Allow</button> <button name="decision" value="deny">Deny</button></p></form>`,
  );
}

/** A plain page. `content` is HTML already. */
function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body><p>Emulated Sage Intacct: no real books</p><h1>${escapeHtml(title)}</h1>${content}</body></html>`;
}
