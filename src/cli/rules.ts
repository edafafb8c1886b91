import { readFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import type { Finding } from "../core/finding.ts";
import { didYouMean } from "../core/nearest.ts";
import { type Client, connect } from "./client.ts";
import { type Call, clientFlags, type Command, type ExitCode, Failed, WrongUse } from "./command.ts";
import { localTime, sentence } from "./format.ts";
import { table } from "./table.ts";

interface Published {
  readonly name: string;
  readonly version: number;
  readonly warnings: readonly Finding[];
}

const verbs = ["show", "publish", "add-account"] as const;

export const rules: Command = {
  name: "rules",
  summary: "Shows and publishes rule sets, and adds the one row that a new code needs",
  usage: "show [NAME] | publish FILE | add-account NAME --account NUMBER --code CODE",
  about: [
    "  show                 lists the rule sets; with a NAME prints one as YAML",
    "  publish FILE         checks a YAML or JSON file and publishes it as the next version",
    "  add-account NAME     appends one account row and publishes; then: ledgerlane retry CAUSE",
  ],
  flags: {
    version: { value: "N", about: "show: an older version" },
    account: { value: "NUMBER", about: "add-account: account number in the books" },
    code: { value: "CODES", about: "add-account: codes or globs, with commas between them" },
    event: { value: "TYPES", about: "add-account: event types, with commas between them; all when absent" },
    item: { value: "NAME", about: "add-account: product or service on invoices" },
    note: { value: "TEXT", about: "add-account: a word for whoever reads the rules" },
    ...clientFlags,
  },
  args: [1, 2],
  run: async (call) => {
    const [verb, what] = call.args as [string, string?];
    if (verb === "show") return show(call, connect(call), what);
    if (what === undefined && (verb === "publish" || verb === "add-account"))
      throw new WrongUse(`"rules ${verb}" needs ${verb === "publish" ? "a FILE" : "the NAME of a rule set"}.`);
    if (verb === "publish") return publish(call, what!);
    if (verb === "add-account") return addAccount(call, what!);
    throw new WrongUse(`There is no "rules ${verb}".${didYouMean(verb, verbs)}`);
  },
};

async function show(call: Call, client: Client, name: string | undefined): Promise<ExitCode> {
  if (name === undefined) {
    const { items } = await client.get<{ items: { name: string; version: number; createdBy: string; createdAt: string }[] }>(
      "/v1/rule-sets",
    );
    if (call.has("json")) call.io.print(JSON.stringify({ items }, null, 2));
    else
      for (const line of table(
        ["Name", "Version", "Published", "By"],
        items.map((one) => [one.name, String(one.version), localTime(one.createdAt), one.createdBy]),
        [1],
      ))
        call.io.print(line);
    return 0;
  }
  const answer = await client.get<{ ruleSet: unknown; version: number; createdAt: string }>(`/v1/rule-sets/${encodeURIComponent(name)}`, {
    version: call.text("version"),
  });
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else
    call.io.print(
      `# version ${answer.version}, published ${localTime(answer.createdAt)}\n${stringify(answer.ruleSet, { lineWidth: 140, sortMapEntries: inOrder }).trimEnd()}`,
    );
  return 0;
}

/** The order people write rule sets in; the database keeps none. */
const order = [
  ...["name", "description", "documents", "lineCodes", "accounts", "categories", "master", "codes", "items", "dimensions"],
  ...["memo", "docNumber", "parties", "terms", "closedPeriod", "settlement"],
  ...[
    "event",
    "code",
    "kind",
    "where",
    "when",
    "from",
    "to",
    "party",
    "number",
    "account",
    "item",
    "balance",
    "negatives",
    "values",
    "unknown",
    "default",
    "note",
  ],
];

function inOrder(a: { key: unknown }, b: { key: unknown }): number {
  const [first, second] = [a, b].map(({ key }) => String(key)) as [string, string];
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return place(first) - place(second) || (first < second ? -1 : 1);
}

async function publish(call: Call, file: string): Promise<ExitCode> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new WrongUse(`There is no file ${file} that can be read.`);
  });
  const ruleSet = readData(text, file);
  const { name } = ruleSet;
  if (typeof name !== "string") throw new Failed(`${file} does not say its name. Put "name: trucking" on its first line.`);
  return told(call, await connect(call).send<Published>("PUT", `/v1/rule-sets/${encodeURIComponent(name)}`, ruleSet));
}

function readData(text: string, file: string): Record<string, unknown> {
  let data: unknown;
  try {
    data = parse(text); // JSON is YAML too.
  } catch (cause) {
    throw new Failed(`${file} is neither YAML nor JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw new Failed(`${file} holds no rule set: it must be an object with a name.`);
  return data as Record<string, unknown>;
}

async function addAccount(call: Call, name: string): Promise<ExitCode> {
  const account = call.text("account");
  const code = call.text("code");
  if (account === undefined || code === undefined) throw new WrongUse("add-account needs --account NUMBER and --code CODE.");
  const list = (text: string | undefined) => text?.split(",").map((one) => one.trim());
  const row = { account, code: list(code), event: list(call.text("event")), item: call.text("item"), note: call.text("note") };
  return told(call, await connect(call).send<Published>("POST", `/v1/rule-sets/${encodeURIComponent(name)}/accounts`, row));
}

function told(call: Call, published: Published): ExitCode {
  if (call.has("json")) call.io.print(JSON.stringify(published, null, 2));
  else {
    call.io.print(`Published ${published.name} version ${published.version}.`);
    for (const { field, message, fix } of published.warnings)
      call.io.print(`  ${field === null ? "" : `${field}: `}${sentence(message)} ${sentence(fix)}`);
  }
  return 0;
}
