import { type Static, Type } from "typebox";
import { findingClasses } from "../../core/finding-class.ts";
import type { JobOrder } from "../../engine/review-jobs.ts";
import type { ReviewJob } from "../../store/review-jobs.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { instant, listOf, Money, oneOf, orNull, text, uuid } from "../schemas.ts";
import { sumMoney } from "../shapes.ts";
import { DryRun, showDryRun } from "./dry-run.ts";

const tags = ["Review"];
const Order = Type.Object(
  {
    kind: oneOf(["retry", "exclude"]),
    causes: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), { maxItems: 1000, description: "All when absent" })),
    classes: Type.Optional(Type.Array(oneOf([...findingClasses]), { maxItems: 20, description: "All when absent" })),
    types: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 100, description: "Event types; all when absent" })),
    from: Type.Optional(Type.String({ format: "date", description: "First document date" })),
    to: Type.Optional(Type.String({ format: "date", description: "Last document date" })),
    reason: Type.Optional(Type.String({ maxLength: 2000, description: "Why; needed to exclude" })),
  },
  { additionalProperties: false, title: "ReviewJobOrder" },
);
export const Job = Type.Object(
  {
    id: uuid("Id of the job"),
    kind: oneOf(["retry", "exclude"]),
    state: oneOf(["running", "done", "cancelled", "failed"]),
    total: Type.Integer({ description: "Events when it began" }),
    done: Type.Integer({ description: "Events it was done to" }),
    left: Type.Integer({ description: "Events that stayed as they are: something of them is in the books, or it was mended meanwhile" }),
    reason: orNull(Type.String()),
    problem: orNull(Type.String(), "Why it failed"),
    startedBy: text("Who started it"),
    startedAt: instant("When"),
    endedAt: orNull(Type.String({ format: "date-time" })),
  },
  { title: "ReviewJob" },
);
const Plan = Type.Object(
  {
    events: Type.Integer({ description: "Stopped events that are selected" }),
    money: Type.Array(Money),
    outcome: orNull(DryRun, "Of a retry: what a dry run says would become of them now, with the provider calls and the time it takes"),
  },
  { title: "ReviewJobPlan" },
);
const params = Type.Object({ id: uuid("Id of a job") });

/** Work over many events at once: planned, started, watched, cancelled. */
export function reviewJobRoutes(app: Gateway, options: GatewayOptions): void {
  const { review } = options.engine;
  const planSchema = { summary: "What a job over many events would do", tags, body: Order, response: { 200: Plan } };
  app.post("/v1/review/plan", { schema: planSchema, config: { permission: "read" } }, async ({ actor, body }) => {
    const { size, outcome } = await review.planJob(actor, orderOf(body));
    return { events: size.events, money: sumMoney(size.money), outcome: outcome && showDryRun(outcome) };
  });

  const startSchema = {
    summary: "Start a job over many events",
    description: "It goes on in the background, batch by batch, and over restarts.",
    tags,
    body: Order,
    response: { 200: Job },
  };
  app.post("/v1/review/jobs", { schema: startSchema, config: { permission: "retry" } }, async (request, reply) =>
    once(options, { request, reply, work: async () => showJob(await review.startJob(request.actor, orderOf(request.body))) }),
  );

  const listSchema = { summary: "The last fifty jobs", tags, response: { 200: listOf(Job) } };
  app.get("/v1/review/jobs", { schema: listSchema, config: { permission: "read" } }, async ({ actor }) => ({
    items: (await review.jobs(actor)).map(showJob),
    nextCursor: null,
  }));

  const oneSchema = { summary: "Where a job stands", tags, params, response: { 200: Job } };
  app.get("/v1/review/jobs/:id", { schema: oneSchema, config: { permission: "read" } }, async (request) =>
    showJob(await review.job(request.actor, request.params.id)),
  );

  const cancelSchema = { summary: "Stop a job; what it did stays done", tags, params, response: { 200: Job } };
  app.post("/v1/review/jobs/:id/cancel", { schema: cancelSchema, config: { permission: "retry" } }, async (request, reply) =>
    once(options, { request, reply, work: async () => showJob(await review.cancelJob(request.actor, request.params.id)) }),
  );
}

function orderOf({ kind, causes = [], classes = [], types = [], from, to, reason }: Static<typeof Order>): JobOrder {
  return { kind, reason: reason ?? null, selection: { causes, classes, types, from: from ?? null, to: to ?? null } };
}

function showJob({ jobId, kind, state, total, done, left, reason, problem, startedBy, startedAt, endedAt }: ReviewJob): Static<typeof Job> {
  return {
    id: jobId,
    ...{ kind, state, reason, problem, startedBy },
    total: Number(total),
    done: Number(done),
    left: Number(left),
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}
