import { createHmac, timingSafeEqual } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import type { Change, Hint, Notifications } from "../connector.ts";
import { isList, isTransaction } from "./entities.ts";
import { isObject, memberText, objectsIn, readJson, type Json } from "./json.ts";

/**
 * Messages that something changed. Nobody can subscribe from outside: an administrator sets up a Smart Event with an HTTP post, or
 * a trigger with webhook delivery, and chooses what it sends. We ask for `companyId`, `object`, `recordNo`, `topic`,
 * `timestamp` and, where nothing is signed, `secret`; docs/connectors/sage-intacct.md has both to copy. They are hints: what they
 * name is read again.
 */
export const intacctNotifications: Notifications = { verify, read, isEcho };

/** A Smart Event proves itself by the secret that the administrator put into it, a webhook by a token signed with it. */
function verify(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  rawBody: Uint8Array,
  verifierToken: string,
): boolean {
  if (verifierToken === "") return false;
  const name = Object.keys(headers).find((each) => each.toLowerCase() === "authorization");
  const given = name === undefined ? undefined : headers[name];
  if (typeof given === "string" && /^bearer /i.test(given)) return isSigned(given.slice(7).trim(), verifierToken);
  try {
    const messages = messagesIn(rawBody);
    return messages.length > 0 && messages.every((message) => isSame(message("secret"), verifierToken));
  } catch {
    return false;
  }
}

/** A token of three parts, signed by HMAC with SHA-256 and not over. */
function isSigned(token: string, key: string): boolean {
  const [head = "", claims = "", signature = "", ...more] = token.split(".");
  if (more.length > 0 || memberText(decoded(head), "alg") !== "HS256") return false;
  if (!isSame(signature, createHmac("sha256", key).update(`${head}.${claims}`).digest("base64url"))) return false;
  const ends = Number(memberText(decoded(claims), "exp") || "NaN");
  return !Number.isFinite(ends) || ends * 1_000 > Date.now();
}

function decoded(part: string): Json {
  return readJson(Buffer.from(part, "base64url").toString("utf8"));
}

function isSame(told: string, expected: string): boolean {
  const [one, other] = [Buffer.from(told), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

type Message = (name: string) => string;

/** Fields of a form, of one JSON object or of a list of them; names in any case. */
function messagesIn(rawBody: Uint8Array): Message[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(rawBody);
  } catch {
    throw malformed();
  }
  const json = readJson(text);
  const objects = isObject(json) ? [json] : objectsIn(json);
  if (objects.length > 0) {
    return objects.map((object) => {
      const fields = new Map(Object.keys(object).map((name) => [name.toLowerCase(), memberText(object, name)]));
      return (name) => fields.get(name) ?? "";
    });
  }
  if (!/^[\w.%+-]+=/.test(text)) throw malformed();
  const form = new Map([...new URLSearchParams(text)].map(([name, value]) => [name.toLowerCase(), value]));
  return [(name) => form.get(name) ?? ""];
}

function malformed(): Fault {
  return new Fault("body_malformed", "The notification is neither a form nor JSON with companyId, object and recordNo");
}

function read(rawBody: Uint8Array): Hint[] {
  return messagesIn(rawBody).flatMap((message): Hint[] => {
    const entity = message("object").toUpperCase();
    const providerId = message("recordno");
    const company = message("companyid");
    if (company === "" || providerId === "" || (!isTransaction(entity) && !isList(entity))) return [];
    const at = Date.parse(message("timestamp"));
    const operation = operations.find(([words]) => words.test(message("topic")))?.[1] ?? "changed";
    return [{ company, entity, providerId, operation, mergedId: null, at: Number.isNaN(at) ? null : new Date(at).toISOString() }];
  });
}

/** `ADD_APBILL`, `SET_APBILL`, `DELETE_APBILL`. */
const operations: readonly (readonly [RegExp, Hint["operation"]])[] = [
  [/^add/i, "created"],
  [/^delet/i, "deleted"],
];

/**
 * The version is a time to the second and a hash of what is seen. The same version is what we wrote; an earlier second was before
 * it; the same second with another hash may be somebody else.
 */
function isEcho(change: Pick<Change, "operation" | "version">, written: string | null): boolean {
  if (change.operation === "deleted") return written === null;
  if (written === null || change.version === null) return false;
  if (change.version === written) return true;
  const [time = "", writtenAt = ""] = [change.version.split("#")[0], written.split("#")[0]];
  return /^\d/.test(time) && /^\d/.test(writtenAt) && time < writtenAt;
}
