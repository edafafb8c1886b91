import type { RuleSet } from "./core/rules/rule-set.ts";
import type { MonthOptions } from "./demo/month.ts";
import type { StoredSettings } from "./engine/connections.ts";

/** Systems whose emulator the demo can post to; the first is what happens unless told otherwise. */
export const demoSystems = ["quickbooks-online", "sage-intacct", "netsuite"] as const;
export type DemoSystem = (typeof demoSystems)[number];

export interface DemoCarrier {
  readonly name: string;
  readonly closedThrough: string;
  readonly month: MonthOptions;
}

/** Books of a company that was made in an emulator, and what our connection to them keeps. */
export interface DemoConnection {
  readonly name: string;
  readonly settings: StoredSettings;
  /** What is behind the name of the source that feeds them: empty for the carrier's own. */
  readonly sourceSuffix: string;
}

/** A company that was made in an emulator. */
export interface DemoCompany {
  readonly id: string;
  /** By the field under which they are filed; the client secret and the token pair among them. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The carrier's own books first. */
  readonly connections: readonly [DemoConnection, ...DemoConnection[]];
}

/** Events of the demo beside the month's files, by the suffix of their source. */
export type DemoEvents = Readonly<Record<string, readonly object[]>>;

/** What the demo must know of one system. */
export interface DemoBooks {
  readonly title: string;
  /** Rules that grow from the shipped ones, by their file under `rule-sets/profiles`; null where those are taken as they are. */
  readonly profile: string | null;
  /** Makes the carrier's company, with all that the rules and the month name. */
  readonly create: (sandboxUrl: string, carrier: DemoCarrier, rules: Pick<RuleSet, "items">) => Promise<DemoCompany>;
  /** The connection of before, at the emulator's address of now. */
  readonly move: (sandboxUrl: string, before: StoredSettings) => StoredSettings;
  readonly events: (carrier: string) => DemoEvents;
  readonly page: (sandboxUrl: string, company: string) => string;
}

/** A company of the emulator's trucking template, with its credentials. */
export async function createCompany<Credentials = Readonly<Record<string, string>>>(
  sandboxUrl: string,
  system: DemoSystem,
  options: object,
): Promise<{ id: string; credentials: Credentials }> {
  return (await control(sandboxUrl, "companies", { system, template: "trucking", options })) as { id: string; credentials: Credentials };
}

/** Ready tokens, without a browser. */
export async function createTokens(sandboxUrl: string, system: DemoSystem, id: string): Promise<Readonly<Record<string, unknown>>> {
  return (await control(sandboxUrl, "tokens", { system, id })) as Record<string, unknown>;
}

async function control(sandboxUrl: string, path: string, body: unknown): Promise<unknown> {
  return (await post(`${sandboxUrl}/_control/${path}`, JSON.stringify(body), { "content-type": "application/json" })).json();
}

/** Posts to an emulator while the demo is set up. An Error says what it refused. */
export async function post(url: string, body: string, headers: Record<string, string>): Promise<Response> {
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`The emulator refused ${url}: ${response.status} ${await response.text()}`);
  return response;
}
