import type { Static } from "typebox";
import type { Check, Own } from "../gateway/routes/checks.ts";
import { didYouMean } from "../core/nearest.ts";
import { connect } from "./client.ts";
import { type Call, clientFlags, type Command, type ExitCode, WrongUse } from "./command.ts";
import { many } from "./format.ts";
import { table } from "./table.ts";

type Listed = { readonly items: readonly Static<typeof Check>[]; readonly own: readonly Static<typeof Own>[] };
type Changed = { readonly rechecked: number };

const verbs: Readonly<Record<string, (call: Call, what: string | undefined) => Promise<ExitCode>>> = {
  list,
  show,
  set,
  reset,
  write,
  remove,
};

export const checks: Command = {
  name: "checks",
  summary: "Lists what events are checked for, and sets severities and thresholds",
  usage:
    "list | show CODE | set CODE [--severity S] [--threshold NAME=VALUE,…] | reset CODE | write NAME --when EXPRESSION … | remove NAME",
  about: [
    "  list          every check that can be set, and your own; --type TYPE, --source SOURCE as in force there",
    "  show CODE     one check with its thresholds, and what was set by whom",
    "  set CODE      --severity block|hold|warn|off, --threshold NAME=VALUE; --type and --source narrow it",
    "  reset CODE    takes back what was set (for --type and --source, where named)",
    "  write NAME    a check of your own: --when, --severity, --message, --fix; --types and --sources with commas",
    "  remove NAME   takes a check of your own away",
  ],
  flags: {
    severity: { value: "SEVERITY", about: "set, write: block, hold, warn or off" },
    threshold: { value: "NAME=VALUE,…", about: "set: values, with commas between them; a list of names with blanks" },
    type: { value: "TYPE", about: "list, set, reset: only events of this type" },
    source: { value: "SOURCE", about: "list, set, reset: only events of this source" },
    when: { value: "EXPRESSION", about: "write: CEL over event, line and dims; the check speaks when it is true" },
    message: { value: "TEXT", about: "write: what is said, with fields in braces: {vendor.name}" },
    fix: { value: "TEXT", about: "write: what to do then" },
    types: { value: "TYPES", about: "write: event types; all when absent" },
    sources: { value: "SOURCES", about: "write: sources; all when absent" },
    ...clientFlags,
  },
  args: [1, 2],
  run: async (call) => {
    const [name, what] = call.args as [string, string?];
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined) throw new WrongUse(`There is no "checks ${name}".${didYouMean(name, Object.keys(verbs))}`);
    if (name !== "list" && what === undefined)
      throw new WrongUse(`"checks ${name}" needs the ${name === "write" || name === "remove" ? "NAME" : "CODE"} of a check.`);
    return verb(call, what);
  },
};

async function list(call: Call): Promise<ExitCode> {
  const answer = await connect(call).get<Listed>("/v1/checks", { type: call.text("type"), source: call.text("source") });
  if (call.has("json")) {
    call.io.print(JSON.stringify(answer, null, 2));
    return 0;
  }
  const rows = answer.items
    .filter(({ isFixed }) => !isFixed)
    .map(({ code, severity, defaultSeverity, settings, cause }) => [
      code,
      severity ?? "",
      severity === defaultSeverity && settings.length === 0 ? "" : "set",
      cause,
    ]);
  const own = answer.own.map(({ name, severity, when }) => [`own_${name}`, severity, "own", when]);
  for (const line of table(["Check", "Severity", "", "When it speaks"], [...rows, ...own])) call.io.print(line);
  return 0;
}

async function show(call: Call, code: string | undefined): Promise<ExitCode> {
  const answer = await connect(call).get<Listed>("/v1/checks", { type: call.text("type"), source: call.text("source") });
  const own = answer.own.find(({ name }) => `own_${name}` === code || name === code);
  const check = answer.items.find((one) => one.code === code);
  const found = check ?? own;
  if (found === undefined)
    throw new WrongUse(
      `There is no check "${code}".${didYouMean(
        code ?? "",
        answer.items.map((one) => one.code),
      )}`,
    );
  if (call.has("json")) call.io.print(JSON.stringify(found, null, 2));
  else for (const line of check === undefined ? ownLines(own!) : linesOf(check)) call.io.print(line);
  return 0;
}

