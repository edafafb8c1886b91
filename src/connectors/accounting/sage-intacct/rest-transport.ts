import { createHash } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import { send, type OutboundResponse } from "../../../net/http.ts";
import type { CallKind } from "../connector.ts";
import { asUnsent, faultFrom, throttled, unreadable, waitOf, type IntacctError } from "./errors.ts";
import { isObject, memberText, objectsIn, readJson, type Json, type JsonObject } from "./json.ts";
import { controlIdLengthMax, readTimeoutMs, writeTimeoutMs } from "./limits.ts";
import { restRequest, type RestRequest } from "./rest-writes.ts";
import { gatewayUrl, type Session } from "./session.ts";
import type { Outcome, Task, Transport } from "./tasks.ts";
import type { TransportParts } from "./transport-parts.ts";
import { xmlTransport } from "./xml-transport.ts";

/**
 * Writes by the JSON gateway, each with an idempotency key, several as one composite; what it lacks, and questions, go to the XML
 * gateway with a session that the same sign-in gives. Rows read the same in both: a record's key is its record number.
 */
export function restTransport(parts: TransportParts): Transport {
  let session: Session | null = null;
  const used: UsedKeys = new Map();
  const xml = xmlTransport({
    ...parts,
    session: async (refused) => {
      if (session === null || refused) session = await sessionByToken(parts);
      return session;
    },
  });
  return {
    ask: xml.ask,
    run: async (tasks) => {
      const json: { task: Task; request: RestRequest }[] = [];
      const others: Task[] = [];
      for (const task of tasks) {
        const request = "write" in task ? restRequest(task.write) : null;
        if (request === null) others.push(task);
        else json.push({ task, request });
      }
      const outcomes = new Map<string, Outcome>(json.length === 0 ? [] : await runWrites(parts, json, used));
      if (others.length === 0) return outcomes;
      // Questions come after the writes. What was written stays written when they fail: each is told by itself.
      try {
        for (const [id, outcome] of await xml.run(others)) outcomes.set(id, outcome);
      } catch (error) {
        if (!(error instanceof Fault) || json.length === 0) throw error;
        for (const { id } of others) outcomes.set(id, { fault: error });
      }
      return outcomes;
    },
  };
}

/** A session of the XML gateway, from the token of the JSON one. */
async function sessionByToken(parts: TransportParts): Promise<Session> {
  const { answer } = await call(parts, { method: "GET", path: "services/core/session/id" }, { kind: "read" });
  const id = memberText(answer, "ia::result", "sessionId");
  if (id === "" || /\s/.test(id)) throw unreadable(200, "no session in the answer");
  return { id, endpoint: gatewayUrl(parts.settings) };
}

interface Order {
  readonly task: Task;
  readonly request: RestRequest;
}

async function runWrites(parts: TransportParts, orders: readonly Order[], used: UsedKeys): Promise<Map<string, Outcome>> {
  const outcomes = orders.length === 1 ? await runSingly(parts, orders) : await runComposite(parts, orders, used);
  const written = [...outcomes.values()].filter((outcome) => "key" in outcome).length;
  parts.counter.wrote(written, orders.length > 1);
  return outcomes;
}

/** One after the other. One that was answered does not stop the others; silence does, for all that are left. */
async function runSingly(parts: TransportParts, orders: readonly Order[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const { task, request } of orders) {
    try {
      const { answer } = await call(parts, request, { kind: "single", key: task.id });
      outcomes.set(task.id, { key: keyIn(answer, request) });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (orders.length === 1 && !isAnswer(error)) throw error;
      outcomes.set(task.id, { fault: error });
    }
  }
  return outcomes;
}

/** A refusal of the gateway, one of a repeated key too; everything else leaves the whole call open. */
function isAnswer(fault: Fault): boolean {
  return (
    fault.details["level"] === "rest" &&
    Number(fault.details["status"]) < 500 &&
    fault.code !== "upstream_busy" &&
    fault.remedy !== "reconnect"
  );
}

/**
 * Several writes in one request, each with its key and all with one of their own. Sage's words say that one failure undoes the
 * others: then each goes by itself, so that one that cannot be posted stops no other. Answers stand in the order of the
 * questions, on which nothing rests: what was written is looked up by its mark afterwards.
 */
async function runComposite(parts: TransportParts, orders: readonly Order[], used: UsedKeys): Promise<Map<string, Outcome>> {
  const list = orders.map(({ task, request: { method, path, body } }) => ({
    method,
    path: `/${path}`,
    headers: { "Idempotency-Key": task.id.slice(0, controlIdLengthMax) },
    ...(body === undefined ? {} : { body }),
  }));
  const { key, usedUp } = compositeKey(used, orders);
  const every = (outcome: Outcome): Map<string, Outcome> => new Map(orders.map(({ task }) => [task.id, outcome]));
  let items: readonly JsonObject[];
  try {
    const { answer } = await call(parts, { method: "POST", path: "services/core/composite" }, { kind: "batch", key, list });
    items = Array.isArray(answer) ? objectsIn(answer) : objectsIn(isObject(answer) ? answer["ia::result"] : null);
  } catch (error) {
    if (!(error instanceof Fault) || !isAnswer(error)) throw error;
    usedUp();
    return error.code === "upstream_silent" ? every({ fault: error }) : runSingly(parts, orders);
  }
  if (items.length !== orders.length) return every({ fault: unreadable(200, "not one answer for each entry of a composite") });
  if (items.some((item) => errorsIn(item).length > 0)) {
    usedUp();
    return runSingly(parts, orders);
  }
  return new Map(orders.map(({ task, request }, index) => [task.id, outcomeOf(items[index] ?? {}, request)]));
}

