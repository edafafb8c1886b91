import { escapeHtml } from "../http.ts";
import { isObject, listOf, objectOf, type Json, type JsonObject } from "../json.ts";

const namespace = "http://schema.intuit.com/finance/v3";
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** What stands in attributes of an element instead of elements in it. */
const attributesOf: Readonly<Record<string, readonly string[]>> = {
  QueryResponse: ["startPosition", "maxResults", "totalCount"],
  BatchItemResponse: ["bId"],
  Fault: ["type"],
  Error: ["code", "element"],
  ColData: ["value", "id"],
  Section: ["group"],
};
const recordAttributes = ["domain", "sparse", "status"];

/** The XML of an answer that was computed as JSON: the same members, references as text with a name beside it. */
export function toXml(answer: JsonObject): string {
  if (isObject(answer["fault"])) return gatewayFault(answer["fault"], Number(answer["time"]));
  if (answer["Header"] !== undefined) return `${head}<Report xmlns="${namespace}">${inner(answer)}</Report>`;
  const { time, ...members } = answer;
  return `${head}<IntuitResponse time="${escapeHtml(String(time))}" xmlns="${namespace}">${inner(members)}</IntuitResponse>`;
}

function gatewayFault(fault: JsonObject, atMs: number): string {
  const errors = listOf(fault["error"]).map((entry) => {
    const { message, detail, code } = objectOf(entry);
    return { Message: message ?? "", Detail: detail ?? "", code: code ?? "" };
  });
  return toXml({ Fault: { type: fault["type"] ?? "", Error: errors }, time: new Date(atMs).toISOString() });
}

function inner(members: JsonObject): string {
  return Object.entries(members)
    .map(([name, value]) =>
      Array.isArray(value)
        ? listOf(value)
            .map((entry) => element(name, entry))
            .join("")
        : element(name, value),
    )
    .join("");
}

function element(name: string, value: Json): string {
  if (value === null) return "";
  if (!isObject(value)) return `<${name}>${escapeHtml(String(value))}</${name}>`;
  if (isReference(name, value)) {
    const { value: id, ...marks } = value;
    return `<${name}${attributes(marks)}>${escapeHtml(String(id))}</${name}>`;
  }
  const inTag = attributesOf[name] ?? (value["domain"] === undefined ? [] : recordAttributes);
  const marks = Object.fromEntries(inTag.flatMap((mark) => (value[mark] === undefined ? [] : [[mark, value[mark]]])));
  const rest = Object.fromEntries(Object.entries(value).filter(([member]) => !inTag.includes(member)));
  return `<${name}${attributes(marks)}>${inner(rest)}</${name}>`;
}

function isReference(name: string, value: JsonObject): boolean {
  if (name === "ColData" || typeof value["value"] !== "string") return false;
  return Object.keys(value).every((member) => member === "value" || member === "name" || member === "type");
}

function attributes(marks: JsonObject): string {
  return Object.entries(marks)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`)
    .join("");
}
