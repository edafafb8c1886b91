import { randomBytes } from "node:crypto";
import { jsonAnswer, type Answer } from "../http.ts";
import type { JsonObject } from "../json.ts";
import type { Company } from "./company.ts";
import type { Refusal, Trouble } from "./refusal.ts";

interface Failure {
  readonly code: string;
  readonly errorId: string;
  readonly message: string;
}

const supportId = () => `${randomBytes(4).toString("base64url")}%7E${randomBytes(12).toString("base64url")}`;

/** What is wrong with the request itself. */
export function requestFailure(status: number, failure: Failure): Answer {
  return jsonAnswer(status, {
    "ia::result": { "ia::error": { ...failure, supportId: supportId() } },
    "ia::meta": { totalCount: 1, totalSuccess: 0, totalError: 1 },
  });
}

/** What the layer in front says of a token. */
export function gatewayFailure(status: number, message: string): Answer {
  const additionalInfo = { messageId: "IA.TOKEN_IS_INVALID" };
  return jsonAnswer(status, { error: { code: "tokenInvalid", message, errorId: "REST-2102", additionalInfo, supportId: supportId() } });
}

function detailOf({ text, errorId, errorno, category, target, correction }: Trouble): JsonObject {
  return {
    code: category ?? "invalidConfiguration",
    message: text,
    errorId: errorId ?? errorno,
    ...(target === undefined ? {} : { target }),
    ...(correction === undefined ? {} : { correction }),
    additionalInfo: { messageId: `IA.${(category ?? "REFUSED").toUpperCase()}`, placeholders: {}, propertySet: {} },
  };
}

/** The body of a refusal: the wrapper first and the specific reason last, the other way round than in XML. */
export function errorBody({ method, path }: { method: string; path: string }, { troubles }: Pick<Refusal, "troubles">): JsonObject {
  const [, area = "objects", app = "", object = ""] = path.split("/");
  return {
    code: "operationFailed",
    message: `${method} request on ${area}/${app}/${object} object was unsuccessful`,
    errorId: "REST-7001",
    additionalInfo: {
      messageId: "IA.REQUEST_ON_OBJECT_FAILED",
      placeholders: { OPERATION: method, RESOURCE_NAME: `${app}/${object}` },
      propertySet: {},
    },
    supportId: supportId(),
    details: troubles.toReversed().map(detailOf),
  };
}

export function statusOf({ switches }: Company, { status }: Refusal): number {
  return status === 422 ? switches.ruleStatus : status;
}

export function businessFailure(company: Company, where: { method: string; path: string }, refusal: Refusal): Answer {
  const body = { "ia::result": { "ia::error": errorBody(where, refusal) }, "ia::meta": { totalCount: 1, totalSuccess: 0, totalError: 1 } };
  return jsonAnswer(statusOf(company, refusal), body);
}
