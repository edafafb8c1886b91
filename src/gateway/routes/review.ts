import { type Static, Type } from "typebox";
import { findingClass, findingClasses, mendsOf } from "../../core/finding-class.ts";
import { inOrganization } from "../../store/database.ts";
import { type CauseItemRow, type CauseRow, searchCauseItems, searchCauses } from "../../store/search-review.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { reviewActionRoutes } from "./review-actions.ts";
import { reviewJobRoutes } from "./review-jobs.ts";
import { Event, instant, listOf, Money, oneOf, orNull, paging, StoryFinding, text, uuid } from "../schemas.ts";
import { pageFrom, showEvent, showFinding, sumMoney } from "../shapes.ts";

export const Cause = Type.Object(
  {
    cause: text("The root cause; hand it to retry"),
    code: text("Stable code"),
    class: oneOf([...findingClasses], "What kind of trouble it is"),
    severity: oneOf(["block", "hold", "warn"]),
    message: text("What is wrong, from the newest finding"),
    fix: text("What to do next"),
    field: orNull(Type.String(), "JSON pointer into the event"),
    events: Type.Integer({ description: "Events behind it" }),
    money: Type.Array(Money, { description: "Their money, by currency" }),
    types: Type.Array(Type.String(), { description: "Their types" }),
    periods: Type.Array(Type.String(), { description: "Months they belong to: 2026-10" }),
    owner: orNull(Type.String(), "Who looks after it"),
    snoozedUntil: orNull(Type.String({ format: "date-time" }), "Until when it is put aside"),
    mends: Type.Array(Type.String(), { description: "What may mend it from here: POST /v1/review/{name}" }),
    oldestAt: instant("When it was first found"),
    newestAt: instant("When it was last found"),
    samples: Type.Array(Type.Object({ type: Type.String(), id: Type.String(), revision: Type.Integer(), number: orNull(Type.String()) })),
  },
  { title: "Cause" },
);
export const CauseItem = Type.Object(
  { finding: StoryFinding, event: orNull(Event, "Null for a vendor or customer record") },
  { title: "CauseItem" },
);

const listSchema = {
  summary: "What waits for a person, by root cause",
  description:
    "Causes that stop most events first; cards that are put aside are left out unless `snoozed` asks for them. With `cause`, the single events behind that cause with their findings, newest first. `class=drift`: documents of ours that were changed in the books.",
  tags: ["Review"],
  querystring: Type.Object(
    {
      cause: Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: "Lists what stands behind this cause" })),
      class: Type.Optional(oneOf([...findingClasses], "Only causes of this class")),
      owner: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "Only cards of this owner" })),
      snoozed: Type.Optional(oneOf(["without", "only", "with"], "Cards that are put aside; without when absent")),
      ...paging,
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Union([listOf(Cause), listOf(CauseItem)], { description: "Causes, or the items of one" }) },
};

const retrySchema = {
  summary: "Put what was mended back to work",
  description: "By cause, by events, or both. Everything is mapped afresh by the rules as they are now; nothing is ever posted twice.",
  tags: ["Review"],
  body: Type.Object(
    {
      cause: Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: "A cause as GET /v1/review names it" })),
      eventIds: Type.Optional(Type.Array(uuid("eventId of a revision"), { minItems: 1, maxItems: 10_000 })),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: Type.Object({ retried: Type.Integer({ description: "Events and party records that are back in line" }) }) },
};

/** What waits for people, and back to work with it. */
export function reviewRoutes(app: Gateway, options: GatewayOptions): void {
  const { database, engine } = options;
  reviewActionRoutes(app, options);
  reviewJobRoutes(app, options);
  app.get("/v1/review", { schema: listSchema, config: { permission: "read" } }, async ({ actor, query }) => {
    const { cause } = query;
    return inOrganization(database, actor.organizationId, async (tx) => {
      if (cause === undefined) {
        const { class: only, owner, snoozed = "without" } = query;
        const found = await searchCauses(tx, pageFrom(query), { classes: only === undefined ? [] : [only], owner, snoozed });
        return { items: found.items.map(showCause), nextCursor: found.nextCursor };
      }
      const found = await searchCauseItems(tx, cause, pageFrom(query));
      return { items: found.items.map(showCauseItem), nextCursor: found.nextCursor };
    });
  });

  app.post("/v1/review/retry", { schema: retrySchema, config: { permission: "retry" } }, async (request, reply) =>
    once(options, { request, reply, work: () => engine.retry(request.actor, request.body) }),
  );
}

export function showCause(row: CauseRow): Static<typeof Cause> {
  const { money, oldestAt, newestAt, samples, types, periods, snoozedUntil, ...rest } = row;
  return {
    ...rest,
    class: findingClass(row.code),
    periods: [...periods],
    snoozedUntil: snoozedUntil?.toISOString() ?? null,
    mends: [...mendsOf(row.code)],
    money: sumMoney(money),
    types: [...types],
    oldestAt: oldestAt.toISOString(),
    newestAt: newestAt.toISOString(),
    samples: [...samples],
  };
}

function showCauseItem({ finding, event }: CauseItemRow): Static<typeof CauseItem> {
  return { finding: showFinding(finding), event: event && showEvent(event) };
}
