import { Agent, request as send } from "node:http";
import { isObject, listOf, objectOf, parseJson, type JsonObject } from "./json.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "./server.ts";

/** What came over the wire, however broken. */
export interface RawAnswer {
  /** 0 when the line was cut before a status came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: JsonObject;
  /** True when the line was cut before the end. */
  readonly wasCut: boolean;
}
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | JsonObject | undefined;
}

/** Tests talk to the sandbox over plain HTTP: nothing between them and the bytes. */
export interface TestBench {
  readonly sandbox: Sandbox;
  readonly realm: string;
  readonly credentials: JsonObject;
  readonly accessToken: string;
  readonly refreshToken: string;
  raw(request: RawRequest): Promise<RawAnswer>;
  control(method: string, path: string, body?: JsonObject): Promise<RawAnswer>;
  /** A call to the company: path after the realm. */
  get(path: string): Promise<RawAnswer>;
  post(path: string, body: JsonObject): Promise<RawAnswer>;
  query(statement: string): Promise<RawAnswer>;
  /** Creates and returns the record; throws what the emulator refused. */
  make(entity: string, body: JsonObject): Promise<JsonObject>;
  /** Id of an account by its number, of any other list row by its name. */
  account(number: string): string;
  row(entity: string, name: string): Promise<string>;
  ledger(): Promise<JsonObject>;
  close(): Promise<void>;
}

/** Sends one request and takes whatever comes back. */
export function receive(base: string, agent: Agent, { method, path, headers, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    let received = "";
    const cut = () => resolve({ status: 0, headers: {}, text: received, json: {}, wasCut: true });
    const outgoing = send(base + path, {
      method,
      agent,
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
    });
    outgoing.on("response", (message) => {
      message.setEncoding("utf8");
      message.on("data", (chunk: string) => (received += chunk));
      const end = () =>
        resolve({
          status: message.statusCode ?? 0,
          headers: message.headers,
          text: received,
          json: objectOf(parseJson(received)),
          wasCut: !message.complete,
        });
      message.on("end", end);
      message.on("error", end);
    });
    outgoing.on("error", cut);
    outgoing.end(text);
  });
}

/** Starts a sandbox with one trucking company and a token, or opens the first company of an existing file. */
export async function openBench(options: Partial<SandboxOptions> = {}, order: JsonObject = {}): Promise<TestBench> {
  const sandbox = await startSandbox({ port: 0, ...options });
  const agent = new Agent({ keepAlive: true });
  const raw = (request: RawRequest) => receive(sandbox.url, agent, request);
  const control = (method: string, path: string, body?: JsonObject) => raw({ method, path: `/_control/${path}`, body });
  const existing = objectOf(listOf((await control("GET", "companies")).json["companies"])[0]);
  const created =
    existing["id"] === undefined
      ? (await control("POST", "companies", { system: "quickbooks-online", template: "trucking", ...order })).json
      : existing;
  const realm = String(created["id"]);
  const tokens = (await control("POST", "tokens", { system: "quickbooks-online", id: realm })).json;
  const accessToken = String(tokens["accessToken"]);
  const headers = { authorization: `Bearer ${accessToken}` };
  const base = `/quickbooks-online/v3/company/${realm}/`;
  const get = (path: string) => raw({ method: "GET", path: base + path, headers });
  const post = (path: string, body: JsonObject) => raw({ method: "POST", path: base + path, headers, body });
  const query = (statement: string) => get(`query?query=${encodeURIComponent(statement)}`);
  const accounts = rowsOf((await query("select * from Account maxresults 1000")).json, "Account");

  return {
    sandbox,
    realm,
    credentials: objectOf(created["credentials"]),
    accessToken,
    refreshToken: String(tokens["refreshToken"]),
    raw,
    control,
    get,
    post,
    query,
    async make(entity, body) {
      const { json, text } = await post(entity.toLowerCase(), body);
      const record = json[entity];
      if (!isObject(record)) throw new Error(text);
      return record;
    },
    account(number) {
      const found = accounts.find((account) => account["AcctNum"] === number);
      if (found === undefined) throw new Error(`No account ${number}`);
      return String(found["Id"]);
    },
    async row(entity, name) {
      const rows = rowsOf((await query(`select * from ${entity} maxresults 1000`)).json, entity);
      const found = rows.find((row) => row["Name"] === name || row["DisplayName"] === name);
      if (found === undefined) throw new Error(`No ${entity} ${name}`);
      return String(found["Id"]);
    },
    ledger: async () => (await control("GET", `ledger?system=quickbooks-online&id=${realm}`)).json,
    async close() {
      agent.destroy();
      await sandbox.close();
    },
  };
}

export function rowsOf(answer: JsonObject, entity: string): JsonObject[] {
  return listOf(objectOf(answer["QueryResponse"])[entity]).map(objectOf);
}

/** First error of a service fault, or of a gateway fault. */
export function faultIn({ json }: { json: JsonObject }): { code: string; detail: string; message: string; element: string } {
  const fault = objectOf(json["Fault"] ?? json["fault"]);
  const error = objectOf(listOf(fault["Error"] ?? fault["error"])[0]);
  const text = (upper: string, lower: string) => String(error[upper] ?? error[lower] ?? "");
  return {
    code: text("code", "code"),
    detail: text("Detail", "detail"),
    message: text("Message", "message"),
    element: text("element", "element"),
  };
}

/** A journal entry from (account id, amount) pairs: above zero is a debit. */
export function journal(legs: readonly (readonly [account: string, amount: number])[], more: JsonObject = {}): JsonObject {
  return {
    TxnDate: "2026-11-20",
    Line: legs.map(([account, amount]) => ({
      DetailType: "JournalEntryLineDetail",
      Amount: Math.abs(amount),
      JournalEntryLineDetail: { PostingType: amount >= 0 ? "Debit" : "Credit", AccountRef: { value: account } },
    })),
    ...more,
  };
}

export function expenseLine(account: string, amount: number, detail: JsonObject = {}): JsonObject {
  return {
    DetailType: "AccountBasedExpenseLineDetail",
    Amount: amount,
    AccountBasedExpenseLineDetail: { AccountRef: { value: account }, ...detail },
  };
}

export function saleLine(item: string, amount: number, detail: JsonObject = {}): JsonObject {
  return { DetailType: "SalesItemLineDetail", Amount: amount, SalesItemLineDetail: { ItemRef: { value: item }, ...detail } };
}
