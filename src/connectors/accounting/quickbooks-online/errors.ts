import { Fault, type FaultCode } from "../../../core/errors.ts";
import { businessRows } from "./business-errors.ts";
import { errorRows, type ErrorRow } from "./error-table.ts";
import { throttleWaitMaxMs, throttleWaitMs } from "./limits.ts";
import type { ProviderError, ProviderFault } from "./wire.ts";

const rowByCode = new Map(errorRows.flatMap((row) => row.codes.map((code) => [code, row] as const)));

/** What is known about the answer a fault came in. */
export interface AnswerFacts {
  readonly status: number;
  /** Their trace id: support asks for it. */
  readonly traceId: string;
  readonly retryAfterMs?: number;
}

type Meaning = Omit<ErrorRow, "codes">;

/** Our fault for one of theirs. Where several errors come together, the one that leaves the outcome open decides. */
export function faultFrom(fault: ProviderFault, facts: AnswerFacts): Fault {
  const readings = fault.errors.map((error) => ({ error, meaning: meaningOf(error, fault.type, facts.status) }));
  const chosen = readings.find(({ meaning }) => meaning.fault === "upstream_silent") ?? readings[0];
  if (!chosen) return unreadable(facts, "a fault without an error in it");
  const { error, meaning } = chosen;
  const words = limited(fault.errors.map((each) => each.detail || each.message).join(" / "));
  return new Fault(meaning.fault, `${meaning.says} ${meaning.todo}${words ? ` QuickBooks says: "${words}"` : ""}`, {
    ...factsOf(facts),
    providerCode: error.code,
    providerMessage: limited(error.message),
    providerDetail: limited(error.detail),
    ...(error.element ? { element: limited(error.element) } : {}),
    ...holderOf(error),
    ...(meaning.fault === "upstream_busy" ? { retryAfterMs: String(facts.retryAfterMs ?? waitOf(error.code)) } : {}),
  });
}

/** An answer that proves nothing: HTML, half a body, an empty success, an unknown status. What was sent may have been saved. */
export function unreadable(facts: AnswerFacts, what: string): Fault {
  return new Fault(
    "upstream_silent",
    `QuickBooks sent no usable answer (status ${facts.status}, ${what}); the entry may have been saved`,
    factsOf(facts),
  );
}

/** A 429 without words of its own. */
export function throttled(facts: AnswerFacts): Fault {
  return faultFrom({ type: "SERVICE", errors: [{ code: "3001", message: "", detail: "", element: "" }] }, facts);
}

/** A 401 without words of its own. */
export function signInRefused(facts: AnswerFacts): Fault {
  return faultFrom({ type: "AUTHENTICATION", errors: [{ code: "3200", message: "", detail: "", element: "" }] }, facts);
}

/** How long the answer asks us to wait: `Retry-After` in seconds or as a date, believed up to a quarter of an hour. */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? "";
  const asked = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  if (!Number.isFinite(asked) || asked < 0) return throttleWaitMs;
  return Math.min(Math.max(asked, 1_000), throttleWaitMaxMs);
}

function meaningOf(error: ProviderError, type: string, status: number): Meaning {
  const known = knownMeaning(error);
  // A server failure is trusted for one thing only: that it turned us away before anything ran.
  if (status >= 500 && known?.fault !== "upstream_busy") return silent;
  if (known) return known;
  if (status === 429) return rowByCode.get("3001")!;
  if (/System/i.test(type)) return silent;
  return unknownCode(error.code, status);
}

function knownMeaning(error: ProviderError): Meaning | undefined {
  const text = `${error.message} ${error.detail}`;
  // One code, two cases: a deleted record, and something the entry refers to that was made inactive.
  if (error.code === "610" && /inactive/i.test(text)) return inactive;
  if (error.code === "2500" && /inactive/i.test(text)) return inactive;
  if (error.code === "6000") return businessRows.find(({ words }) => words.test(text)) ?? business;
  return rowByCode.get(error.code);
}

const silent: Meaning = {
  fault: "upstream_silent",
  says: "QuickBooks had a failure and does not say whether the entry was saved.",
  todo: "It is looked up before anything is sent again.",
};
const inactive: Meaning = {
  fault: "reference_unknown",
  says: "An account, customer, item, vendor or employee that the entry uses was made inactive.",
  todo: "Make it active again in QuickBooks, or map to another one.",
};
const business: Meaning = {
  fault: "books_refused",
  says: "QuickBooks refuses the entry by one of its business rules.",
  todo: "Read its words, correct the data or the mapping, then retry.",
};

/** Codes that are in no list, by the ranges they fall into. */
function unknownCode(code: string, status: number): Meaning {
  const number = Number(code || "NaN");
  if (status === 401) return rowByCode.get("3200")!;
  if (status === 403) return rowByCode.get("120")!;
  if (code === "" && status < 400) return silent;
  if (number < 500)
    return {
      fault: "credentials_refused" satisfies FaultCode,
      says: "QuickBooks refuses our sign-in.",
      todo: "Check the connection, then reconnect.",
    };
  if (number >= 10_000) return silent;
  return { ...business, says: "QuickBooks refuses the entry." };
}

/** Companies that are moved, locked or under maintenance are not asked every minute. */
function waitOf(code: string): number {
  return code === "3001" ? throttleWaitMs : 5 * 60_000;
}

/** A duplicate number names its holder: `DocNumber=18696 is assigned to TxnType=Invoice with TxnId=6575`. */
function holderOf(error: ProviderError): Record<string, string> {
  const holder = /TxnType=([A-Za-z ]+?) with TxnId=(\w+)/.exec(`${error.message} ${error.detail}`);
  return holder ? { holderType: holder[1]!, holderId: holder[2]! } : {};
}

function factsOf({ status, traceId }: AnswerFacts): Record<string, string> {
  return { status: String(status), ...(traceId ? { traceId } : {}) };
}

/** Their words end up in logs and on screens. */
function limited(words: string): string {
  return words.length > 500 ? `${words.slice(0, 500)}…` : words;
}
