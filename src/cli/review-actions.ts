import type { Static } from "typebox";
import type { Action } from "../gateway/routes/review-actions.ts";
import type { Job } from "../gateway/routes/review-jobs.ts";
import { connect } from "./client.ts";
import { type Call, type ExitCode, WrongUse } from "./command.ts";
import { showOutcome } from "./dry-run.ts";
import { localTime, many, moneys } from "./format.ts";
import { table } from "./table.ts";

/** A verb of `review`: what comes after it, and what it does. */
export interface ReviewVerb {
  /** Arguments by name, in order; the last may be repeated when it ends with `…`. */
  readonly needs: readonly string[];
  readonly run: (call: Call, given: readonly string[]) => Promise<ExitCode>;
}

/** Sends one action and tells its answer in words, or as JSON. */
function action<Answer>(name: string, bodyOf: (call: Call, given: readonly string[]) => object, words: (answer: Answer) => string) {
  return async (call: Call, given: readonly string[]): Promise<ExitCode> => {
    const answer = await connect(call).send<Answer>("POST", `/v1/review/${name}`, bodyOf(call, given));
    call.io.print(call.has("json") ? JSON.stringify(answer, null, 2) : words(answer));
    return 0;
  };
}

function reasonOf(call: Call): string {
  const reason = call.text("reason");
  if (reason === undefined) throw new WrongUse("Say why with --reason TEXT; it stays in the audit log.");
  return reason;
}

interface Amended {
  readonly ruleSet: string;
  readonly versions?: readonly number[];
  readonly draftRevision?: number;
}

function amended({ ruleSet, versions, draftRevision }: Amended): string {
  if (versions === undefined) return `It waits in the draft of ${ruleSet}, revision ${draftRevision}, for the approval of another person.`;
  return `Published ${ruleSet} version ${versions.join(" and ")}. What waited for it is posted by itself.`;
}

