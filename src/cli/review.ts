import type { Static } from "typebox";
import type { Cause, CauseItem } from "../gateway/routes/review.ts";
import { type Client, connect } from "./client.ts";
import { clientFlags, type Command, WrongUse } from "./command.ts";
import { amount, localTime, many, moneys, words } from "./format.ts";
import { table } from "./table.ts";

interface Listed<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

export const review: Command = {
  name: "review",
  summary: "Lists what waits for a person, by root cause, with what to do about it",
  usage: "[--cause CAUSE [--retry]]",
  about: ["With --cause, the events behind it; with --retry too, they are put back to work."],
  flags: {
    cause: { value: "CAUSE", about: "A cause as the list names it" },
    retry: { about: "Puts what stands behind the cause back to work" },
    ...clientFlags,
  },
  args: [0, 0],
  run: async (call) => {
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
        ? await everyPage<Static<typeof Cause>>(client, {})
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
  return causes.flatMap(({ cause, severity, events, money, message, fix, oldestAt }) => [
    `${many(events, "event")}, ${moneys(money)}${severity === "hold" ? ", on hold" : ""}, since ${localTime(oldestAt)}`,
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
