import { SaxesParser } from "saxes";
import { escapeHtml } from "./http.ts";

/** One element of a request. Names and text are other people's input. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Why a text is not taken as XML. */
export class XmlTrouble extends Error {}

/** What any of the systems takes: more is an attack or a mistake. A request may carry attachments, hence the size. */
const caps = { bytes: 64 * 1024 * 1024, depth: 32, elements: 500_000, attributes: 16, attributeLength: 1000 } as const;

/** Reads one document without document types and entities of its own. Throws an XmlTrouble. */
export function readXml(body: Buffer): Element {
  if (body.length > caps.bytes) throw new XmlTrouble(`The document has more than ${caps.bytes} bytes`);
  const parser = new SaxesParser();
  const open: Element[] = [];
  let root: Element | null = null;
  let count = 0;
  const stop = (reason: string) => {
    throw new XmlTrouble(reason);
  };
  parser.on("error", ({ message }) => stop(message));
  parser.on("doctype", () => stop("A document type is not allowed"));
  parser.on("opentag", ({ name, attributes }) => {
    const pairs = Object.entries(attributes);
    if (++count > caps.elements) stop(`The document has more than ${caps.elements} elements`);
    if (open.length >= caps.depth) stop(`The document is nested deeper than ${caps.depth} elements`);
    if (pairs.length > caps.attributes || pairs.some(([, value]) => value.length > caps.attributeLength))
      stop("An element has too many or too long attributes");
    const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: "" };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const add = (chunk: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += chunk;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => void open.pop());
  parser.write(body.toString("utf8")).close();
  return root ?? stop("The document is empty");
}

/** The first child of exactly that name. */
export function childOf(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((child) => child.name === name);
}

/** As `childOf`, without regard to case. */
export function looseChild(element: Element | undefined, name: string): Element | undefined {
  const wanted = name.toLowerCase();
  return element?.children.find((child) => child.name.toLowerCase() === wanted);
}

/** Text of a child without surrounding blanks; an empty element is the same as none. */
export function textIn(element: Element | undefined, name: string): string | null {
  const text = looseChild(element, name)?.text.trim() ?? "";
  return text === "" ? null : text;
}

/** What is written: text is escaped, `raw` is XML already. */
export type Content = string | null | { readonly raw: string } | readonly string[];

/** `<name>text</name>`; null makes an empty element. An array holds finished elements. */
export function tag(name: string, content: Content = null, attributes: Readonly<Record<string, string | number>> = {}): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeHtml(String(value))}"`)
    .join("");
  const inner =
    content === null ? "" : typeof content === "string" ? escapeHtml(content) : "raw" in content ? content.raw : content.join("");
  return inner === "" ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
}