/** How often a composite of some entries was answered without writing them: the next one of the same entries needs another key. */
type UsedKeys = Map<string, number>;
const usedKeysMax = 1_000;

/** The key follows from the entries. One that was refused as a repeat is not used again: a look-up comes before the next try. */
function compositeKey(used: UsedKeys, orders: readonly Order[]): { readonly key: string; readonly usedUp: () => void } {
  const keys = orders.map(({ task }) => task.id).sort();
  const name = createHash("sha256").update(JSON.stringify(keys)).digest("hex");
  const count = used.get(name) ?? 0;
  return {
    key: count === 0 ? name : `${name}.${count}`,
    usedUp: () => {
      used.delete(name);
      used.set(name, count + 1);
      if (used.size > usedKeysMax) used.delete(used.keys().next().value!);
    },
  };
}

function outcomeOf(item: JsonObject, request: RestRequest): Outcome {
  try {
    return { key: keyIn(item, request) };
  } catch (error) {
    if (error instanceof Fault) return { fault: error };
    throw error;
  }
}

/** The key of what was written; of a removal that of nothing. */
function keyIn(answer: Json, { method, path }: RestRequest): string {
  const result = isObject(answer) ? answer["ia::result"] : undefined;
  const key = memberText(Array.isArray(result) ? result[0] : result, "key");
  if (key !== "" || method !== "POST" || path.startsWith("workflows/")) return key;
  throw unreadable(200, "a success without a key");
}

interface Manner {
  readonly kind: CallKind;
  readonly key?: string;
  readonly list?: readonly unknown[];
}

async function call(parts: TransportParts, request: RestRequest, manner: Manner): Promise<{ answer: Json; status: number }> {
  const first = read(await attempt(parts, request, { ...manner, refused: false }));
  if ("answer" in first) return first;
  if (!first.signInRefused) throw first.fault;
  // A refused sign-in surely ran nothing: one new token, one more try.
  const second = read(await attempt(parts, request, { ...manner, refused: true }));
  if ("answer" in second) return second;
  throw second.fault;
}

async function attempt(
  { settings, options, token, gate, counter }: TransportParts,
  { method, path, body }: RestRequest,
  { kind, key, list, refused }: Manner & { readonly refused: boolean },
): Promise<OutboundResponse> {
  const accessToken = await (refused ? token(true) : token()).catch((error: unknown) => {
    throw asUnsent(error);
  });
  const content = list ?? body;
  const headers = {
    authorization: `Bearer ${accessToken}`,
    accept: "application/json",
    "user-agent": "ledgerlane",
    ...(content === undefined ? {} : { "content-type": "application/json" }),
    ...(options.entity === "" ? {} : { "x-ia-api-param-entity": options.entity }),
    ...(key === undefined ? {} : { "idempotency-key": key.slice(0, controlIdLengthMax) }),
  };
  const url = new URL(`${settings.apiUrl.replace(/\/+$/, "")}/ia/api/v1/${path}`);
  const timeoutMs = kind === "read" ? readTimeoutMs : writeTimeoutMs;
  return gate(kind, async () => {
    const response = await send({ method, url, headers, timeoutMs, ...(content === undefined ? {} : { body: JSON.stringify(content) }) });
    counter.asked();
    return response;
  });
}

type Reading = { readonly answer: Json; readonly status: number } | { readonly fault: Fault; readonly signInRefused: boolean };

/** Refusals of a token come as 401 and as 400; a mixed composite as 207. */
function read({ status, headers, text }: OutboundResponse): Reading {
  const answer = readJson(text);
  const wait = waitOf(headers, Date.now());
  if (status === 429) return { fault: throttled(wait), signInRefused: false };
  if (status >= 200 && status < 300 && (text.trim() === "" || isObject(answer) || Array.isArray(answer))) {
    const isList = Array.isArray(answer) || (isObject(answer) && Array.isArray(answer["ia::result"]));
    const errors = isList ? [] : errorsIn(answer);
    if (errors.length === 0) return { answer, status };
    return { fault: faultFrom(errors, { status, level: "rest", retryAfterMs: wait }), signInRefused: false };
  }
  const errors = errorsIn(answer);
  if (errors.length === 0 && status !== 401) {
    return { fault: unreadable(status, text.trim() === "" ? "empty" : "no JSON of theirs"), signInRefused: false };
  }
  const none: IntacctError = { code: "", id: "", text: "", correction: "", target: "" };
  const fault = faultFrom(errors.length === 0 ? [none] : errors, { status, level: "rest", retryAfterMs: wait });
  return { fault, signInRefused: fault.code === "credentials_expired" };
}

/** The telling detail stands last over here: it is put first, as the XML gateway does. */
function errorsIn(answer: Json): IntacctError[] {
  if (!isObject(answer)) return [];
  const inner = isObject(answer["ia::result"]) ? answer["ia::result"]["ia::error"] : undefined;
  const error = inner ?? answer["ia::error"] ?? answer["error"];
  if (!isObject(error)) return [];
  const details = objectsIn(error["details"]).toReversed();
  return [...details, error].map((each) => ({
    code: memberText(each, "code"),
    id: memberText(each, "errorId"),
    text: [
      memberText(each, "message"),
      each === error && memberText(each, "supportId") ? `[Support ID: ${memberText(each, "supportId")}]` : "",
    ]
      .join(" ")
      .trim(),
    correction: memberText(each, "correction"),
    target: memberText(each, "target"),
  }));
}
