import { isText, listItems, objectNames, typed } from "./shape.ts";

const forbiddenNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Why an event that is proper XML cannot be taken. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly detail: string;
}

/** An element whose end has not come yet. */
export interface Element {
  readonly name: string;
  readonly parentName: string;
  readonly line: number;
  readonly kind: "text" | "list" | "object" | "open";
  readonly members: Record<string, unknown>;
  readonly items: unknown[];
  text: string;
  readonly addAttribute: (name: string, value: string) => Problem | null;
}

/** `parent` is null for the root and for the list's container. */
export function openElement({ parent, name, line }: { parent: Element | null; name: string; line: number }): Element {
  const parentName = parent?.name ?? "";
  const element: Element = {
    name,
    parentName,
    line,
    kind: kindOf(parent, name),
    members: {},
    items: [],
    text: "",
    addAttribute: (attribute, value) => addMember(element, attribute, typed(name, attribute, value)),
  };
  return element;
}

function kindOf(parent: Element | null, name: string): Element["kind"] {
  if (parent === null || parent.name === "events") return "object";
  if (parent.kind === "list") return "object";
  if (isText(parent.name, name)) return "text";
  if (listItems.has(name)) return "list";
  return objectNames.has(name) ? "object" : "open";
}

/** Ends an element: its value is given to `parent`, or returned alone when there is none. */
export function closeElement(element: Element, parent: Element | null): { value: unknown; problem: Problem | null } {
  const { value, problem } = valueOf(element);
  if (parent === null) return { value, problem };
  return { value, problem: problem ?? give(element, value, parent) };
}

function valueOf(element: Element): { value: unknown; problem: Problem | null } {
  const { kind, members, items, text, name, parentName } = element;
  const memberCount = Object.keys(members).length;
  const isPlain = memberCount === 0 && items.length === 0;
  if (kind === "text" || (kind === "open" && isPlain)) {
    if (!isPlain) return { value: text, problem: problem(element, "shape", `<${name}> holds elements where a text belongs`) };
    const broken = text.includes("\u0000") || !text.isWellFormed();
    return { value: typed(parentName, name, text), problem: broken ? problem(element, "text", `<${name}> holds no proper text`) : null };
  }
  const isList = kind === "list" || (kind === "open" && items.length > 0);
  const isMixed = text.trim() !== "" || (isList ? memberCount > 0 : items.length > 0);
  const value: unknown = isList ? items : members;
  return { value, problem: isMixed ? problem(element, "shape", `<${name}> mixes text, fields and list items`) : null };
}

function give(element: Element, value: unknown, parent: Element): Problem | null {
  const item = listItems.get(parent.name) ?? "item";
  if (parent.kind === "list" && element.name !== item && element.name !== "item") {
    return problem(element, "shape", `<${element.name}> stands in <${parent.name}>, where only <${item}> belongs`);
  }
  if (parent.kind === "list" || (parent.kind === "open" && element.name === "item")) {
    parent.items.push(value);
    return null;
  }
  return addMember(parent, element.name, value, element.line);
}

function addMember(element: Element, name: string, value: unknown, line = element.line): Problem | null {
  if (forbiddenNames.has(name)) return problem({ name, line }, "name", `The name "${name}" is not allowed`);
  if (Object.hasOwn(element.members, name)) {
    return problem({ name, line }, "twice", `"${name}" stands twice in <${element.name}>`);
  }
  element.members[name] = value;
  return null;
}

const fixes = {
  shape: "Send the event in the shape of docs/formats.md",
  text: "Remove the character",
  name: "Leave the field out or name it otherwise",
  twice: "Send every field once: which of two amounts is meant cannot be guessed",
} as const;

function problem(place: { name: string; line: number }, kind: keyof typeof fixes, message: string): Problem {
  return { code: `xml_${kind}`, message: `${message} (line ${place.line})`, fix: fixes[kind], detail: place.name };
}
