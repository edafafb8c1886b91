import type { Static } from "typebox";
import type { Status } from "../gateway/routes/status.ts";
import { connect } from "./client.ts";
import { clientFlags, type Command, WrongUse } from "./command.ts";
import { amount, clockTime, count, localTime, many, money, moneys, words } from "./format.ts";
import { table } from "./table.ts";

type StatusAnswer = Static<typeof Status>;

const names: Readonly<Record<string, string>> = {
  received: "Received",
  ready: "Ready to post",
  sending: "Posting",
  uncertain: "Being confirmed",
  posted: "Posted",
  review: "In review",
  held: "On hold",
  excluded: "Not for the books",
  superseded: "Replaced",
  voided: "Voided",
};

export const status: Command = {
  name: "status",
  summary: "Shows where every event stands, and that it all adds up",
  usage: "[--by type|source|period]",
  about: ["Exit code 1 when the states do not add up to everything that was accepted."],
  flags: { by: { value: "WHAT", about: "The same events by type, source or period" }, ...clientFlags },
  args: [0, 0],
  run: async (call) => {
    const by = call.text("by");
    if (by !== undefined && by !== "type" && by !== "source" && by !== "period")
      throw new WrongUse(`"${by}" is nothing to list by: type, source or period.`);
    const answer = await connect(call).get<StatusAnswer>("/v1/status");
    if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
    else for (const line of by === undefined ? show(answer) : showBy(answer, by)) call.io.print(line);
    return answer.addsUp ? 0 : 1;
  },
};

function show(answer: StatusAnswer): string[] {
  return [
    `${answer.organization}   ${localTime(answer.at)}`,
    "",
    ...showStages(answer),
    ...showBooks(answer),
    ...showReview(answer),
    ...showNewest(answer),
  ];
}

/** One line a value, state and currency: what each is made of, and with that what it adds up to. */
function showBy(answer: StatusAnswer, by: "type" | "source" | "period"): string[] {
  const groups =
    by === "type"
      ? answer.types.map(({ type, ...rest }) => ({ name: words(type), ...rest }))
      : by === "source"
        ? answer.sources.map(({ source, ...rest }) => ({ name: source, ...rest }))
        : answer.periods.map(({ period, ...rest }) => ({ name: period, ...rest }));
  const rows = groups.flatMap(({ name, states, count: total, money: sums }) => [
    [name, "", count(total), moneys(sums)],
    ...states.map((one) => ["", names[one.state] ?? words(one.state), count(one.count), moneys(one.money)]),
  ]);
  return table([words(by), "State", "Events", "Amount"], rows, [2, 3]);
}

function showStages({ stages, accepted, addsUp }: StatusAnswer): string[] {
  const row = (name: string, number: number, { currency, amount: text }: { currency: string; amount: string }) => [
    name,
    count(number),
    amount(text),
    currency,
  ];
  const rows = stages.flatMap(({ stage, count: number, money: sums }) => {
    if (number === 0 && ["held", "excluded", "superseded", "voided"].includes(stage)) return [];
    const [first = { currency: "", amount: "0.00" }, ...more] = sums;
    return [row(names[stage] ?? stage, number, first), ...more.map((sum) => ["", "", amount(sum.amount), sum.currency])];
  });
  const total = accepted.money.map((sum, index) =>
    index === 0 ? row("Accepted", accepted.count, sum) : ["", "", amount(sum.amount), sum.currency],
  );
  const lines = table(["State", "Events", "Amount", ""], [...rows, ...total], [1, 2]);
  const ruled = total.length === 0 ? lines : [...lines.slice(0, -total.length), lines[1]!, ...lines.slice(-total.length)];
  return [
    ...ruled,
    addsUp
      ? "The states add up to everything that was accepted."
      : "THE STATES DO NOT ADD UP to what was accepted: tell your administrator.",
  ];
}

function showBooks(answer: StatusAnswer): string[] {
  return [...showWaiting(answer), ...showStopped(answer)];
}

function showWaiting({ books, at }: StatusAnswer): string[] {
  const moving = books.filter(({ clearsAt }) => clearsAt !== null);
  return moving.map(
    ({ name, waiting, clearsAt }) => `${name}: ${many(waiting, "document")} on the way, clears ${clockTime(clearsAt!, new Date(at))}`,
  );
}

function showStopped({ books }: StatusAnswer): string[] {
  const stopped = books.filter(({ state, pausedUntil }) => state !== "connected" || pausedUntil !== null);
  return stopped.flatMap(({ name, state, reason, pausedUntil }) => {
    const until = pausedUntil === null ? "" : ` until ${localTime(pausedUntil)}`;
    return [
      "",
      `${name}: ${state === "connected" ? `resting${until}` : state === "paused" ? `paused${until}` : "must be connected again"}. ${reason ?? ""}`.trimEnd(),
    ];
  });
}

function showReview({ review, reviewSnoozed, drift }: StatusAnswer): string[] {
  const beside = [
    ...(reviewSnoozed === 0 ? [] : ["", `${many(reviewSnoozed, "more cause")} put aside for now (ledgerlane review --snoozed only).`]),
    ...(drift === 0 ? [] : ["", `${many(drift, "document")} changed in the books after posting (ledgerlane review --class drift).`]),
  ];
  if (review.length === 0) return [...beside, "", "Nothing waits for a person."];
  return [
    ...beside,
    "",
    "Needs a person (ledgerlane review):",
    ...review.flatMap(({ events, money: sums, message, fix }) => [
      `  ${many(events, "event")}, ${moneys(sums)}: ${message}`,
      `      ${fix}`,
    ]),
  ];
}

function showNewest({ newestPostings }: StatusAnswer): string[] {
  if (newestPostings.length === 0) return ["", "Nothing is in the books yet."];
  const rows = newestPostings.map(({ document: { kind, number, date, party, total, currency }, postedAt }) => [
    localTime(postedAt),
    words(kind),
    number,
    date ?? "",
    party?.name ?? "",
    money({ currency, amount: total }),
  ]);
  return ["", ...table(["Posted", "Kind", "Number", "Date", "Party", "Amount"], rows, [5])];
}
