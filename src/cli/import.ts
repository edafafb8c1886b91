import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import type { FileReceipt, Receipt } from "../engine/engine.ts";
import { connect } from "./client.ts";
import { clientFlags, type Command, Failed, type Io, WrongUse } from "./command.ts";
import { bytes, count, sentence } from "./format.ts";
import { aligned } from "./table.ts";

export const importFile: Command = {
  name: "import",
  summary: "Sends a file to the running server: fuel-card CSV, EDI 210, JSON, NDJSON or XML",
  usage: "FILE --source SOURCE [--format FORMAT]",
  about: [
    "The format is recognized by the file's first bytes and name. Sending a file again is safe: what was taken already changes nothing.",
  ],
  flags: {
    source: { value: "SOURCE", about: "Where the events come from, as named in the server; the demo's is tms" },
    format: { value: "FORMAT", about: "fuel-card-csv, edi-210, json, ndjson or xml, when it cannot be recognized" },
    ...clientFlags,
  },
  args: [1, 1],
  run: async (call) => {
    const [path] = call.args as [string];
    const source = call.text("source");
    if (source === undefined) throw new WrongUse("Say where the events come from: --source SOURCE (the demo's is tms).");
    const { size } = await look(path);
    const client = connect(call);
    const query = new URLSearchParams({ name: basename(path), source });
    const startedAt = Date.now();
    const body = createReadStream(path, { highWaterMark: 256 * 1024 });
    const receipt = await client.upload<FileReceipt>(
      `/v1/files/${encodeURIComponent(call.text("format") ?? "auto")}?${query}`,
      watched(body, size, call.io),
    );
    call.io.progress?.("");
    if (call.has("json")) call.io.print(JSON.stringify(receipt, null, 2));
    else for (const line of report(receipt, { size, seconds: (Date.now() - startedAt) / 1000 })) call.io.print(line);
    return receipt.counts.conflict + receipt.counts.rejected > 0 ? 1 : 0;
  },
};

async function look(path: string): Promise<Stats> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new WrongUse(`There is no file ${path}.`);
  if (!found.isFile()) throw new Failed(`${path} is not a file. Name one file at a time.`);
  return found;
}

/** Draws a bar for files that take longer than a moment. */
function watched(body: Readable, size: number, io: Io): Readable {
  let sent = 0;
  let drawnAt = Date.now() + 700;
  body.on("data", (chunk: Buffer) => {
    sent += chunk.length;
    if (io.progress === null || Date.now() - drawnAt < 100) return;
    drawnAt = Date.now();
    const share = size === 0 ? 1 : sent / size;
    const full = Math.round(share * 30);
    io.progress(
      `${"█".repeat(full)}${"░".repeat(30 - full)} ${String(Math.floor(share * 100)).padStart(3)} %  ${bytes(sent)} of ${bytes(size)}`,
    );
  });
  body.pause(); // Listening alone must not start the flow before the request reads.
  return body;
}

function report(receipt: FileReceipt, { size, seconds }: { size: number; seconds: number }): string[] {
  const { name, format, known, counts, problems, remarks } = receipt;
  const total = Object.values(counts).reduce((sum, value) => sum + value, 0);
  const rate = seconds > 1 ? `, ${count(Math.round(total / seconds))} events a second` : "";
  const hidden = counts.conflict + counts.rejected - problems.length;
  return [
    `${name}: ${format}, ${bytes(size)} in ${seconds.toFixed(1)} s${rate}${known ? "; this file was taken before" : ""}`,
    "",
    ...aligned(
      Object.entries(counts).map(([status, value]) => [`  ${status}`, count(value)]),
      [1],
    ),
    ...(problems.length === 0 ? [] : ["", ...problems.flatMap(problemLines)]),
    ...(hidden > 0 ? [`… and ${count(hidden)} more`] : []),
    ...(remarks.length === 0 ? [] : ["", "To look at, although everything was taken:", ...remarks.map(remarkLine)]),
  ];
}

function remarkLine({ place, finding }: FileReceipt["remarks"][number]): string {
  return `${place}: ${sentence(finding.message)} ${sentence(finding.fix)}`;
}

function problemLines({ place, type, id, status, findings }: Receipt): string[] {
  const what = id === null ? "" : `${type ?? "event"} ${id}: `;
  if (findings.length === 0) return [`${place}: ${what}${status}`];
  return findings.map(({ message, fix }) => `${place}: ${what}${sentence(message)} ${sentence(fix)}`);
}
