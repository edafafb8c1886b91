import type { FastifyReply, FastifyRequest } from "fastify";
import { Fault, type FaultCode } from "../core/errors.ts";

/** How each fault is answered. A new code without a line here does not compile. */
const answers: Record<FaultCode, { status: number; fix: string }> = {
  amount_malformed: { status: 400, fix: 'Write amounts as decimal strings such as "411.34".' },
  body_malformed: { status: 400, fix: "Send a complete body in the format that Content-Type names." },
  body_too_large: { status: 413, fix: "Send it in smaller parts, or as a file to POST /v1/files/{format}, which streams." },
  event_invalid: { status: 422, fix: "Mend the fields named in errors and send the event again." },
  file_malformed: { status: 422, fix: "Mend the file at the place named and send it again; what was taken already is recognized." },
  format_unknown: { status: 415, fix: "Name a format or content type that /docs lists." },
  not_found: { status: 404, fix: "Check the id; lists are at /v1/events and /v1/postings." },
  rule_set_invalid: { status: 422, fix: "Mend the places named in errors and publish again; nothing was changed." },
  idempotency_mismatch: { status: 422, fix: "Use a new Idempotency-Key for a new request." },
  request_invalid: { status: 400, fix: "Mend the places named in errors; /docs describes the request." },
  unauthorized: { status: 401, fix: "Send `Authorization: Bearer <API key>` with a key that was not revoked." },
  forbidden: { status: 403, fix: "Ask an admin of the organization for a key or role that may do this." },
  overloaded: { status: 503, fix: "Wait as long as Retry-After says and send the same again." },
  reference_unknown: { status: 422, fix: "Create the record in the books, or change the rule that names it." },
  number_taken: { status: 409, fix: "Look at the record in the books that has this number." },
  period_closed: { status: 422, fix: "Reopen the period in the books, or use a date in an open one." },
  books_refused: { status: 422, fix: "Mend what the books complain about and retry." },
  books_readonly: { status: 409, fix: "Give the connected user the right to write, or renew the subscription of the books." },
  version_behind: { status: 409, fix: "Read the newest version and make the change there." },
  record_stale: { status: 409, fix: "Look at what was changed in the books, then retry." },
  upstream_busy: { status: 503, fix: "Wait as long as Retry-After says; nothing was changed in the books." },
  upstream_unreachable: { status: 502, fix: "Check the network to the books; work goes on by itself once they answer." },
  upstream_silent: { status: 504, fix: "Nothing to do: the outcome is looked up in the books before anything is sent again." },
  credentials_expired: { status: 409, fix: "Connect the books again." },
  credentials_refused: { status: 409, fix: "Check the client id and secret of the connection." },
  lease_lost: { status: 503, fix: "Send the same again." },
  configuration_invalid: { status: 500, fix: "Mend the configuration that the log names and start again." },
  database_unavailable: { status: 503, fix: "Send the same again in a few seconds; if it stays, look at the database." },
};

/** A refusal of the HTTP layer itself, which no other room knows. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly fix: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, code: string, words: { message: string; fix: string }, headers: Record<string, string> = {}) {
    super(words.message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.fix = words.fix;
    this.headers = headers;
  }
}

/** A request that does not fit its schema: every place, by JSON pointer or parameter name. */
export class InvalidRequest extends Error {
  readonly errors: readonly ProblemPlace[];
  constructor(part: string, errors: readonly ProblemPlace[]) {
    super(`The ${part} is not as described: ${errors.map(({ pointer, detail }) => `${pointer || "it"} ${detail}`).join("; ")}`);
    this.name = "InvalidRequest";
    this.errors = errors;
  }
}

export interface ProblemPlace {
  readonly pointer: string;
  readonly detail: string;
}

/** RFC 9457, with a stable `code`, what to do next, and the id under which the log knows the request. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
  readonly requestId: string;
  readonly errors?: readonly ProblemPlace[];
  readonly details?: Readonly<Record<string, string>>;
  readonly [extension: string]: unknown;
}

/** HTTP status of a fault. */
export function statusOf(code: FaultCode): number {
  return answers[code].status;
}

