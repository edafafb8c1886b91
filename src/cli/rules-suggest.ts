import { connect } from "./client.ts";
import { type Call, type ExitCode, WrongUse } from "./command.ts";
import { amount, count, many, moneys } from "./format.ts";
import { pathOf, wholeNumber } from "./rules-file.ts";
import { table } from "./table.ts";

interface Suggestion {
  readonly id: string;
  readonly name: string;
  readonly events: number;
  readonly money: readonly { readonly currency: string; readonly amount: string }[];
  readonly proposals: readonly {
    readonly value: string;
    readonly label: string;
    readonly score: number;
    readonly reasons: readonly string[];
  }[];
}
interface Suggestions {
  readonly books: string;
  readonly from: string;
  readonly to: string;
  readonly events: number;
  readonly items: readonly Suggestion[];
}
interface Accepted {
  readonly draft: { readonly revision: number } | null;
  readonly accepted: readonly { readonly id: string; readonly value: string; readonly score: number | null }[];
  readonly left: Suggestions;
}

/** Prints what is missing with what it could be; `--accept` and `--take` write it down, `--ask` asks for the rest one by one. */
export async function suggest(call: Call, name: string): Promise<ExitCode> {
  const client = connect(call);
  const { ask } = call.io;
  if (call.has("ask") && ask === undefined) throw new WrongUse("--ask needs a terminal to ask at; without one use --take ID=VALUE.");
  const of = { books: call.text("books"), from: call.text("from"), to: call.text("to") };
  const accept = (order: { scoreMin?: number | undefined; chosen?: readonly Choice[] | undefined }): Promise<Accepted> =>
    client.send<Accepted>("POST", pathOf(name, "/suggestions/accept"), { ...of, ...order });
  const scoreMin = wholeNumber(call, "accept");
  const chosen = call.text("take")?.split(nextChoice).map(readChoice);
  const isTaking = scoreMin !== undefined || chosen !== undefined;
  const answer = isTaking ? await accept({ scoreMin, chosen }) : null;
  const found = answer?.left ?? (await client.get<Suggestions>(pathOf(name, "/suggestions"), of));
  if (call.has("json")) {
    call.io.print(JSON.stringify(answer ?? found, null, 2));
    return 0;
  }
  if (answer !== null) for (const line of acceptedLines(name, answer)) call.io.print(line);
  if (!call.has("ask")) {
    if (answer === null) for (const line of listOf(found)) call.io.print(line);
    return 0;
  }
  const answers = await askAll(call, found, ask!);
  if (answers.length === 0) return 0;
  try {
    for (const line of acceptedLines(name, await accept({ chosen: answers }))) call.io.print(line);
  } catch (error) {
    const again = answers.map(({ id, value }) => `${id}=${value}`).join(",");
    call.io.warn(`Nothing was written. Your answers, to correct and send again: ledgerlane rules suggest ${name} --take "${again}"`);
    throw error;
  }
  return 0;
}

interface Choice {
  readonly id: string;
  readonly value: string;
}

/** Goes through what is left, most needed first: a number takes a proposal, other words are a value, nothing goes on, `q` ends it. */
async function askAll(call: Call, found: Suggestions, ask: (question: string) => Promise<string>): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const item of shownOf(found)) {
    for (const line of blockOf(item, true)) call.io.print(line);
    const said = (await ask("Number, another value, Enter to leave it, q to end: ")).trim();
    if (said === "q") break;
    if (said === "") continue;
    const proposal = /^[1-9]$/.test(said) ? item.proposals[Number(said) - 1] : undefined;
    choices.push({ id: item.id, value: proposal?.value ?? said });
  }
  return choices;
}

/** Between two choices; names may have commas in them. */
const nextChoice = /,(?=\s*[a-z]+\/[^,=]+=)/;

