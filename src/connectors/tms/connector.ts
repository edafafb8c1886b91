import type { Finding } from "../../core/finding.ts";

/** One fact read from a source's message, before it is checked: `raw` has the event's shape of docs/events.md. */
export interface ReadEvent {
  /** Where it came from in the message: a JSON pointer, or `line 12` of a file. */
  readonly place: string;
  readonly raw: unknown;
  /** Every text in it is printable ASCII; known where the whole message was seen to be. Not needed: it saves looking again. */
  readonly isPlain?: boolean;
}

/** Something in the message that is no event: it is reported with its place; what was good in the same message is taken. */
export interface UnreadablePart {
  readonly place: string;
  readonly finding: Finding;
}

export type ReadPart = { readonly event: ReadEvent } | { readonly unreadable: UnreadablePart };

/**
 * Reads one kind of message or file into events. Pure over its input: no clock, no network, no database.
 *
 * `read` is given the bytes in chunks and yields parts as they are complete, so that a large file never stands in
 * memory whole. Faults: `body_malformed` or `file_malformed` (with `line` in details) when nothing can be told apart any more.
 */
export interface TmsConnector {
  /** Name in `/v1/files/{format}`: `json`, `ndjson`, `xml`, `fuel-card-csv`, `edi-210`. */
  readonly format: string;
  readonly title: string;
  /** True when the first bytes (up to 4 KiB) of a file, or its name, look like this format. */
  readonly recognizes: (head: string, fileName: string) => boolean;
  readonly read: (bytes: AsyncIterable<Uint8Array>, options: ReadOptions) => AsyncIterable<ReadPart>;
}

/** What a file cannot say about itself and the source can. */
export interface ReadOptions {
  /** Defaults for dims, by field: `{ entity: "01" }`. */
  readonly dims: Readonly<Record<string, string>>;
  readonly currency: string;
  /** IANA zone of times without an offset. */
  readonly timeZone: string;
  /** Which units are owner-operators' (their fuel is a receivable), by unit number. */
  readonly ownerOperatorUnits: ReadonlySet<string>;
}
