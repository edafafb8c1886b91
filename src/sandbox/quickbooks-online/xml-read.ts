import type { SandboxRequest } from "../http.ts";
import type { Json, JsonObject } from "../json.ts";
import { kindOfName, kindOfPath } from "./kinds.ts";
import { readXml, XmlTrouble, type Element } from "../xml.ts";
import type { Shape } from "./schema.ts";

export function isXml(request: SandboxRequest): boolean {
  return /[/+]xml/.test(request.headers["content-type"] ?? "");
}

/** The same request with its XML body as the JSON it stands for; unreadable XML has no JSON. */
export function fromXml(request: SandboxRequest, resource: string): SandboxRequest {
  const root = parse(request.body);
  const value = root === null ? undefined : toBody(root, resource);
  return { ...request, json: () => value };
}

/** The document without its name spaces; null when it is none. */
function parse(body: Buffer): Element | null {
  try {
    return withoutPrefixes(readXml(body));
  } catch (error) {
    if (error instanceof XmlTrouble) return null;
    throw error;
  }
}

function withoutPrefixes({ name, attributes, children, text }: Element): Element {
  return { name: localName(name), attributes, children: children.map(withoutPrefixes), text };
}

const localName = (name: string) => name.slice(name.indexOf(":") + 1);

function toBody(root: Element, resource: string): JsonObject | undefined {
  if (resource === "batch") return { BatchItemRequest: root.children.filter(({ name }) => name === "BatchItemRequest").map(toItem) };
  const kind = kindOfPath(resource);
  if (kind === null || root.name !== kind.name) return undefined;
  return toRecord(kind.fields, root);
}

function toItem(node: Element): JsonObject {
  const item: JsonObject = { ...node.attributes };
  for (const child of node.children) {
    const kind = kindOfName(child.name);
    item[child.name] = kind === null ? child.text : toRecord(kind.fields, child);
  }
  return item;
}

function toRecord(shape: Shape, node: Element): JsonObject {
  const { sparse } = node.attributes;
  return { ...toMembers(shape, node), ...(sparse === undefined ? {} : { sparse }) };
}

function toMembers(shape: Shape, node: Element): JsonObject {
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
function toGroup(shape: Shape, node: Element): JsonObject {
  return node.children.length === 0 && shape["value"] !== undefined ? { value: node.text } : toMembers(shape, node);
}

function toReference({ text, attributes: { name, type } }: Element): JsonObject {
  return { value: text.trim(), ...(name === undefined ? {} : { name }), ...(type === undefined ? {} : { type }) };
}
