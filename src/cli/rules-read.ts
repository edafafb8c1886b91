import { stringify } from "yaml";
import { sections } from "../core/rules/keys.ts";
import type { Finding } from "../core/finding.ts";
import { connect } from "./client.ts";
import { type Call, type ExitCode, Failed, WrongUse } from "./command.ts";
import { localTime, many, words } from "./format.ts";
import { findingLine, pathOf, readData, readRules, wholeNumber } from "./rules-file.ts";
import { table } from "./table.ts";

interface Version {
  readonly name: string;
  readonly version: number;
  readonly effectiveFrom: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly note: string;
}
interface Draft {
  readonly name: string;
  readonly revision: number;
  readonly authors: readonly string[];
  readonly approvedBy: string | null;
  readonly updatedAt: string;
}

export async function list(call: Call): Promise<ExitCode> {
  const client = connect(call);
  const { items } = await client.get<{ items: Version[] }>("/v1/rule-sets");
  const drafts = (await client.get<{ items: Draft[] }>("/v1/rule-sets/drafts")).items;
  if (call.has("json")) {
    call.io.print(JSON.stringify({ items, drafts }, null, 2));
    return 0;
  }
  const rows = items.map((one) => [one.name, String(one.version), one.effectiveFrom ?? "all", localTime(one.createdAt), one.createdBy]);
  for (const line of table(["Name", "Version", "Service dates from", "Published", "By"], rows, [1])) call.io.print(line);
  if (drafts.length === 0) return 0;
  call.io.print("");
  const waiting = drafts.map((one) => [
    one.name,
    String(one.revision),
    localTime(one.updatedAt),
    one.authors.join(", "),
    one.approvedBy ?? "nobody",
  ]);
  for (const line of table(["Draft of", "Revision", "Saved", "By", "Approved by"], waiting, [1])) call.io.print(line);
  return 0;
}

export async function get(call: Call, name: string): Promise<ExitCode> {
  const client = connect(call);
  if (call.has("draft")) {
    const answer = await client.get<{ draft: Draft; ruleSet: unknown }>(pathOf(name, "/draft"));
    const { revision, updatedAt } = answer.draft;
    call.io.print(
      call.has("json")
        ? JSON.stringify(answer, null, 2)
        : yaml(`draft, revision ${revision}, saved ${localTime(updatedAt)}`, answer.ruleSet),
    );
    return 0;
  }
  const answer = await client.get<Version & { ruleSet: unknown }>(pathOf(name), { version: call.text("version") });
  const head = `version ${answer.version}, published ${localTime(answer.createdAt)}${answer.effectiveFrom === null ? "" : `, for service dates from ${answer.effectiveFrom}`}`;
  call.io.print(call.has("json") ? JSON.stringify(answer, null, 2) : yaml(head, answer.ruleSet));
  return 0;
}

function yaml(head: string, ruleSet: unknown): string {
  return `# ${head}\n${stringify(ruleSet, { lineWidth: 140, sortMapEntries: inOrder }).trimEnd()}`;
}

/** The order people write rule sets in; the database keeps none. */
const order: readonly string[] = [
  ...["name", "description", "extends", ...sections.slice(2), "books"],
  ...[
    "event",
    "code",
    "kind",
    "per",
    "where",
    "when",
    "from",
    "to",
    "party",
    "number",
    "quantity",
    "unit",
    "rate",
    "side",
    "account",
    "item",
  ],
  ...["balance", "negatives", "offset", "values", "unknown", "default", "note"],
];

function inOrder(a: { key: unknown }, b: { key: unknown }): number {
  const [first, second] = [a, b].map(({ key }) => String(key)) as [string, string];
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return place(first) - place(second) || (first < second ? -1 : 1);
}

/** The rules that a call names: those of a file, a version, the draft, or the newest. */
async function named(call: Call, what: string): Promise<{ name: string; which: Record<string, unknown> }> {
  const { name, ruleSet } = await readRules(what);
  if (ruleSet !== null) return { name, which: { ruleSet } };
  const version = wholeNumber(call, "version");
  return { name, which: call.has("draft") ? { draft: true } : version === undefined ? {} : { version } };
}

interface Check {
  readonly findings: readonly (Finding & { books: string | null })[];
  readonly overrides: readonly { words: string }[];
  readonly books: readonly string[];
}

