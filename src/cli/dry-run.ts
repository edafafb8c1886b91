import { createReadStream, existsSync } from "node:fs";
import { basename } from "node:path";
import type { Static } from "typebox";
import type { DryRun } from "../gateway/routes/dry-run.ts";
import { connect } from "./client.ts";
import { clientFlags, type Command, WrongUse } from "./command.ts";
import { amount, count, localTime, many, money, moneys, words } from "./format.ts";
import { table } from "./table.ts";

type Outcome = Static<typeof DryRun>;

export const dryRun: Command = {
  name: "dry-run",
  summary: "Shows what would be posted of a file or a period, what would not and why; posts and writes nothing",
  usage: "FILE --source SOURCE | --period MONTH",
  about: ["Checked by the rules and the books' lists of now. Exit code 1 when something would wait for a person."],
  flags: {
    period: { value: "MONTH", about: "Stored events of a month, such as 2026-10, that are not posted yet" },
    from: { value: "DAY", about: "Stored events from this document date; with --to" },
    to: { value: "DAY", about: "Stored events up to this document date; with --from" },
    type: { value: "TYPES", about: "Only these event types, with commas between them" },
    source: { value: "SOURCE", about: "Where the events of the file come from, as named in the server" },
    format: { value: "FORMAT", about: "fuel-card-csv, edi-210, json, ndjson or xml, when it cannot be recognized" },
    ...clientFlags,
  },
  args: [0, 1],
  run: async (call) => {
    const client = connect(call);
    const [path] = call.args;
    let outcome: Outcome;
    if (path !== undefined) {
      if (!existsSync(path)) throw new WrongUse(`There is no file ${path}.`);
      const source = call.text("source");
      const query = new URLSearchParams({ name: basename(path), ...(source === undefined ? {} : { source }) });
      outcome = await client.upload<Outcome>(
        `/v1/dry-run/${encodeURIComponent(call.text("format") ?? "auto")}?${query}`,
        createReadStream(path),
      );
    } else {
      const { from, to } = daysOf(call.text("period"), call.text("from"), call.text("to"));
      outcome = await client.send<Outcome>("POST", "/v1/dry-run", { from, to, types: call.text("type")?.split(",") });
    }
    if (call.has("json")) call.io.print(JSON.stringify(outcome, null, 2));
    else for (const line of showOutcome(outcome)) call.io.print(line);
    return outcome.wouldStay.events + outcome.rejected + outcome.conflicts > 0 ? 1 : 0;
  },
};

function daysOf(period: string | undefined, from: string | undefined, to: string | undefined): { from: string; to: string } {
  if (period === undefined) {
    if (from === undefined || to === undefined) throw new WrongUse("Name a FILE, --period MONTH, or --from DAY with --to DAY.");
    return { from, to };
  }
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(period) ?? [];
  if (year === undefined) throw new WrongUse(`"${period}" is no month such as 2026-10.`);
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return { from: `${period}-01`, to: `${period}-${last}` };
}

/** What a dry run found, for people. */
export function showOutcome(outcome: Outcome): string[] {
  const { wouldPost, wouldStay, wouldSkip, effort, samples, budgets, causes, causesLeftOut, referenceAt } = outcome;
  const rest = (["done", "excluded", "duplicates", "conflicts", "rejected"] as const).filter((name) => outcome[name] > 0);
  return [
    `Would post     ${many(wouldPost.events, "event")} as ${many(wouldPost.documents, "document")}, ${moneys(wouldPost.money)}`,
    `Would wait     ${many(wouldStay.events, "event")}, ${moneys(wouldStay.money)}`,
    ...(wouldSkip === 0 ? [] : [`Not for books  ${many(wouldSkip, "event")}`]),
    ...rest.map((name) => `${words(name).padEnd(14)} ${count(outcome[name])}`),
    `Provider       ${many(effort.calls, "call")}, about ${many(effort.seconds, "second")}; ${many(effort.parties, "new party record")}`,
    ...(referenceAt === null ? [] : [`Books' lists   as of ${localTime(referenceAt)}`]),
    ...causes.flatMap(({ severity, events, money: sums, message, fix, cause }) => [
      "",
      `${many(events, "event")}, ${moneys(sums)}${severity === "hold" ? ", on hold" : ""}`,
      `  ${message}`,
      `  → ${fix}`,
      `  cause: ${cause}`,
    ]),
    ...(causesLeftOut === 0 ? [] : ["", `… and ${many(causesLeftOut, "more cause")}`]),
    ...(budgets.length === 0
      ? []
      : [
          "",
          ...table(
            ["Budget", "Account", "Days", "Planned", "Taken", "Would take", "Left"],
            budgets.map((one) => [
              one.budget,
              one.account,
              `${one.starts} – ${one.ends}`,
              amount(one.amount),
              amount(one.taken),
              amount(one.wouldTake),
              `${amount(one.left)} ${one.currency}`,
            ]),
            [3, 4, 5, 6],
          ),
        ]),
    ...samples.flatMap((entry) => [
      "",
      `${words(entry.type)} ${entry.id} → ${words(entry.kind)} ${entry.number}  ${entry.date}  ${entry.party ?? ""}  ${money({ currency: entry.currency, amount: entry.total })}`,
      ...table(
        ["  Account", "Debit", "Credit", "Text"],
        entry.lines.map((line) => [
          `  ${line.account}`,
          line.side === "debit" ? amount(line.amount) : "",
          line.side === "credit" ? amount(line.amount) : "",
          line.description,
        ]),
        [1, 2],
      ),
    ]),
  ];
}
