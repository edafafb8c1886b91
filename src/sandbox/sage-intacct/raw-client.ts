import { isObject, objectOf, type JsonObject } from "../json.ts";
import { startSandbox, type Sandbox } from "../server.ts";
import { readXml, type Element } from "../xml.ts";

/** What came over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: JsonObject;
}

export interface Outcome {
  readonly status: string;
  readonly function: string;
  readonly controlId: string;
  /** Text of `key`, or of the first RECORDNO or id. */
  readonly key: string;
  /** Errors as `number: text`, without the support id. */
  readonly errors: readonly string[];
  readonly element: Element;
}

export interface XmlOrder {
  readonly unique?: boolean;
  readonly transaction?: boolean;
  readonly session?: string;
  readonly entity?: string;
  readonly control?: string;
  readonly controlIds?: readonly string[];
}

/** Tests talk to the sandbox over plain HTTP: nothing between them and the bytes. */
export interface IntacctBench {
  readonly sandbox: Sandbox;
  readonly id: string;
  readonly credentials: JsonObject;
  send(method: string, path: string, body?: string | JsonObject, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  control(method: string, path: string, body?: JsonObject): Promise<JsonObject>;
  /** The whole envelope of one request. */
  envelope(functions: readonly string[], order?: XmlOrder): string;
  xml(functions: string | readonly string[], order?: XmlOrder): Promise<{ reply: Reply; root: Element; outcomes: Outcome[] }>;
  /** One function that must succeed. */
  run(body: string, order?: XmlOrder): Promise<Outcome>;
  /** One function that must fail: its errors. */
  refused(body: string, order?: XmlOrder): Promise<readonly string[]>;
  /** A REST call with a token of its own. */
  rest(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  token(): Promise<string>;
  ledger(): Promise<JsonObject>;
  close(): Promise<void>;
}

let calls = 0;

export async function openIntacct(options: JsonObject = {}, existing?: Sandbox): Promise<IntacctBench> {
  const sandbox = existing ?? (await startSandbox({ port: 0 }));
  const send: IntacctBench["send"] = async (method, path, body, headers = {}) => {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const answer = await fetch(sandbox.url + path, { method, headers, redirect: "manual", ...(text === undefined ? {} : { body: text }) });
    const content = await answer.text();
    return { status: answer.status, headers: answer.headers, text: content, json: objectOf(parsed(content)) };
  };
  const control: IntacctBench["control"] = async (method, path, body) => {
    const reply = await send(method, `/_control/${path}`, body, { "content-type": "application/json" });
    if (reply.status !== 200) throw new Error(reply.text);
    return reply.json;
  };
  const card = await control("POST", "companies", { system: "sage-intacct", template: "trucking", options });
  const credentials = objectOf(card["credentials"]);
  const id = String(card["id"]);
  const envelope: IntacctBench["envelope"] = (functions, order = {}) => envelopeOf(credentials, functions, order);
  const xml: IntacctBench["xml"] = async (functions, order = {}) => {
    const list = typeof functions === "string" ? [functions] : functions;
    const reply = await send("POST", "/sage-intacct/ia/xml/xmlgw.phtml", envelope(list, order), { "content-type": "application/xml" });
    const root = readXml(Buffer.from(reply.text));
    return { reply, root, outcomes: all(root, "result").map(outcomeOf) };
  };
  const one = async (body: string, order?: XmlOrder): Promise<Outcome> => {
    const { outcomes, reply } = await xml(body, order);
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error(reply.text);
    return outcome;
  };
  const token = async () => String((await control("POST", "tokens", { system: "sage-intacct", id }))["accessToken"]);
  let own: string | null = null;
  return {
    sandbox,
    id,
    credentials,
    send,
    control,
    envelope,
    xml,
    token,
    async run(body, order) {
      const outcome = await one(body, order);
      if (outcome.status !== "success") throw new Error(outcome.errors.join("\n"));
      return outcome;
    },
    async refused(body, order) {
      const outcome = await one(body, order);
      if (outcome.status === "success") throw new Error("It was not refused");
      return outcome.errors;
    },
    async rest(method, path, body, headers = {}) {
      own ??= await token();
      const all = { authorization: `Bearer ${own}`, "content-type": "application/json", ...headers };
      return send(method, `/sage-intacct/ia/api/v1${path}`, body === undefined ? undefined : JSON.stringify(body), all);
    },
    ledger: () => control("GET", `ledger?system=sage-intacct&id=${id}`),
    close: () => sandbox.close(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}

function envelopeOf(credentials: JsonObject, functions: readonly string[], order: XmlOrder): string {
  const value = (name: string) => String(credentials[name]);
  const login = `<login><userid>${value("userId")}</userid><companyid>${value("companyId")}</companyid><password>${value("userPassword")}</password>${order.entity === undefined ? "" : `<locationid>${order.entity}</locationid>`}</login>`;
  const who = order.session === undefined ? login : `<sessionid>${order.session}</sessionid>`;
  const written = functions
    .map((body, index) => `<function controlid="${order.controlIds?.[index] ?? `call-${++calls}`}">${body}</function>`)
    .join("");
  return `<?xml version="1.0" encoding="UTF-8"?><request><control><senderid>${value("senderId")}</senderid><password>${value("senderPassword")}</password><controlid>t</controlid><uniqueid>${order.unique ?? true}</uniqueid><dtdversion>3.0</dtdversion>${order.control ?? ""}</control><operation transaction="${order.transaction ?? false}"><authentication>${who}</authentication><content>${written}</content></operation></request>`;
}

/** Every element of that name, in order. */
export function all(element: Element, name: string): Element[] {
  const own = element.name === name ? [element] : [];
  return [...own, ...element.children.flatMap((child) => all(child, name))];
}

export function textAt(element: Element, name: string): string {
  return all(element, name)[0]?.text ?? "";
}

function outcomeOf(element: Element): Outcome {
  const errors = all(element, "error").map((error) => {
    const text = textAt(error, "description2") || textAt(error, "description");
    return `${textAt(error, "errorno")}: ${text.replace(/ \[Support ID: .*\]$/, "")}`;
  });
  const key = textAt(element, "key") || textAt(element, "RECORDNO") || textAt(element, "id");
  return {
    status: textAt(element, "status"),
    function: textAt(element, "function"),
    controlId: textAt(element, "controlid"),
    key,
    errors,
    element,
  };
}

/** Lines of the newest write in the oracle as `account debit credit`. */
export function newestLines(ledger: JsonObject): string[] {
  const entries = Array.isArray(ledger["entries"]) ? ledger["entries"] : [];
  const lines = objectOf(entries.at(-1))["lines"];
  return (Array.isArray(lines) ? lines : [])
    .filter(isObject)
    .map((line) => `${String(line["account"])} ${String(line["debit"])} ${String(line["credit"])}`);
}
