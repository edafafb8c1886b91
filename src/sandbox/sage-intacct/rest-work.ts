import { randomUUID } from "node:crypto";
import { jsonAnswer, type Answer } from "../http.ts";
import { listOf, objectOf, parseJson, textOf, type Json, type JsonObject } from "../json.ts";
import { oneOf } from "./read-functions.ts";
import { refuse, refuseRule } from "./refusal.ts";
import { changeState, reverse } from "./reverse.ts";
import type { Stored } from "./records.ts";
import type { RestCall } from "./rest-call.ts";
import { requestFailure } from "./rest-errors.ts";
import { findRest } from "./rest-objects.ts";
import type { RestObject } from "./rest-shape.ts";
import { identityOf, kindFor } from "./rest-values.ts";
import { isIsoDate } from "./values.ts";

/** Steps a document can be moved by, and what it becomes. */
const steps: Readonly<Record<string, string>> = {
  approve: "Posted",
  decline: "Declined",
  submit: "Posted",
  recall: "Draft",
  confirm: "Complete",
};

/** `POST /workflows/{app}/{object}/{action}`. */
export function performWorkflow(call: RestCall): Answer {
  const { work, company, method, path, body, service } = call;
  const [, , app = "", name = "", action = ""] = path.split("/");
  const rest = findRest(company, `${app}/${name}`);
  const isKnown = action === "reverse" || Object.hasOwn(steps, action);
  if (rest === null || method !== "POST" || !isKnown || rest.lines === null)
    return requestFailure(404, { code: "notFound", errorId: "REST-1031", message: `There is no workflow ${path}` });
  const order = objectOf(body);
  const done = service.storage.transaction(() => {
    const [before] = oneOf(work, kindFor(work, rest), textOf(order["key"]) ?? "", "number");
    if (before === undefined)
      return refuse("REST-1040", "We can't find this transaction.", { errorId: "REST-1040", category: "notFound", status: 404 });
    return action === "reverse" ? reversed(call, rest, before, order) : moved(call, rest, before, action);
  });
  const kind = kindFor(work, rest);
  const result = {
    ...identityOf(kind, done),
    href: `/objects/${rest.address}/${done.recordno}`,
    state: (done.values["STATE"] ?? "").toLowerCase(),
  };
  return jsonAnswer(200, { "ia::result": result, "ia::meta": { totalCount: 1, totalSuccess: 1, totalError: 0 } });
}

function reversed({ work }: RestCall, rest: RestObject, before: Stored, order: JsonObject): Stored {
  const date = textOf(order["reversedDate"]) ?? textOf(order["paymentDate"]) ?? textOf(order["reverseDate"]) ?? before.date ?? "";
  if (!isIsoDate(date))
    refuse("REST-1028", `'${date}' is not a date such as 2026-04-01`, { errorId: "REST-1028", category: "invalidRequest", status: 400 });
  const memo = textOf(order["memo"]) ?? textOf(order["description"]);
  reverse(work, kindFor(work, rest), before, { date, memo });
  return before;
}

function moved({ work, company }: RestCall, rest: RestObject, before: Stored, action: string): Stored {
  const isPayment = rest.object.endsWith("PYMT");
  const was = before.values["STATE"] ?? "";
  const expected: Readonly<Record<string, readonly string[]>> = {
    submit: ["Draft"],
    approve: ["Submitted"],
    decline: ["Submitted"],
    recall: ["Submitted"],
    confirm: ["Selected", "Approved"],
  };
  if (expected[action]?.includes(was) === false)
    refuseRule(`This transaction cannot take the step ${action}: it is ${was}.`, { category: "operationNotAllowed" });
  const isApproval = action === "submit" && company.switches.approval && !["ARINVOICE", "ARPYMT", "GLBATCH"].includes(rest.object);
  const state = isApproval
    ? "Submitted"
    : isPayment && action !== "confirm" && action !== "decline" && action !== "recall"
      ? "Approved"
      : (steps[action] ?? "Posted");
  return changeState(work, kindFor(work, rest), before, state);
}

