import { Fault } from "../../../core/errors.ts";
import { codeRows, type Meaning, sentenceRows, silent, unknownSentence } from "./error-table.ts";
import { throttleWaitMaxMs, throttleWaitMs } from "./limits.ts";
import { listOf, textOf, type Json } from "./wire.ts";

/** One entry of `o:errorDetails`. */
export interface ProviderError {
  readonly code: string;
  readonly detail: string;
  /** The field it is about: `item.items[0].item`. */
  readonly path: string;
}

/** What is known about the answer a fault came in. */
export interface AnswerFacts {
  readonly status: number;
  /** Their operation id: support asks for it. */
  readonly operationId: string;
  readonly retryAfterMs?: number;
}

const rowByCode = new Map(codeRows.flatMap((row) => row.codes.map((code) => [code, row] as const)));

/** The errors of an answer; none when it is not of their shape. */
export function errorsIn(answer: Json | undefined): ProviderError[] {
  return listOf(answer, "o:errorDetails").map((error) => ({
    code: textOf(error, "o:errorCode"),
    detail: textOf(error, "detail"),
    path: textOf(error, "o:errorPath") || textOf(error, "o:errorQueryParam") || textOf(error, "o:errorHeader"),
  }));
}

/** Our fault for theirs. Where several errors come together, one that leaves the outcome open decides. */
export function faultFrom(errors: readonly ProviderError[], facts: AnswerFacts): Fault {
  const readings = errors.map((error) => ({ error, meaning: meaningOf(error, facts.status) }));
  const chosen = readings.find(({ meaning }) => meaning.fault === "upstream_silent") ?? readings[0];
  if (!chosen) return faultWithout(facts);
  const { error, meaning } = chosen;
  const words = limited(errors.map(({ detail }) => plainSentence(detail)).join(" / "));
  return new Fault(meaning.fault, `${meaning.says} ${meaning.todo}${words ? ` NetSuite says: "${words}"` : ""}`, {
    ...factsOf(facts),
    providerCode: error.code,
    providerDetail: limited(error.detail),
    ...(error.path ? { field: limited(error.path) } : {}),
    cause: causeOf(error, meaning),
    fix: meaning.todo,
    ...(meaning.fault === "upstream_busy" ? { retryAfterMs: String(facts.retryAfterMs ?? throttleWaitMs) } : {}),
  });
}

/** An error status without their body: a proxy, a web page, maintenance. */
function faultWithout(facts: AnswerFacts): Fault {
  const { status } = facts;
  if (status === 401) return faultFrom([{ code: "INVALID_LOGIN", detail: "", path: "" }], facts);
  if (status === 403) return faultFrom([{ code: "INSUFFICIENT_PERMISSION", detail: "", path: "" }], facts);
  if (status === 429) return faultFrom([{ code: "CONCURRENCY_LIMIT_EXCEEDED", detail: "", path: "" }], facts);
  if (status >= 400 && status < 500 && status !== 408)
    return faultFrom([{ code: "INVALID_REQUEST", detail: `status ${status} without words`, path: "" }], facts);
  return unreadable(facts, "without an error in it");
}

/** An answer that proves nothing: HTML, half a body, a success without an id. What was sent may have been saved. */
export function unreadable(facts: AnswerFacts, what: string): Fault {
  return new Fault(
    "upstream_silent",
    `NetSuite sent no usable answer (status ${facts.status}, ${what}); the entry may have been saved`,
    factsOf(facts),
  );
}

/** How long an answer asks us to wait: `Retry-After` in seconds or as a date; null when it says nothing. */
export function retryAfterOf(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  const asked = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  if (!Number.isFinite(asked) || asked < 0) return null;
  return Math.min(Math.max(asked, throttleWaitMs), throttleWaitMaxMs);
}

function meaningOf(error: ProviderError, status: number): Meaning {
  const byCode = rowByCode.get(error.code);
  if (status === 429) return rowByCode.get("CONCURRENCY_LIMIT_EXCEEDED")!;
  // A server failure is trusted for one thing only: that it turned us away before anything ran.
  if (status >= 500) return byCode?.fault === "upstream_busy" ? byCode : silent;
  if (status === 401) return rowByCode.get("INVALID_LOGIN")!;
  const bySentence = sentenceRows.find(({ words }) => words.test(error.detail));
  if (error.code === "USER_ERROR" || error.code === "INVALID_CONTENT" || byCode === undefined) {
    return bySentence ?? (error.code === "INVALID_CONTENT" ? byCode! : unknownSentence);
  }
  return byCode;
}

/** Refusals for one reason share a cause: what differs from record to record (ids, numbers) is no part of it. */
function causeOf({ code, detail }: ProviderError, meaning: Meaning): string {
  return `${code || meaning.fault}:${plainSentence(detail).replace(/\d+/g, "#").slice(0, 80)}`;
}

function plainSentence(detail: string): string {
  return detail.replace(/^Error while accessing a resource\.\s*/i, "").trim();
}

function factsOf({ status, operationId }: AnswerFacts): Record<string, string> {
  return { status: String(status), ...(operationId ? { traceId: operationId } : {}) };
}

/** Their words end up in logs and on screens. */
function limited(words: string): string {
  return words.length > 500 ? `${words.slice(0, 500)}…` : words;
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

/** A table or column that this account does not have, or that the role may not see: both look the same. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof Fault)) return false;
  return /Invalid search type|Unknown identifier|Record type .* does not exist/i.test(error.details["providerDetail"] ?? "");
}
