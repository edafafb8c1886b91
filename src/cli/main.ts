import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { Fault } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { approvals } from "./approvals.ts";
import { books } from "./books.ts";
import { budgets } from "./budgets.ts";
import { checks } from "./checks.ts";
import { type Command, type ExitCode, Failed, type Io, WrongUse } from "./command.ts";
import { dryRun } from "./dry-run.ts";
import { event } from "./event.ts";
import { commandHelp, overview } from "./help.ts";
import { importFile } from "./import.ts";
import { periods } from "./periods.ts";
import { retry } from "./retry.ts";
import { review } from "./review.ts";
import { rules } from "./rules.ts";
import { sandbox } from "./sandbox.ts";
import { gateway, serve, start, worker } from "./servers.ts";
import { status } from "./status.ts";
import { readVersion } from "./version.ts";

const commands: readonly Command[] = [
  start,
  importFile,
  status,
  review,
  dryRun,
  approvals,
  retry,
  event,
  books,
  budgets,
  periods,
  rules,
  checks,
  serve,
  gateway,
  worker,
  sandbox,
];

/** Runs one command line and answers its exit code. Never throws. */
export async function main(argv: readonly string[], io: Io, env: Readonly<Record<string, string | undefined>>): Promise<ExitCode> {
  const [name, ...rest] = argv;
  try {
    if (name === undefined || name === "--help" || name === "-h" || name === "help") return help(rest[0], io, name === undefined);
    if (name === "--version" || name === "-v" || name === "version") {
      io.print(readVersion());
      return 0;
    }
    return await runCommand(find(name), rest, io, env);
  } catch (error) {
    return tell(error, name, io, env);
  }
}

function find(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return command;
  const guess = didYouMean(
    name,
    commands.map((one) => one.name),
  );
  throw new WrongUse(`There is no ${name.startsWith("-") ? "flag" : "command"} "${name}".${guess}`);
}

function help(name: string | undefined, io: Io, isMissing: boolean): ExitCode {
  for (const line of name === undefined ? overview(commands) : commandHelp(find(name))) io.print(line);
  return isMissing ? 2 : 0;
}

async function runCommand(
  command: Command,
  argv: readonly string[],
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ExitCode> {
  if (argv.includes("--help") || argv.includes("-h")) return help(command.name, io, false);
  const { args, values } = readArgs(command, argv);
  const [least, most] = command.args;
  if (args.length < least) throw new WrongUse(`Something is missing after "${command.name}".`);
  if (args.length > most) throw new WrongUse(`"${args[most]}" is one argument too many.`);
  return command.run({
    args,
    text: (flag) => (typeof values[flag] === "string" ? values[flag] : undefined),
    has: (flag) => values[flag] !== undefined,
    io,
    config: () => readConfig(env),
  });
}

function readArgs(command: Command, argv: readonly string[]): { args: string[]; values: Record<string, string | boolean | undefined> } {
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, flag]) => [
      name,
      { type: flag.value === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const flag = command.flags[token.name];
    const known = Object.keys(command.flags).map((name) => `--${name}`);
    if (flag === undefined) throw new WrongUse(`"${command.name}" has no flag "${token.rawName}".${didYouMean(token.rawName, known)}`);
    if (flag.value !== undefined && token.value === undefined) throw new WrongUse(`${token.rawName} needs a ${flag.value} after it.`);
    if (flag.value === undefined && token.value !== undefined) throw new WrongUse(`${token.rawName} takes no value.`);
  }
  const values = Object.fromEntries(tokens.filter((token) => token.kind === "option").map(({ name, value }) => [name, value ?? true]));
  return { args: tokens.filter((token) => token.kind === "positional").map(({ value }) => value), values };
}

function tell(error: unknown, name: string | undefined, io: Io, env: Readonly<Record<string, string | undefined>>): ExitCode {
  const isCommand = commands.some((one) => one.name === name);
  io.warn(error instanceof Error ? error.message : String(error));
  if (error instanceof WrongUse) io.warn(isCommand ? `How it is meant: ledgerlane ${name} --help` : "All commands: ledgerlane --help");
  else if (!(error instanceof Fault) && !(error instanceof Failed))
    io.warn("This was not foreseen. Run it again with LEDGERLANE_LOG_LEVEL=debug to see where it happened.");
  if (env.LEDGERLANE_LOG_LEVEL === "debug" && error instanceof Error) io.warn(error.stack ?? "");
  return error instanceof WrongUse || (error instanceof Fault && error.code === "configuration_invalid") ? 2 : 1;
}

/** One question and its answer. The end of the input answers `q`. */
function askAtTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.once("close", () => resolve("q"));
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

/** Speaks on this process's own streams. A reader that has seen enough (`| head`) ends it quietly. */
function ownStreams(): Io {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const isTerminal = process.stderr.isTTY === true && process.stdout.isTTY === true;
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    warn: (line) => void process.stderr.write(`${line}\n`),
    ...(process.stdin.isTTY ? { ask: askAtTerminal } : {}),
    progress: isTerminal ? (line) => void process.stderr.write(`\r\u001b[2K${line}`) : null,
  };
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), ownStreams(), process.env);