/** `account/5210=6100` */
function readChoice(text: string): Choice {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) throw new WrongUse(`--take needs ID=VALUE, such as account/5210=6100, not "${text}".`);
  return { id: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/** Rules are for more than one carrier has: what no event needs and nothing looks like is counted only. */
function shownOf({ items }: Suggestions): Suggestion[] {
  return items.filter((one) => one.events > 0 || one.proposals.length > 0);
}

function blockOf({ id, name, events, money, proposals }: Suggestion, isNumbered = false): string[] {
  const use = events === 0 ? "named by the rules" : `${many(events, "event")}, ${moneys(money)}`;
  const lines = proposals.map(
    ({ label, score, reasons }, at) => `${isNumbered ? `  ${at + 1})` : ""}  ${String(score).padStart(3)}  ${label}: ${reasons.join(", ")}`,
  );
  return [
    "",
    `${id}${name === "" ? "" : `  ${name}`}  (${use})`,
    ...(lines.length > 0 ? lines : ["       nothing in the books looks like it"]),
  ];
}

function listOf(found: Suggestions): string[] {
  const { books, from, to, events, items } = found;
  const seen = `${many(events, "event")} from ${from} to ${to}`;
  if (items.length === 0) return [`Nothing is missing for ${books} (${seen}).`];
  const out = [`${many(items.length, "name")} that ${books} do not have, looking at ${seen}:`];
  const shown = shownOf(found);
  for (const item of shown) out.push(...blockOf(item));
  const rest = items.length - shown.length;
  if (rest > 0)
    out.push("", `${many(rest, "name")} more that only the rules have, and nothing in the books looks like; --json lists them.`);
  const example = (shown[0] ?? items[0]!).id;
  return [...out, "", `Accept the sure ones with --accept 85, single ones with --take ${example}=VALUE. Nothing is published by that.`];
}

function acceptedLines(name: string, { draft, accepted, left }: Accepted): string[] {
  const out = [
    `${many(accepted.length, "suggestion")} accepted${draft === null ? "" : `, in the draft of ${name}, revision ${draft.revision}`}.`,
  ];
  const rows = accepted.map(({ id, value, score }) => [id, value, score === null ? "chosen" : String(score)]);
  if (rows.length > 0) out.push("", ...table(["What", "Is now", "Score"], rows, [2]));
  const open = left.items.length;
  if (open > 0)
    out.push(
      "",
      `${many(open, "name")} left for you: ledgerlane rules suggest ${name}${left.books === "" ? "" : ` --books "${left.books}"`}`,
    );
  if (draft !== null) out.push("", `See what it changes: ledgerlane rules backtest ${name} --from ${left.from} --to ${left.to}`);
  return out;
}

interface Coverage {
  readonly from: string;
  readonly to: string;
  readonly books: readonly {
    readonly books: string;
    readonly isCompared: boolean;
    readonly events: number;
    readonly covered: number;
    readonly items: readonly {
      readonly kind: string;
      readonly value: string;
      readonly state: string;
      readonly text: string;
      readonly type: string;
      readonly source: string;
      readonly events: number;
      readonly amount: string;
      readonly currency: string;
    }[];
  }[];
}

/** Prints what stored events have no mapping for. Exit code 1 when something stops events. */
export async function coverage(call: Call, name: string): Promise<ExitCode> {
  const found = await connect(call).get<Coverage>(pathOf(name, "/coverage"), {
    ...{ books: call.text("books"), from: call.text("from"), to: call.text("to"), version: call.text("version") },
    ...(call.has("draft") ? { draft: "true" } : {}),
  });
  const stops = found.books.some(({ items }) => items.some(({ state }) => state === "unmapped"));
  if (call.has("json")) {
    call.io.print(JSON.stringify(found, null, 2));
    return stops ? 1 : 0;
  }
  for (const { books, isCompared, events, covered, items } of found.books) {
    call.io.print(`${books}: ${count(covered)} of ${many(events, "event")} from ${found.from} to ${found.to} have all they need.`);
    if (!isCompared) call.io.print("  Their lists were not read yet; only the rules were looked at.");
    const rows = items.map((one) => [
      ...[one.kind, one.value, one.text, one.type, one.source, count(one.events), amount(one.amount), one.currency],
      words[one.state] ?? one.state,
    ]);
    const heads = ["Missing", "Value", "Called", "Event type", "Source", "Events", "Money", "Currency", "Until then"];
    if (rows.length > 0) for (const line of table(heads, rows, [5, 6])) call.io.print(line);
  }
  return stops ? 1 : 0;
}

const words: Readonly<Record<string, string>> = {
  unmapped: "waits in review",
  master: "account of last resort",
  created: "will be created",
};
