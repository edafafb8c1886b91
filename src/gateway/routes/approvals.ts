import { type Static, Type } from "typebox";
import { formatMinor } from "../../core/money.ts";
import { type Delegation, findApprovalPolicy, listDelegations } from "../../store/approval-rights.ts";
import { type Approval, searchApprovals } from "../../store/approvals.ts";
import { inOrganization } from "../../store/database.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { instant, listOf, Money, oneOf, orNull, paging, text, uuid } from "../schemas.ts";
import { pageFrom } from "../shapes.ts";

const tags = ["Approvals"];
const states = ["open", "approved", "rejected", "withdrawn", "expired"] as const;
const choices = ["as_dated", "next_open"] as const;

export const ApprovalShape = Type.Object(
  {
    id: uuid("Id of the request"),
    kind: oneOf(["hold", "rules", "period"], "hold: lets one event through; rules: publishes a draft; period: opens a month for a while"),
    code: text("The finding's code, rules_publication or period_exception"),
    cause: text("The root cause of a hold; requests of one cause can be decided together"),
    message: text("What is asked for"),
    event: orNull(
      Type.Object({
        eventId: Type.String(),
        type: Type.String(),
        id: Type.String(),
        revision: Type.Integer(),
        number: orNull(Type.String()),
      }),
      "The event that waits",
    ),
    books: orNull(Type.String(), "Id of the books"),
    revision: orNull(Type.Integer(), "Of the draft, or of the event"),
    money: orNull(Money, "What it is about"),
    makers: Type.Array(Type.String(), { description: "Who made it, and so cannot approve it" }),
    state: oneOf(states, "expired: its time was over; retry what it held to ask anew"),
    choice: orNull(Type.String(), "Where a late document was sent"),
    askedAt: instant("When it was asked for"),
    expiresAt: instant("Until when it can be approved"),
    decidedBy: orNull(Type.String()),
    decidedFor: orNull(Type.String(), "On whose behalf"),
    decidedAt: orNull(Type.String({ format: "date-time" })),
    note: orNull(Type.String()),
  },
  { title: "Approval" },
);
const Result = Type.Object(
  {
    decided: Type.Integer({ description: "Requests that were decided" }),
    released: Type.Integer({ description: "Events that are back at work" }),
    refused: Type.Array(Type.Object({ id: Type.String(), reason: Type.String() }), { description: "Requests you may not decide" }),
  },
  { title: "ApprovalResult" },
);
const DelegationShape = Type.Object(
  {
    id: uuid("Id of the delegation"),
    from: text("Who lends what he may approve"),
    to: text("Who may approve on his behalf"),
    startsAt: instant("From then"),
    endsAt: instant("Until then"),
    revokedAt: orNull(Type.String({ format: "date-time" }), "When it was taken back"),
  },
  { title: "Delegation" },
);
const Policy = Type.Object(
  {
    expiryDays: Type.Integer({ minimum: 1, maximum: 365, description: "Days a request waits for a decision" }),
    limits: Type.Array(
      Type.Object(
        {
          role: oneOf(["clerk", "controller", "admin"]),
          code: Type.Optional(
            Type.String({ minLength: 1, maxLength: 100, description: "Only for this finding code; it goes before the general line" }),
          ),
          upTo: orNull(Type.String({ pattern: "^\\d{1,15}(\\.\\d{1,4})?$" }), "Largest amount, in whatever currency; null: without bound"),
        },
        { additionalProperties: false },
      ),
      { maxItems: 200, description: "A role without a line approves nothing" },
    ),
  },
  { title: "ApprovalPolicy", additionalProperties: false },
);
const note = Type.String({ maxLength: 2000, description: "Why, for whoever reads it later; a rejection needs it" });
const choice = Type.Optional(oneOf(choices, "Where what is dated in a closed month goes; needed for period_closed"));
const params = Type.Object({ id: uuid("Id") });

const listSchema = {
  summary: "What waits for an approval, and what was decided",
  tags,
  querystring: Type.Object(
    {
      state: Type.Optional(oneOf(states)),
      kind: Type.Optional(oneOf(["hold", "rules", "period"])),
      code: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      cause: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
      eventId: Type.Optional(uuid("eventId of a revision")),
      ...paging,
    },
    { additionalProperties: false },
  ),
  response: { 200: listOf(ApprovalShape) },
};
const decideSchema = (summary: string) => ({
  summary,
  description:
    "Who made it cannot approve it: the database refuses that too. An approval is for this content only; a changed revision is held again.",
  tags,
  params,
  body: Type.Object({ note: Type.Optional(note), choice }, { additionalProperties: false }),
  response: { 200: Result },
});
const allSchema = {
  summary: "Decide everything that waits behind one cause, or several requests at once",
  description: "Up to 10,000 at a time. Those you may not decide are left alone and named.",
  tags,
  body: Type.Object(
    {
      decision: oneOf(["approve", "reject"]),
      cause: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
      ids: Type.Optional(Type.Array(uuid("Id of a request"), { minItems: 1, maxItems: 10_000 })),
      note: Type.Optional(note),
      choice,
    },
    { additionalProperties: false },
  ),
  response: { 200: Result },
};
const policySchema = { summary: "Who may approve what", tags, response: { 200: Policy } };
const putPolicySchema = { ...policySchema, summary: "Say who may approve what", description: "For administrators.", body: Policy };
const delegationsSchema = {
  summary: "Who lends his approvals to whom",
  tags,
  response: { 200: Type.Object({ items: Type.Array(DelegationShape), nextCursor: Type.Null() }) },
};
const delegateSchema = {
  summary: "Lend what you may approve to another person for a while",
  description: "What you made yourself he cannot approve on your behalf.",
  tags,
  body: Type.Object(
    {
      to: Type.String({ minLength: 1, maxLength: 320, description: "E-mail address of a user, user:<id> or key:<id>" }),
      from: Type.Optional(Type.String({ format: "date-time", description: "From then; now when absent" })),
      until: Type.String({ format: "date-time", description: "Until then" }),
    },
    { additionalProperties: false },
  ),
  response: { 200: DelegationShape },
};
const endSchema = { summary: "Take a delegation back", tags, params, response: { 200: DelegationShape } };

