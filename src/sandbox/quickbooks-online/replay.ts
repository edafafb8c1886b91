import { createHash } from "node:crypto";
import type { Answer, SandboxRequest } from "../http.ts";
import { listOf, objectOf } from "../json.ts";
import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import { Refusal } from "./errors.ts";

/** What a request id stands for. A batch is the same request only with the same item ids. */
export interface RequestKey {
  readonly id: string;
  /** The id under which the answer is kept. */
  readonly slot: string;
  readonly hash: string;
}

const lengthMax = 50;
const batchLengthMax = 36;
const itemLengthMax = 10;

/** Reads the request id; null when there is none or it is to be ignored. Too long: 2130. */
export function requestKey(request: SandboxRequest, isBatch: boolean): RequestKey | null {
  const id = request.query.get("requestid");
  if (id === null || id === "" || request.ignoreKey) return null;
  const items = isBatch ? itemIds(request) : [];
  const isTooLong = id.length > (isBatch ? batchLengthMax : lengthMax) || items.some((item) => item.length > itemLengthMax);
  if (isTooLong) throw new Refusal("2130", `Invalid Request Id Format : The request id ${id} or an item id is too long`, "requestid");
  return { id, slot: slotOf(id, items), hash: hashOf(request) };
}

export function itemIds(request: SandboxRequest): string[] {
  return listOf(objectOf(request.json())["BatchItemRequest"]).map((item) => String(objectOf(item)["bId"] ?? ""));
}

export function slotOf(id: string, items: readonly string[]): string {
  return items.length === 0 ? id : `${id} ${[...items].sort().join(" ")}`;
}

function hashOf(request: SandboxRequest): string {
  const { method, path, query, body } = request;
  const parts = `${method} ${path} ${query.get("operation") ?? ""} ${query.get("include") ?? ""}\n`;
  return createHash("sha256").update(parts).update(body).digest("base64");
}

/** The answer this request id got before, byte for byte; null when it is new. */
export function replayed(storage: Storage, company: Company, key: RequestKey, atMs: number): Answer | null {
  const { requestIdHours, requestIdConflict } = company.switches;
  const row = storage.get("SELECT * FROM qbo_replies WHERE company = ? AND request = ?", company.key, key.slot);
  if (row === undefined || Number(row["at"]) < atMs - requestIdHours * 3_600_000) return null;
  if (row["hash"] !== key.hash && requestIdConflict === "600") {
    throw new Refusal("600", `Duplicate Request ID : The request id ${key.id} was used for another request`, "requestid");
  }
  return {
    status: Number(row["status"]),
    headers: JSON.parse(String(row["headers"])) as Record<string, string>,
    body: String(row["body"]),
  };
}

export function keepReply(storage: Storage, company: Company, key: RequestKey, kept: { answer: Answer; atMs: number }): void {
  const { answer, atMs } = kept;
  storage.run(
    "INSERT OR REPLACE INTO qbo_replies (company, request, hash, status, headers, body, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ...[company.key, key.slot, key.hash, answer.status, JSON.stringify(answer.headers), answer.body, atMs],
  );
  const oldest = atMs - company.switches.requestIdHours * 3_600_000;
  storage.run("DELETE FROM qbo_replies WHERE company = ? AND at < ?", company.key, oldest);
}
