import type { Answer } from "../http.ts";
import type { JsonObject } from "../json.ts";
import { invalidParameter, resourceType } from "./errors.ts";
import { hrefOf } from "./present.ts";
import { conditionOf } from "./filter.ts";
import { linksOf, pageOf } from "./suiteql.ts";
import type { RecordType } from "./types.ts";
import type { Work } from "./work.ts";

const pagesMax = 1000;

/** `GET /{type}`: ids and links of a page; nothing else of a record. */
export function listRecords(work: Work, type: RecordType, query: URLSearchParams): Answer {
  const { company, storage } = work;
  const { limit, offset } = pageOf(query);
  if (offset / limit >= pagesMax) throw invalidParameter(`A list has at most ${pagesMax} pages.`, "offset");
  const { sql, values } = conditionOf(work, type, query.get("q"));
  const from = `FROM ns_records r WHERE r.company = ? AND r.type = ? AND ${sql}`;
  const total = Number(storage.once(`SELECT count(*) AS n ${from}`, company.key, type.name, ...values)[0]?.["n"] ?? 0);
  const rows = storage.once(`SELECT r.id ${from} ORDER BY r.id LIMIT ${limit} OFFSET ${offset}`, company.key, type.name, ...values);
  const items = rows.map(
    (row): JsonObject => ({
      links: [{ rel: "self", href: hrefOf(work, type.name, Number(row["id"])), method: "GET" }],
      id: String(row["id"]),
    }),
  );
  const self = `${work.base}/record/v1/${type.name.toLowerCase()}`;
  const links = linksOf(self, { limit, offset, total, switches: company.switches, sent: query }).map((link) =>
    link["rel"] === "self" ? { ...link, method: "GET" } : link,
  );
  const body = { links, count: items.length, hasMore: offset + items.length < total, items, offset, totalResults: total };
  return { status: 200, headers: { "content-type": resourceType("collection") }, body: JSON.stringify(body) };
}
