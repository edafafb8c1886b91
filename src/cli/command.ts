import type { Config } from "../config.ts";

/** One flag. A flag with a `value` takes one, named so in the help. */
export interface Flag {
  readonly value?: string;
  readonly about: string;
}

/** What a command is given: its arguments and flags, checked against what it declares. */
export interface Call {
  readonly args: readonly string[];
  readonly text: (flag: string) => string | undefined;
  readonly has: (flag: string) => boolean;
  readonly io: Io;
  /** The configuration, read when it is asked for. Faults: `configuration_invalid`. */
  readonly config: () => Config;
}

/** Where a command speaks. */
export interface Io {
  /** One line for the person or program that asked. */
  readonly print: (line: string) => void;
  /** One line beside the answer: problems, progress. */
  readonly warn: (line: string) => void;
  /** Replaces the last unfinished line of a terminal; null where there is no terminal. */
  readonly progress: ((line: string) => void) | null;
  /** Asks whoever sits at the terminal; absent where nobody does. */
  readonly ask?: (question: string) => Promise<string>;
}

/** 0 done, 1 the work found problems, 2 wrong use. */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** After the name: `FILE --source SOURCE`. */
  readonly usage: string;
  readonly about: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
  /** Fewest and most arguments. */
  readonly args: readonly [number, number];
  readonly run: (call: Call) => Promise<ExitCode>;
}

/** The command was used wrongly: exit code 2, with a word on how it is meant. */
export class WrongUse extends Error {}

/** The work could not be done, and the message says what to do. */
export class Failed extends Error {}

/** Flags of every command that asks the running server. */
export const clientFlags = {
  url: { value: "URL", about: "Address of the server; otherwise the running demo's, or LEDGERLANE_HOST and LEDGERLANE_PORT" },
  key: { value: "KEY", about: "API key; otherwise LEDGERLANE_DEMO_KEY, or the running demo's" },
  json: { about: "Print the server's answer as JSON" },
} as const satisfies Record<string, Flag>;
