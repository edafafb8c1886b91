import { isObject, listOf, textOf, type Json, type JsonObject } from "../json.ts";
import { faultOf, missing, Refusal } from "./errors.ts";
import type { Kind, Work } from "./kind.ts";
import { kinds } from "./kinds.ts";
import { perform } from "./perform.ts";

const itemsMax = 30;
const byName = new Map(kinds.map((kind) => [kind.name, kind]));

export interface BatchResult {
  readonly items: JsonObject[];
  /** False when every item was refused: then nothing has happened that a replay could repeat. */
  readonly didAnything: boolean;
}

/** Runs every item on its own: a refused one leaves no trace and does not hinder the others. */
export function runBatch(work: Work, body: JsonObject, runQuery: (statement: string) => JsonObject): BatchResult {
  const requests = listOf(body["BatchItemRequest"]);
  if (requests.length === 0) throw missing("BatchItemRequest");
  if (requests.length > itemsMax) {
    throw new Refusal("1040", `Batch size exceeds allowed limit : ${requests.length} items, at most ${itemsMax} are supported`);
  }
  const items = requests.map((request) => runItem(work, request, runQuery));
  const didAnything = items.some((item) => item["Fault"] === undefined);
  return { items: work.company.switches.batchOrder === "reversed" ? items.reverse() : items, didAnything };
}

function runItem(work: Work, request: Json, runQuery: (statement: string) => JsonObject): JsonObject {
  const item = isObject(request) ? request : {};
  const id = textOf(item["bId"]);
  const mark: JsonObject = id === null ? {} : { bId: id };
  const key = work.key === null ? null : `${work.key}/${id ?? ""}`;
  const include = new Set([...work.include, ...includesOf(textOf(item["optionsData"]))]);
  try {
    return { ...work.storage.part(() => answerItem({ ...work, key, include }, item, runQuery)), ...mark };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    work.records.forget();
    return { Fault: faultOf(error) as unknown as JsonObject, ...mark };
  }
}

function answerItem(work: Work, item: JsonObject, runQuery: (statement: string) => JsonObject): JsonObject {
  const statement = textOf(item["Query"]);
  if (statement !== null) return { QueryResponse: runQuery(statement) };
  const operation = textOf(item["operation"]);
  if (operation === null) throw missing("operation");
  const { kind, input } = subjectOf(item);
  switch (operation) {
    case "create":
    case "update":
    case "delete":
    case "void":
      return perform(work, kind, input, operation);
    case "revert":
    case "send":
    case "merge":
      throw new Refusal("500", `Unsupported Operation : Operation ${operation} is not supported.`);
    default:
      throw new Refusal("2170", `Invalid Enumeration : ${operation}`, "operation");
  }
}

const ownMembers = new Set(["bId", "operation", "optionsData"]);

function subjectOf(item: JsonObject): { kind: Kind; input: JsonObject } {
  const name = Object.keys(item).find((member) => !ownMembers.has(member));
  if (name === undefined) throw missing("Entity");
  const kind = byName.get(name);
  if (kind === undefined) throw new Refusal("2000", `Invalid or unsupported object name : ${name}`, name);
  const input = item[name];
  if (!isObject(input)) throw new Refusal("2010", `Property Name:${name} specified is unsupported or invalid`, name);
  return { kind, input };
}

export function includesOf(options: string | null): string[] {
  if (options === null) return [];
  return new URLSearchParams(options).getAll("include").flatMap((value) => value.split(","));
}