export async function check(call: Call, what: string): Promise<ExitCode> {
  const { name, which } = await named(call, what);
  const answer = await connect(call).send<Check>("POST", pathOf(name, "/check"), which);
  const stopping = answer.findings.filter(({ severity }) => severity !== "warn");
  if (call.has("json")) {
    call.io.print(JSON.stringify(answer, null, 2));
    return stopping.length === 0 ? 0 : 1;
  }
  for (const one of answer.overrides) call.io.print(`  override  ${one.words}`);
  for (const finding of answer.findings) {
    call.io.print(`${finding.severity.padEnd(5)} ${finding.books === null ? "" : `[${finding.books}] `}${findingLine(finding).trim()}`);
  }
  const against =
    answer.books.length === 0 ? "no books' lists were there to check it against" : `checked against ${answer.books.join(", ")}`;
  call.io.print(`${name}: ${many(answer.findings.length, "finding")}, ${stopping.length} of them stop something; ${against}.`);
  return stopping.length === 0 ? 0 : 1;
}

export async function diff(call: Call, what: string): Promise<ExitCode> {
  const { name, ruleSet } = await readRules(what);
  const end = (flag: "from" | "to"): number | string | undefined => {
    const text = call.text(flag);
    if (text === undefined || text === "draft" || text === "newest") return text;
    return wholeNumber(call, flag);
  };
  const body = { from: end("from"), ...(ruleSet === null ? { to: end("to") } : { ruleSet }), books: call.text("books") };
  const answer = await connect(call).send<{ changes: { words: string }[] }>("POST", pathOf(name, "/diff"), body);
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else if (answer.changes.length === 0) call.io.print(`${name}: they do the same.`);
  else for (const change of answer.changes) call.io.print(change.words);
  return 0;
}

interface Explanation {
  readonly version: number;
  readonly books: string | null;
  readonly documents: readonly {
    readonly kind: string;
    readonly number: string;
    readonly date: string;
    readonly currency: string;
    readonly total: string;
    readonly lines: readonly {
      readonly account: string;
      readonly side: string;
      readonly amount: string;
      readonly dimensions: Readonly<Record<string, string>>;
      readonly because: {
        readonly row: string;
        readonly fallback: string;
        readonly from: string;
        readonly matched: Readonly<Record<string, string>>;
      };
    }[];
    readonly statistics: readonly { account: string; quantity: string; unit: string; row: string }[];
  }[];
  readonly findings: readonly Finding[];
  readonly rows: Readonly<Record<string, string>>;
}

export async function explain(call: Call, name: string): Promise<ExitCode> {
  const file = call.text("file");
  const [type, id] = [call.text("event"), call.text("id")];
  if (file === undefined && (type === undefined || id === undefined))
    throw new WrongUse("explain needs --event TYPE and --id ID, or --file EVENT.json.");
  const wanted = file === undefined ? { type, id, source: call.text("source") } : { event: await readData(file, "event") };
  const { which, name: of } = await named(call, name);
  const answer = await connect(call).send<Explanation>("POST", pathOf(of, "/explain"), { ...wanted, ...which, books: call.text("books") });
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else for (const line of explained(answer)) call.io.print(line);
  return answer.findings.some(({ severity }) => severity !== "warn") ? 1 : 0;
}

function explained({ version, documents, findings, rows }: Explanation): string[] {
  const lines = [version === 0 ? "By rules that are not published:" : `By version ${version}:`];
  for (const { kind, number, date, currency, total, lines: legs, statistics } of documents) {
    lines.push("", `${words(kind)} ${number} of ${date}, ${total} ${currency}`);
    const cells = legs.map(({ account, side, amount, dimensions, because }) => [
      because.from === "" ? "other side" : because.from,
      account,
      ...(side === "debit" ? [amount, ""] : ["", amount]),
      Object.entries(dimensions)
        .map(([dimension, value]) => `${dimension} ${value}`)
        .join(", "),
      `${because.row}${because.fallback === "row" ? "" : ` (${because.fallback})`}`,
      Object.entries(because.matched)
        .map(([field, value]) => `${field}=${value}`)
        .join(" "),
    ]);
    lines.push(...table(["From", "Account", "Debit", "Credit", "Dimensions", "Row", "Matched"], cells, [2, 3]));
    for (const one of statistics) lines.push(`  ${one.quantity} ${one.unit} on ${one.account} (${one.row})`);
  }
  if (Object.keys(rows).length > 0) lines.push("", ...Object.entries(rows).map(([row, text]) => `${row}: ${text}`));
  if (findings.length > 0) lines.push("", ...findings.map(findingLine));
  if (documents.length === 0 && findings.length === 0) throw new Failed("Nothing comes of this event.");
  return lines;
}