function linesOf(check: Static<typeof Check>): string[] {
  const { code, severity, defaultSeverity, isFixed, cause, remedy, types, thresholds, settings } = check;
  const how = isFixed
    ? "cannot be set"
    : severity === defaultSeverity
      ? `${severity}, as by default`
      : `${severity} (by default ${defaultSeverity})`;
  return [
    `${code}: ${how}`,
    `  ${cause}`,
    `  → ${remedy}`,
    `  for ${types.length === 0 ? "all event types" : types.join(", ")}`,
    ...thresholds.map(
      ({ name, value, default: from, unit, about }) =>
        `  ${name} = ${value || "(none)"} ${unit}${value === from ? "" : ` (by default ${from || "none"})`}: ${about}`,
    ),
    ...settings.map(
      (one) =>
        `  set by ${one.changedBy}${one.source === null ? "" : ` for source ${one.source}`}${one.type === null ? "" : ` for ${one.type}`}`,
    ),
  ];
}

function ownLines({ name, severity, when, message, fix, changedBy }: Static<typeof Own>): string[] {
  return [`own_${name}: ${severity}`, `  when ${when}`, `  ${message}`, `  → ${fix}`, `  written by ${changedBy}`];
}

async function set(call: Call, code: string | undefined): Promise<ExitCode> {
  const [severity, thresholds] = [call.text("severity"), call.text("threshold")];
  if (severity === undefined && thresholds === undefined) throw new WrongUse("set needs --severity or --threshold.");
  const change = {
    code,
    ...scopeOf(call),
    ...(severity === undefined ? {} : { severity }),
    ...(thresholds === undefined ? {} : { thresholds: valuesIn(thresholds) }),
  };
  return told(call, await connect(call).send<Changed>("PUT", "/v1/checks", { changes: [change] }), `${code} is set.`);
}

async function reset(call: Call, code: string | undefined): Promise<ExitCode> {
  const change = { code, ...scopeOf(call), reset: true };
  return told(call, await connect(call).send<Changed>("PUT", "/v1/checks", { changes: [change] }), `${code} is as the catalog has it.`);
}

async function write(call: Call, name: string | undefined): Promise<ExitCode> {
  const named = (flag: string): string => {
    const value = call.text(flag);
    if (value === undefined) throw new WrongUse(`write needs --${flag}.`);
    return value;
  };
  const listed = (flag: string): string[] =>
    (call.text(flag) ?? "")
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
  const body = {
    when: named("when"),
    severity: call.text("severity") ?? "hold",
    message: named("message"),
    fix: named("fix"),
    types: listed("types"),
    sources: listed("sources"),
  };
  const answer = await connect(call).send<Changed>("PUT", `/v1/checks/own/${encodeURIComponent(name ?? "")}`, body);
  return told(call, answer, `own_${name} is asked from now on.`);
}

async function remove(call: Call, name: string | undefined): Promise<ExitCode> {
  const answer = await connect(call).send<Changed>(
    "POST",
    `/v1/checks/own/${encodeURIComponent((name ?? "").replace(/^own_/, ""))}/remove`,
    {},
  );
  return told(call, answer, `${name} is gone.`);
}

function told(call: Call, answer: Changed, what: string): ExitCode {
  const more =
    answer.rechecked === 0
      ? ""
      : ` ${many(answer.rechecked, "event")} it had stopped ${answer.rechecked === 1 ? "is" : "are"} checked anew.`;
  call.io.print(call.has("json") ? JSON.stringify(answer) : `${what}${more}`);
  return 0;
}

function scopeOf(call: Call): { type: string | null; source: string | null } {
  return { type: call.text("type") ?? null, source: call.text("source") ?? null };
}

/** `tractor=320,def=50` */
function valuesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const at = pair.indexOf("=");
      if (at <= 0) throw new WrongUse(`"${pair}" is no NAME=VALUE.`);
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}
