import { createHmac, randomUUID } from "node:crypto";
import { isObject, textOf, type JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import { endpointOf, type Endpoint } from "./webhook-queue.ts";

/** Posts what triggers and Smart Events tell. Each event goes alone, and one that waits does not hold up the next. */
export interface WebhookSender {
  /** Looks for what is due. Cheap: called after every request and whenever time moves. */
  pump(): void;
  /** Sets, or with a null url removes, the endpoint of a company (`*`: of all without their own). A RangeError says what is wrong. */
  configure(company: string, order: JsonObject): void;
  describe(company: string | null): JsonObject;
  forget(company: string): void;
  stop(): void;
}

const answerMs = 3000;
const atOnce = 4;
/** Waits before each repeat; after the last one the event is given up. */
const waitsMs = [10_000, 30_000, 90_000];
const retried = new Set([408, 429, 500, 502, 503, 504]);

interface Event {
  readonly sequence: number;
  readonly company: string;
  readonly uuid: string;
  readonly object: string;
  readonly record: string;
  readonly operation: string;
  readonly atMs: number;
  readonly dueMs: number;
  readonly attempts: number;
  readonly state: string;
  readonly outcome: string | null;
}

interface State {
  readonly storage: Storage;
  readonly now: () => number;
  readonly busy: Set<number>;
  timer: NodeJS.Timeout | null;
  isStopped: boolean;
}

export function createWebhookSender(storage: Storage, now: () => number): WebhookSender {
  const state: State = { storage, now, busy: new Set(), timer: null, isStopped: false };
  return {
    pump: () => wake(state, 0),
    configure(company, order) {
      configure(storage, company, order);
      wake(state, 0);
    },
    describe: (company) => describe(storage, company),
    forget: (company) => storage.run("DELETE FROM intacct_events WHERE company = ?", company),
    stop() {
      state.isStopped = true;
      if (state.timer !== null) clearTimeout(state.timer);
    },
  };
}

function toEvent(row: ReturnType<Storage["all"]>[number]): Event {
  const text = (name: string) => String(row[name]);
  return {
    sequence: Number(row["sequence"]),
    company: text("company"),
    uuid: text("uuid"),
    object: text("object"),
    record: text("record"),
    operation: text("operation"),
    atMs: Number(row["at"]),
    dueMs: Number(row["due"]),
    attempts: Number(row["attempts"]),
    state: text("state"),
    outcome: row["outcome"] === null ? null : text("outcome"),
  };
}

function wake(state: State, ms: number): void {
  if (state.isStopped) return;
  if (state.timer !== null) clearTimeout(state.timer);
  state.timer = setTimeout(() => {
    state.timer = null;
    look(state);
  }, ms);
  state.timer.unref();
}

function look(state: State): void {
  const { storage, busy } = state;
  const now = state.now();
  const waiting = storage.all("SELECT * FROM intacct_events WHERE state = 'waiting' ORDER BY due, sequence LIMIT 50").map(toEvent);
  for (const event of waiting) {
    if (busy.size >= atOnce || event.dueMs > now) break;
    if (!busy.has(event.sequence)) void deliver(state, event);
  }
  const next = waiting.find(({ sequence }) => !busy.has(sequence));
  // The clock may be moved meanwhile, so nobody sleeps for long.
  if (next !== undefined && busy.size < atOnce) wake(state, Math.min(Math.max(0, next.dueMs - now), 60_000));
}

async function deliver(state: State, event: Event): Promise<void> {
  const { storage, busy } = state;
  const endpoint = endpointOf(storage, event.company) ?? endpointOf(storage, "*");
  if (endpoint === null) return finish(state, event, { outcome: "no endpoint", isLast: true });
  busy.add(event.sequence);
  const outcome = await post(endpoint, event);
  busy.delete(event.sequence);
  if (state.isStopped) return;
  const isSmart = endpoint.form === "smart_event";
  // Nothing is documented of repeats of Smart Events, so there are none.
  const isLast =
    outcome === "200" || isSmart || event.attempts >= waitsMs.length || (/^\d+$/.test(outcome) && !retried.has(Number(outcome)));
  finish(state, event, { outcome, isLast });
}

function finish(state: State, event: Event, { outcome, isLast }: { outcome: string; isLast: boolean }): void {
  const next = outcome === "200" ? "delivered" : isLast ? "given up" : "waiting";
  state.storage.run(
    "UPDATE intacct_events SET attempts = attempts + 1, outcome = ?, state = ?, due = ? WHERE sequence = ?",
    ...[outcome, next, state.now() + (waitsMs[event.attempts] ?? 0), event.sequence],
  );
  wake(state, 0);
}

const topics: Readonly<Record<string, string>> = { create: "ADD", update: "SET", delete: "DELETE" };

/** The fields that an administrator would list: enough to read the record again. */
function payload({ company, object, record, operation, atMs }: Event): Record<string, string> {
  return {
    companyId: company,
    topic: `${topics[operation] ?? "SET"}_${object}`,
    object,
    recordNo: record,
    timestamp: new Date(atMs).toISOString(),
  };
}

/** The status of the answer, or why there was none. */
async function post(endpoint: Endpoint, event: Event): Promise<string> {
  const isSmart = endpoint.form === "smart_event";
  const fields = payload(event);
  const body = isSmart ? new URLSearchParams({ ...fields, secret: endpoint.token }).toString() : JSON.stringify(fields);
  const headers: Record<string, string> = isSmart
    ? { "content-type": "application/x-www-form-urlencoded" }
    : {
        "content-type": "application/json",
        authorization: `Bearer ${signedToken(endpoint, event)}`,
        "x-trusted-context": Buffer.from(JSON.stringify({ clientId: endpoint.token.slice(0, 8), companyId: event.company })).toString(
          "base64",
        ),
        "idempotency-key": event.uuid,
      };
  try {
    const answer = await fetch(endpoint.url, { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(answerMs) });
    await answer.body?.cancel();
    return String(answer.status);
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? "no answer within 3 seconds" : "no connection";
  }
}

/** A token signed with the endpoint's key: the vendor's own keys and claims are not documented. */
function signedToken({ token }: Endpoint, { company, atMs, uuid }: Event): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = Math.floor(atMs / 1000);
  const content = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "sage-intacct", sub: company, jti: uuid || randomUUID(), iat, exp: iat + 300 })}`;
  return `${content}.${createHmac("sha256", token).update(content).digest("base64url")}`;
}

function configure(storage: Storage, company: string, order: JsonObject): void {
  if (order["url"] === null) return storage.run("DELETE FROM intacct_hooks WHERE company = ?", company);
  const { form = "smart_event", delayMs = 0 } = order;
  const url = textOf(order["url"]);
  const token = textOf(order["verifierToken"]);
  if (url === null || !URL.canParse(url) || !/^https?:/.test(url)) throw new RangeError("url is an http or https address, or null");
  if (token === null) throw new RangeError("verifierToken is a text");
  if (form !== "smart_event" && form !== "webhook") throw new RangeError('form is "smart_event" or "webhook"');
  if (typeof delayMs !== "number" || delayMs < 0) throw new RangeError("delayMs is a number of milliseconds");
  storage.run("INSERT OR REPLACE INTO intacct_hooks VALUES (?, ?, ?, ?, ?)", company, url, form, token, Math.floor(delayMs));
}

function describe(storage: Storage, company: string | null): JsonObject {
  const rows = storage.all(
    "SELECT * FROM intacct_events WHERE ? IS NULL OR company = ? ORDER BY sequence DESC LIMIT 1000",
    company,
    company,
  );
  const events = rows
    .map(toEvent)
    .reverse()
    .map(({ atMs, dueMs, ...event }) => ({ ...event, at: new Date(atMs).toISOString(), due: new Date(dueMs).toISOString() }));
  const endpoints = storage.all("SELECT company, url, form, delay FROM intacct_hooks ORDER BY company");
  const shown = JSON.parse(JSON.stringify({ endpoints, events })) as unknown;
  return isObject(shown) ? shown : {};
}
