import type { JsonObject } from "../json.ts";
import type { Storage } from "../storage.ts";
import type { Company } from "./company.ts";
import { missing, Refusal } from "./errors.ts";
import { kindOfName } from "./kinds.ts";
import type { Kind } from "./kind.ts";
import { present } from "./present.ts";
import { toStored } from "./records.ts";
import { pacificTime, readInstant } from "./time.ts";

const lookBackMs = 30 * 86_400_000;

interface Asked {
  readonly company: Company;
  readonly storage: Storage;
  readonly atMs: number;
  readonly origin: string;
}

/** Everything that changed since an instant, per asked entity: live rows in order of change, tombstones after them. */
export function changesSince(asked: Asked, query: URLSearchParams): JsonObject[] {
  const names = (query.get("entities") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw missing("entities");
  const since = query.get("changedSince");
  if (since === null) throw missing("changedSince");
  // An unencoded plus sign arrives as a blank.
  const sinceMs = readInstant(since.replace(/ (\d\d:?\d\d)$/, "+$1"));
  if (sinceMs === null) throw new Refusal("2060", `Invalid Date : ${since}`, "changedSince");
  if (sinceMs < asked.atMs - lookBackMs) {
    const detail = `Operation cdc with changedSince date ${since} which is older than fixed days is not supported.`;
    throw new Refusal(asked.company.switches.cdcTooOldCode, detail);
  }
  const kinds = names.map((name) => {
    const kind = kindOfName(name);
    if (kind?.isSilent === true) throw new Refusal("500", `Unsupported Operation : Operation cdc is not supported for ${name}.`, name);
    if (kind === null) throw new Refusal("2000", `Invalid or unsupported object name : ${name}`, name);
    return kind;
  });
  let room: number = asked.company.switches.cdcObjects;
  return kinds.map((kind) => {
    const rows = changedRows(asked, kind, { sinceMs, room });
    room -= rows.length;
    return rows.length === 0 ? {} : { [kind.name]: rows, startPosition: 1, maxResults: rows.length, totalCount: rows.length };
  });
}

function changedRows(asked: Asked, kind: Kind, { sinceMs, room }: { sinceMs: number; room: number }): JsonObject[] {
  const rows = asked.storage.all(
    "SELECT * FROM qbo_records WHERE company = ? AND entity = ? AND updated >= ? ORDER BY deleted, updated, rowid LIMIT ?",
    ...[asked.company.key, kind.name, sinceMs, room],
  );
  return rows.map((row) => {
    const stored = toStored(row);
    if (!stored.deleted) return present(asked, stored);
    return { domain: "QBO", status: "Deleted", Id: stored.id, MetaData: { LastUpdatedTime: pacificTime(stored.updatedMs) } };
  });
}
