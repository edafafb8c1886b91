import type { Static } from "typebox";
import type { Story } from "../gateway/routes/events.ts";
import { connect } from "./client.ts";
import { clientFlags, type Command } from "./command.ts";
import { amount, localTime, money, words } from "./format.ts";
import { aligned, table } from "./table.ts";

type StoryAnswer = Static<typeof Story>;

export const event: Command = {
  name: "event",
  summary: "Tells the whole story of one event: revisions, findings, documents with the reason of every line, postings, audit",
  usage: "TYPE ID [--source SOURCE]",
  about: ["TYPE is the event's type (fuel_transaction), ID the TMS's id, not the printed number."],
  flags: { source: { value: "SOURCE", about: "Which source, where two use the same id" }, ...clientFlags },
  args: [2, 2],
  run: async (call) => {
    const [type, id] = call.args as [string, string];
    const story = await connect(call).get<StoryAnswer>(`/v1/events/${encodeURIComponent(type)}/${encodeURIComponent(id)}`, {
      source: call.text("source"),
    });
    if (call.has("json")) call.io.print(JSON.stringify(story, null, 2));
    else for (const line of show(story)) call.io.print(line);
    return 0;
  },
};

function show(story: StoryAnswer): string[] {
  const revisions = story.revisions.map((one) => [
    `  revision ${one.revision}`,
    one.state,
    one.number ?? "",
    one.date,
    money({ currency: one.currency, amount: one.total }),
    localTime(one.receivedAt),
  ]);
  return [
    `${words(story.type)} ${story.id} from ${story.source}: ${story.state}`,
    ...aligned(revisions, [4]),
    ...showFindings(story),
    ...story.documents.flatMap((document) => showDocument(document, story)),
    "",
    "What happened",
    ...aligned(story.audit.map(({ at, action, actor }) => [`  ${localTime(at)}`, action, actor])),
  ];
}

function showFindings({ findings }: StoryAnswer): string[] {
  if (findings.length === 0) return [];
  return [
    "",
    "Findings",
    ...findings.flatMap(({ severity, field, message, fix, resolvedAt }) => {
      const end = resolvedAt === null ? "open" : `resolved ${localTime(resolvedAt)}`;
      return [`  ${severity}${field === null ? "" : ` ${field}`}: ${message} (${end})`, `      ${fix}`];
    }),
  ];
}

function showDocument(document: StoryAnswer["documents"][number], { postings }: StoryAnswer): string[] {
  const rows = document.lines.map(({ account, accountName, side, amount: text, description, because }) => [
    `  ${account}${accountName === null ? "" : ` ${accountName}`}`,
    side === "debit" ? amount(text) : "",
    side === "credit" ? amount(text) : "",
    description,
    `${because.row} (${because.fallback}) from ${because.from}`,
  ]);
  const rules = document.ruleSet === null ? "" : `, by ${document.ruleSet} version ${document.ruleSetVersion}`;
  const title = `${words(document.kind)} ${document.number}  ${document.date ?? ""}  ${document.party?.name ?? ""}  ${money({ currency: document.currency, amount: document.total })}${rules}`;
  return ["", title, ...table(["  Account", "Debit", "Credit", "Text", "Because"], rows, [1, 2]), ...showPostings(document.id, postings)];
}

function showPostings(documentId: string, postings: StoryAnswer["postings"]): string[] {
  return postings
    .filter(({ posting }) => posting.documentId === documentId)
    .flatMap(({ posting, attempts }) => [
      `  ${posting.state} in ${posting.booksName}${posting.providerId === null ? "" : ` as ${posting.providerId}`}${posting.url === null ? "" : `  ${posting.url}`}`,
      ...(posting.fault === null ? [] : [`  ${posting.fault.code}: ${posting.fault.message}`]),
      ...attempts.map(
        ({ attempt, startedAt, outcome, detail }) =>
          `    attempt ${attempt} at ${localTime(startedAt)}: ${outcome ?? "under way"}${detail === null ? "" : ` (${detail})`}`,
      ),
    ]);
}