/** What waits for an approval, decisions, and who may make them. */
export function approvalRoutes(app: Gateway, options: GatewayOptions): void {
  const { database, engine } = options;
  app.get("/v1/approvals", { schema: listSchema, config: { permission: "read" } }, async ({ actor, query }) => {
    const { limit: _limit, cursor: _cursor, ...filter } = query;
    const found = await inOrganization(database, actor.organizationId, (tx) => searchApprovals(tx, filter, pageFrom(query)));
    return { items: found.items.map(showApproval), nextCursor: found.nextCursor };
  });
  for (const [verb, state, summary] of [
    ["approve", "approved", "Approve what is asked for"],
    ["reject", "rejected", "Refuse what is asked for"],
  ] as const) {
    const schema = decideSchema(summary);
    app.post(`/v1/approvals/:id/${verb}`, { schema, config: { permission: "retry" } }, async (request, reply) => {
      const { note: said = "", choice: chosen = null } = request.body;
      const decision = { state, note: said, choice: chosen };
      const work = async () => showResult(await engine.approvals.decide(request.actor, { ids: [request.params.id] }, decision));
      return once(options, { request, reply, work });
    });
  }
  app.post("/v1/approvals/decide", { schema: allSchema, config: { permission: "retry" } }, async (request, reply) => {
    const { decision: verb, cause, ids, note: said = "", choice: chosen = null } = request.body;
    const decision = { state: verb === "approve" ? "approved" : "rejected", note: said, choice: chosen } as const;
    const selection = cause === undefined ? { ids: ids ?? [] } : { cause };
    return once(options, {
      request,
      reply,
      work: async () => showResult(await engine.approvals.decide(request.actor, selection, decision)),
    });
  });
  settingRoutes(app, options);
}

function settingRoutes(app: Gateway, options: GatewayOptions): void {
  const { database, engine } = options;
  app.get("/v1/approvals/policy", { schema: policySchema, config: { permission: "read" } }, async ({ actor }) => {
    const { expiryDays, limits } = await inOrganization(database, actor.organizationId, findApprovalPolicy);
    return { expiryDays, limits: [...limits] };
  });
  app.put("/v1/approvals/policy", { schema: putPolicySchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        await engine.approvals.setPolicy(request.actor, request.body);
        return request.body;
      },
    }),
  );
  app.get("/v1/approvals/delegations", { schema: delegationsSchema, config: { permission: "read" } }, async ({ actor }) => ({
    items: (await inOrganization(database, actor.organizationId, listDelegations)).map(showDelegation),
    nextCursor: null,
  }));
  app.post("/v1/approvals/delegations", { schema: delegateSchema, config: { permission: "retry" } }, async (request, reply) => {
    const { to, from, until } = request.body;
    const order = { to, startsAt: from === undefined ? null : new Date(from), endsAt: new Date(until) };
    return once(options, { request, reply, work: async () => showDelegation(await engine.approvals.delegate(request.actor, order)) });
  });
  app.post("/v1/approvals/delegations/:id/end", { schema: endSchema, config: { permission: "retry" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => showDelegation(await engine.approvals.endDelegation(request.actor, request.params.id)),
    }),
  );
}

function showResult({ refused, ...rest }: Awaited<ReturnType<GatewayOptions["engine"]["approvals"]["decide"]>>): Static<typeof Result> {
  return { ...rest, refused: refused.map(({ approvalId, reason }) => ({ id: approvalId, reason })) };
}

function showApproval(row: Approval): Static<typeof ApprovalShape> {
  const { approvalId, kind, code, subject, message, eventId, event, booksId, revision, currency, amountMinor, makers, state } = row;
  return {
    ...{ id: approvalId, kind, code, cause: subject, message, books: booksId, revision, makers: [...makers], state, choice: row.choice },
    event: eventId === null || event === null ? null : { eventId, ...event },
    money: currency === null || amountMinor === null ? null : { currency, amount: formatMinor(amountMinor, currency) },
    askedAt: row.askedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    decidedBy: row.decidedBy,
    decidedFor: row.decidedFor,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    note: row.note,
  };
}

function showDelegation({ delegationId, from, to, startsAt, endsAt, revokedAt }: Delegation): Static<typeof DelegationShape> {
  const [starts, ends] = [startsAt.toISOString(), endsAt.toISOString()];
  return { id: delegationId, from, to, startsAt: starts, endsAt: ends, revokedAt: revokedAt?.toISOString() ?? null };
}
