import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import type { Static } from "typebox";
import { didYouMean } from "../core/nearest.ts";
import type { ConnectedBooks } from "../gateway/routes/books.ts";
import { type Client, connect } from "./client.ts";
import { type Call, clientFlags, type Command, type ExitCode, Failed, WrongUse } from "./command.ts";
import { clockTime, count, localTime, sentence } from "./format.ts";
import { table } from "./table.ts";

type BooksAnswer = Static<typeof ConnectedBooks>;

const verbs = ["connect", "reconnect", "pause", "resume", "disconnect"] as const;

export const books: Command = {
  name: "books",
  summary: "Shows the connected company files; connects, pauses, resumes and disconnects them",
  usage: "[connect --name NAME --client-id ID --client-secret-file FILE | reconnect BOOKS | pause BOOKS | resume BOOKS | disconnect BOOKS]",
  about: [
    "  (nothing)            lists the books: state, company, what waits and when it will be there, age of what is known of their lists, when the sign-in ends",
    "  connect              starts a consent and prints the address to open in a browser within ten minutes",
    "  reconnect BOOKS      the same for books that exist, with the app they have",
    "  pause, resume        stops and starts posting; what comes in waits",
    "  disconnect           ends the grant at the provider, forgets the tokens and pauses the books",
    "BOOKS is a name or an id as the list shows it.",
  ],
  flags: {
    provider: { value: "PROVIDER", about: "connect: accounting system; quickbooks-online when absent" },
    name: { value: "NAME", about: "connect: name of the books here" },
    "client-id": { value: "ID", about: "connect: client id of your app" },
    "client-secret-file": { value: "FILE", about: "connect: file that holds its client secret; - reads standard input" },
    environment: { value: "WORLD", about: "connect: production or sandbox; production when absent" },
    sandbox: { value: "URL", about: "connect: an emulator (ledgerlane sandbox) instead of the provider" },
    "rule-set": { value: "NAME", about: "connect: rule set; trucking when absent" },
    source: { value: "SOURCES", about: "connect: sources that feed the books, with commas between them" },
    ...clientFlags,
  },
  args: [0, 2],
  run: async (call) => {
    const [verb, which] = call.args;
    if (verb === undefined) return list(call);
    if (!(verbs as readonly string[]).includes(verb)) throw new WrongUse(`There is no "books ${verb}".${didYouMean(verb, verbs)}`);
    if (verb === "connect") return start(call);
    if (which === undefined) throw new WrongUse(`"books ${verb}" needs the name or id of the BOOKS.`);
    const client = connect(call);
    const found = await find(client, which);
    const answer = await client.send<Record<string, unknown>>("POST", `/v1/books/${found.id}/${verb}`, {});
    if (call.has("json")) call.io.print(JSON.stringify(answer));
    else if (verb === "reconnect") sayOpen(call, answer.url as string);
    else call.io.print(said(verb, found.name, answer));
    return 0;
  },
};

function said(verb: string, name: string, answer: Record<string, unknown>): string {
  if (verb === "pause") return `${name} is paused. What comes in waits; go on with: ledgerlane books resume "${name}"`;
  if (verb === "resume") return `${name} goes on posting.`;
  const grant = answer.revoked === true ? "the grant was ended at the provider" : "there was no grant left to end at the provider";
  return `${name} is disconnected; ${grant}. Connect it again with: ledgerlane books reconnect "${name}"`;
}

async function list(call: Call): Promise<ExitCode> {
  const { items } = await connect(call).get<{ items: BooksAnswer[] }>("/v1/books");
  if (call.has("json")) call.io.print(JSON.stringify({ items }, null, 2));
  else for (const line of show(items, new Date())) call.io.print(line);
  return items.every(({ state, signInEndsAt }) => state !== "reconnect" && (state === "paused" || signInEndsAt !== null)) ? 0 : 1;
}

