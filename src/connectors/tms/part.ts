import type { Finding, Severity } from "../../core/finding.ts";
import type { Dims } from "../../core/events.ts";
import type { ReadOptions, ReadPart } from "./connector.ts";

/** What went wrong at one place of a message. `detail` groups equal causes: a column name, a key, a segment. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly detail: string;
  readonly severity?: Severity;
  readonly field?: string;
}

/** A part that is no event. Severity `warn` and `hold` are remarks about a file whose events were all taken. */
export function unreadable(place: string, trouble: Trouble): ReadPart {
  const { code, message, fix, detail, severity = "block", field = null } = trouble;
  const finding: Finding = { code, severity, field, message, fix, cause: `${code}:${detail}` };
  return { unreadable: { place, finding } };
}

const dimNames = [
  "entity",
  "terminal",
  "division",
  "serviceLine",
  "equipmentType",
  "tractor",
  "trailer",
  "driver",
  "customer",
  "carrier",
  "load",
  "trip",
  "lane",
  "project",
  "agent",
] as const satisfies readonly (keyof Dims)[];

/** The source's default dims, without the settings that travel beside them (`role`, `scac`, `provider`). */
export function defaultDims(options: ReadOptions): Dims {
  const dims: Dims = {};
  for (const name of dimNames) {
    const value = options.dims[name];
    if (value !== undefined && value !== "") dims[name] = value;
  }
  return dims;
}
