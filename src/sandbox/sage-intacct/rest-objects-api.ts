import { addFiles, fileOf, filesOf, removeFile } from "./attachments.ts";
import { countRows, findRows } from "./conditions.ts";
import { jsonAnswer, type Answer } from "../http.ts";
import { isObject, listOf, objectOf, textOf, type Json, type JsonObject } from "../json.ts";
import type { Values, Work } from "./kind.ts";
import { oneOf } from "./read-functions.ts";
import { Refusal, refuse, refuseRule } from "./refusal.ts";
import type { Stored } from "./records.ts";
import type { RestCall } from "./rest-call.ts";
import { errorBody, requestFailure, statusOf } from "./rest-errors.ts";
import { findRest } from "./rest-objects.ts";
import type { RestObject } from "./rest-shape.ts";
import { pagingOf, within as ownRows } from "./rest-query.ts";
import { identityOf, inputFrom, kindFor, restRecord } from "./rest-values.ts";
import { createRecord, deleteRecord, updateRecord } from "./write.ts";

const letters: Readonly<Record<string, string>> = { GET: "r", POST: "c", PATCH: "u", DELETE: "d" };
const batchMax = 500;

/** `/objects/{app}/{object}` with or without keys. */
export function performObject(call: RestCall): Answer {
  const { work, method, path, company } = call;
  const [, , app = "", name = "", keys] = path.split("/").map(decodeURIComponent);
  if (app === "company-config" && name === "file") return performFile(call, keys ?? "");
  const rest = findRest(company, `${app}/${name}`);
  if (rest === null)
    return requestFailure(404, { code: "invalidRequest", errorId: "REST-1031", message: `The object '${app}/${name}' does not exist` });
  const letter = letters[method] ?? "";
  const hasKeys = (keys ?? "") !== "";
  const isAddressed = letter === "c" ? !hasKeys : letter === "r" || hasKeys || (letter === "u" && Array.isArray(call.body));
  if (letter === "" || !rest.verbs.includes(letter) || !isAddressed)
    return requestFailure(405, {
      code: "methodNotSupported",
      errorId: "REST-1045",
      message: `${method} is not supported on objects/${app}/${name}`,
    });
  switch (letter) {
    case "r":
      return keys === undefined || keys === "" ? list(call, rest) : read(work, rest, keys);
    case "d":
      return remove(call, rest, keys ?? "");
    default:
      return write(call, rest, keys ?? null);
  }
}

/** References alone, at most a hundred. */
function list({ work, query }: RestCall, rest: RestObject): Answer {
  const kind = kindFor(work, rest);
  const start = Math.max(1, Number(query.get("start") ?? 1) || 1);
  const size = Math.min(100, Math.max(1, Number(query.get("size") ?? 100) || 100));
  const search = { kind, condition: ownRows(work, rest, null) };
  const rows = findRows(work, search, { offset: start - 1, size }).map((record) => ({
    ...identityOf(kind, record),
    href: `/objects/${rest.address}/${record.recordno}`,
  }));
  return jsonAnswer(200, { "ia::result": rows, "ia::meta": pagingOf(countRows(work, search), start, size) });
}

function found(work: Work, rest: RestObject, key: string): Stored {
  const [record] = oneOf(work, kindFor(work, rest), key, "number");
  return (
    record ??
    refuse("REST-1040", `There is no ${rest.address} with the key ${key}`, { errorId: "REST-1040", category: "notFound", status: 404 })
  );
}

function shown(work: Work, rest: RestObject, record: Stored): JsonObject {
  const body = restRecord(work, rest, record);
  if (rest.object !== "SUPDOC") return body;
  const files = filesOf(work, record.id ?? "").map(({ id, name, type }) => ({
    key: String(id),
    id: String(id),
    name: type === "" ? name : `${name}.${type}`,
    href: `/objects/company-config/file/${id}`,
  }));
  return { ...body, files };
}

function read(work: Work, rest: RestObject, keys: string): Answer {
  const rows = keys.split(",").map((key) => shown(work, rest, found(work, rest, key)));
  const meta = { totalCount: rows.length, totalSuccess: rows.length, totalError: 0 };
  return jsonAnswer(200, { "ia::result": rows.length === 1 ? (rows[0] ?? null) : rows, "ia::meta": meta });
}

function remove({ work, service }: RestCall, rest: RestObject, keys: string): Answer {
  within(service.storage, () => {
    for (const key of keys.split(",")) {
      const record = found(work, rest, key);
      if (rest.object.endsWith("ITEM") || rest.object === "GLENTRY")
        refuseRule("A line is deleted with its document or by changing it", { status: 422 });
      deleteRecord(work, kindFor(work, rest), record);
    }
  });
  return { status: 204, headers: {}, body: "" };
}

/** Inside a composite there is a transaction already: then this is a part of it. */
function within<T>(storage: RestCall["service"]["storage"], work: () => T): T {
  return storage.isInTransaction() ? storage.part(work) : storage.transaction(work);
}

