import { SaxesParser } from "saxes";
import { Fault } from "../../../core/errors.ts";

/** One element as read. Text and children never mix in their answers; where they do, the text is all of it, joined. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const depthMax = 32;
const attributesMax = 16;
const elementsMax = 2_000_000;

interface Growing {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Growing[];
  text: string;
}

/**
 * Reads an answer of theirs, which is hostile input like any other: no document type and so no entities of its own, bounded
 * depth, attributes and number of elements; the size is bounded where it is fetched. Fault: `body_malformed`.
 */
export function parseXml(text: string): Element {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const stack: Growing[] = [];
  let root: Growing | undefined;
  let elements = 0;
  let attributes = 0;
  parser.on("error", (error) => refuse(error.message));
  parser.on("doctype", () => refuse("a document type is not taken"));
  parser.on("opentagstart", () => {
    attributes = 0;
    if (stack.length >= depthMax) refuse(`elements are nested deeper than ${depthMax}`);
    if (++elements > elementsMax) refuse(`there are more than ${elementsMax} elements`);
  });
  parser.on("attribute", () => {
    if (++attributes > attributesMax) refuse(`an element has more than ${attributesMax} attributes`);
  });
  parser.on("opentag", (tag) => {
    const element: Growing = { name: tag.name, attributes: tag.attributes, children: [], text: "" };
    stack.at(-1)?.children.push(element);
    root ??= element;
    stack.push(element);
  });
  const addText = (more: string): void => {
    const open = stack.at(-1);
    if (open) open.text += more;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => void stack.pop());
  parser.write(text).close();
  return root ?? refuse("it has no root element");
}

function refuse(why: string): never {
  throw new Fault("body_malformed", `The answer is no XML that can be trusted: ${why}`);
}

/** The first child of that name, whatever its case. */
export function childOf(element: Element | undefined, name: string): Element | undefined {
  const wanted = name.toLowerCase();
  return element?.children.find((child) => child.name.toLowerCase() === wanted);
}

/** All children of that name, whatever its case: one child and many are the same kind of thing. */
export function childrenOf(element: Element | undefined, name: string): readonly Element[] {
  const wanted = name.toLowerCase();
  return element?.children.filter((child) => child.name.toLowerCase() === wanted) ?? [];
}

/** The text of a child without the blanks around it; empty when it is missing, which means the same over there. */
export function textIn(element: Element | undefined, ...path: readonly string[]): string {
  let at = element;
  for (const name of path) at = childOf(at, name);
  return at?.text.trim() ?? "";
}

/** Something to be written: markup that is finished. */
export type Markup = string & { readonly markup: true };

/** What may stand in an element: markup, or a text that is escaped. Nothing at all leaves the element out. */
export type Content = Markup | readonly Markup[] | { readonly text: string } | null;

const names = /^[A-Za-z_][\w.-]*$/;

/** One element. Names are checked, because names of custom fields come from outside. */
export function tag(name: string, content: Content, attributes: Readonly<Record<string, string>> = {}): Markup {
  if (content === null) return "" as Markup;
  if (!names.test(name)) throw new Fault("books_refused", `"${name.slice(0, 60)}" cannot be the name of a field in Sage Intacct.`);
  const inner = typeof content === "string" ? content : "text" in content ? escapeText(content.text) : content.join("");
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeText(value).replaceAll('"', "&quot;")}"`);
  return `<${name}${told.join("")}>${inner}</${name}>` as Markup;
}

/** An element with a text in it; left out when there is none. */
export function field(name: string, text: string | undefined): Markup {
  return tag(name, text === undefined ? null : { text });
}

/** Control characters cannot stand in XML 1.0, not even escaped; lone halves of a character neither. */
function escapeText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go.
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
  );
}
