import { readLines, type TextLine } from "../input.ts";

/** One record of a CSV file: `line` is where it begins. `problem` set: it could not be cut into cells. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  readonly delimiter: string;
  readonly problem: "too_long" | "quote_open" | null;
}

const lineBytesMax = 64 * 1024;
/** A quoted field may run over this many lines; beyond it somebody forgot a quote. */
const quotedLinesMax = 20;

/** Lines as they come, with the possibility to put some back. */
interface Source {
  readonly next: () => Promise<TextLine | null>;
  readonly putBack: (lines: readonly TextLine[]) => void;
}

/**
 * Cuts a stream into records. The delimiter is asked for again at each record, since it is known only once the header
 * was seen. A quote that is never closed costs its own line; reading goes on with the next one.
 *
 * Faults: `file_malformed` for UTF-16.
 */
export async function* readRecords(bytes: AsyncIterable<Uint8Array>, delimiter: () => string | null): AsyncGenerator<CsvRecord> {
  const source = sourceOf(readLines(bytes, lineBytesMax));
  for (let line = await source.next(); line !== null; line = await source.next()) {
    if (line.text === null) yield { line: line.number, cells: [], delimiter: ",", problem: "too_long" };
    else yield await readRecord(source, line, delimiter() ?? likelyDelimiter(line.text));
  }
}

function sourceOf(lines: AsyncGenerator<TextLine>): Source {
  const kept: TextLine[] = [];
  return {
    next: async () => {
      const again = kept.pop();
      if (again !== undefined) return again;
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    putBack: (back) => kept.push(...back.toReversed()),
  };
}

async function readRecord(source: Source, first: TextLine, delimiter: string): Promise<CsvRecord> {
  let text = first.text!;
  const more: TextLine[] = [];
  for (;;) {
    const cells = splitCells(text, delimiter);
    if (cells !== null) return { line: first.number, cells, delimiter, problem: null };
    const line = more.length < quotedLinesMax ? await source.next() : null;
    if (line !== null) more.push(line);
    if (line === null || line.text === null) {
      source.putBack(more);
      // Cut without its quotes, so that the ticket it belongs to can be told.
      return { line: first.number, cells: first.text!.replaceAll('"', "").split(delimiter), delimiter, problem: "quote_open" };
    }
    text += `\n${line.text}`;
  }
}

/** Cells without the blanks around them; null when a quote is still open. A quote inside a bare cell is a plain character. */
function splitCells(text: string, delimiter: string): string[] | null {
  if (!text.includes('"')) return text.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  for (let offset = 0; ; ) {
    while (text[offset] === " ") offset += 1;
    let cell = "";
    if (text[offset] === '"') {
      const quoted = readQuoted(text, offset + 1);
      if (quoted === null) return null;
      cell = quoted.value;
      offset = quoted.end;
    }
    const found = text.indexOf(delimiter, offset);
    const end = found < 0 ? text.length : found;
    cells.push((cell + text.slice(offset, end)).trim());
    if (found < 0) return cells;
    offset = end + delimiter.length;
  }
}

function readQuoted(text: string, start: number): { value: string; end: number } | null {
  let value = "";
  for (let offset = start; ; ) {
    const quote = text.indexOf('"', offset);
    if (quote < 0) return null;
    value += text.slice(offset, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    offset = quote + 2;
  }
}

/** The delimiter a line uses most, among comma, semicolon, tab and bar. */
function likelyDelimiter(text: string): string {
  const counts = [",", ";", "\t", "|"].map((delimiter) => ({ delimiter, count: text.split(delimiter).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}
