import type { ConnectionSettings, Gate } from "../connector.ts";
import type { BooksOptions } from "./options.ts";
import type { Counter } from "./usage.ts";

/** Gives a valid access token; asked again, with `true`, after one was refused. */
export type TokenSource = (refused?: boolean) => Promise<string>;

/** What a way to a company needs. */
export interface TransportParts {
  readonly settings: ConnectionSettings;
  readonly options: BooksOptions;
  readonly token: TokenSource;
  readonly gate: Gate;
  readonly counter: Counter;
}