/** One object, or a batch of them: those that are refused do not stop the others. */
function write(call: RestCall, rest: RestObject, key: string | null): Answer {
  const { body, service, company, method, path } = call;
  if (body === undefined) return requestFailure(400, { code: "invalidRequest", errorId: "REST-1028", message: "There is no payload" });
  if (!Array.isArray(body)) {
    const result = within(service.storage, () => writeOne(call, rest, key, body));
    return jsonAnswer(method === "POST" ? 201 : 200, {
      "ia::result": result,
      "ia::meta": { totalCount: 1, totalSuccess: 1, totalError: 0 },
    });
  }
  const items = listOf(body);
  if (items.length > batchMax)
    return requestFailure(400, { code: "invalidRequest", errorId: "REST-1028", message: `A batch has at most ${batchMax} items` });
  let failures = 0;
  const results = items.map((item): JsonObject => {
    try {
      const one = within(service.storage, () => writeOne(call, rest, textOf(objectOf(item)["key"]), item));
      return { ...one, "ia::status": method === "POST" ? 201 : 200 };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failures += 1;
      return { "ia::error": errorBody({ method, path }, error), "ia::status": statusOf(company, error) };
    }
  });
  const meta = { totalCount: items.length, totalSuccess: items.length - failures, totalError: failures };
  return jsonAnswer(failures > 0 ? 207 : method === "POST" ? 201 : 200, { "ia::result": results, "ia::meta": meta });
}

function writeOne(call: RestCall, rest: RestObject, key: string | null, body: Json): JsonObject {
  const { work, method } = call;
  if (!isObject(body))
    return refuse("REST-1028", "The payload is an object", { errorId: "REST-1028", category: "invalidRequest", status: 400 });
  const kind = kindFor(work, rest);
  const input = inputFrom(work, rest, body);
  const isNew = method === "POST";
  const values = withState(work, rest, { values: input.values, isNew });
  const record = isNew
    ? createRecord(work, kind, { values, lists: input.lists })
    : updateRecord(work, kind, found(work, rest, key ?? ""), { values, lists: input.lists });
  if (rest.object === "SUPDOC") keepFiles(work, record, body);
  return { ...identityOf(kind, record), href: `/objects/${rest.address}/${record.recordno}` };
}

/** New documents say what they become by their state; changes cannot. */
function withState(work: Work, rest: RestObject, { values, isNew }: { values: Values; isNew: boolean }): Values {
  const { STATE: state, ...others } = values;
  const isJournal = rest.object === "GLBATCH";
  if (!isNew && state !== undefined)
    return refuse("REST-1043", "/state cannot be changed: use the workflow of the object", {
      errorId: "REST-1043",
      category: "invalidRequest",
      status: 400,
      target: "state",
    });
  if (!isNew || isJournal) return values;
  if (!rest.hasDefaultState) return values;
  const wanted = state ?? (work.company.switches.restDefaultState === "draft" ? "Draft" : "Posted");
  const allowed = ["Draft", "Posted", "Submitted", "Complete", "Selected", "Approved", "Confirmed"];
  if (wanted === null || !allowed.includes(wanted))
    return refuse("REST-1043", `A new record cannot be '${String(wanted)}'`, {
      errorId: "REST-1043",
      category: "invalidRequest",
      status: 400,
      target: "state",
    });
  return { ...others, ACTION: wanted === "Draft" ? "Draft" : "Submit" };
}

function keepFiles(work: Work, { id }: Stored, body: JsonObject): void {
  const files = listOf(body["files"]).map((file) => {
    const { name, data } = objectOf(file);
    const [, stem = "", type = ""] = /^(.*?)(?:\.([^.]*))?$/.exec(String(name ?? "")) ?? [];
    return { name: stem, type, data: String(data ?? "") };
  });
  addFiles(work, id ?? "", files);
}

function performFile({ work, method }: RestCall, key: string): Answer {
  const file = fileOf(work, key);
  if (file === null) return requestFailure(404, { code: "notFound", errorId: "REST-1040", message: `There is no file ${key}` });
  if (method === "DELETE") {
    removeFile(work, file.id);
    return { status: 204, headers: {}, body: "" };
  }
  if (method !== "GET")
    return requestFailure(405, {
      code: "methodNotSupported",
      errorId: "REST-1045",
      message: `${method} is not supported on objects/company-config/file`,
    });
  const { id, name, type, content } = file;
  const result = {
    key: String(id),
    id: String(id),
    name: type === "" ? name : `${name}.${type}`,
    size: content.length,
    data: content.toString("base64"),
    href: `/objects/company-config/file/${id}`,
  };
  return jsonAnswer(200, { "ia::result": result, "ia::meta": { totalCount: 1, totalSuccess: 1, totalError: 0 } });
}
