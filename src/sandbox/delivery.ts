import type { ServerResponse } from "node:http";
import type { Clock } from "./clock.ts";
import type { Emulator, RequestFacts } from "./emulator.ts";
import type { FaultRule, Faults } from "./faults.ts";
import { htmlAnswer, jsonAnswer, type Answer, type SandboxRequest } from "./http.ts";
import type { Limits } from "./limits.ts";
import type { RequestLog } from "./request-log.ts";

export interface Delivery {
  /** Runs a request in the emulator it is meant for, with the trouble that was planned for it. */
  deliver(request: SandboxRequest, response: ServerResponse): Promise<void>;
  /** Forgets everything that was to happen later, as a killed server would. */
  stop(): void;
}

interface Call {
  readonly emulator: Emulator;
  readonly request: SandboxRequest;
  readonly response: ServerResponse;
  readonly facts: RequestFacts;
}

/** What a proxy or a sign-in wall puts in the place of an answer. */
const strayPage = "<html><head><title>Sign in</title></head><body><h1>Please sign in to continue</h1></body></html>";

interface Parts {
  readonly emulators: readonly Emulator[];
  readonly clock: Clock;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly log: RequestLog;
}

/** What is under way: the operations that have begun and not ended, by claim, and everything that waits for a time. */
interface Underway {
  readonly claims: Map<string, Promise<void>>;
  readonly pauses: Map<NodeJS.Timeout, () => void>;
  isStopped: boolean;
}

export function createDelivery(parts: Parts): Delivery {
  const underway: Underway = { claims: new Map(), pauses: new Map(), isStopped: false };
  return {
    deliver: (request, response) => deliver(parts, underway, request, response),
    stop() {
      underway.isStopped = true;
      for (const [timer, done] of [...underway.pauses]) {
        clearTimeout(timer);
        done();
      }
    },
  };
}

async function deliver(parts: Parts, underway: Underway, request: SandboxRequest, response: ServerResponse): Promise<void> {
  const { emulators, limits, faults } = parts;
  const emulator = emulators.find((candidate) => candidate.accepts(request.path));
  if (emulator === undefined) return send(response, jsonAnswer(404, { error: "No emulated system answers this path" }));
  const facts = emulator.identify(request);
  const call: Call = { emulator, request, response, facts };
  const startedMs = performance.now();
  const leave = facts.company === null ? null : limits.enter(emulator.system, facts.company);
  const refused = emulator.atTheDoor?.(request) ?? null;
  const rule = refused === null ? faults.pick({ system: emulator.system, method: request.method, path: request.path, facts }) : null;
  let answer: Answer | null = null;
  try {
    if (refused !== null) answer = finish(call, refused);
    else answer = rule === null ? await answerPlainly(underway, call) : await answerBadly(underway, call, rule);
  } finally {
    leave?.();
    logCall(parts, call, { answer, rule, durationMs: performance.now() - startedMs });
  }
}

function logCall({ log, clock }: Parts, call: Call, end: { answer: Answer | null; rule: FaultRule | null; durationMs: number }): void {
  const { request, facts } = call;
  log.add({
    time: new Date(clock.now()).toISOString(),
    system: call.emulator.system,
    id: facts.company,
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    key: facts.key,
    status: end.answer?.status ?? null,
    throttled: end.answer?.status === 429,
    fault: end.rule?.kind ?? null,
    durationMs: Math.round(end.durationMs * 1000) / 1000,
  });
}

function pause({ pauses }: Underway, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      pauses.delete(timer);
      resolve();
    };
    const timer = setTimeout(done, ms);
    pauses.set(timer, done);
  });
}

function twinOf({ claims }: Underway, { facts }: Call): Promise<void> | undefined {
  return facts.claim === null ? undefined : claims.get(facts.claim);
}

async function waitForTwin(underway: Underway, call: Call): Promise<void> {
  for (let twin = twinOf(underway, call); twin !== undefined; twin = twinOf(underway, call)) await twin;
}

/** Runs the request once every earlier request with the same claim has ended. */
async function run(underway: Underway, call: Call): Promise<Answer | null> {
  await waitForTwin(underway, call);
  return underway.isStopped ? null : call.emulator.handle(call.request);
}

/** The way of nearly every request: no waiting, not even for a promise. */
async function answerPlainly(underway: Underway, call: Call): Promise<Answer | null> {
  const answer = twinOf(underway, call) === undefined ? call.emulator.handle(call.request) : await run(underway, call);
  return finish(call, answer);
}

/** Holds the claim of the call for `ms`, then runs it. */
async function runLater(underway: Underway, call: Call, ms: number): Promise<Answer | null> {
  await waitForTwin(underway, call);
  const { claim } = call.facts;
  const { promise, resolve } = Promise.withResolvers<void>();
  if (claim !== null) underway.claims.set(claim, promise);
  try {
    await pause(underway, ms);
    return underway.isStopped ? null : call.emulator.handle(call.request);
  } finally {
    if (claim !== null) underway.claims.delete(claim);
    resolve();
  }
}

async function answerBadly(underway: Underway, call: Call, rule: FaultRule): Promise<Answer | null> {
  const { emulator, request, response } = call;
  switch (rule.kind) {
    case "cut":
      response.destroy();
      return null;
    case "commit_then_cut":
      await run(underway, call);
      response.destroy();
      return null;
    case "late_commit":
      response.destroy();
      // Nobody waits for the outcome: the sender believes that nothing happened.
      await runLater(underway, call, rule.ms);
      return null;
    case "delay":
      return finish(call, await answerLate(underway, call, rule));
    case "truncate":
      return sendHalf(call, await run(underway, call), rule.chunked);
    case "status":
    case "html":
      if (rule.commit) await run(underway, call);
      return finish(call, rule.kind === "html" ? htmlAnswer(200, strayPage) : emulator.failed(rule.status));
    case "throttle":
      return finish(call, withRetryAfter(emulator.throttled(request), rule.retryAfterSeconds));
    case "expire_token":
      emulator.expireCredentials(request);
      return finish(call, await run(underway, call));
    case "ignore_key":
      return finish(call, emulator.handle({ ...request, ignoreKey: true }));
  }
}

async function answerLate(underway: Underway, call: Call, rule: FaultRule): Promise<Answer | null> {
  const ms = rule.ms + rule.msPerRecord * (call.facts.records ?? 1);
  if (!rule.commit) return runLater(underway, call, ms);
  const answer = await run(underway, call);
  await pause(underway, ms);
  return answer;
}

function withRetryAfter(answer: Answer, seconds: number | null): Answer {
  return seconds === null ? answer : { ...answer, headers: { ...answer.headers, "retry-after": String(seconds) } };
}

function finish(call: Call, answer: Answer | null): Answer | null {
  if (answer === null) call.response.destroy();
  else send(call.response, answer);
  return answer;
}

/** Half of the answer: either the line breaks before the promised length, or a clean end comes too soon. */
function sendHalf({ response }: Call, answer: Answer | null, chunked: boolean): Promise<Answer | null> {
  if (answer === null) {
    response.destroy();
    return Promise.resolve(null);
  }
  const bytes = Buffer.from(answer.body);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  response.writeHead(answer.status, chunked ? answer.headers : { ...answer.headers, "content-length": bytes.length });
  return new Promise((resolve) => {
    const end = () => {
      if (!chunked) response.destroy();
      resolve(answer);
    };
    if (chunked) response.end(half, end);
    else response.write(half, end);
  });
}

function send(response: ServerResponse, answer: Answer): void {
  const content = answer.bytes ?? answer.body;
  response.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(content) });
  response.end(content);
}
