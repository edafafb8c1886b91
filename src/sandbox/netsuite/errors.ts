import type { Answer } from "../http.ts";

/** One entry of `o:errorDetails`. */
export interface ErrorDetail {
  readonly detail: string;
  readonly code: string;
  /** Where in the body: `item.items[0].item`. */
  readonly path?: string;
  readonly queryParam?: string;
  readonly header?: string;
  readonly url?: string;
}

/** A request that the service refuses, in the service's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: readonly ErrorDetail[];
  /** An earlier job, where a repeated key names one. */
  readonly location: string | null;
  constructor(status: number, details: readonly ErrorDetail[], location: string | null = null) {
    super(details[0]?.detail ?? `HTTP ${status}`);
    this.status = status;
    this.details = details;
    this.location = location;
  }
}

const prefix = "Error while accessing a resource. ";

/** Nearly all that the books refuse: HTTP 400 `USER_ERROR` with a sentence. */
export function userError(sentence: string, path?: string): Refusal {
  return new Refusal(400, [{ detail: prefix + sentence, code: "USER_ERROR", ...(path === undefined ? {} : { path }) }]);
}

export function invalidContent(detail: string, path?: string): Refusal {
  return new Refusal(400, [{ detail, code: "INVALID_CONTENT", ...(path === undefined ? {} : { path }) }]);
}

export function invalidParameter(detail: string, queryParam: string): Refusal {
  return new Refusal(400, [{ detail, code: "INVALID_PARAMETER", queryParam }]);
}

export function invalidRequest(detail: string): Refusal {
  return new Refusal(400, [{ detail, code: "INVALID_REQUEST" }]);
}

export function noSuchRecord(): Refusal {
  return new Refusal(404, [{ detail: "The record instance does not exist. Provide a valid record instance ID.", code: "NONEXISTENT_ID" }]);
}

/** What a transaction says to an id that is unknown, or that is of another type. */
export function noSuchTransaction(): Refusal {
  return userError("Transaction type specified is incorrect.");
}

export function noSuchType(type: string, url: string): Refusal {
  return new Refusal(404, [{ detail: `Record type '${type}' does not exist.`, code: "NONEXISTENT_ID", url }]);
}

export function forbidden(permission: string): Refusal {
  const detail = `Permission Violation: You need the '${permission}' permission to access this page. Please contact your account administrator.`;
  return new Refusal(403, [{ detail, code: "INSUFFICIENT_PERMISSION" }]);
}

export function methodNotAllowed(method: string): Refusal {
  return new Refusal(405, [{ detail: `The method ${method} is not allowed for this resource.`, code: "METHOD_NOT_ALLOWED" }]);
}

export function unsupportedMedia(type: string): Refusal {
  const detail = `The media type ${type} is not supported. Use application/json.`;
  return new Refusal(415, [{ detail, code: "INVALID_REQUEST", header: "Content-Type" }]);
}

/** RFC 9110 section and title by status. */
const titles: Readonly<Record<number, readonly [section: string, title: string]>> = {
  400: ["15.5.1", "Bad Request"],
  401: ["15.5.2", "Unauthorized"],
  403: ["15.5.4", "Forbidden"],
  404: ["15.5.5", "Not Found"],
  405: ["15.5.6", "Method Not Allowed"],
  409: ["15.5.10", "Conflict"],
  413: ["15.5.14", "Content Too Large"],
  415: ["15.5.16", "Unsupported Media Type"],
  500: ["15.6.1", "Internal Server Error"],
};

function typeOf(status: number): string {
  if (status === 429) return "https://www.rfc-editor.org/rfc/rfc6585.html#section-4";
  return `https://www.rfc-editor.org/rfc/rfc9110.html#section-${titles[status]?.[0] ?? "15"}`;
}

export function errorAnswer({ status, details, location }: Pick<Refusal, "status" | "details" | "location">): Answer {
  const isRepeatedKey = details[0]?.code === "IDEMPOTENCY_ERROR";
  const title = isRepeatedKey ? "Conflict" : status === 429 ? "Too Many Requests" : (titles[status]?.[1] ?? "Error");
  const shown = details.map(({ detail, code, path, queryParam, header, url }) => ({
    detail,
    ...(header === undefined ? {} : { "o:errorHeader": header }),
    ...(path === undefined ? {} : { "o:errorPath": path }),
    ...(queryParam === undefined ? {} : { "o:errorQueryParam": queryParam }),
    ...(url === undefined ? {} : { "o:errorUrl": url }),
    "o:errorCode": code,
  }));
  return {
    status,
    headers: { "content-type": resourceType("error"), ...(location === null ? {} : { location }) },
    body: JSON.stringify({ type: typeOf(status), title, status, "o:errorDetails": shown }),
  };
}

/** The content type of an answer of the REST services. */
export function resourceType(kind: "singular" | "collection" | "error"): string {
  return `application/vnd.oracle.resource+json; type=${kind}; charset=UTF-8`;
}

const loginAudit =
  "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at " +
  "Setup > Users/Roles > User Management > View Login Audit Trail.";

/** Whatever is wrong with a sign-in, the answer is the same; only the audit trail knows more. */
export function unauthorized(account: string | null): Answer {
  const answer = errorAnswer({ status: 401, details: [{ detail: loginAudit, code: "INVALID_LOGIN" }], location: null });
  const realm = account ?? "";
  const challenge = `Bearer realm="${realm}", error="invalid_token", error_description="Invalid login attempt."`;
  return { ...answer, headers: { ...answer.headers, "www-authenticate": challenge } };
}

export function tooManyAtOnce(): Answer {
  const details = [{ detail: "Concurrent request limit exceeded. Request blocked.", code: "CONCURRENCY_LIMIT_EXCEEDED" }];
  return errorAnswer({ status: 429, details, location: null });
}

export function unexpected(status: number, errorId: string): Answer {
  const details = [{ detail: `An unexpected error occurred. Error ID: ${errorId}`, code: "UNEXPECTED_ERROR" }];
  return errorAnswer({ status, details, location: null });
}

/** What stands in front of the service says when the service is away. */
export const brokenPage =
  "<html><head><title>Service Unavailable</title></head><body><h1>We are sorry, the service is temporarily unavailable.</h1></body></html>";