/** `/lines/0/code=FULSD`. What is no JSON object, list, text in quotes, true, false or null is taken as text. */
function changesOf(given: readonly string[]): Record<string, unknown> {
  const pairs = given.map((pair): [string, unknown] => {
    const at = pair.indexOf("=");
    if (!pair.startsWith("/") || at < 0) throw new WrongUse(`"${pair}" is no change such as /lines/0/code=FULSD.`);
    const value = pair.slice(at + 1);
    return [pair.slice(0, at), /^([{["]|(null|true|false)$)/.test(value) ? readJson(value) : value];
  });
  return Object.fromEntries(pairs);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WrongUse(`${text} is no JSON.`);
  }
}

const ruleSet = (call: Call): object => (call.text("rule-set") === undefined ? {} : { ruleSet: call.text("rule-set") });
const books = (call: Call): object => (call.text("books") === undefined ? {} : { books: call.text("books") });
const list = (call: Call, flag: string): string[] | undefined =>
  call
    .text(flag)
    ?.split(",")
    .map((part) => part.trim());

function jobOrder(call: Call, kind: string): object {
  if (kind !== "retry" && kind !== "exclude") throw new WrongUse(`"${kind}" is no job: retry or exclude.`);
  const cause = call.text("cause");
  return {
    kind,
    ...(cause === undefined ? {} : { causes: [cause] }),
    classes: list(call, "class"),
    types: list(call, "type"),
    from: call.text("from"),
    to: call.text("to"),
    reason: call.text("reason"),
  };
}

function jobLine({ id, kind, state, done, left, total, problem }: Static<typeof Job>): string {
  const stayed = left === 0 ? "" : `, ${left} stayed as they are`;
  return `${id}: ${kind}, ${state}, ${done} of ${total} done${stayed}${problem === null ? "" : `. ${problem}`}`;
}

async function history(call: Call, cause: string): Promise<ExitCode> {
  const { items } = await connect(call).get<{ items: Static<typeof Action>[] }>("/v1/review/history", { cause, limit: "200" });
  if (call.has("json")) call.io.print(JSON.stringify({ items }, null, 2));
  else {
    const rows = items.map(({ at, kind, actor, reason, undoneBy }) => [
      localTime(at),
      kind,
      actor,
      reason ?? "",
      undoneBy === null ? "" : `undone by ${undoneBy}`,
    ]);
    for (const line of rows.length === 0 ? ["Nobody did anything about it yet."] : table(["When", "What", "Who", "Why", ""], rows))
      call.io.print(line);
  }
  return 0;
}

async function plan(call: Call, kind: string): Promise<ExitCode> {
  type Plan = { events: number; money: { currency: string; amount: string }[]; outcome: Parameters<typeof showOutcome>[0] | null };
  const answer = await connect(call).send<Plan>("POST", "/v1/review/plan", jobOrder(call, kind));
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else {
    call.io.print(`${kind}: ${many(answer.events, "event")}, ${moneys(answer.money)}`);
    if (answer.outcome !== null) for (const line of showOutcome(answer.outcome)) call.io.print(line);
  }
  return 0;
}

async function jobs(call: Call): Promise<ExitCode> {
  const { items } = await connect(call).get<{ items: Static<typeof Job>[] }>("/v1/review/jobs");
  if (call.has("json")) call.io.print(JSON.stringify({ items }, null, 2));
  else for (const line of items.length === 0 ? ["There were no jobs yet."] : items.map(jobLine)) call.io.print(line);
  return 0;
}

async function job(call: Call, id: string, isCancel: boolean): Promise<ExitCode> {
  const path = `/v1/review/jobs/${encodeURIComponent(id)}`;
  const client = connect(call);
  const answer = isCancel
    ? await client.send<Static<typeof Job>>("POST", `${path}/cancel`, {})
    : await client.get<Static<typeof Job>>(path);
  call.io.print(call.has("json") ? JSON.stringify(answer, null, 2) : jobLine(answer));
  return answer.state === "failed" ? 1 : 0;
}

/** Everything `ledgerlane review` can do beside listing. */
export const reviewVerbs: Readonly<Record<string, ReviewVerb>> = {
  history: { needs: ["CAUSE"], run: (call, [cause]) => history(call, cause!) },
  assign: {
    needs: ["CAUSE", "OWNER"],
    run: action(
      "assign",
      (_call, [cause, owner]) => ({ cause, owner: owner === "-" ? null : owner }),
      ({ owner }: { owner: string | null }) => (owner === null ? "Nobody looks after it any more." : `${owner} looks after it.`),
    ),
  },
  snooze: {
    needs: ["CAUSE", "UNTIL"],
    run: action(
      "snooze",
      (_call, [cause, until]) => ({ cause, until: until === "-" ? null : momentOf(until!) }),
      ({ snoozedUntil }: { snoozedUntil: string | null }) =>
        snoozedUntil === null ? "It is in the list again." : `Put aside until ${localTime(snoozedUntil)}.`,
    ),
  },
  comment: {
    needs: ["CAUSE", "TEXT"],
    run: action(
      "comment",
      (_call, [cause, text]) => ({ cause, text }),
      () => "Noted.",
    ),
  },
  "add-row": {
    needs: ["CAUSE", "ACCOUNT"],
    run: action(
      "add-row",
      (call, [cause, account]) => ({
        cause,
        row: { account, ...(call.text("item") === undefined ? {} : { item: call.text("item") }) },
        ...ruleSet(call),
      }),
      amended,
    ),
  },
  alias: { needs: ["CAUSE", "VALUE"], run: action("alias", (call, [cause, value]) => ({ cause, value, ...ruleSet(call) }), amended) },
  link: {
    needs: ["CAUSE", "RECORD"],
    run: action(
      "link",
      (call, [cause, record]) => ({ cause, record, ...books(call) }),
      ({ record, retried }: { record: { name: string }; retried: number }) =>
        `Linked to ${record.name}; ${many(retried, "item")} back in line.`,
    ),
  },
  "create-party": {
    needs: ["CAUSE"],
    run: action(
      "create-party",
      (call, [cause]) => ({ cause, ...books(call) }),
      ({ name, retried }: { name: string; retried: number }) => `${name} is being created; ${many(retried, "item")} back in line.`,
    ),
  },
  edit: {
    needs: ["EVENT", "CHANGE…"],
    run: action(
      "edit",
      (call, [eventId, ...changes]) => ({ eventId, changes: changesOf(changes), reason: reasonOf(call) }),
      ({ revision }: { revision: number }) => `Corrected as revision ${revision}.`,
    ),
  },
  exclude: {
    needs: ["CAUSE"],
    run: action(
      "exclude",
      (call, [cause]) => ({ cause, reason: reasonOf(call) }),
      ({ excluded, left }: { excluded: number; left: number }) =>
        `${many(excluded, "event")} excluded${left === 0 ? "" : `; ${left} stayed: something of them is in the books`}.`,
    ),
  },
  undo: {
    needs: ["CAUSE"],
    run: action(
      "undo",
      (_call, [cause]) => ({ cause }),
      ({ kind, events }: { kind: string; events: number }) =>
        `Undone: ${kind.replaceAll("_", " ")}${events === 0 ? "" : `; ${many(events, "event")} back in line`}.`,
    ),
  },
  plan: { needs: ["retry|exclude"], run: (call, [kind]) => plan(call, kind!) },
  start: {
    needs: ["retry|exclude"],
    run: action(
      "jobs",
      (call, [kind]) => jobOrder(call, kind!),
      (answer: Static<typeof Job>) => jobLine(answer),
    ),
  },
  jobs: { needs: [], run: (call) => jobs(call) },
  job: { needs: ["JOB"], run: (call, [id]) => job(call, id!, false) },
  cancel: { needs: ["JOB"], run: (call, [id]) => job(call, id!, true) },
};

function momentOf(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new WrongUse(`"${text}" is no moment such as 2026-12-01 or 2026-12-01T08:00, nor - for now.`);
  return at.toISOString();
}
