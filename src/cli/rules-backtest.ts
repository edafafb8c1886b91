import { setTimeout as wait } from "node:timers/promises";
import { type Client, connect } from "./client.ts";
import { type Call, type ExitCode, Failed, WrongUse } from "./command.ts";
import { amount, count, many } from "./format.ts";
import { listed, pathOf, readRules, wholeNumber } from "./rules-file.ts";
import { table } from "./table.ts";

interface FindingCount {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly events: number;
}
interface Report {
  readonly events: number;
  readonly changedEvents: number;
  readonly changedDocuments: number;
  readonly lines: { readonly before: number; readonly after: number; readonly moved: number };
  readonly money: readonly {
    readonly account: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly currency: string;
    readonly before: string;
    readonly after: string;
    readonly change: string;
  }[];
  readonly findings: { readonly gained: readonly FindingCount[]; readonly lost: readonly FindingCount[] };
  readonly documents: readonly {
    readonly event: { readonly type: string; readonly id: string; readonly date: string };
    readonly change: string;
    readonly kind: string;
    readonly number: string;
    readonly currency: string;
    readonly before: string;
    readonly after: string;
    readonly words: readonly string[];
  }[];
  readonly documentsLeftOut: number;
}
interface Backtest {
  readonly id: string;
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly done: number;
  readonly total: number | null;
  readonly problem: string | null;
  readonly report: Report | null;
}

const pollMs = 300;
const documentsShown = 20;

/** Tries rules on stored events and prints what would change. Ctrl-C stops the run on the server too. */
export async function backtest(call: Call, what: string): Promise<ExitCode> {
  const [from, to] = [call.text("from"), call.text("to")];
  if (from === undefined || to === undefined)
    throw new WrongUse("backtest needs --from DAY and --to DAY, the document dates that are meant.");
  const { name, ruleSet } = await readRules(what);
  const version = wholeNumber(call, "version");
  const client = connect(call);
  const body = {
    ...{ from, to, types: listed(call, "event"), against: wholeNumber(call, "against") },
    ...(ruleSet === null ? (version === undefined ? { draft: true } : { version }) : { ruleSet, effectiveFrom: call.text("effective") }),
  };
  const { id } = await client.send<{ id: string }>("POST", pathOf(name, "/backtests"), body);
  const { state, problem, report } = await follow(call, client, id);
  if (state === "cancelled") throw new Failed("The backtest was stopped.");
  if (report === null) throw new Failed(problem ?? "The backtest has no report.");
  if (call.has("json")) call.io.print(JSON.stringify(report, null, 2));
  else for (const line of call.has("csv") ? csvOf(report) : tablesOf(report)) call.io.print(line);
  return 0;
}

async function follow(call: Call, client: Client, id: string): Promise<Backtest> {
  const path = `/v1/rule-sets/backtests/${id}`;
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
  };
  process.once("SIGINT", stop);
  try {
    for (;;) {
      const now = isStopped ? await client.send<Backtest>("POST", `${path}/cancel`, {}) : await client.get<Backtest>(path);
      isStopped = false;
      if (now.state !== "running") {
        call.io.progress?.("");
        return now;
      }
      const share = now.total === null || now.total === 0 ? "" : ` of ${count(now.total)} (${Math.floor((100 * now.done) / now.total)} %)`;
      call.io.progress?.(`${count(now.done)}${share} events`);
      await wait(pollMs);
    }
  } finally {
    process.off("SIGINT", stop);
  }
}

function tablesOf({ events, changedEvents, changedDocuments, lines, money, findings, documents, documentsLeftOut }: Report): string[] {
  const out = [
    `${many(events, "event")} mapped both ways: ${many(changedEvents, "event")}, ${many(changedDocuments, "document")} and ${many(lines.moved, "line")} would change.`,
  ];
  if (money.length > 0) {
    const rows = money.map((one) => [
      one.account,
      spoken(one.dimensions),
      one.currency,
      amount(one.before),
      amount(one.after),
      amount(one.change),
    ]);
    out.push("", ...table(["Account", "Dimensions", "Currency", "Before", "After", "Change"], rows, [3, 4, 5]));
  }
  for (const [title, list] of [
    ["Findings gained", findings.gained],
    ["Findings lost", findings.lost],
  ] as const) {
    if (list.length === 0) continue;
    out.push(
      "",
      ...table(
        [title, "Severity", "Events", "First"],
        list.map((one) => [one.code, one.severity, count(one.events), one.message]),
        [2],
      ),
    );
  }
  const shown = documents.slice(0, documentsShown);
  for (const { event, change, kind, number, words } of shown)
    out.push(
      "",
      `${change}: ${kind.replaceAll("_", " ")} ${number} (${event.type} ${event.id}, ${event.date})`,
      ...words.map((one) => `  ${one}`),
    );
  const more = documents.length - shown.length + documentsLeftOut;
  if (more > 0)
    out.push(
      "",
      `And ${many(more, "document")} more; --csv and --json list ${documentsLeftOut === 0 ? "all" : `the first ${count(documents.length)}`}.`,
    );
  return out;
}

function spoken(dimensions: Readonly<Record<string, string>>): string {
  return Object.entries(dimensions)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function csvOf({ documents }: Report): string[] {
  const heads = ["event type", "event id", "date", "change", "kind", "number", "currency", "before", "after", "what changes"];
  const rows = documents.map(({ event, change, kind, number, currency, before, after, words }) => [
    ...[event.type, event.id, event.date, change, kind, number, currency, before, after],
    words.join("; "),
  ]);
  return [heads, ...rows].map((row) => row.map(cell).join(","));
}

/** A cell of a CSV file. Text that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(text: string): string {
  const harmless = /^[=+@\t\r]/.test(text) || /^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
