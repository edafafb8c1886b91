import { type Static, Type } from "typebox";
import { Fault } from "../../core/errors.ts";
import { eventTypes } from "../../core/events.ts";
import { ruleSetSchema } from "../../core/rules/json-schema.ts";
import type { LedgerDocument } from "../../core/document.ts";
import { formatMinor } from "../../core/money.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import {
  Backtest,
  BacktestOrderBody,
  Change,
  choiceOf,
  ExplainedDocument,
  RuleFinding,
  RuleSetBody,
  ruleSetParams,
  which,
} from "../rules-schemas.ts";
import { Finding, oneOf, orNull, text, uuid } from "../schemas.ts";

const tags = ["Rules"];
const params = ruleSetParams;
const booksName = Type.Optional(Type.String({ minLength: 1, description: "As they are for the books of this name" }));
const other = Type.Union([Type.Integer({ minimum: 1, maximum: 2_000_000_000 }), Type.Literal("draft"), Type.Literal("newest")]);

const languageSchema = {
  summary: "The language of rule sets as JSON Schema",
  tags,
  response: { 200: Type.Record(Type.String(), Type.Unknown(), { description: "JSON Schema 2020-12" }) },
};
const checkSchema = {
  summary: "Check a rule set, and every name in it against the books' own lists",
  description: "The newest version, unless the body names a version, the draft, or rules that are not stored. Changes nothing.",
  tags,
  params,
  body: which({}),
  response: {
    200: Type.Object(
      {
        name: text("Name"),
        findings: Type.Array(RuleFinding),
        overrides: Type.Array(Change, { description: "What it says otherwise than the rule set it grows from" }),
        books: Type.Array(Type.String(), { description: "Books whose lists it was checked against" }),
      },
      { title: "RuleCheck" },
    ),
  },
};
const diffSchema = {
  summary: "What rules do otherwise than others, in words",
  description: "From the newest version to the draft, unless the body says otherwise.",
  tags,
  params,
  body: Type.Object(
    { from: Type.Optional(other), to: Type.Optional(other), ruleSet: Type.Optional(RuleSetBody), books: booksName },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ changes: Type.Array(Change) }, { title: "RuleDiff" }) },
};
const explainSchema = {
  summary: "What rules make of one event, and why; nothing is posted",
  description: "A stored event by type and id, or one in the body. The version in force for its service date, unless the body names rules.",
  tags,
  params,
  body: which({
    type: Type.Optional(oneOf(eventTypes, "Type of a stored event")),
    id: Type.Optional(Type.String({ minLength: 1, description: "Its id" })),
    source: Type.Optional(Type.String({ minLength: 1, description: "Its source, where several have one of that id" })),
    event: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "An event that is not stored" })),
    books: booksName,
  }),
  response: {
    200: Type.Object(
      {
        version: Type.Integer({ description: "0: a draft, or rules that are not stored" }),
        books: orNull(Type.String()),
        documents: Type.Array(ExplainedDocument),
        findings: Type.Array(Finding),
        rows: Type.Record(Type.String(), Type.String(), { description: "What each row that had a say says" }),
      },
      { title: "Explanation" },
    ),
  },
};
const startSchema = {
  summary: "Try a rule set on stored events",
  description:
    "Maps every event of the period by the rules in force and by the draft (or a version, or rules in the body) and counts what differs. Posts nothing.",
  tags,
  params,
  body: BacktestOrderBody,
  response: { 202: Type.Object({ id: uuid("Ask for it at /v1/rule-sets/backtests/{id}") }, { title: "StartedBacktest" }) },
};
const backtestParams = Type.Object({ id: uuid("Id of the run") });
const readSchema = {
  summary: "Where a backtest stands, with its report when it is done",
  tags,
  params: backtestParams,
  response: { 200: Backtest },
};
const cancelSchema = { summary: "Stop a backtest; nothing of it is kept", tags, params: backtestParams, response: { 200: Backtest } };
const remapSchema = {
  summary: "Map events anew by the rules as they are now",
  description:
    "On purpose, never by itself. What comes out the same stays in the books as it is; what differs is reversed there and posted again.",
  tags,
  params,
  body: Type.Object(
    {
      eventIds: Type.Optional(Type.Array(uuid("eventId of a revision"), { minItems: 1, maxItems: 10_000 })),
      from: Type.Optional(Type.String({ format: "date", description: "First document date" })),
      to: Type.Optional(Type.String({ format: "date", description: "Last document date" })),
      types: Type.Optional(Type.Array(oneOf(eventTypes), { description: "Event types; all when absent" })),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: Type.Object({ events: Type.Integer({ description: "Events that are back in line" }) }) },
};

/** What can be asked of rules before they are published, and what may be done with events afterwards. */
export function ruleCheckRoutes(app: Gateway, options: GatewayOptions): void {
  const { rules } = options.engine;
  app.get("/v1/rule-sets/schema", { schema: languageSchema, config: { permission: "read" } }, async () => ruleSetSchema);
  app.post(
    "/v1/rule-sets/:name/check",
    { schema: checkSchema, config: { permission: "read" } },
    async ({ actor, params: { name }, body }) => {
      const { findings, overrides, books } = await rules.check(actor, name, choiceOf(body) ?? { kind: "newest" });
      return { name, findings: [...findings], overrides: [...overrides], books: [...books] };
    },
  );
  app.post(
    "/v1/rule-sets/:name/diff",
    { schema: diffSchema, config: { permission: "read" } },
    async ({ actor, params: { name }, body }) => {
      const pick = (which: number | "draft" | "newest") =>
        typeof which === "number" ? { kind: "version" as const, version: which } : { kind: which };
      const newer =
        body.ruleSet === undefined ? pick(body.to ?? "draft") : { kind: "given" as const, raw: body.ruleSet, effectiveFrom: null };
      return { changes: await rules.compare(actor, name, { older: pick(body.from ?? "newest"), newer, booksName: body.books ?? null }) };
    },
  );
  app.post(
    "/v1/rule-sets/:name/explain",
    { schema: explainSchema, config: { permission: "read" } },
    async ({ actor, params: { name }, body }) => {
      const { type, id, source, event, books } = body;
      if (event === undefined && (type === undefined || id === undefined))
        throw new Fault("request_invalid", "Name an event by type and id, or hand one in as event");
      const wanted = event === undefined ? { type: type!, id: id!, ...(source === undefined ? {} : { source }) } : { event };
      const found = await rules.explain(actor, name, { event: wanted, choice: choiceOf(body), booksName: books ?? null });
      return { ...found, documents: found.documents.map(showExplained), findings: [...found.findings], rows: { ...found.rows } };
    },
  );
  backtestRoutes(app, options);
}

function backtestRoutes(app: Gateway, options: GatewayOptions): void {
  const { rules } = options.engine;
  app.post("/v1/rule-sets/:name/backtests", { schema: startSchema, config: { permission: "retry" } }, async (request, reply) => {
    reply.code(202);
    return once(options, {
      request,
      reply,
      work: () => {
        const { from, to, types = [], books = [], against = null } = request.body;
        if (from > to)
          throw new Fault("request_invalid", `The first date ${from} is after the last, ${to}`, { "/from": "must not be after to" });
        const candidate = choiceOf(request.body) ?? { kind: "draft" as const };
        const { name } = request.params;
        return rules.startBacktest(request.actor, { name, candidate, against, events: { from, to, types, booksIds: books } });
      },
    });
  });
  app.get(
    "/v1/rule-sets/backtests/:id",
    { schema: readSchema, config: { permission: "read" } },
    async ({ actor, params: { id } }) => (await rules.backtest(actor, id)) as Static<typeof Backtest>,
  );
  app.post("/v1/rule-sets/backtests/:id/cancel", { schema: cancelSchema, config: { permission: "retry" } }, async (request, reply) =>
    once(options, { request, reply, work: () => rules.cancelBacktest(request.actor, request.params.id) }),
  );
  app.post("/v1/rule-sets/:name/remap", { schema: remapSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: () => {
        const { eventIds = null, from = null, to = null, types = [] } = request.body;
        return rules.remap(request.actor, request.params.name, { eventIds, from, to, types });
      },
    }),
  );
}

function showExplained(document: LedgerDocument) {
  const { kind, number, date, currency, memo, party = null, dimensions, totalMinor, lines, statistics = [] } = document;
  return {
    ...{ kind, number, date, currency, memo, party, dimensions },
    total: formatMinor(totalMinor, currency),
    lines: lines.map(({ amountMinor, ...line }) => ({ ...line, accountName: null, amount: formatMinor(amountMinor, currency) })),
    statistics: statistics.map(({ account, quantity, unit, description, because }) => ({
      account,
      quantity,
      unit,
      description,
      row: because.row,
    })),
  };
}
