import { Fault } from "../../../core/errors.ts";
import { refuseUtf16 } from "../input.ts";

/** One segment: `B3**104233*…`. Elements count as in the guides: `at(1)` is the first after the segment's name. */
export interface Segment {
  /** From 1, over the whole file. */
  readonly number: number;
  readonly id: string;
  /** The element's text without the blanks around it; "" when it is not there. */
  readonly at: (position: number) => string;
}

const segmentCharsMax = 64 * 1024;
/** Text some senders put above the interchange: mail headers, a blank page. */
const preambleCharsMax = 4096;
const isaElements = 16;

interface Cutter {
  buffer: string;
  count: number;
  /** Null before an ISA and after its IEA: the next interchange may use other delimiters. */
  delimiters: { readonly element: string; readonly terminator: string } | null;
}

/**
 * Cuts a file into segments, with the delimiters each ISA declares. A line end after the terminator is no part of the
 * next segment. A last segment without terminator is given out when it is whole (`IEA`).
 *
 * Faults: `file_malformed` with `segment` when there is no ISA, or a segment has no end.
 */
export async function* readSegments(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Segment> {
  const cutter: Cutter = { buffer: "", count: 0, delimiters: null };
  // Names may hold any bytes; X12 itself is ASCII, and Windows-1252 never fails.
  const decoder = new TextDecoder("windows-1252");
  let isFirst = true;
  for await (const chunk of bytes) {
    if (isFirst) refuseUtf16(chunk, "file_malformed");
    isFirst = false;
    cutter.buffer += decoder.decode(chunk, { stream: true });
    yield* cut(cutter);
    if (cutter.buffer.length > segmentCharsMax) refuse(cutter, `has no end within ${segmentCharsMax} characters`);
  }
  const rest = cutter.buffer.trim();
  if (rest === "") {
    if (cutter.count === 0) refuse(cutter, "is missing: the file is empty");
  } else if (cutter.delimiters === null) refuse(cutter, `is no ISA, or half of one: "${rest.slice(0, 20)}"`);
  else if (rest.startsWith("IEA")) yield segment(cutter, rest, cutter.delimiters.element);
  else yield { number: cutter.count + 1, id: "", at: () => rest.slice(0, 40) };
}

function* cut(cutter: Cutter): Generator<Segment> {
  for (;;) {
    cutter.delimiters ??= findDelimiters(cutter);
    if (cutter.delimiters === null) return;
    const { element, terminator } = cutter.delimiters;
    let start = 0;
    let isClosed = false;
    for (let end = cutter.buffer.indexOf(terminator); end >= 0 && !isClosed; end = cutter.buffer.indexOf(terminator, start)) {
      const text = cutter.buffer.slice(start, end).trim();
      start = end + terminator.length;
      if (text === "") continue;
      const found = segment(cutter, text, element);
      isClosed = found.id === "IEA";
      yield found;
    }
    cutter.buffer = cutter.buffer.slice(start);
    if (!isClosed) return;
    cutter.delimiters = null;
  }
}

function segment(cutter: Cutter, text: string, separator: string): Segment {
  cutter.count += 1;
  const elements = text.split(separator);
  return { number: cutter.count, id: elements[0]!.trim(), at: (position) => (elements[position] ?? "").trim() };
}

/**
 * Reads the delimiters from the ISA: the character after `ISA`, and the one after ISA16. They are counted by separators,
 * not by the fixed width, because blanks at the ends of elements get lost on the way.
 */
function findDelimiters(cutter: Cutter): Cutter["delimiters"] {
  const start = cutter.buffer.indexOf("ISA");
  if (start < 0) {
    if (cutter.buffer.length > preambleCharsMax) refuse(cutter, "is no ISA");
    return null;
  }
  if (cutter.count > 0 && cutter.buffer.slice(0, start).trim() !== "") {
    refuse(cutter, `stands after the end of the interchange: "${cutter.buffer.trim().slice(0, 20)}"`);
  }
  const element = cutter.buffer[start + 3];
  if (element === undefined) return null;
  if (/[A-Za-z0-9\s]/.test(element)) refuse(cutter, `is an ISA with "${element}" as its element separator`);
  let offset = start + 3;
  for (let found = 1; found < isaElements; found += 1) {
    offset = cutter.buffer.indexOf(element, offset + 1);
    if (offset < 0) return null;
  }
  const terminator = cutter.buffer[offset + 2];
  // A lone CR may be the first half of CRLF: the next character decides nothing, blanks are trimmed.
  if (terminator === undefined) return null;
  if (/[A-Za-z0-9 ]/.test(terminator)) refuse(cutter, `is an ISA with "${terminator}" as its segment terminator`);
  cutter.buffer = cutter.buffer.slice(start);
  return { element, terminator };
}

function refuse(cutter: Cutter, why: string): never {
  const number = String(cutter.count + 1);
  throw new Fault("file_malformed", `The file is no X12 interchange: segment ${number} ${why}`, { line: "1", segment: number });
}
