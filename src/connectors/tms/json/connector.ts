import { Fault } from "../../../core/errors.ts";
import type { ReadPart, TmsConnector } from "../connector.ts";
import { readLines, readText } from "../input.ts";
import { unreadable } from "../part.ts";
import { readMessage } from "./message.ts";

const bodyBytesMax = 64 * 1024 * 1024;
const lineBytesMax = 1024 * 1024;

/** One JSON text: an event, an array, `{"events": […]}`, CloudEvents single or batch. Places are JSON pointers. */
export const jsonConnector: TmsConnector = {
  format: "json",
  title: "JSON: one event, a list, or CloudEvents",
  recognizes: (head, fileName) => /^\uFEFF?\s*[[{]/.test(head) && !looksLikeLines(head) && !isLinesName(fileName),
  async *read(bytes) {
    const { text, isAscii } = await readText(bytes, bodyBytesMax);
    yield* readMessage(text, isAscii);
  },
};

/** One event (or CloudEvent) a line. A bad line is reported by its number, the others are taken. */
export const ndjsonConnector: TmsConnector = {
  format: "ndjson",
  title: "NDJSON: one event a line",
  recognizes: (head, fileName) => looksLikeLines(head) || (isLinesName(fileName) && /^\uFEFF?\s*[[{]/.test(head)),
  async *read(bytes) {
    for await (const { number, text, isUtf8 } of readLines(bytes, lineBytesMax)) {
      const place = `line ${number}`;
      if (text === null || !isUtf8) yield badLine(place, text === null ? `is longer than ${lineBytesMax} bytes` : "is not UTF-8 text");
      else if (text.trim() !== "") yield* readLine(place, text);
    }
  },
};

function readLine(place: string, text: string): ReadPart[] {
  try {
    // A line with a list in it is taken too; the line is the place then, and the pointer inside it is added.
    return readMessage(text).map((part) =>
      "event" in part
        ? { event: { ...part.event, place: at(place, part.event.place) } }
        : { unreadable: { ...part.unreadable, place: at(place, part.unreadable.place) } },
    );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { column, pointer } = error.details;
    return [badLine(place, `could not be read${column === undefined ? (pointer ?? "") : ` at column ${column}`}: ${error.message}`)];
  }
}

function at(line: string, pointer: string): string {
  return pointer === "" ? line : `${line} ${pointer}`;
}

function badLine(place: string, why: string): ReadPart {
  return unreadable(place, {
    code: "line_unreadable",
    message: `${place[0]!.toUpperCase()}${place.slice(1)} ${why}`,
    fix: "Mend this line and send it again alone; the other lines were taken",
    detail: "ndjson",
  });
}

function isLinesName(fileName: string): boolean {
  return /\.(?:ndjson|jsonl)$/i.test(fileName);
}

function looksLikeLines(head: string): boolean {
  const [first, second] = head.replace(/^\uFEFF/, "").split(/\r?\n/, 2);
  if (first === undefined || second === undefined || !/^\s*\{/.test(second)) return false;
  try {
    return typeof JSON.parse(first) === "object";
  } catch {
    return false;
  }
}
