import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import type { Readable } from "node:stream";

/** What the server says, in a file that stays small. */
export interface BoundedLog {
  readonly path: string;
  /** Writes down all that comes out of `stream`. */
  readonly follow: (stream: Readable) => void;
  /** The last lines written since the log was opened. */
  readonly tail: () => string;
  readonly close: () => void;
}

const tailCharacters = 4_000;

/** Opens `path` for appending. Beyond `limitBytes` it becomes `path`.1, which replaces the one before it. */
export function openLog(path: string, limitBytes = 5_000_000): BoundedLog {
  let file = openSync(path, "a", 0o600);
  let size = fstatSync(file).size;
  let last = "";
  const write = (chunk: Buffer): void => {
    last = (last + chunk.toString("utf8")).slice(-tailCharacters);
    if (file < 0) return;
    try {
      if (size > 0 && size + chunk.length > limitBytes) {
        closeSync(file);
        renameSync(path, `${path}.1`);
        file = openSync(path, "a", 0o600);
        size = 0;
      }
      size += writeSync(file, chunk);
    } catch {
      // A full disk must not end the process that could tell of it; the last lines are kept in memory.
    }
  };
  const close = (): void => {
    if (file >= 0) closeSync(file);
    file = -1;
  };
  return { path, follow: (stream) => void stream.on("data", write), tail: () => last.trim(), close };
}
