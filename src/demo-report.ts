import type { Core, Io } from "./app.ts";
import { formatMinor } from "./core/money.ts";
import type { FileReceipt } from "./engine/engine.ts";
import { inOrganization } from "./store/database.ts";
import { searchCauses } from "./store/search-review.ts";
import { countEvents, type EventCount } from "./store/search-status.ts";

const lookEveryMs = 1_000;
const open = new Set(["received", "ready", "sending", "uncertain"]);

/**
 * Takes the month in, follows it into the books, and prints what was posted and what is in review. Answers a function
 * that ends the report.
 */
export function reportProgress(
  core: Core,
  organizationId: string,
  options: { io: Io; load: () => Promise<FileReceipt[]> },
): () => Promise<void> {
  const { io, load } = options;
  const stopped = new AbortController();
  const done = (async () => {
    const files = await load();
    for (const file of files) io.print(`  ${fileLine(file)}`);
    let last = "";
    while (!stopped.signal.aborted) {
      const counts = await countsOf(core, organizationId);
      const line = progressLine(counts);
      if (line !== last) io.print(`  ${line}`);
      last = line;
      if (!counts.some(({ stage }) => open.has(stage))) break;
      await pause(lookEveryMs, stopped.signal);
    }
    if (!stopped.signal.aborted) await printSummary(core, organizationId, io);
  })();
  done.catch((error: Error) => {
    if (!stopped.signal.aborted) core.parts.log("error", "the progress report ended", { error: error.stack ?? error.message });
  });
  return async () => {
    stopped.abort();
    await done.catch(() => undefined);
  };
}

function fileLine({ name, counts, problems }: FileReceipt): string {
  const parts = [`${counts.accepted} new`, `${counts.duplicate} known`];
  if (problems.length > 0)
    parts.push(
      `${counts.conflict + counts.rejected} not taken (${problems[0]!.place}: ${problems[0]!.findings[0]?.message ?? "see the receipt"})`,
    );
  return `${name.padEnd(28)} ${parts.join(", ")}`;
}

async function countsOf(core: Core, organizationId: string): Promise<EventCount[]> {
  return (await inOrganization(core.database, organizationId, countEvents)).counts;
}

function progressLine(counts: readonly EventCount[]): string {
  const of = (...stages: string[]) => counts.filter(({ stage }) => stages.includes(stage)).reduce((sum, { count }) => sum + count, 0);
  return `posted ${of("posted")}, to post ${of("received", "ready", "sending")}, being confirmed ${of("uncertain")}, in review ${of("review", "held")}`;
}

async function printSummary(core: Core, organizationId: string, io: Io): Promise<void> {
  const counts = await countsOf(core, organizationId);
  io.print("");
  io.print("  everything accepted, by where it stands");
  for (const stage of [...new Set(counts.map((count) => count.stage))].sort()) {
    const rows = counts.filter((count) => count.stage === stage);
    const money = Map.groupBy(rows, ({ currency }) => currency);
    const sums = [...money].map(
      ([currency, some]) =>
        `${grouped(
          formatMinor(
            some.reduce((sum, { minor }) => sum + minor, 0n),
            currency,
          ),
        )} ${currency}`,
    );
    io.print(
      `    ${stage.padEnd(12)} ${String(rows.reduce((sum, { count }) => sum + count, 0)).padStart(6)}   ${sums.join("   ").padStart(18)}`,
    );
  }
  const causes = await inOrganization(core.database, organizationId, (tx) => searchCauses(tx, { limit: 20, cursor: null }));
  if (causes.items.length > 0) io.print("\n  in review, by cause");
  for (const cause of causes.items) io.print(`    ${String(cause.events).padStart(4)} × ${cause.message}\n           ${cause.fix}`);
  io.print("\n  Ledgerlane goes on running; new events are posted as they come. Ctrl-C stops it.");
}

function grouped(amount: string): string {
  return amount.replace(/\B(?=(\d{3})+(?=\.))/g, ",");
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
