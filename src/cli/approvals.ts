import { readFile } from "node:fs/promises";
import type { Static } from "typebox";
import { didYouMean } from "../core/nearest.ts";
import type { ApprovalShape } from "../gateway/routes/approvals.ts";
import { connect } from "./client.ts";
import { type Call, clientFlags, type Command, type ExitCode, Failed, WrongUse } from "./command.ts";
import { localTime, many, money } from "./format.ts";
import { allPages } from "./pages.ts";
import { table } from "./table.ts";

type Approval = Static<typeof ApprovalShape>;

const verbs: Readonly<Record<string, (call: Call) => Promise<ExitCode>>> = {
  approve: (call) => decide(call, "approve"),
  reject: (call) => decide(call, "reject"),
  policy,
  delegate,
  delegations,
  undelegate,
};

export const approvals: Command = {
  name: "approvals",
  summary: "Lists what waits for an approval, and approves or rejects it",
  usage:
    "[approve ID… | reject ID… | approve --cause CAUSE | policy [--file FILE] | delegate WHO --until TIME | delegations | undelegate ID]",
  about: [
    "  (nothing)       lists what waits; --state approved, rejected, withdrawn or expired lists those",
    "  approve, reject decides one request or several, or all of one cause; a rejection needs a --note",
    "  policy          shows who may approve what, or sets it from a JSON file",
    "  delegate        lends what you may approve to another person for a while; undelegate takes it back",
    "Nobody approves what he made, nor on behalf of who made it. An approval is for that content only.",
  ],
  flags: {
    cause: { value: "CAUSE", about: "everything that waits behind a cause, as the list names it" },
    state: { value: "STATE", about: "list: open when absent" },
    note: { value: "TEXT", about: "approve, reject: why" },
    "as-dated": { about: "approve: what is dated in a closed month is posted as it is dated" },
    "next-open": { about: "approve: what is dated in a closed month goes to the first open day" },
    file: { value: "FILE", about: "policy: JSON with expiryDays and limits" },
    from: { value: "TIME", about: "delegate: from then; now when absent" },
    until: { value: "TIME", about: "delegate: until then, such as 2026-12-01T00:00:00Z" },
    ...clientFlags,
  },
  args: [0, 200],
  run: async (call) => {
    const [verb] = call.args;
    if (verb === undefined) return list(call);
    const chosen = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (chosen === undefined) throw new WrongUse(`There is no "approvals ${verb}".${didYouMean(verb, Object.keys(verbs))}`);
    return chosen(call);
  },
};

async function list(call: Call): Promise<ExitCode> {
  const items = await allPages<Approval>(connect(call), "/v1/approvals", {
    state: call.text("state") ?? "open",
    cause: call.text("cause"),
  });
  if (call.has("json")) call.io.print(JSON.stringify({ items }, null, 2));
  else if (items.length === 0) call.io.print("Nothing waits for an approval.");
  else {
    for (const item of items) {
      const about = item.money === null ? "" : `${money(item.money)}, `;
      const decided = item.decidedBy === null ? `until ${localTime(item.expiresAt)}` : `${item.state} by ${item.decidedBy}`;
      call.io.print(`${item.id}  ${about}asked ${localTime(item.askedAt)}, ${decided}`);
      call.io.print(`  ${item.event === null ? "" : `${item.event.type} ${item.event.id}: `}${item.message}`);
      call.io.print(`  cause: ${item.cause}`);
      call.io.print("");
    }
  }
  return 0;
}

async function decide(call: Call, decision: "approve" | "reject"): Promise<ExitCode> {
  const [, ...ids] = call.args;
  const cause = call.text("cause");
  if ((ids.length === 0) === (cause === undefined)) throw new WrongUse(`Name what to ${decision}: ids, or --cause CAUSE.`);
  if (call.has("as-dated") && call.has("next-open")) throw new WrongUse("--as-dated and --next-open exclude each other.");
  const note = call.text("note");
  if (decision === "reject" && (note ?? "") === "") throw new WrongUse("Say why with --note TEXT.");
  const choice = call.has("as-dated") ? "as_dated" : call.has("next-open") ? "next_open" : undefined;
  const body = { decision, note, choice, ...(cause === undefined ? { ids } : { cause }) };
  const answer = await connect(call).send<{ decided: number; released: number; refused: { id: string; reason: string }[] }>(
    "POST",
    "/v1/approvals/decide",
    body,
  );
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else {
    const word = decision === "approve" ? "approved" : "rejected";
    call.io.print(`${many(answer.decided, "request")} ${word}, ${many(answer.released, "event")} back at work.`);
    for (const { id, reason } of answer.refused) call.io.print(`  not ${id}: ${reason}`);
  }
  return answer.refused.length === 0 ? 0 : 1;
}

async function policy(call: Call): Promise<ExitCode> {
  const client = connect(call);
  const file = call.text("file");
  const answer =
    file === undefined ? await client.get("/v1/approvals/policy") : await client.send("PUT", "/v1/approvals/policy", await readJson(file));
  call.io.print(JSON.stringify(answer, null, 2));
  return 0;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new WrongUse(`There is no file ${file} that can be read.`);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failed(`${file} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

interface Delegation {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly revokedAt: string | null;
}

async function delegate(call: Call): Promise<ExitCode> {
  const [, to] = call.args;
  const until = call.text("until");
  if (to === undefined || until === undefined) throw new WrongUse("delegate needs WHO (an e-mail address) and --until TIME.");
  const answer = await connect(call).send<Delegation>("POST", "/v1/approvals/delegations", { to, until, from: call.text("from") });
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else
    call.io.print(
      `${answer.to} may approve for ${answer.from} until ${localTime(answer.endsAt)}. Take it back: approvals undelegate ${answer.id}`,
    );
  return 0;
}

async function delegations(call: Call): Promise<ExitCode> {
  const answer = await connect(call).get<{ items: Delegation[] }>("/v1/approvals/delegations");
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else if (answer.items.length === 0) call.io.print("Nobody lends his approvals to anybody.");
  else {
    const rows = answer.items.map(({ id, from, to, startsAt, endsAt, revokedAt }) => [
      ...[from, to, localTime(startsAt), localTime(endsAt)],
      ...[revokedAt === null ? "" : localTime(revokedAt), id],
    ]);
    for (const line of table(["From", "To", "Starts", "Ends", "Taken back", "Id"], rows)) call.io.print(line);
  }
  return 0;
}

async function undelegate(call: Call): Promise<ExitCode> {
  const [, id] = call.args;
  if (id === undefined) throw new WrongUse("undelegate needs the ID that `approvals delegations` shows.");
  const answer = await connect(call).send<Delegation>("POST", `/v1/approvals/delegations/${encodeURIComponent(id)}/end`, {});
  call.io.print(call.has("json") ? JSON.stringify(answer, null, 2) : `${answer.to} approves for ${answer.from} no more.`);
  return 0;
}