/** `services/bulk/job/…`: a file of objects is written at once here, and its result waits to be fetched. */
export function answerBulkFile(call: RestCall): Answer {
  const { method, path } = call;
  if (method === "POST" && path === "/services/bulk/job/create") return createJob(call);
  if (method === "GET" && path === "/services/bulk/job/status") return jobStatus(call);
  if (method === "GET" && path === "/services/bulk/job/result") return jobResult(call);
  return requestFailure(404, { code: "notFound", errorId: "REST-1031", message: `There is no service ${path}` });
}

interface Part {
  readonly name: string;
  readonly text: string;
}

/** The parts of a multipart form by their names. */
function partsOf({ request }: RestCall): Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(request.headers["content-type"] ?? "")?.[1];
  if (boundary === undefined) return [];
  return request.body
    .toString("utf8")
    .split(`--${boundary}`)
    .flatMap((part) => {
      const mark = part.indexOf("\r\n\r\n");
      const name = /name="([^"]+)"/.exec(part.slice(0, mark))?.[1];
      return mark < 0 || name === undefined ? [] : [{ name, text: part.slice(mark + 4).replace(/\r\n$/, "") }];
    });
}

const bulkRefused = (message: string) => requestFailure(400, { code: "invalidRequest", errorId: "REST-1028", message });

function createJob(call: RestCall): Answer {
  const parts = partsOf(call);
  const order = objectOf(parseJson(parts.find(({ name }) => name === "ia::requestBody")?.text ?? ""));
  const { objectName, operation, jobFile, fileContentType = "json" } = order;
  const file = parts.find(({ name }) => name === jobFile || name === "file");
  const rest = findRest(call.company, textOf(objectName) ?? "");
  if (rest === null || file === undefined) return bulkRefused("A job names an object and a file that is sent with it");
  if (operation !== "create" && operation !== "update" && operation !== "delete")
    return bulkRefused("operation is create, update or delete");
  if (fileContentType !== "json") return bulkRefused("fileContentType is json");
  const rows = listOf(parseJson(file.text));
  if (rows.length === 0) return bulkRefused("The file is a list of objects");
  const results = rows.map((row) => runRow(call, rest, operation, row));
  const id = randomUUID();
  const { storage, now } = call.service;
  storage.run("INSERT INTO intacct_jobs VALUES (?, ?, 'completed', ?, ?)", call.company.key, id, JSON.stringify(results), now());
  const created = { jobId: id, statusURL: `/services/bulk/job/status?jobId=${id}`, createdDateTime: new Date(now()).toISOString() };
  return jsonAnswer(202, { "ia::result": created, "ia::meta": { totalCount: 1, totalSuccess: 1, totalError: 0 } });
}

function runRow(call: RestCall, rest: RestObject, operation: "create" | "update" | "delete", row: Json): Json {
  const key = textOf(objectOf(row)["key"]) ?? "";
  const method = { create: "POST", update: "PATCH", delete: "DELETE" }[operation];
  const path = `/objects/${rest.address}${operation === "create" ? "" : `/${key}`}`;
  const answer = call.perform({ ...call, method, path, body: operation === "delete" ? undefined : row });
  const content = answer.body === "" ? {} : objectOf(JSON.parse(answer.body) as unknown);
  return { ...content, "ia::status": answer.status };
}

function jobOf({ service, company, query }: RestCall) {
  return service.storage.get("SELECT * FROM intacct_jobs WHERE company = ? AND id = ?", company.key, query.get("jobId") ?? "");
}

const noJob = () => requestFailure(404, { code: "notFound", errorId: "REST-1040", message: "There is no such job" });

function jobStatus(call: RestCall): Answer {
  const row = jobOf(call);
  if (row === undefined) return noJob();
  const id = String(row["id"]);
  const downloadURL = `${call.work.origin}/sage-intacct/ia/api/v1/services/bulk/job/result?jobId=${id}`;
  const result = {
    jobId: id,
    status: String(row["status"]),
    percentComplete: 100,
    ...(call.query.get("download") === "true" ? { downloadURL } : {}),
  };
  return jsonAnswer(200, { "ia::result": result, "ia::meta": { totalCount: 1, totalSuccess: 1, totalError: 0 } });
}

function jobResult(call: RestCall): Answer {
  const row = jobOf(call);
  return row === undefined ? noJob() : { ...jsonAnswer(200, null), body: String(row["result"]) };
}
