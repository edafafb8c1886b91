import type { Answer, SandboxRequest } from "../http.ts";
import { isObject, parseJson } from "../json.ts";
import { toXml } from "./xml-write.ts";

/** Without a wish for JSON the service answers in XML. */
export function wantsXml(request: SandboxRequest, otherwise: "xml" | "json"): boolean {
  if (request.query.get("format") === "json") return false;
  const { accept } = request.headers;
  if (accept === undefined || accept === "") return otherwise === "xml";
  if (/json|\*\/\*|application\/\*/.test(accept)) return false;
  return true;
}

/** The answer in the format the client asked for: everything is computed as JSON first. */
export function inFormat(answer: Answer, format: "xml" | "json"): Answer {
  if (format === "json" || !(answer.headers["content-type"] ?? "").startsWith("application/json")) return answer;
  const value = parseJson(answer.body);
  if (!isObject(value)) return answer;
  return { ...answer, headers: { ...answer.headers, "content-type": "application/xml;charset=UTF-8" }, body: toXml(value) };
}
