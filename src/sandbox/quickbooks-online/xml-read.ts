import { SaxesParser } from "saxes";
import type { SandboxRequest } from "../http.ts";
import type { Json, JsonObject } from "../json.ts";
import { kindOfName, kindOfPath } from "./kinds.ts";
import type { Shape } from "./schema.ts";

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

export function isXml(request: SandboxRequest): boolean {
  return /[/+]xml/.test(request.headers["content-type"] ?? "");
}

/** The same request with its XML body as the JSON it stands for; unreadable XML has no JSON. */
export function fromXml(request: SandboxRequest, resource: string): SandboxRequest {
  const root = parse(request.body.toString("utf8"));
  const value = root === null ? undefined : toBody(root, resource);
  return { ...request, json: () => value };
}

function parse(text: string): Node | null {
  const parser = new SaxesParser();
  const open: Node[] = [];
  let root: Node | null = null;
  let isBroken = false;
  parser.on("error", () => (isBroken = true));
  // Entities of a document type are an attacker's tool; the service has no use for them.
  parser.on("doctype", () => (isBroken = true));
  parser.on("opentag", ({ name, attributes }) => {
    const node: Node = { name: localName(name), attributes: { ...attributes }, children: [], text: "" };
    open.at(-1)?.children.push(node);
    root ??= node;
    open.push(node);
  });
  parser.on("text", (chunk) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += chunk;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(text).close();
  return isBroken ? null : root;
}

const localName = (name: string) => name.slice(name.indexOf(":") + 1);

function toBody(root: Node, resource: string): JsonObject | undefined {
  if (resource === "batch") return { BatchItemRequest: root.children.filter(({ name }) => name === "BatchItemRequest").map(toItem) };
  const kind = kindOfPath(resource);
  if (kind === null || root.name !== kind.name) return undefined;
  return toRecord(kind.fields, root);
}

function toItem(node: Node): JsonObject {
  const item: JsonObject = { ...node.attributes };
  for (const child of node.children) {
    const kind = kindOfName(child.name);
    item[child.name] = kind === null ? child.text : toRecord(kind.fields, child);
  }
  return item;
}

function toRecord(shape: Shape, node: Node): JsonObject {
  const { sparse } = node.attributes;
  return { ...toMembers(shape, node), ...(sparse === undefined ? {} : { sparse }) };
}

function toMembers(shape: Shape, node: Node): JsonObject {
  const members: JsonObject = {};
  for (const child of node.children) {
    const field = Object.hasOwn(shape, child.name) ? shape[child.name] : undefined;
    if (field?.kind === "rows") {
      const before = members[child.name];
      members[child.name] = [...(Array.isArray(before) ? (before as Json[]) : []), toMembers(field.fields, child)];
    } else
      members[child.name] =
        field?.kind === "group" ? toGroup(field.fields, child) : field?.kind === "ref" ? toReference(child) : child.text;
  }
  return members;
}

/** A memo is a text in XML and an object with a value in JSON. */
function toGroup(shape: Shape, node: Node): JsonObject {
  return node.children.length === 0 && shape["value"] !== undefined ? { value: node.text } : toMembers(shape, node);
}

function toReference({ text, attributes: { name, type } }: Node): JsonObject {
  return { value: text.trim(), ...(name === undefined ? {} : { name }), ...(type === undefined ? {} : { type }) };
}
