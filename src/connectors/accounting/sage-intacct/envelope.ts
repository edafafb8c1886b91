import { Fault } from "../../../core/errors.ts";
import type { OutboundResponse } from "../../../net/http.ts";
import type { Level } from "./error-table.ts";
import { faultFrom, throttled, unreadable, waitOf, type IntacctError } from "./errors.ts";
import { childOf, childrenOf, field, parseXml, tag, textIn, type Element, type Markup } from "./xml.ts";

/** The integrator's own sign-in, which every request carries beside the company's. */
export interface Sender {
  readonly id: string;
  readonly password: string;
}

export interface RequestParts {
  readonly sender: Sender;
  readonly controlId: string;
  /** A function whose control id was executed before is not executed again. Left out, the gateway takes it for true. */
  readonly unique: boolean;
  readonly authentication: Markup;
  readonly functions: readonly { readonly id: string; readonly markup: Markup }[];
}

/** One request as text. Functions are independent of each other: one that fails undoes none of the others. */
export function requestText({ sender, controlId, unique, authentication, functions }: RequestParts): string {
  const control = tag("control", [
    field("senderid", sender.id),
    field("password", sender.password),
    field("controlid", controlId),
    field("uniqueid", String(unique)),
    field("dtdversion", "3.0"),
    field("includewhitespace", "false"),
    field("showadditionalerrorinfo", "true"),
  ]);
  const content = functions.map(({ id, markup }) => tag("function", markup, { controlid: id }));
  const operation = tag("operation", [authentication, tag("content", content)], { transaction: "false" });
  return `<?xml version="1.0" encoding="UTF-8"?>${tag("request", [control, operation])}`;
}

/** The answer to one function: its data, or why it failed. */
export interface FunctionResult {
  readonly result: Element;
  readonly fault: Fault | null;
}

/** A readable answer. */
export interface Answer {
  /** By control id; an id that comes twice means nothing and is left out. */
  readonly results: ReadonlyMap<string, FunctionResult>;
  /** When the session's time was told; ISO with offset, empty where not. */
  readonly at: string;
  readonly sessionEnds: string;
  /** The company that the sign-in is for; empty where it is not told. */
  readonly company: string;
}

/** How an answer was read: a fault says whether the sign-in was refused, in which case surely nothing ran. */
export type Reading = { readonly answer: Answer } | { readonly fault: Fault; readonly signInRefused: boolean };

/**
 * Reads an answer on all of its levels. A failure of the sender has no operation at all, one of the sign-in no results; a
 * 200 alone means nothing, and a refusal may come as 400 or 401 with the same XML.
 */
export function readAnswer(response: OutboundResponse, nowMs = Date.now()): Reading {
  const { status, headers, text } = response;
  const root = rootOf(text);
  const wait = waitOf(headers, nowMs);
  if (root === null) {
    if (status === 429) return { fault: throttled(wait), signInRefused: false };
    if (/API rate limit exceeded/i.test(text)) return { fault: throttled(wait), signInRefused: false };
    if (status === 401) return { fault: faultFrom([nothing], { status, level: "authentication" }), signInRefused: true };
    return { fault: unreadable(status, text.trim() === "" ? "empty" : "no XML of theirs"), signInRefused: false };
  }
  const failed = (level: Level, errors: readonly IntacctError[]): Reading => {
    const fault = faultFrom(errors, { status, level, retryAfterMs: wait });
    return { fault, signInRefused: fault.code === "credentials_expired" };
  };
  const operation = childOf(root, "operation");
  if (operation === undefined) return failed("control", errorsIn(root));
  const authentication = childOf(operation, "authentication");
  if (textIn(authentication, "status") !== "success") return failed("authentication", errorsIn(operation));
  return {
    answer: {
      results: resultsIn(operation, status),
      at: textIn(authentication, "sessiontimestamp"),
      sessionEnds: textIn(authentication, "sessiontimeout"),
      company: textIn(authentication, "companyid"),
    },
  };
}

const nothing: IntacctError = { code: "", id: "", text: "", correction: "", target: "" };

function rootOf(text: string): Element | null {
  if (!text.trimStart().startsWith("<")) return null;
  try {
    const root = parseXml(text);
    return root.name === "response" ? root : null;
  } catch (error) {
    if (error instanceof Fault && error.code === "body_malformed") return null;
    throw error;
  }
}

function resultsIn(operation: Element, status: number): Map<string, FunctionResult> {
  const byId = Map.groupBy(childrenOf(operation, "result"), (result) => textIn(result, "controlid"));
  const results = new Map<string, FunctionResult>();
  for (const [id, [result, ...others]] of byId) {
    if (result === undefined || others.length > 0) continue;
    const succeeded = textIn(result, "status") === "success";
    results.set(id, { result, fault: succeeded ? null : faultFrom(errorsIn(result), { status, level: "function" }) });
  }
  return results;
}

/** All errors beneath an element, the most telling first as they come. Any part of one may be empty. */
function errorsIn(element: Element | undefined): IntacctError[] {
  return childrenOf(childOf(element, "errormessage"), "error").map((error) => {
    const additional = childOf(error, "additionalinfo");
    return {
      code: textIn(error, "errorno"),
      id: textIn(additional, "errorid"),
      text: textIn(error, "description2") || textIn(error, "description"),
      correction: textIn(error, "correction"),
      target: childOf(additional, "target")?.attributes["field"] ?? "",
    };
  });
}
