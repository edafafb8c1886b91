import { randomBytes } from "node:crypto";
import type { Answer } from "../http.ts";
import type { Trouble } from "./refusal.ts";
import { offsetTime } from "./values.ts";
import { tag } from "../xml.ts";

/** What the control element of a request said, as far as it could be read. */
export interface Control {
  readonly senderId: string;
  readonly controlId: string;
  readonly isUnique: boolean;
  readonly version: string;
  readonly showsMore: boolean;
}

export const noControl: Control = { senderId: "", controlId: "", isUnique: true, version: "3.0", showsMore: false };

export interface Authenticated {
  readonly user: string;
  readonly company: string;
  readonly entity: string;
  readonly startedMs: number;
  readonly expiresMs: number;
}

export interface FunctionResult {
  readonly status: "success" | "failure" | "aborted";
  readonly name: string;
  readonly controlId: string;
  /** Finished elements of a success, and the empty list of a failed create. */
  readonly content: string;
  readonly troubles: readonly Trouble[];
}

export function xmlAnswer(body: string, status = 200): Answer {
  return { status, headers: { "content-type": 'text/xml; encoding="UTF-8"' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

function controlElement(control: Control, status: "success" | "failure"): string {
  const { senderId, controlId, isUnique, version } = control;
  return tag("control", [
    tag("status", status),
    tag("senderid", senderId),
    tag("controlid", controlId),
    tag("uniqueid", String(isUnique)),
    tag("dtdversion", version),
  ]);
}

/** The list of errors, the most specific first. Every text carries a support id, which is written as in a URL. */
function errorMessage(troubles: readonly Trouble[], showsMore: boolean): string {
  const support = `${randomBytes(4).toString("base64url")}%7E${randomBytes(12).toString("base64url")}`;
  const errors = troubles.map(({ errorno, text, correction, errorId, category, target }) => {
    const additional = tag("additionalinfo", [
      tag("errorid", errorId ?? errorno),
      tag("category", category ?? ""),
      tag("target", null, { domain: "", requestinfo: "", object: "", field: target ?? "", businessinfo: "" }),
      tag("description", [tag("messageid", `IA.${messageName(text)}`)]),
    ]);
    return tag("error", [
      tag("errorno", errorno),
      tag("description"),
      tag("description2", `${text} [Support ID: ${support}]`),
      tag("correction", correction ?? ""),
      ...(showsMore ? [additional] : []),
    ]);
  });
  return tag("errormessage", errors);
}

const messageName = (text: string) =>
  text
    .replace(/['"].*?['"]/g, "")
    .replace(/[^A-Za-z]+/g, "_")
    .toUpperCase()
    .slice(0, 60);

/** Level 1: nothing was looked at, so there is no operation. */
export function controlFailure(control: Control, trouble: Trouble, status = 200): Answer {
  const { errorno, text } = trouble;
  const error = tag("error", [tag("errorno", errorno), tag("description"), tag("description2", text), tag("correction")]);
  return xmlAnswer(tag("response", [controlElement(control, "failure"), tag("errormessage", [error])]), status);
}

/** The gateway in front refuses a login with a control failure whose text stands in `description`. */
export function gatewayLoginFailure(control: Control): Answer {
  const error = tag("error", [
    tag("errorno", "XMLGW_JPP0002"),
    tag("description", "Sign-in information is incorrect. Please check your request."),
    tag("description2"),
    tag("correction"),
  ]);
  return xmlAnswer(tag("response", [controlElement(control, "failure"), tag("errormessage", [error])]), 401);
}

/** Level 2: signed in as nobody, so there are no results. */
export function authenticationFailure(control: Control, who: { user: string; company: string }, trouble: Trouble): Answer {
  const authentication = tag("authentication", [tag("status", "failure"), tag("userid", who.user), tag("companyid", who.company)]);
  return xmlAnswer(
    tag("response", [controlElement(control, "success"), tag("operation", [authentication, errorMessage([trouble], control.showsMore)])]),
  );
}

export function results(control: Control, who: Authenticated, done: readonly FunctionResult[]): Answer {
  const authentication = tag("authentication", [
    tag("status", "success"),
    tag("userid", who.user),
    tag("companyid", who.company),
    tag("locationid", who.entity),
    tag("sessiontimestamp", offsetTime(who.startedMs)),
    tag("sessiontimeout", offsetTime(who.expiresMs)),
  ]);
  const written = done.map(({ status, name, controlId, content, troubles }) =>
    tag("result", [
      tag("status", status),
      tag("function", name),
      tag("controlid", controlId),
      content,
      ...(troubles.length === 0 ? [] : [errorMessage(troubles, control.showsMore)]),
    ]),
  );
  return xmlAnswer(tag("response", [controlElement(control, "success"), tag("operation", [authentication, ...written])]));
}
