import type { Static } from "typebox";
import { didYouMean } from "../core/nearest.ts";
import type { Cause, CauseItem } from "../gateway/routes/review.ts";
import { type Client, connect } from "./client.ts";
import { type Call, clientFlags, type Command, type ExitCode, WrongUse } from "./command.ts";
import { amount, localTime, many, moneys, words } from "./format.ts";
import { reviewVerbs } from "./review-actions.ts";
import { table } from "./table.ts";

interface Listed<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

export const review: Command = {
  name: "review",
  summary: "Lists what waits for a person, by root cause, with what to do about it",
  usage: "[--cause CAUSE [--retry]] | history CAUSE | add-row CAUSE ACCOUNT | link CAUSE RECORD | exclude CAUSE | undo CAUSE | …",
  about: [
    "Without more, the open causes; with --cause, the events behind one; with --retry too, they are put back to work.",
    "  history CAUSE             what was done about it, by whom and why",
    "  add-row CAUSE ACCOUNT     adds an account row to the published rules; --item, --rule-set",
    "  alias CAUSE VALUE         teaches the rules a word: a code of ours, a value of a dimension, a product or service",
    "  link CAUSE RECORD         says which record of the books a vendor or customer is, by id or name; --books ID",
    "  create-party CAUSE        lets a missing vendor or customer be created",
    "  edit EVENT CHANGE…        corrects an event as a new revision: /lines/0/code=FULSD --reason TEXT",
    "  exclude CAUSE             takes its events out of the work: --reason TEXT",
    "  undo CAUSE                undoes the last thing that was done about it",
    "  assign CAUSE OWNER        gives it an owner; - for nobody",
    "  snooze CAUSE UNTIL        puts it aside until a moment; - for now",
    "  comment CAUSE TEXT        adds a word",
    "  plan, start retry|exclude a job over many: --class, --type, --from, --to, --cause, --reason",
    "  jobs, job JOB, cancel JOB where jobs stand",
    "What was mended by a rule, a link, or in the books runs again by itself.",
  ],
  flags: {
    cause: { value: "CAUSE", about: "A cause as the list names it" },
    retry: { about: "Puts what stands behind the cause back to work" },
    class: {
      value: "CLASSES",
      about: "Only causes of these classes: mapping, reference, period, budget, duplicate, books, approval, data, drift",
    },
    owner: { value: "OWNER", about: "Only causes of this owner" },
    snoozed: { value: "HOW", about: "Causes that are put aside: without, only or with" },
    reason: { value: "TEXT", about: "edit, exclude: why; it stays in the audit log" },
    item: { value: "NAME", about: "add-row: product or service on invoices" },
    "rule-set": { value: "NAME", about: "add-row, alias: the rule set, where several are meant" },
    books: { value: "ID", about: "link, create-party: the books, where several are meant" },
    type: { value: "TYPES", about: "plan, start: only these event types, with commas" },
    from: { value: "DAY", about: "plan, start: first document date" },
    to: { value: "DAY", about: "plan, start: last document date" },
    ...clientFlags,
  },
  args: [0, 20],
  run: async (call) => {
    const [name, ...given] = call.args;
    if (name !== undefined && name !== "list") return runVerb(call, name, given);
    const client = connect(call);
    const cause = call.text("cause");
    if (call.has("retry")) {
      if (cause === undefined) throw new WrongUse("--retry needs --cause CAUSE. All causes at once: ledgerlane retry --all");
      const answer = await client.send<{ retried: number }>("POST", "/v1/review/retry", { cause });
      call.io.print(call.has("json") ? JSON.stringify(answer) : `${many(answer.retried, "item")} back in line.`);
      return 0;
    }
    const answer =
      cause === undefined
        ? await everyPage<Static<typeof Cause>>(client, filterOf(call))
        : await everyPage<Static<typeof CauseItem>>(client, { cause });
    if (call.has("json")) call.io.print(JSON.stringify({ items: answer }, null, 2));
    else
      for (const line of cause === undefined
        ? showCauses(answer as Static<typeof Cause>[])
        : showItems(answer as Static<typeof CauseItem>[]))
        call.io.print(line);
    return 0;
  },
};

function runVerb(call: Call, name: string, given: readonly string[]): Promise<ExitCode> {
  const verb = Object.hasOwn(reviewVerbs, name) ? reviewVerbs[name] : undefined;
  if (verb === undefined) throw new WrongUse(`There is no "review ${name}".${didYouMean(name, Object.keys(reviewVerbs))}`);
  const { needs, run } = verb;
  if (given.length < needs.length) throw new WrongUse(`"review ${name}" needs ${needs.slice(given.length).join(" and ")}.`);
  if (given.length > needs.length && needs.at(-1)?.endsWith("…") !== true)
    throw new WrongUse(`"${given[needs.length]}" is one argument too many.`);
  return run(call, given);
}

function filterOf(call: Call): Record<string, string> {
  const flags = ["class", "owner", "snoozed"].map((flag) => [flag, call.text(flag)] as const);
  return Object.fromEntries(flags.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** All pages of the review list. */
export async function everyPage<Item>(client: Client, query: Record<string, string>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page: Listed<Item> = await client.get("/v1/review", { ...query, limit: "200", cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < 10_000);
  return items;
}

function showCauses(causes: readonly Static<typeof Cause>[]): string[] {
  if (causes.length === 0) return ["Nothing waits for a person."];
  return causes.flatMap(({ cause, class: kind, severity, events, money, periods, owner, message, fix, oldestAt }) => [
    `${many(events, "event")}, ${moneys(money)}${severity === "hold" ? ", on hold" : ""}, since ${localTime(oldestAt)}`,
    `  ${[kind, periods.join(", "), owner ?? "nobody's yet"].filter((part) => part !== "").join(" · ")}`,
    `  ${message}`,
    `  → ${fix}`,
    `  cause: ${cause}`,
    "",
  ]);
}

function showItems(items: readonly Static<typeof CauseItem>[]): string[] {
  if (items.length === 0) return ["Nothing stands behind this cause (any more)."];
  const rows = items.map(({ finding, event }) => [
    event === null ? "" : words(event.type),
    event?.id ?? "",
    event?.number ?? "",
    event?.date ?? "",
    event === null ? "" : `${amount(event.total)} ${event.currency}`,
    finding.message,
  ]);
  return table(["Type", "Id", "Number", "Date", "Amount", "What is wrong"], rows, [4]);
}
