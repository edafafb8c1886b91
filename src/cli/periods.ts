import { didYouMean } from "../core/nearest.ts";
import { connect } from "./client.ts";
import { type Call, clientFlags, type Command, type ExitCode, WrongUse } from "./command.ts";
import { amount, localTime, many, words } from "./format.ts";
import { allPages } from "./pages.ts";
import { listed } from "./rules-file.ts";
import { table } from "./table.ts";

const verbs: Readonly<Record<string, (call: Call, period: string) => Promise<ExitCode>>> = {
  close: (call, period) => set(call, period, "closed"),
  open: (call, period) => set(call, period, "open"),
  late,
  except,
};

export const periods: Command = {
  name: "periods",
  summary: "Shows which months are closed; closes and opens them; lists what came late",
  usage: "[close PERIOD | open PERIOD | late PERIOD | except PERIOD --module MODULE --until TIME --note WHY]",
  about: [
    "  (nothing)       what the books closed, and what was closed by hand, by module",
    "  close, open     a month such as 2026-10, of all modules or of --module AP, AR, GL; opening is for administrators",
    "  late PERIOD     what is dated in that month and came after it was closed, and where it went",
    "  except PERIOD   asks to open it for a while; another person approves that (ledgerlane approvals)",
  ],
  flags: {
    books: { value: "BOOKS", about: "name or id of the books, where there are several" },
    module: { value: "MODULES", about: "AP, AR or GL, with commas between them; all when absent" },
    until: { value: "TIME", about: "except: until then, such as 2026-12-01T00:00:00Z" },
    note: { value: "TEXT", about: "why" },
    ...clientFlags,
  },
  args: [0, 2],
  run: async (call) => {
    const [verb, period] = call.args;
    if (verb === undefined) return list(call);
    const chosen = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (chosen === undefined) throw new WrongUse(`There is no "periods ${verb}".${didYouMean(verb, Object.keys(verbs))}`);
    if (period === undefined) throw new WrongUse(`"periods ${verb}" needs a PERIOD such as 2026-10.`);
    return chosen(call, period);
  },
};

interface BooksPeriods {
  readonly booksName: string;
  readonly closedThrough: string | null;
  readonly modulesClosedThrough: Readonly<Record<string, string | null>>;
  readonly set: readonly { period: string; module: string; state: string; setBy: string; setAt: string; note: string }[];
  readonly exceptions: readonly { period: string; module: string }[];
}

async function list(call: Call): Promise<ExitCode> {
  const answer = await connect(call).get<BooksPeriods>("/v1/periods", { books: call.text("books") });
  if (call.has("json")) {
    call.io.print(JSON.stringify(answer, null, 2));
    return 0;
  }
  call.io.print(`${answer.booksName} closed ${answer.closedThrough === null ? "nothing" : `everything through ${answer.closedThrough}`}.`);
  for (const [module, day] of Object.entries(answer.modulesClosedThrough)) call.io.print(`  ${module} through ${day ?? "no day"}`);
  const rows = answer.set.map(({ period, module, state, setBy, setAt, note }) => [period, module, state, setBy, localTime(setAt), note]);
  if (rows.length > 0) for (const line of table(["Month", "Module", "State", "By", "At", "Note"], rows)) call.io.print(line);
  for (const { period, module } of answer.exceptions) call.io.print(`${period} ${module} stands open for a while.`);
  return 0;
}

async function set(call: Call, period: string, state: "open" | "closed"): Promise<ExitCode> {
  const body = { books: call.text("books"), modules: listed(call, "module"), state, note: call.text("note") };
  const answer = await connect(call).send<{ changed: number; released: number }>("PUT", `/v1/periods/${encodeURIComponent(period)}`, body);
  if (call.has("json")) call.io.print(JSON.stringify(answer));
  else if (answer.changed === 0) call.io.print(`${period} was ${state} already.`);
  else call.io.print(`${period} is ${state}${answer.released === 0 ? "" : `; ${many(answer.released, "event")} back at work`}.`);
  return 0;
}

interface Late {
  readonly event: { type: string; id: string; state: string; date: string; total: string; currency: string };
  readonly documents: readonly { kind: string; number: string; date: string }[];
}

async function late(call: Call, period: string): Promise<ExitCode> {
  const items = await allPages<Late>(connect(call), `/v1/periods/${encodeURIComponent(period)}/late`, { books: call.text("books") });
  if (call.has("json")) call.io.print(JSON.stringify({ items }, null, 2));
  else if (items.length === 0) call.io.print(`Nothing of ${period} came late.`);
  else {
    const rows = items.map(({ event, documents }) => [
      ...[words(event.type), event.id, event.date, `${amount(event.total)} ${event.currency}`, event.state],
      documents.map(({ number, date }) => `${number} on ${date}`).join(", "),
    ]);
    for (const line of table(["Type", "Id", "Date", "Amount", "State", "Went to"], rows, [3])) call.io.print(line);
  }
  return 0;
}

async function except(call: Call, period: string): Promise<ExitCode> {
  const [module, until, note] = [call.text("module"), call.text("until"), call.text("note")];
  if (module === undefined || until === undefined || note === undefined)
    throw new WrongUse("except needs --module MODULE, --until TIME and --note WHY.");
  const body = { books: call.text("books"), module, until, note };
  const answer = await connect(call).send<{ approvalId: string }>("POST", `/v1/periods/${encodeURIComponent(period)}/exceptions`, body);
  call.io.print(
    call.has("json") ? JSON.stringify(answer) : `Asked for. Another person approves it: ledgerlane approvals approve ${answer.approvalId}`,
  );
  return 0;
}
