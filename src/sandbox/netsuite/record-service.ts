import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Answer } from "../http.ts";
import { listRecords } from "./collection.ts";
import {
  forbidden,
  invalidContent,
  invalidParameter,
  invalidRequest,
  methodNotAllowed,
  noSuchRecord,
  noSuchType,
  resourceType,
} from "./errors.ts";
import { replacingOf } from "./merge.ts";
import { fully, hrefOf, present, type Showing } from "./present.ts";
import { transform } from "./transform.ts";
import { typeOfPath, type RecordType } from "./types.ts";
import type { Stored } from "./records.ts";
import { create, existing, findRecord, remove, update } from "./write.ts";
import type { Work } from "./work.ts";

/** One call to `/record/v1/{type}/…`. */
export interface RecordCall {
  readonly method: string;
  /** Path after `/record/v1`, decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
}

const externalPattern = /^eid:[\p{L}0-9_-]+$/u;

export function answerRecord(work: Work, call: RecordCall): Answer {
  const [typeName = "", id, sub, key] = call.segments;
  const type = requireType(work, typeName);
  if (id === undefined) return answerType(work, type, call);
  if (!/^\d+$/.test(id) && !externalPattern.test(id))
    throw invalidRequest(`Invalid record instance identifier '${id}'. Provide a valid record instance ID.`);
  if (sub === undefined) return answerOne(work, type, id, call);
  if (sub === "!transform" && key !== undefined && call.method === "POST") {
    return noContent(work, transform(work, existing(work, type, id), requireType(work, key), bodyOf(call.body, true)));
  }
  if (sub.startsWith("!") || sub.startsWith("@"))
    throw invalidRequest(`The operation '${sub}' is not available for the record type '${type.name}'.`);
  if (call.method !== "GET") throw methodNotAllowed(call.method);
  return readPart(work, existing(work, type, id), sub, key ?? null);
}

/** The type of a path; refuses one that does not exist, or that the role may not touch. */
export function requireType(work: Work, name: string): RecordType {
  const type = typeOfPath(name);
  if (type === null) throw noSuchType(name, `${work.base}/record/v1/metadata-catalog`);
  if (work.company.preferences.deniedTypes.includes(type.name)) throw forbidden(type.name);
  return type;
}

function answerType(work: Work, type: RecordType, call: RecordCall): Answer {
  if (call.method === "GET") return listRecords(work, type, call.query);
  if (call.method !== "POST") throw methodNotAllowed(call.method);
  return noContent(work, create(work, type, bodyOf(call.body, false)));
}

function answerOne(work: Work, type: RecordType, id: string, { method, query, body }: RecordCall): Answer {
  switch (method) {
    case "GET":
      return singular(present(work, existing(work, type, id), showingOf(query)));
    case "PATCH": {
      const order = { input: bodyOf(body, false), replacing: replacingOf(query) };
      return noContent(work, update(work, type, existing(work, type, id), order));
    }
    case "PUT":
      return upsert(work, type, id, { query, body });
    case "DELETE":
      remove(work, type, existing(work, type, id));
      return { status: 204, headers: {}, body: "" };
    default:
      throw methodNotAllowed(method);
  }
}

/** Creates or changes by external id. Lines are treated as in PATCH. */
function upsert(work: Work, type: RecordType, id: string, { query, body }: Pick<RecordCall, "query" | "body">): Answer {
  if (!id.startsWith("eid:")) throw invalidRequest("An upsert needs an external ID in the form eid:<externalId>.");
  const input = bodyOf(body, false);
  const before = findRecord(work, type, id);
  if (before !== null) return noContent(work, update(work, type, before, { input, replacing: replacingOf(query) }));
  const { externalId: _sent, ...members } = input;
  return { ...noContent(work, create(work, type, { ...members, externalId: id.slice(4) })), status: work.company.switches.upsertStatus };
}

function bodyOf(body: Json | undefined, mayBeEmpty: boolean): JsonObject {
  if (isObject(body)) return body;
  if (body === undefined && mayBeEmpty) return {};
  throw invalidContent("Invalid content in the request body. The request body must be a JSON object.");
}

function noContent(work: Work, stored: Stored): Answer {
  return { status: 204, headers: { location: hrefOf(work, stored.type, stored.id) }, body: "" };
}

export function singular(value: JsonObject): Answer {
  return { status: 200, headers: { "content-type": resourceType("singular") }, body: JSON.stringify(value) };
}

function showingOf(query: URLSearchParams): Showing {
  const expands = query.get("expandSubResources") === "true";
  const fields = query.get("fields");
  if (expands && fields !== null) throw invalidParameter("The fields and expandSubResources parameters cannot be used together.", "fields");
  const names = fields === null ? null : new Set(fields.split(",").map((name) => name.trim().toLowerCase()));
  return { expands, fields: names, simpleEnums: query.get("simpleEnumFormat") === "true" };
}

/** A sublist, a line of it, or a subrecord. */
function readPart(work: Work, stored: Stored, name: string, key: string | null): Answer {
  const shown = present(work, stored, fully);
  const found = Object.entries(shown).find(([member]) => member.toLowerCase() === name.toLowerCase())?.[1];
  if (!isObject(found)) throw noSuchRecord();
  if (key === null) return singular(found);
  const rows = Array.isArray(found["items"]) ? found["items"] : [];
  const row = rows.find((item) => isObject(item) && JSON.stringify(item["links"]).includes(`/${key}"`));
  if (!isObject(row)) throw noSuchRecord();
  return singular(row);
}
