import { SaxesParser } from "saxes";
import { Fault } from "../../../core/errors.ts";
import type { ReadPart } from "../connector.ts";
import { refuseUtf16 } from "../input.ts";
import { closeElement, type Element, openElement, type Problem } from "./element.ts";
import { unreadable } from "../part.ts";

const depthMax = 32;
const attributesMax = 64;
/** Characters of one event, markup left out; and of anything between two tags. */
const eventCharsMax = 4 * 1024 * 1024;
const sliceBytes = 64 * 1024;

interface Reading {
  readonly parser: SaxesParser;
  readonly stack: Element[];
  readonly done: ReadPart[];
  attributes: number;
  /** Characters of the event being read. */
  chars: number;
  /** Bytes given to the parser since it last told us something. */
  silentBytes: number;
  events: number;
  isList: boolean;
  problem: Problem | null;
}

/** Reads events as they are complete. Faults: `body_malformed` with `line` and `column` where the text is no XML or is refused. */
export async function* xmlEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReadPart> {
  const reading = start();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let isFirst = true;
  for await (const chunk of bytes) {
    if (isFirst) refuseUtf16(chunk, "body_malformed");
    isFirst = false;
    for (let offset = 0; offset < chunk.length; offset += sliceBytes) {
      const slice = chunk.subarray(offset, offset + sliceBytes);
      reading.silentBytes += slice.length;
      reading.parser.write(decode(reading, decoder, slice));
      if (reading.silentBytes > eventCharsMax) refuse(reading, `Nothing is closed within ${eventCharsMax} bytes`);
      yield* reading.done.splice(0);
    }
  }
  reading.parser.write(decode(reading, decoder, null));
  reading.parser.close();
  yield* reading.done.splice(0);
}

function decode(reading: Reading, decoder: InstanceType<typeof TextDecoder>, slice: Uint8Array | null): string {
  try {
    return slice === null ? decoder.decode() : decoder.decode(slice, { stream: true });
  } catch {
    return refuse(reading, "The text is not UTF-8");
  }
}

function start(): Reading {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const reading: Reading = {
    parser,
    stack: [],
    done: [],
    attributes: 0,
    chars: 0,
    silentBytes: 0,
    events: 0,
    isList: false,
    problem: null,
  };
  parser.on("error", (error) => refuse(reading, error.message.replace(/^\d+:\d+: /, "")));
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) refuse(reading, `The encoding ${encoding} is not taken, only UTF-8`);
  });
  parser.on("doctype", () => refuse(reading, "A document type (DOCTYPE) is not allowed"));
  parser.on("opentagstart", () => {
    reading.attributes = 0;
    reading.silentBytes = 0;
    if (reading.stack.length >= depthMax) refuse(reading, `Elements are nested deeper than ${depthMax}`);
  });
  parser.on("attribute", ({ name, value }) => {
    reading.attributes += 1;
    if (reading.attributes > attributesMax) refuse(reading, `An element has more than ${attributesMax} attributes`);
    count(reading, name.length + value.length);
  });
  parser.on("opentag", ({ name, attributes }) => open(reading, localName(name), attributes));
  parser.on("text", (text) => addText(reading, text));
  parser.on("cdata", (text) => addText(reading, text));
  parser.on("closetag", () => close(reading));
  return reading;
}

function refuse({ parser }: Reading, why: string): never {
  const line = String(parser.line);
  const column = String(parser.column + 1);
  throw new Fault("body_malformed", `The XML cannot be read at line ${line}, column ${column}: ${why}`, { line, column });
}

function count(reading: Reading, chars: number): void {
  reading.silentBytes = 0;
  reading.chars += chars;
  if (reading.chars > eventCharsMax) refuse(reading, `An event is longer than ${eventCharsMax} characters`);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function open(reading: Reading, name: string, attributes: Readonly<Record<string, string>>): void {
  const { stack } = reading;
  const parent = stack.at(-1);
  if (parent === undefined) {
    if (name !== "events" && name !== "event") refuse(reading, `The root element is <${name}>; it must be <events> or <event>`);
    reading.isList = name === "events";
  } else if (parent.name === "events" && stack.length === 1 && name !== "event") {
    refuse(reading, `<${name}> stands in <events>, where only <event> belongs`);
  }
  if (stack.length === (reading.isList ? 1 : 0)) {
    reading.chars = 0;
    reading.problem = null;
  }
  const isRoot = reading.isList && stack.length === 0;
  // A field whose name is no XML name comes as <entry key="…">.
  const { key, ...others } = attributes;
  const isEntry = name === "entry" && key !== undefined;
  const element = openElement({ parent: parent ?? null, name: isEntry ? key : name, line: reading.parser.line });
  stack.push(element);
  if (!isRoot) reading.problem ??= addAttributes(element, isEntry ? others : attributes);
}

/** Attributes are members like elements. Namespace declarations and `xsi:` hints say nothing about the event. */
function addAttributes(element: Element, attributes: Readonly<Record<string, string>>): Problem | null {
  let problem: Problem | null = null;
  for (const [name, value] of Object.entries(attributes)) {
    if (/^(?:xmlns|xml|xsi)(?::|$)/.test(name)) continue;
    problem ??= element.addAttribute(localName(name), value);
  }
  return problem;
}

function addText(reading: Reading, text: string): void {
  count(reading, text.length);
  const { stack, isList } = reading;
  const element = stack.at(-1);
  if (element === undefined) return;
  if (!isList || stack.length > 1) element.text += text;
  else if (text.trim() !== "") refuse(reading, "Text stands between the events");
}

function close(reading: Reading): void {
  const { stack, done } = reading;
  reading.silentBytes = 0;
  const element = stack.pop()!;
  const isEvent = stack.length === (reading.isList ? 1 : 0);
  if (reading.isList && stack.length === 0) return;
  const closed = closeElement(element, isEvent ? null : stack.at(-1)!);
  reading.problem ??= closed.problem;
  if (!isEvent) return;
  const place = reading.isList ? `/events/${reading.events}` : "";
  reading.events += 1;
  done.push(reading.problem === null ? { event: { place, raw: closed.value } } : unreadable(place, reading.problem));
}
