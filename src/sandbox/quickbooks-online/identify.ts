import type { RequestFacts } from "../emulator.ts";
import type { SandboxRequest } from "../http.ts";
import { isObject, listOf, objectOf, textOf } from "../json.ts";
import { companyPath, pathOf } from "./gateway.ts";
import { itemIds, slotOf } from "./replay.ts";

const readings = ["query", "cdc", "preferences", "companyinfo", "reports", "exchangerate", "download"];

/** What a request is about, before anything is checked. */
export function identify(request: SandboxRequest): RequestFacts {
  const path = pathOf(request);
  const call = companyPath.exec(path);
  if (call === null) return { company: null, entities: [], operations: [outside(path)], claim: null, key: null };
  const [, company = "", resource = ""] = call;
  const key = request.query.get("requestid");
  if (request.method !== "POST" || resource === "query") {
    return { company, entities: [resource], operations: [readings.includes(resource) ? resource : "read"], claim: null, key };
  }
  if (resource === "upload") return { company, entities: [resource], operations: [resource], claim: null, key };
  if (resource === "batch") return identifyBatch(request, company, key);
  const body = request.json();
  const operation = request.query.get("operation") ?? (isObject(body) && body["Id"] !== undefined ? "update" : "create");
  return { company, entities: [resource], operations: [operation], claim: key === null ? null : `${company} ${key}`, key };
}

function outside(path: string): string {
  if (path.endsWith("/bearer")) return "token";
  if (path.endsWith("/revoke")) return "revoke";
  return path.startsWith("/app") ? "page" : "authorize";
}

function identifyBatch(request: SandboxRequest, company: string, key: string | null): RequestFacts {
  const items = listOf(objectOf(request.json())["BatchItemRequest"]).map(objectOf);
  const own = ["bId", "operation", "optionsData"];
  const entities = items.map(
    (item) =>
      Object.keys(item)
        .find((member) => !own.includes(member))
        ?.toLowerCase() ?? "",
  );
  const operations = items.map((item) => textOf(item["operation"]) ?? "query");
  return {
    company,
    entities: ["batch", ...new Set(entities)],
    operations: ["batch", ...new Set(operations)],
    claim: key === null ? null : `${company} ${slotOf(key, itemIds(request))}`,
    key,
  };
}
