import type { FastifySchema } from "fastify";
import { type Static, type TSchema, Type } from "typebox";
import type { Actor } from "../../engine/engine.ts";
import type { ReviewAction } from "../../store/review-cards.ts";
import type { Gateway, GatewayOptions, Permission } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { instant, listOf, oneOf, orNull, paging, text, uuid } from "../schemas.ts";
import { pageFrom } from "../shapes.ts";

const tags = ["Review"];
const cause = Type.String({ minLength: 1, maxLength: 1000, description: "A cause as GET /v1/review names it" });
const reason = Type.String({ minLength: 1, maxLength: 2000, description: "Why; it stays in the audit log" });
const books = Type.Optional(uuid("The books that are meant, where it is about several"));
const ruleSet = Type.Optional(
  Type.String({ minLength: 1, maxLength: 100, description: "The rule set that is meant, where it is about several" }),
);
const closed = { additionalProperties: false } as const;

const actionKinds = ["retry", "exclude", "snooze", "assign", "comment", "link", "create_party", "add_row", "add_alias", "edit"] as const;
export const Action = Type.Object(
  {
    id: uuid("Id of the action"),
    kind: oneOf([...actionKinds]),
    actor: text("key:…, user:… or system:…"),
    reason: orNull(Type.String(), "Why, or the comment"),
    facts: Type.Record(Type.String(), Type.Unknown(), { description: "What it was about" }),
    at: instant("When"),
    undoneBy: orNull(Type.String(), "Who undid it"),
    undoneAt: orNull(Type.String({ format: "date-time" })),
  },
  { title: "ReviewAction" },
);
const Card = Type.Object(
  {
    owner: orNull(Type.String(), "Who looks after it"),
    snoozedUntil: orNull(Type.String({ format: "date-time" }), "Until when it is put aside"),
  },
  { title: "ReviewCard" },
);
const Amended = Type.Object(
  {
    ruleSet: text("The rule set that was changed"),
    versions: Type.Optional(Type.Array(Type.Integer(), { description: "Versions that were published: one for each that was in force" })),
    draftRevision: Type.Optional(Type.Integer({ description: "The draft that waits for another person's approval" })),
  },
  { title: "AmendedRules" },
);
const retried = Type.Integer({ description: "Events and party records that run again because of it" });

/** One verb of the queue: what it takes, what it answers, and what it asks of the engine. */
interface Verb<Body extends TSchema, Answer extends TSchema> {
  readonly name: string;
  readonly permission: Permission;
  readonly summary: string;
  readonly description?: string;
  readonly body: Body;
  readonly answer: Answer;
  readonly run: (actor: Actor, body: Static<Body>) => Promise<Static<Answer>>;
}

/** What people do about cards, and what was done. */
export function reviewActionRoutes(app: Gateway, options: GatewayOptions): void {
  const post = <Body extends TSchema, Answer extends TSchema>(verb: Verb<Body, Answer>): void => {
    const { name, permission, summary, description, body, answer, run } = verb;
    const schema: FastifySchema = { summary, ...(description === undefined ? {} : { description }), tags, body, response: { 200: answer } };
    app.post(`/v1/review/${name}`, { schema, config: { permission } }, async (request, reply) =>
      once(options, { request, reply, work: () => run(request.actor, request.body as Static<Body>) }),
    );
  };
  const history = {
    summary: "What was done about a cause, newest first",
    tags,
    querystring: Type.Object({ cause, ...paging }, closed),
    response: { 200: listOf(Action) },
  };
  app.get("/v1/review/history", { schema: history, config: { permission: "read" } }, async ({ actor, query }) => {
    const { items, nextCursor } = await options.engine.review.history(actor, query.cause, pageFrom(query));
    return { items: items.map(showAction), nextCursor };
  });
  cardVerbs(options, post);
  eventVerbs(options, post);
  mendingVerbs(options, post);
}

type Post = <Body extends TSchema, Answer extends TSchema>(verb: Verb<Body, Answer>) => void;

function cardVerbs({ engine: { review } }: GatewayOptions, post: Post): void {
  post({
    name: "assign",
    permission: "retry",
    summary: "Give a card an owner, or nobody",
    body: Type.Object(
      { cause, owner: orNull(Type.String({ minLength: 1, maxLength: 200 }), "A name or e-mail address; null: nobody") },
      closed,
    ),
    answer: Card,
    run: async (actor, body) => showCard(await review.assign(actor, body.cause, body.owner)),
  });
  post({
    name: "snooze",
    permission: "retry",
    summary: "Put a card aside until a moment, or take it up again",
    description: "It is counted as before and only left out of the list. Null takes it up again.",
    body: Type.Object({ cause, until: orNull(Type.String({ format: "date-time" }), "A moment to come; null: now") }, closed),
    answer: Card,
    run: async (actor, body) => showCard(await review.snooze(actor, body.cause, body.until === null ? null : new Date(body.until))),
  });
  post({
    name: "comment",
    permission: "retry",
    summary: "Add a word to a card",
    body: Type.Object({ cause, text: Type.String({ minLength: 1, maxLength: 2000 }) }, closed),
    answer: Type.Object({ actionId: uuid("Id of the comment") }),
    run: (actor, body) => review.comment(actor, body.cause, body.text),
  });
  post({
    name: "undo",
    permission: "retry",
    summary: "Undo the last thing that was done about a cause",
    description: "What reached the books meanwhile stays there. Undoing a change of the rules needs the right to publish them.",
    body: Type.Object({ cause }, closed),
    answer: Type.Object({ kind: oneOf([...actionKinds]), events: Type.Integer({ description: "Events that are back in line" }) }),
    run: (actor, body) => review.undo(actor, body.cause),
  });
}

