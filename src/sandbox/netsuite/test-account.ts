import { sign } from "node:crypto";
import { Agent } from "node:http";
import { isObject, listOf, objectOf, type JsonObject } from "../json.ts";
import { receive, type RawAnswer, type RawRequest } from "../raw-client.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "../server.ts";

/** Tests talk to an emulated account over plain HTTP, as any client would. */
export interface TestAccount {
  readonly sandbox: Sandbox;
  readonly id: string;
  readonly credentials: JsonObject;
  readonly token: string;
  raw(request: RawRequest): Promise<RawAnswer>;
  control(method: string, path: string, body?: JsonObject): Promise<RawAnswer>;
  /** A call to the record service with the token: `record("POST", "vendor", {…})`. */
  record(method: string, path: string, body?: JsonObject | string, headers?: Record<string, string>): Promise<RawAnswer>;
  /** Creates and returns the new id; throws what was refused. */
  make(type: string, body: JsonObject): Promise<string>;
  read(type: string, id: string): Promise<JsonObject>;
  /** One page of a query's rows; throws what was refused. */
  rows(query: string, params?: readonly (string | number)[]): Promise<JsonObject[]>;
  query(
    query: string,
    more?: { search?: string; headers?: Record<string, string>; params?: readonly (string | number)[] },
  ): Promise<RawAnswer>;
  /** Id of an account by its number. */
  account(number: string): string;
  preferences(preferences: JsonObject): Promise<void>;
  switches(switches: JsonObject): Promise<void>;
  ledger(): Promise<JsonObject>;
  close(): Promise<void>;
}

const startedMs = performance.now();

/** Time of the tests: a day of November 2026, running on. The template's accounting periods lie around it. */
export const testNow = () => Date.UTC(2026, 10, 22, 15) + Math.floor(performance.now() - startedMs);

export const services = "/netsuite/services/rest";

/** The last part of `Location`. */
export function createdId({ headers }: RawAnswer): string {
  return String(headers["location"]).split("/").pop() ?? "";
}

/** Calls to the services with a token. */
function callsOf(raw: TestAccount["raw"], token: string): Pick<TestAccount, "record" | "query" | "rows"> {
  const own = { authorization: `Bearer ${token}` };
  const record: TestAccount["record"] = (method, path, body, headers = {}) =>
    raw({ method, path: `${services}/record/v1/${path}`, body, headers: { ...own, ...headers } });
  const query: TestAccount["query"] = (q, { search = "", headers = {}, params } = {}) => {
    const body = { q, ...(params === undefined ? {} : { params: [...params] }) };
    return raw({
      method: "POST",
      path: `${services}/query/v1/suiteql${search}`,
      body,
      headers: { ...own, prefer: "transient", ...headers },
    });
  };
  const rows: TestAccount["rows"] = async (q, params) => {
    const answer = await query(q, params === undefined ? {} : { params });
    if (answer.status !== 200) throw new Error(answer.text);
    return listOf(answer.json["items"]).map(objectOf);
  };
  return { record, query, rows };
}

/** Starts a sandbox with one trucking account and a token. */
export async function openAccount(order: JsonObject = {}, options: Partial<SandboxOptions> = {}): Promise<TestAccount> {
  const sandbox = await startSandbox({ port: 0, now: testNow, ...options });
  const agent = new Agent({ keepAlive: true });
  const raw = (request: RawRequest) => receive(sandbox.url, agent, request);
  const control = (method: string, path: string, body?: JsonObject) => raw({ method, path: `/_control/${path}`, body });
  const created = await control("POST", "companies", { system: "netsuite", template: "trucking", ...order });
  if (created.status !== 200) throw new Error(created.text);
  const id = String(created.json["id"]);
  const tokens = (await control("POST", "tokens", { system: "netsuite", id })).json;
  const token = String(tokens["accessToken"]);
  const { record, query, rows } = callsOf(raw, token);
  const numbers = new Map((await rows("SELECT id, acctnumber FROM account")).map((row) => [row["acctnumber"], String(row["id"])]));
  const setting = async (method: string, path: string, body: JsonObject) => {
    const answer = await control(method, path, { system: "netsuite", id, ...body });
    if (answer.status !== 200) throw new Error(answer.text);
  };

  return {
    sandbox,
    id,
    credentials: objectOf(created.json["credentials"]),
    token,
    raw,
    control,
    record,
    query,
    rows,
    async make(type, body) {
      const answer = await record("POST", type, body);
      if (answer.status !== 204) throw new Error(answer.text);
      return createdId(answer);
    },
    read: async (type, key) => (await record("GET", `${type}/${key}?expandSubResources=true`)).json,
    account(number) {
      const found = numbers.get(number);
      if (found === undefined) throw new Error(`No account ${number}`);
      return found;
    },
    preferences: (preferences) => setting("POST", "preferences", { preferences }),
    switches: (switches) => setting("PUT", "switches", { switches }),
    ledger: async () => (await control("GET", `ledger?system=netsuite&id=${id}`)).json,
    async close() {
      agent.destroy();
      await sandbox.close();
    },
  };
}

/** Status, code and sentence of the first error of an answer. */
export function refusal({ status, json }: RawAnswer): { status: number; code: string; detail: string; path?: string } {
  const found = objectOf(listOf(json["o:errorDetails"])[0]);
  const path = found["o:errorPath"];
  return { status, code: String(found["o:errorCode"]), detail: String(found["detail"]), ...(typeof path === "string" ? { path } : {}) };
}

export function items(value: unknown): JsonObject[] {
  return isObject(value) ? listOf(value["items"]).map(objectOf) : [];
}

const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A signed assertion of the client credentials flow; members of header and claims can be replaced. */
export function assertion(account: TestAccount, more: { header?: JsonObject; claims?: JsonObject; seconds?: number } = {}): string {
  const { credentials, sandbox } = account;
  const issued = more.seconds ?? Math.floor(testNow() / 1000);
  const header = { typ: "JWT", alg: String(credentials["algorithm"]), kid: String(credentials["certificateId"]), ...more.header };
  const claims = {
    iss: String(credentials["clientId"]),
    scope: "rest_webservices",
    aud: `${sandbox.url}${services}/auth/oauth2/v1/token`,
    iat: issued,
    exp: issued + 3600,
    ...more.claims,
  };
  const text = `${part(header)}.${part(claims)}`;
  const key = String(credentials["privateKey"]);
  const how = String(header.alg).startsWith("PS") ? { key, padding: 6, saltLength: 32 } : { key, dsaEncoding: "ieee-p1363" as const };
  return `${text}.${sign("sha256", Buffer.from(text), how).toString("base64url")}`;
}

/** A call to the token endpoint. */
export function tokenCall(account: TestAccount, form: Record<string, string>, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return account.raw({
    method: "POST",
    path: `${services}/auth/oauth2/v1/token`,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

export function assertionForm(text: string): Record<string, string> {
  return {
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: text,
  };
}