/** The list as people read it. */
function show(items: readonly BooksAnswer[], now: Date): string[] {
  if (items.length === 0) return ["No books are connected. Connect the first: ledgerlane books connect --help"];
  const rows = items.map(
    ({ name, state, pausedUntil, system, company, companyName, waiting, clearsAt, referenceAt, signInEndsAt, usage, id }) => [
      name,
      state === "connected" && pausedUntil !== null ? `resting until ${localTime(pausedUntil)}` : state,
      `${companyName ?? ""} (${system} ${company})`.trimStart(),
      waiting === 0 ? "nothing" : `${count(waiting)}${clearsAt === null ? "" : `, clears ${clockTime(clearsAt, now)}`}`,
      referenceAt === null ? "never" : `${span(now.getTime() - Date.parse(referenceAt))} ago`,
      signInEndsAt === null ? "signed out" : `in ${span(Date.parse(signInEndsAt) - now.getTime())}`,
      String(usage.meteredReads),
      id,
    ],
  );
  const reasons = items.flatMap(({ name, state, reason }) => (reason === null ? [] : [`${name} (${state}): ${sentence(reason)}`]));
  const lines = table(["Name", "State", "Company", "Waiting", "Lists read", "Sign-in ends", "Reads this month", "Id"], rows);
  return reasons.length === 0 ? lines : [...lines, "", ...reasons];
}

/** `3 days`, `5 h`, `12 min`: rounded down, so that what is left is never overstated. */
function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}

async function find(client: Client, which: string): Promise<BooksAnswer> {
  const { items } = await client.get<{ items: BooksAnswer[] }>("/v1/books");
  const found = items.filter(({ id, name }) => id === which || name === which);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new Failed(`${found.length} books are called "${which}": name one by its id.`);
  const guess = didYouMean(
    which,
    items.map(({ name }) => name),
  );
  throw new Failed(`There are no books "${which}".${guess}`);
}

async function start(call: Call): Promise<ExitCode> {
  const name = call.text("name");
  const clientId = call.text("client-id");
  const file = call.text("client-secret-file");
  if (name === undefined || clientId === undefined || file === undefined)
    throw new WrongUse('"books connect" needs --name, --client-id and --client-secret-file.');
  const environment = call.text("environment");
  const sandbox = call.text("sandbox");
  if (environment !== undefined && sandbox !== undefined) throw new WrongUse("Name --environment or --sandbox, not both.");
  const provider = call.text("provider") ?? "quickbooks-online";
  const ruleSet = call.text("rule-set");
  const order = {
    name,
    clientId,
    clientSecret: await readSecret(file),
    ...(environment === undefined ? {} : { environment }),
    ...(sandbox === undefined ? {} : { addresses: emulatorAt(`${sandbox.replace(/\/+$/, "")}/${provider}`) }),
    ...(ruleSet === undefined ? {} : { ruleSet }),
    sourceIds: (call.text("source") ?? "").split(",").filter((source) => source !== ""),
  };
  const answer = await connect(call).send<{ url: string }>("POST", `/v1/connect/${encodeURIComponent(provider)}`, order);
  if (call.has("json")) call.io.print(JSON.stringify(answer));
  else sayOpen(call, answer.url);
  return 0;
}

function sayOpen(call: Call, url: string): void {
  call.io.print("Open this in a browser within ten minutes, and choose the company there:");
  call.io.print(url);
}

async function readSecret(file: string): Promise<string> {
  try {
    const secret = (file === "-" ? await readAll(process.stdin) : await readFile(file, "utf8")).trim();
    if (secret !== "") return secret;
  } catch (cause) {
    throw new WrongUse(`${file} cannot be read: ${(cause as Error).message}`);
  }
  throw new WrongUse(`${file === "-" ? "Standard input" : file} is empty; the client secret was expected.`);
}

function emulatorAt(base: string): Record<string, string> {
  return {
    apiUrl: base,
    appUrl: base,
    authorizeUrl: `${base}/connect/oauth2`,
    tokenUrl: `${base}/oauth2/v1/tokens/bearer`,
    revokeUrl: `${base}/oauth2/v1/tokens/revoke`,
  };
}
