import { Fault, type FaultCode } from "../../../core/errors.ts";
import { errorRows, wrapperCodes, type ErrorRow, type Level } from "./error-table.ts";
import { throttleWaitMaxMs, throttleWaitMs } from "./limits.ts";

/** One error of theirs, from either gateway. */
export interface IntacctError {
  /** `errorno`; sometimes a word instead (`WS`, `Query Failed`). */
  readonly code: string;
  /** The stable id that additional error information carries; empty without it. */
  readonly id: string;
  readonly text: string;
  readonly correction: string;
  /** The field it is about, where told. */
  readonly target: string;
}

/** What is known about the answer an error came in. */
export interface AnswerFacts {
  readonly status: number;
  readonly level: Level;
  readonly retryAfterMs?: number;
}

type Meaning = Pick<ErrorRow, "fault" | "says" | "todo">;

/** Our fault for theirs. They come with the telling one first; of several that mean something, the first decides. */
export function faultFrom(errors: readonly IntacctError[], facts: AnswerFacts): Fault {
  const cleaned = errors.map((error) => ({ ...error, ...withoutSupportId(error.text) }));
  const told = cleaned.find((error) => error.text !== "" && !isWrapper(error)) ?? cleaned.find(({ text }) => text !== "") ?? cleaned[0];
  if (!told) return unreadable(facts.status, "a failure without an error in it");
  const [known] = cleaned.flatMap((error) => rowFor(error, facts.level) ?? []);
  const meaning = known ?? unknownMeaning(cleaned, facts);
  const words = limited([...new Set(cleaned.map(({ text }) => text).filter((text) => text !== ""))].join(" / "));
  const supportId = cleaned.find((error) => error.supportId !== "")?.supportId ?? "";
  return new Fault(meaning.fault, `${meaning.says} ${meaning.todo}${words ? ` Intacct says: "${words}"` : ""}`, {
    status: String(facts.status),
    level: facts.level,
    providerCode: told.code,
    providerDetail: limited(told.text),
    ...(told.id ? { providerId: told.id } : {}),
    ...(told.correction ? { providerCorrection: limited(told.correction) } : {}),
    ...(told.target ? { element: limited(told.target) } : {}),
    ...(supportId ? { traceId: supportId } : {}),
    ...(meaning.fault === "upstream_busy" ? { retryAfterMs: String(facts.retryAfterMs ?? throttleWaitMs) } : {}),
  });
}

function rowFor(error: IntacctError, level: Level): ErrorRow | undefined {
  return errorRows.find(
    ({ codes, words, levels }) =>
      (levels === undefined || levels.includes(level)) &&
      (codes === undefined || codes.includes(error.code) || codes.includes(error.id)) &&
      (words === undefined || words.test(error.text)),
  );
}

/** Errors that no row knows: by where they stand, and whether a reason was given at all. */
function unknownMeaning(errors: readonly IntacctError[], { status, level }: AnswerFacts): Meaning {
  if (level === "authentication" || status === 401) return signIn;
  if (level === "control") return status >= 500 ? silent : unreadableRequest;
  if (status === 403) return permission;
  if (status === 429) return { fault: "upstream_busy", says: "Intacct asks for a pause.", todo: "It is tried again by itself." };
  if (status === 409) return conflict;
  if (status >= 500) return silent;
  // Only "Could not create Document record!": nobody says why, and the next try often works.
  if (errors.every((error) => isWrapper(error) && /^(could not|unable to|$)/i.test(error.text))) return silent;
  return refused;
}

const signIn: Meaning = {
  fault: "credentials_expired",
  says: "Intacct does not accept our sign-in to this company.",
  todo: "Check the connection, then reconnect.",
};
const unreadableRequest: Meaning = { fault: "books_refused", says: "Intacct refuses the request as a whole.", todo: "Report it." };
const permission: Meaning = {
  fault: "books_readonly",
  says: "The user of this connection lacks a permission in Intacct.",
  todo: "An administrator gives it the permission named below.",
};
const conflict: Meaning = {
  fault: "upstream_silent",
  says: "Intacct has seen this request before, or has such a record.",
  todo: "It is looked up before anything is sent again.",
};
const silent: Meaning = {
  fault: "upstream_silent" satisfies FaultCode,
  says: "Intacct failed and does not say why, or whether the entry was saved.",
  todo: "It is looked up before anything is sent again.",
};
const refused: Meaning = {
  fault: "books_refused",
  says: "Intacct refuses the entry by one of its rules.",
  todo: "Read its words, correct the data or the mapping, then retry.",
};

/** An answer that proves nothing: HTML, half a body, an empty success, an unknown status. What was sent may have been saved. */
export function unreadable(status: number, what: string): Fault {
  return new Fault("upstream_silent", `Sage Intacct sent no usable answer (status ${status}, ${what}); what was sent may have been saved`, {
    status: String(status),
  });
}

/** A 429 without words of its own. */
export function throttled(waitMs: number): Fault {
  return new Fault(
    "upstream_busy",
    "Intacct asks for a pause: too many requests run at once in this company. It is tried again by itself.",
    {
      status: "429",
      retryAfterMs: String(waitMs),
    },
  );
}

const waitHeaders = [
  ...["retry-after", "x-ia-throttle-limit-retry-after", "x-ia-tenant-throttle-limit-retry-after"],
  ...["x-ia-minute-throttle-limit-retry-after", "x-ia-hour-throttle-limit-retry-after"],
];

/** How long the answer asks us to wait: the longest of its headers, in seconds or as a date, believed up to a quarter of an hour. */
export function waitOf(headers: Readonly<Record<string, string>>, nowMs: number): number {
  const asked = waitHeaders.flatMap((name) => {
    const text = headers[name]?.trim() ?? "";
    const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
    return Number.isFinite(ms) && ms >= 0 ? [ms] : [];
  });
  return asked.length === 0 ? throttleWaitMs : Math.min(Math.max(...asked, 1_000), throttleWaitMaxMs);
}

/** A call before the write itself gave no answer: the write never left. */
export function asUnsent(error: unknown): unknown {
  if (!(error instanceof Fault) || error.code !== "upstream_silent") return error;
  return new Fault(
    "upstream_unreachable",
    `${error.message} (a call before the entry itself; the entry was not sent)`,
    { ...error.details },
    { cause: error },
  );
}

function isWrapper({ code, id }: IntacctError): boolean {
  return wrapperCodes.includes(id === "" ? code : id);
}

/** `… [Support ID: AbC%7E12]`: their support asks for it, rules about words must not see it. */
function withoutSupportId(text: string): { text: string; supportId: string } {
  const match = /\s*\[?Support ID:\s*([^\]\s]+)\]?/i.exec(text);
  return { text: text.replace(match?.[0] ?? "", "").trim(), supportId: match ? decoded(match[1]!) : "" };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Their words end up in logs and on screens. */
function limited(words: string): string {
  return words.length > 500 ? `${words.slice(0, 500)}…` : words;
}
