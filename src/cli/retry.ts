import type { Static } from "typebox";
import type { Cause } from "../gateway/routes/review.ts";
import { connect } from "./client.ts";
import { clientFlags, type Command, WrongUse } from "./command.ts";
import { many } from "./format.ts";
import { everyPage } from "./review.ts";

export const retry: Command = {
  name: "retry",
  summary: "Puts what was mended back to work",
  usage: "CAUSE | --events ID,ID… | --all",
  about: ["Events are mapped afresh by the rules as they are now. Nothing is ever posted twice."],
  flags: {
    events: { value: "IDS", about: "eventIds of single revisions, with commas between them" },
    all: { about: "Everything that waits for a person" },
    ...clientFlags,
  },
  args: [0, 1],
  run: async (call) => {
    const eventIds = call.text("events")?.split(",");
    const given = [call.args[0], eventIds, call.has("all") || undefined].filter((one) => one !== undefined);
    if (given.length !== 1) throw new WrongUse("Name one of: a cause (ledgerlane review lists them), --events, or --all.");
    const client = connect(call);
    const causes = call.has("all") ? (await everyPage<Static<typeof Cause>>(client, {})).map(({ cause }) => cause) : call.args;
    const selections = eventIds === undefined ? causes.map((cause) => ({ cause })) : [{ eventIds }];
    let retried = 0;
    for (const selection of selections) retried += (await client.send<{ retried: number }>("POST", "/v1/review/retry", selection)).retried;
    call.io.print(call.has("json") ? JSON.stringify({ retried }) : `${many(retried, "item")} back in line.`);
    return 0;
  },
};
