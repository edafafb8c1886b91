import { isAscii } from "node:buffer";
import { Fault } from "../../core/errors.ts";

/** One line of a file, without its end. `text` is null when it is longer than the limit: nothing of it was kept. */
export interface TextLine {
  readonly number: number;
  readonly text: string | null;
  /** False when the bytes were no UTF-8 and were read as Windows-1252 instead. */
  readonly isUtf8: boolean;
}

const newline = 10;
const carriageReturn = 13;

/**
 * Reads all bytes as UTF-8 text, a byte order mark left out, and tells whether it is ASCII.
 *
 * Faults: `body_too_large` above `bytesMax`, `body_malformed` with `line` where the text is no UTF-8.
 */
export async function readText(bytes: AsyncIterable<Uint8Array>, bytesMax: number): Promise<{ text: string; isAscii: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > bytesMax) throw new Fault("body_too_large", `The message is larger than ${bytesMax} bytes; send it in parts or as NDJSON`);
    chunks.push(chunk);
  }
  const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
  refuseUtf16(whole, "body_malformed");
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(whole), isAscii: isAscii(whole) };
  } catch {
    const line = String(lineOfBadUtf8(whole));
    throw new Fault("body_malformed", `Line ${line} is not UTF-8 text; send the message as UTF-8`, { line });
  }
}

/** Faults with `code` when the bytes begin with a UTF-16 byte order mark: such a file reads as NULs and question marks. */
export function refuseUtf16(head: Uint8Array, code: "body_malformed" | "file_malformed"): void {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isUtf16) throw new Fault(code, "The text is UTF-16; save it as UTF-8 and send it again", { line: "1" });
}

function lineOfBadUtf8(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  // A newline byte is never part of a longer UTF-8 sequence, so lines can be tried one by one.
  for (let start = 0; start < bytes.length; line += 1) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return line;
}

/**
 * Yields the lines of a stream, ended by LF, CRLF or CR. Memory stays within one line: a longer one than `bytesMax`
 * is skipped and yielded as null.
 *
 * Faults: `file_malformed` for UTF-16.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<TextLine> {
  let kept: Uint8Array[] = [];
  let keptSize = 0;
  let number = 0;
  let isFirst = true;
  const take = (): TextLine[] => {
    const tooLong = keptSize > bytesMax;
    const line = tooLong ? null : kept.length === 1 ? kept[0]! : Buffer.concat(kept, keptSize);
    kept = [];
    keptSize = 0;
    const lines = line === null ? [{ number: number + 1, text: null, isUtf8: true }] : decodeLine(line, number + 1);
    number += lines.length;
    return lines;
  };
  for await (const chunk of bytes) {
    if (isFirst) refuseUtf16(chunk, "file_malformed");
    isFirst = false;
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      if (keptSize <= bytesMax) kept.push(chunk.subarray(start, end));
      keptSize += end - start;
      yield* take();
      start = end + 1;
    }
    if (keptSize <= bytesMax && start < chunk.length) kept.push(chunk.slice(start));
    keptSize += chunk.length - start;
  }
  if (keptSize > 0) yield* take();
}

/** The first line is numbered `number`. More than one comes back only where single CRs end lines (old Macintosh exports). */
function decodeLine(bytes: Uint8Array, number: number): TextLine[] {
  const end = bytes.length > 0 && bytes[bytes.length - 1] === carriageReturn ? bytes.length - 1 : bytes.length;
  const { text, isUtf8 } = decode(bytes.subarray(0, end));
  const clean = number === 1 && text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (!clean.includes("\r")) return [{ number, text: clean, isUtf8 }];
  return clean.split("\r").map((part, index) => ({ number: number + index, text: part, isUtf8 }));
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder("windows-1252");

function decode(bytes: Uint8Array): { text: string; isUtf8: boolean } {
  try {
    return { text: strictUtf8.decode(bytes), isUtf8: true };
  } catch {
    return { text: windows1252.decode(bytes), isUtf8: false };
  }
}