function eventVerbs({ engine: { review } }: GatewayOptions, post: Post): void {
  const eventIds = Type.Array(uuid("eventId of a revision"), { minItems: 1, maxItems: 10_000 });
  post({
    name: "exclude",
    permission: "retry",
    summary: "Take stopped events out of the work, with a reason",
    description: "Nothing is deleted and undo brings them back. Events of which something is in the books, or may be, stay as they are.",
    body: Type.Object({ cause: Type.Optional(cause), eventIds: Type.Optional(eventIds), reason }, closed),
    answer: Type.Object({ excluded: Type.Integer(), left: Type.Integer({ description: "Stayed: something of them is in the books" }) }),
    run: (actor, { cause: given, eventIds: ids, reason: why }) =>
      review.exclude(actor, {
        reason: why,
        ...(given === undefined ? {} : { cause: given }),
        ...(ids === undefined ? {} : { eventIds: ids }),
      }),
  });
  post({
    name: "edit",
    permission: "retry",
    summary: "Correct a stopped event as a new revision, with a reason",
    description: "What the TMS sent stays as it is; who corrected what and why is in the audit log.",
    body: Type.Object(
      {
        eventId: uuid("eventId of its newest revision"),
        changes: Type.Record(Type.String(), Type.Unknown(), {
          description: "New values by JSON pointer, /lines/0/code; null takes a member out",
        }),
        reason,
      },
      closed,
    ),
    answer: Type.Object({ eventId: uuid("The new revision"), revision: Type.Integer() }),
    run: (actor, body) => review.edit(actor, body),
  });
}

function mendingVerbs({ engine: { review } }: GatewayOptions, post: Post): void {
  post({
    name: "link",
    permission: "retry",
    summary: "Say which record of the books a vendor or customer is",
    body: Type.Object(
      { cause, record: Type.String({ minLength: 1, maxLength: 500, description: "Its id in the books, or its name there" }), books },
      closed,
    ),
    answer: Type.Object({
      record: Type.Object({ externalId: text("Id in the books"), name: text("Name there"), active: Type.Boolean() }),
      retried,
    }),
    run: (actor, { books: booksId, ...rest }) => review.link(actor, { ...rest, ...(booksId === undefined ? {} : { booksId }) }),
  });
  post({
    name: "create-party",
    permission: "retry",
    summary: "Let a missing vendor or customer be created in the books",
    body: Type.Object({ cause, books }, closed),
    answer: Type.Object({ name: text("Name it is created with"), retried }),
    run: (actor, { books: booksId, ...rest }) => review.createParty(actor, { ...rest, ...(booksId === undefined ? {} : { booksId }) }),
  });
  post({
    name: "add-row",
    permission: "publish",
    summary: "Add an account row to the rules for what stands behind a cause",
    description:
      "Published at once in every version that is in force, or kept as a draft where another person must approve. For an unmapped code, event type and code are filled in.",
    body: Type.Object(
      { cause, row: Type.Object({ account: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: true }), ruleSet },
      closed,
    ),
    answer: Amended,
    run: async (actor, { ruleSet: name, ...rest }) =>
      showAmended(await review.addRow(actor, { ...rest, ...(name === undefined ? {} : { ruleSet: name }) })),
  });
  post({
    name: "alias",
    permission: "publish",
    summary: "Teach the rules a word: a code, a value of a dimension, the product of an account",
    description: "Published at once in every version that is in force, or kept as a draft where another person must approve.",
    body: Type.Object(
      { cause, value: Type.String({ minLength: 1, maxLength: 500, description: "What it is called by us, or in the books" }), ruleSet },
      closed,
    ),
    answer: Amended,
    run: async (actor, { ruleSet: name, ...rest }) =>
      showAmended(await review.addAlias(actor, { ...rest, ...(name === undefined ? {} : { ruleSet: name }) })),
  });
}

function showAction({ actionId, kind, actor, reason: why, facts, at, undoneBy, undoneAt }: ReviewAction): Static<typeof Action> {
  return { id: actionId, kind, actor, reason: why, facts, at: at.toISOString(), undoneBy, undoneAt: undoneAt?.toISOString() ?? null };
}

function showCard({ owner, snoozedUntil }: { owner: string | null; snoozedUntil: Date | null }): Static<typeof Card> {
  return { owner, snoozedUntil: snoozedUntil?.toISOString() ?? null };
}

function showAmended(
  amended: { ruleSet: string; versions: readonly number[] } | { ruleSet: string; draftRevision: number },
): Static<typeof Amended> {
  return "versions" in amended ? { ...amended, versions: [...amended.versions] } : amended;
}
