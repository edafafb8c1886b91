/**
 * A strict JSON reader (RFC 8259) that says what `JSON.parse` keeps to itself: where the text breaks off, and which keys
 * come twice. It is slow beside `JSON.parse` and runs only when something is known to be wrong.
 */

export const depthMax = 64;
export const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
export const ambiguitiesMax = 1000;

/** Something JSON allows and money must not rest on. `path` leads to the value or key meant. */
export interface Ambiguity {
  readonly kind: "duplicate_key" | "key_forbidden" | "too_deep" | "number_imprecise" | "text_invalid";
  readonly path: readonly (string | number)[];
  readonly seen: string;
}

/** Where the text stops being JSON: offset in UTF-16 units. */
export interface SyntaxBreak {
  readonly offset: number;
  readonly message: string;
}

interface Frame {
  /** Null in an array. */
  readonly keys: Set<string> | null;
  /** The key or index being read. */
  at: string | number;
}

interface Scan {
  readonly text: string;
  readonly frames: Frame[];
  readonly ambiguities: Ambiguity[];
  offset: number;
}

class Break extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** Reads the whole text. `broken` is null when it is JSON; at most a thousand ambiguities are kept. */
export function scanJson(text: string): { broken: SyntaxBreak | null; ambiguities: Ambiguity[] } {
  const scan: Scan = { text, frames: [], ambiguities: [], offset: 0 };
  try {
    for (let isOpen = true; isOpen; ) isOpen = readValue(scan) || readEnd(scan);
    return { broken: null, ambiguities: scan.ambiguities };
  } catch (error) {
    if (!(error instanceof Break)) throw error;
    return { broken: { offset: error.offset, message: error.message }, ambiguities: scan.ambiguities };
  }
}

const whitespace = /[ \t\n\r]*/y;
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordToken = /(?:true|false|null)(?!\w)/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Reads one value. True when a container was opened and its first member comes next. */
function readValue(scan: Scan): boolean {
  const char = next(scan);
  if (char === "{" || char === "[") return open(scan, char);
  if (char === '"') noteText(scan, readString(scan));
  else if (char === "-" || (char >= "0" && char <= "9")) noteNumber(scan, token(scan, numberToken, "a number"));
  else token(scan, wordToken, "a value");
  return false;
}

/** Reads on after a value until the next member. False at the end of the text. */
function readEnd(scan: Scan): boolean {
  for (;;) {
    const frame = scan.frames.at(-1);
    const char = next(scan);
    if (frame === undefined) {
      if (char !== "") throw new Break(scan.offset, `${shown(char)} after the end of the value`);
      return false;
    }
    const end = frame.keys === null ? "]" : "}";
    if (char === ",") {
      scan.offset += 1;
      if (frame.keys === null) frame.at = (frame.at as number) + 1;
      else readKey(scan, frame.keys, frame);
      return true;
    }
    if (char !== end) throw new Break(scan.offset, `${shown(char)} where "," or "${end}" belongs`);
    scan.offset += 1;
    scan.frames.pop();
  }
}

function open(scan: Scan, char: "{" | "["): boolean {
  scan.offset += 1;
  const frame: Frame = char === "{" ? { keys: new Set(), at: "" } : { keys: null, at: 0 };
  if (scan.frames.length === depthMax) note(scan, "too_deep", `more than ${depthMax} levels`);
  if (next(scan) === (char === "{" ? "}" : "]")) {
    scan.offset += 1;
    return false;
  }
  scan.frames.push(frame);
  if (frame.keys !== null) readKey(scan, frame.keys, frame);
  return true;
}

function readKey(scan: Scan, keys: Set<string>, frame: Frame): void {
  if (next(scan) !== '"') throw new Break(scan.offset, `${shown(next(scan))} where a key in quotes belongs`);
  const key = readString(scan);
  frame.at = key;
  if (keys.has(key)) note(scan, "duplicate_key", key);
  if (forbiddenKeys.has(key)) note(scan, "key_forbidden", key);
  noteText(scan, key);
  keys.add(key);
  if (next(scan) !== ":") throw new Break(scan.offset, `${shown(next(scan))} where ":" belongs`);
  scan.offset += 1;
}

function readString(scan: Scan): string {
  const { text } = scan;
  const start = scan.offset;
  for (let offset = start + 1; ; ) {
    const char = text[offset];
    if (char === undefined) throw new Break(start, "A text that is never closed");
    if (char === '"') {
      scan.offset = offset + 1;
      return JSON.parse(text.slice(start, offset + 1)) as string;
    }
    if (char < " ") throw new Break(offset, "A control character inside a text");
    if (char !== "\\") offset += 1;
    else {
      escape.lastIndex = offset;
      if (!escape.test(text)) throw new Break(offset, "An unknown escape inside a text");
      offset = escape.lastIndex;
    }
  }
}

function token(scan: Scan, pattern: RegExp, wanted: string): string {
  pattern.lastIndex = scan.offset;
  const found = pattern.exec(scan.text)?.[0];
  if (found === undefined) throw new Break(scan.offset, `${shown(next(scan))} where ${wanted} belongs`);
  scan.offset += found.length;
  return found;
}

/** The next character that is no blank; "" at the end. */
function next(scan: Scan): string {
  whitespace.lastIndex = scan.offset;
  whitespace.test(scan.text);
  scan.offset = whitespace.lastIndex;
  return scan.text[scan.offset] ?? "";
}

function noteText(scan: Scan, text: string): void {
  if (text.includes("\u0000")) note(scan, "text_invalid", "a NUL character");
  if (!text.isWellFormed()) note(scan, "text_invalid", "half of a surrogate pair");
}

function noteNumber(scan: Scan, written: string): void {
  const value = Number(written);
  const isInteger = !/[.eE]/.test(written);
  if (!Number.isFinite(value) || (isInteger && !Number.isSafeInteger(value))) note(scan, "number_imprecise", written.slice(0, 40));
}

function note(scan: Scan, kind: Ambiguity["kind"], seen: string): void {
  if (scan.ambiguities.length >= ambiguitiesMax) return;
  scan.ambiguities.push({ kind, path: scan.frames.slice(0, depthMax).map((frame) => frame.at), seen });
}

function shown(char: string): string {
  return char === "" ? "The text ends" : `"${char}"`;
}
