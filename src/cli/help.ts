import type { Command } from "./command.ts";
import { aligned } from "./table.ts";
import { readVersion } from "./version.ts";

/** All commands, a line each. */
export function overview(commands: readonly Command[]): string[] {
  return [
    `ledgerlane ${readVersion()}: money facts of a TMS in, correct documents in the books out, each exactly once.`,
    "",
    "  ledgerlane COMMAND [arguments] [--flags]",
    "",
    ...aligned(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    "",
    "  ledgerlane COMMAND --help    tells more of one; --json prints data for programs; --version prints the version",
    "",
    "Exit codes: 0 done, 1 the work found problems, 2 wrong use. Settings are environment variables: docs/configuration.md.",
  ];
}

/** One command with its flags. */
export function commandHelp({ name, summary, usage, about, flags }: Command): string[] {
  const rows = Object.entries(flags).map(([flag, { value, about: words }]) => [
    `  --${flag}${value === undefined ? "" : ` ${value}`}`,
    words,
  ]);
  return [`ledgerlane ${name} ${usage}`.trimEnd(), "", `${summary}.`, ...about, "", ...aligned([...rows, ["  --help", "Prints this"]])];
}
