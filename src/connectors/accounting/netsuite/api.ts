import { randomBytes } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import { send, type OutboundResponse } from "../../../net/http.ts";
import type { CallKind, ConnectionSettings, Gate, Usage } from "../connector.ts";
import { addressOf, methodOf, realmForm } from "./account.ts";
import { asUnsent, errorsIn, faultFrom, retryAfterOf, unreadable, type AnswerFacts } from "./errors.ts";
import { throttleWaitMaxMs, throttleWaitMs } from "./limits.ts";
import { tokenBasedHeader } from "./token-based.ts";
import { isObject, parseExact, type JsonObject } from "./wire.ts";

/** Gives a valid access token; asked again, with `true`, after one was refused. */
export type TokenSource = (refused?: boolean) => Promise<string>;

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below `/services/rest/`: `record/v1/vendorBill`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** A success. Most writes have an empty body and name the record in `location`. */
export interface ApiAnswer {
  readonly status: number;
  readonly location: string;
  readonly json: JsonObject;
  readonly facts: AnswerFacts;
}

/** Calls the API of one account. Everything but a readable success is a Fault. */
export type Call = (request: ApiRequest) => Promise<ApiAnswer>;

export interface Api {
  readonly call: Call;
  readonly usage: () => Usage;
}

/** Calls that no limit holds back. */
const straight: Gate = (_kind, call) => call();

export function apiOf(settings: ConnectionSettings, token: TokenSource, gate: Gate = straight): Api {
  const base = addressOf(settings.apiUrl, settings.company);
  const authorization = authorizationOf(settings, token);
  // A query that passes between two refused writes is no sign that writes pass again.
  const patience = { reads: doublingWait(), writes: doublingWait() };
  let counted: Usage = { requests: 0, batches: 0, writes: 0, meteredReads: 0 };
  const ask = async (request: ApiRequest, refused?: string): Promise<Reading & { readonly header: string }> => {
    const url = new URL(`${base}/services/rest/${request.path}`);
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const header = await authorization(request.method, url, refused);
    const reading = read(
      await gate(costOf(request), () => exchange(request, url, header)),
      isRead(request) ? patience.reads : patience.writes,
    );
    if ("answer" in reading) counted = withCall(counted, request);
    return { ...reading, header };
  };
  const call: Call = async (request) => {
    const first = await ask(request);
    if ("answer" in first) return first.answer;
    if (first.fault.code !== "credentials_expired" || methodOf(settings) === "token") throw first.fault;

    // A refused sign-in surely ran nothing: one new token, one more try.
    const second = await ask(request, first.header);
    if ("answer" in second) return second.answer;
    throw second.fault;
  };
  return { call, usage: () => counted };
}

function isRead({ method, path }: ApiRequest): boolean {
  return method === "GET" || path.startsWith("query/");
}

function isBatch({ headers }: ApiRequest): boolean {
  return headers?.["content-type"]?.includes("type=collection") === true;
}

function costOf(request: ApiRequest): CallKind {
  return isRead(request) ? "read" : isBatch(request) ? "batch" : "single";
}

/** Nothing is metered over there: calls are only counted. */
function withCall(counted: Usage, request: ApiRequest): Usage {
  const reads = isRead(request) ? 1 : 0;
  return {
    requests: counted.requests + 1,
    batches: counted.batches + (isBatch(request) ? 1 : 0),
    writes: counted.writes + 1 - reads,
    meteredReads: counted.meteredReads,
  };
}

/** The header for one request; a new one each time where each request is signed. The request was not sent while it is fetched. */
function authorizationOf(
  settings: ConnectionSettings,
  token: TokenSource,
): (method: string, url: URL, refused?: string) => Promise<string> {
  if (methodOf(settings) !== "token") {
    return async (_method, _url, refused) => {
      try {
        const current = `Bearer ${await token()}`;
        // Of several requests that were refused at once, one renews: the others find the new token.
        return current === refused ? `Bearer ${await token(true)}` : current;
      } catch (error) {
        throw asUnsent(error);
      }
    };
  }
  const keys = {
    realm: realmForm(settings.company),
    consumerKey: settings.clientId,
    consumerSecret: settings.clientSecret,
    tokenId: settings.options?.["tokenId"] ?? "",
    tokenSecret: settings.secrets?.["token_secret"] ?? "",
  };
  if (keys.tokenId === "" || keys.tokenSecret === "") {
    throw new Fault(
      "credentials_refused",
      "Token-based sign-in needs the token id (option tokenId) and its secret (token_secret). Add both, then reconnect.",
    );
  }
  return (method, url) => {
    const once = { nonce: randomBytes(16).toString("hex"), timestamp: Math.floor(Date.now() / 1_000) };
    return Promise.resolve(tokenBasedHeader(keys, { method, url, ...once }));
  };
}

function exchange(request: ApiRequest, url: URL, authorization: string): Promise<OutboundResponse> {
  const { method, body, timeoutMs } = request;
  const headers: Record<string, string> = { authorization, accept: "application/json", "user-agent": "ledgerlane" };
  if (body !== undefined) headers["content-type"] = "application/json";
  // Without it a misspelled field is dropped in silence.
  if (!isRead(request)) headers["x-netsuite-propertynamevalidation"] = "Error";
  Object.assign(headers, request.headers);
  return send({ method, url, headers, timeoutMs, ...(body === undefined ? {} : { body }) });
}

type Reading = { readonly answer: ApiAnswer } | { readonly fault: Fault };

function read({ status, headers, text }: OutboundResponse, patience: Patience): Reading {
  const facts: AnswerFacts = { status, operationId: headers["x-n-operationid"] ?? "" };
  const json = text.trim() === "" ? {} : parseExact(text);
  if (status >= 200 && status < 300) {
    patience.calm();
    if (isObject(json)) return { answer: { status, location: headers["location"] ?? "", json, facts } };
    return { fault: unreadable(facts, json === undefined ? "no JSON" : "unexpected JSON") };
  }
  const wait = status === 429 ? { retryAfterMs: retryAfterOf(headers["retry-after"], Date.now()) ?? patience.next() } : {};
  return { fault: faultFrom(errorsIn(json), { ...facts, ...wait }) };
}

interface Patience {
  readonly next: () => number;
  readonly calm: () => void;
}

/** They do not say how long to wait, so it is doubled from one refusal to the next. */
function doublingWait(): Patience {
  let waitMs = throttleWaitMs;
  return {
    next: () => {
      const now = waitMs;
      waitMs = Math.min(waitMs * 2, throttleWaitMaxMs);
      return now;
    },
    calm: () => {
      waitMs = throttleWaitMs;
    },
  };
}
