import { randomUUID } from "node:crypto";
import { isObject, textOf, type JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import { payloadOf, signatureOf, toNotification, type Notification } from "./webhook-payload.ts";
import { endpointOf, type Endpoint } from "./webhook-queue.ts";

/** Sends queued notifications and keeps what was not acknowledged. */
export interface WebhookSender {
  /** Looks for what is due. Cheap: called after every request and whenever time moves. */
  pump(): void;
  /** Sets, or with a null url removes, the endpoint of a realm (`*`: of all realms without their own). A RangeError says what is wrong. */
  configure(realm: string, order: JsonObject): void;
  describe(realm: string | null): JsonObject;
  forget(realm: string): void;
  stop(): void;
}

const answerMs = 3000;
const eventsMax = 100;
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** Waits before each repeat; the last one goes on for ever. */
const retryWaitsMs = [10 * second, 20 * second, 30 * second, 5 * minute, 20 * minute, 2 * hour, 4 * hour, 6 * hour];

interface State {
  readonly storage: Storage;
  readonly now: () => number;
  /** Endpoints with a delivery under way. */
  readonly busy: Set<string>;
  timer: NodeJS.Timeout | null;
  isStopped: boolean;
}

export function createWebhookSender(storage: Storage, now: () => number): WebhookSender {
  const state: State = { storage, now, busy: new Set(), timer: null, isStopped: false };
  return {
    pump: () => wake(state, 0),
    configure(realm, order) {
      configure(storage, realm, order);
      wake(state, 0);
    },
    describe: (realm) => describe(storage, realm),
    forget(realm) {
      storage.run("DELETE FROM qbo_events WHERE realm = ?", realm);
    },
    stop() {
      state.isStopped = true;
      if (state.timer !== null) clearTimeout(state.timer);
    },
  };
}

function endpoints(storage: Storage): Endpoint[] {
  return storage.all("SELECT realm FROM qbo_hooks ORDER BY realm").flatMap(({ realm }) => endpointOf({ storage }, String(realm)) ?? []);
}

/** Comes back in `ms`, or sooner when it was to come sooner anyway. */
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
  let nextMs = Number.POSITIVE_INFINITY;
  for (const endpoint of endpoints(state.storage)) {
    if (state.busy.has(endpoint.realm)) continue;
    const waiting = waitingFor(state.storage, endpoint);
    const [first] = waiting;
    if (first === undefined) continue;
    const now = state.now();
    // What was not acknowledged holds back everything after it.
    if (first.dueMs > now) nextMs = Math.min(nextMs, first.dueMs - now);
    else
      void deliver(
        state,
        endpoint,
        waiting.filter(({ dueMs }) => dueMs <= now),
      );
  }
  // The clock may be moved meanwhile, so nobody sleeps for long.
  if (Number.isFinite(nextMs)) wake(state, Math.min(nextMs, minute));
}

function waitingFor(storage: Storage, { realm }: Endpoint): Notification[] {
  const whose = realm === "*" ? "realm NOT IN (SELECT realm FROM qbo_hooks WHERE realm <> ?)" : "realm = ?";
  return storage
    .all(`SELECT * FROM qbo_events WHERE state = 'waiting' AND ${whose} ORDER BY sequence LIMIT ${eventsMax}`, realm)
    .map(toNotification);
}

async function deliver(state: State, endpoint: Endpoint, notifications: readonly Notification[]): Promise<void> {
  state.busy.add(endpoint.realm);
  const outcome = await post(state, endpoint, payloadOf(endpoint.form, notifications));
  state.busy.delete(endpoint.realm);
  if (state.isStopped) return;
  const isTaken = /^2\d\d$/.test(outcome);
  for (const { sequence, attempts } of notifications) {
    const wait = retryWaitsMs[Math.min(attempts, retryWaitsMs.length - 1)] ?? 6 * hour;
    state.storage.run(
      "UPDATE qbo_events SET attempts = attempts + 1, outcome = ?, state = ?, due = ? WHERE sequence = ?",
      ...[outcome, isTaken ? "delivered" : "waiting", state.now() + (isTaken ? 0 : wait), sequence],
    );
  }
  wake(state, 0);
}

/** The status of the answer, or why there was none. */
async function post({ now }: State, { url, verifierToken }: Endpoint, body: string): Promise<string> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "intuit-signature": signatureOf(verifierToken, body),
        "intuit-created-time": new Date(now()).toISOString(),
        "intuit-t-id": randomUUID(),
        "intuit-notification-schema-version": "1.0",
        "user-agent": "intuit_notification_server/1.0",
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(answerMs),
    });
    await answer.body?.cancel();
    return String(answer.status);
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? "no answer within 3 seconds" : "no connection";
  }
}

function configure(storage: Storage, realm: string, order: JsonObject): void {
  if (order["url"] === null) return storage.run("DELETE FROM qbo_hooks WHERE realm = ?", realm);
  const { form = "cloudevents", delayMs = 0 } = order;
  const url = textOf(order["url"]);
  const verifier = textOf(order["verifierToken"]);
  if (url === null || !URL.canParse(url) || !/^https?:/.test(url)) throw new RangeError("url is an http or https address, or null");
  if (verifier === null) throw new RangeError("verifierToken is a text");
  if (form !== "cloudevents" && form !== "classic") throw new RangeError('form is "cloudevents" or "classic"');
  if (typeof delayMs !== "number" || delayMs < 0) throw new RangeError("delayMs is a number of milliseconds");
  storage.run(
    "INSERT OR REPLACE INTO qbo_hooks (realm, url, verifier, form, delay) VALUES (?, ?, ?, ?, ?)",
    ...[realm, url, verifier, form, Math.floor(delayMs)],
  );
}

function describe(storage: Storage, realm: string | null): JsonObject {
  const rows = storage.all("SELECT * FROM qbo_events WHERE ? IS NULL OR realm = ? ORDER BY sequence DESC LIMIT 1000", realm, realm);
  const events = rows.map(toNotification).reverse();
  const known = endpoints(storage).map(({ verifierToken: _token, ...endpoint }) => endpoint);
  const shown = JSON.parse(JSON.stringify({ endpoints: known, events: events.map(describeEvent) })) as unknown;
  return isObject(shown) ? shown : {};
}

function describeEvent({ uuid, dueMs, atMs, ...event }: Notification): unknown {
  return { uuid, ...event, at: new Date(atMs).toISOString(), due: new Date(dueMs).toISOString() };
}
