import { Fault } from "../../../core/errors.ts";
import { send, type OutboundResponse } from "../../../net/http.ts";
import type { CallKind, ConnectionSettings, Gate } from "../connector.ts";
import { faultFrom, retryAfterMs, signInRefused, throttled, unreadable, type AnswerFacts } from "./errors.ts";
import { faultIn, faultInXml, isObject, parseExact, type Json, type JsonObject } from "./wire.ts";

/** Gives a valid access token; asked again, with `true`, after one was refused. */
export type TokenSource = (refused?: boolean) => Promise<string>;

export interface ApiRequest {
  readonly method: "GET" | "POST";
  /** Below the company: `bill`, `batch`, `companyinfo/9130`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  readonly timeoutMs: number;
}

/** Calls the API of one company and gives back the JSON of a success. Everything else is a Fault. */
export type Call = (request: ApiRequest) => Promise<JsonObject>;

/** Calls that no limit holds back. */
const straight: Gate = (_kind, call) => call();

export function apiOf(settings: ConnectionSettings, token: TokenSource, gate: Gate = straight): Call {
  const ask = async (request: ApiRequest, refused?: true): Promise<Reading> => {
    const accessToken = await tokenUnsent(token, refused);
    return read(await gate(costOf(request), () => exchange(settings, request, accessToken)));
  };
  return async (request) => {
    const first = await ask(request);
    if (!("fault" in first)) return first.answer;
    if (!first.signInRefused) throw first.fault;

    // A refused sign-in surely ran nothing: one new token, one more try.
    const second = await ask(request, true);
    if ("fault" in second) throw second.fault;
    return second.answer;
  };
}

function costOf({ method, path }: ApiRequest): CallKind {
  if (path === "batch") return "batch";
  return method === "GET" || path === "query" ? "read" : "single";
}

/** The request that wanted a token was not sent yet, whatever became of the token's own refresh. */
async function tokenUnsent(token: TokenSource, refused?: true): Promise<string> {
  try {
    return refused ? await token(true) : await token();
  } catch (error) {
    throw asUnsent(error);
  }
}

/** Turns the silence of a preparatory call into "nothing was sent": the write it prepares never left. */
export function asUnsent(error: unknown): unknown {
  if (!(error instanceof Fault) || error.code !== "upstream_silent") return error;
  return new Fault(
    "upstream_unreachable",
    `${error.message} (a call before the entry itself; the entry was not sent)`,
    { ...error.details },
    { cause: error },
  );
}

function exchange(settings: ConnectionSettings, request: ApiRequest, accessToken: string): Promise<OutboundResponse> {
  const url = new URL(`${settings.apiUrl.replace(/\/+$/, "")}/v3/company/${encodeURIComponent(settings.company)}/${request.path}`);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  url.searchParams.set("minorversion", "75");
  const headers: Record<string, string> = {
    authorization: `Bearer ${accessToken}`,
    accept: "application/json",
    "user-agent": "ledgerlane",
  };
  if (request.body === undefined) return send({ method: request.method, url, headers, timeoutMs: request.timeoutMs });
  headers["content-type"] = request.contentType ?? "application/json";
  return send({ method: request.method, url, headers, body: request.body, timeoutMs: request.timeoutMs });
}

type Reading = { readonly answer: JsonObject } | { readonly fault: Fault; readonly signInRefused: boolean };

/** Only a 200 with a JSON object and no fault inside is a success. */
function read({ status, headers, text }: OutboundResponse): Reading {
  const wait = status === 429 || headers["retry-after"] ? { retryAfterMs: retryAfterMs(headers["retry-after"], Date.now()) } : {};
  const facts: AnswerFacts = { status, traceId: headers["intuit_tid"] ?? "", ...wait };
  const json = jsonOrUndefined(text);
  const theirs = faultIn(json) ?? faultInXml(text);
  if (theirs) {
    const fault = faultFrom(theirs, facts);
    return { fault, signInRefused: fault.code === "credentials_expired" && status < 500 && !isReset(fault) };
  }
  if (status === 401) return { fault: signInRefused(facts), signInRefused: true };
  if (status === 429) return { fault: throttled(facts), signInRefused: false };
  if (status === 200 && isObject(json)) return { answer: json };
  return {
    fault: unreadable(facts, text.trim() === "" ? "empty" : json === undefined ? "no JSON" : "unexpected JSON"),
    signInRefused: false,
  };
}

/** A wiped company is no matter of the token. */
function isReset(fault: Fault): boolean {
  return fault.details["providerCode"] === "10200";
}

/** Undefined for what is no JSON, or nested so deep that reading it fails. */
function jsonOrUndefined(text: string): Json | undefined {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