/** Answers any error as problem+json. What nobody foresaw is logged with its stack and told apart only by its id. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request.id);
  if (problem.status === 500)
    request.log.error({ err: error, requestId: request.id, method: request.method, url: request.url }, "request failed");
  else if (problem.status === 503) request.log.warn({ code: problem.code, requestId: request.id }, problem.detail);
  if (error instanceof Refusal) reply.headers(error.headers);
  if (problem.status === 503 && !reply.hasHeader("retry-after")) reply.header("retry-after", "2");
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="ledgerlane"');
  return reply.code(problem.status).header("content-type", "application/problem+json; charset=utf-8").send(problem);
}

function problemOf(error: unknown, requestId: string): ProblemBody {
  if (error instanceof Fault) return ofFault(error, requestId);
  if (error instanceof Refusal) return problem(error.status, error.code, requestId, { detail: error.message, fix: error.fix });
  if (error instanceof InvalidRequest) {
    return {
      ...problem(400, "request_invalid", requestId, { detail: error.message, fix: answers.request_invalid.fix }),
      errors: error.errors,
    };
  }
  if (isDatabaseAway(error)) {
    return problem(503, "database_unavailable", requestId, {
      detail: "The database does not answer",
      fix: answers.database_unavailable.fix,
    });
  }
  const { code: fastifyCode, statusCode: status, message: detail } = error as { code?: string; statusCode?: number; message?: string };
  if (fastifyCode === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return problem(415, "media_type_unsupported", requestId, {
      detail: "This Content-Type is not taken here",
      fix: "Send Content-Type: application/json, or one that /docs lists for this route.",
    });
  }
  if (fastifyCode?.startsWith("FST_ERR_") && status !== undefined && status >= 400 && status < 500) {
    return problem(status, "request_invalid", requestId, {
      detail: detail ?? "The request cannot be read",
      fix: answers.request_invalid.fix,
    });
  }
  return problem(500, "internal", requestId, {
    detail: "Something unforeseen happened here. Nothing half-done was kept",
    fix: `Send the same again. If it stays, look for request ${requestId} in the log.`,
  });
}

function ofFault(fault: Fault, requestId: string): ProblemBody {
  const { status, fix } = answers[fault.code];
  const places = Object.entries(fault.details)
    .filter(([name]) => name.startsWith("/"))
    .map(([pointer, detail]) => ({ pointer, detail }));
  return {
    ...problem(status, fault.code, requestId, { detail: fault.message, fix }),
    ...(places.length > 0 ? { errors: places } : {}),
    ...(Object.keys(fault.details).length > 0 ? { details: fault.details } : {}),
  };
}

/** Builds a problem. */
export function problem(status: number, code: string, requestId: string, words: { detail: string; fix: string }): ProblemBody {
  return { type: `/docs#problem-${code}`, title: titleOf(code), status, code, detail: words.detail, fix: words.fix, requestId };
}

function titleOf(code: string): string {
  const words = code.replaceAll("_", " ");
  return words[0]!.toUpperCase() + words.slice(1);
}

/** Connection refused, reset or closed, or the server is starting, stopping or full. */
function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && /^(08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end)/.test(
    error.message,
  );
}

/** Every problem code with its status and remedy, for the docs. */
export function listProblems(): { code: string; status: number; fix: string }[] {
  const own = [
    { code: "events_rejected", status: 422, fix: "Mend the events as the findings of their receipts say and send them again." },
    { code: "idempotency_busy", status: 409, fix: "Wait for the first request with this Idempotency-Key to end and ask again." },
    { code: "rate_limited", status: 429, fix: "Wait as long as Retry-After says." },
    { code: "too_many_sign_ins", status: 429, fix: "Wait as long as Retry-After says before signing in again." },
    { code: "request_timeout", status: 408, fix: "Send the body without long pauses." },
    { code: "cross_site", status: 403, fix: "Send the request from a page of this server, or use an API key." },
    { code: "route_unknown", status: 404, fix: "Look at /docs." },
    { code: "media_type_unsupported", status: 415, fix: "Send a Content-Type that /docs lists for the route." },
    { code: "internal", status: 500, fix: "Send the same again; if it stays, look for the request id in the log." },
  ];
  const known = Object.entries(answers).map(([code, answer]) => ({ code, ...answer }));
  return [...known, ...own].sort((a, b) => (a.code < b.code ? -1 : 1));
}
