import type { Call } from "./api.ts";
import type { Desk } from "./desk.ts";
import type { Entry } from "./entry.ts";
import { createByJob } from "./jobs.ts";
import { linesAtOnce, writeTimeoutMs } from "./limits.ts";
import { idIn } from "./location.ts";

/** Creates one record and gives its id. A second creation under the same external id is refused, never made. */
export async function create(desk: Pick<Desk, "call" | "pause">, entry: Entry, key: string): Promise<string> {
  // A transform makes one record of another and has no form for jobs that is documented.
  if (entry.lineCount > linesAtOnce && entry.path === entry.type) return createByJob(desk, entry, key);
  return idIn(
    await desk.call({ method: "POST", path: `record/v1/${entry.path}`, body: JSON.stringify(entry.body), timeoutMs: writeTimeoutMs }),
  );
}

/** Changes one record. Lines without a key would be added to those that are there: the sublists are replaced as a whole. */
export async function change(call: Call, entry: Entry, id: string): Promise<void> {
  await call({
    method: "PATCH",
    path: `record/v1/${entry.type}/${id}`,
    ...(entry.sublists.length > 0 ? { query: { replace: entry.sublists.join(",") } } : {}),
    body: JSON.stringify(entry.body),
    timeoutMs: writeTimeoutMs,
  });
}
