import { type Static, Type } from "typebox";
import { findingClasses } from "../../core/finding-class.ts";
import { Fault } from "../../core/errors.ts";
import type { DryRunReport } from "../../engine/dry-run.ts";
import { readBody } from "../body.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { Money, oneOf, orNull, text } from "../schemas.ts";

const Counted = { events: Type.Integer(), money: Type.Array(Money) };
const Tried = Type.Object(
  {
    cause: text("The root cause"),
    code: text("Stable code"),
    class: oneOf([...findingClasses]),
    severity: oneOf(["block", "hold", "warn"]),
    message: text("What is wrong, of the first event"),
    fix: text("What to do next"),
    ...Counted,
  },
  { title: "TriedCause" },
);
const Sample = Type.Object(
  {
    type: text("Event type"),
    id: text("Event id"),
    kind: text("Kind of document"),
    number: text("Number it would have"),
    date: text("Date"),
    currency: text("ISO 4217"),
    total: text("Decimal string"),
    party: orNull(Type.String()),
    lines: Type.Array(
      Type.Object({
        account: text("Account"),
        side: oneOf(["debit", "credit"]),
        amount: text("Decimal string"),
        description: text("Line text"),
      }),
    ),
  },
  { title: "SampleEntry" },
);
const Effect = Type.Object(
  {
    budget: text("Budget"),
    account: text("Account"),
    dimensions: Type.Record(Type.String(), Type.String()),
    starts: text("First day"),
    ends: text("Last day"),
    currency: text("ISO 4217"),
    amount: text("Planned"),
    taken: text("Posted and on its way now"),
    wouldTake: text("What these events would take"),
    left: text("What would be left; below zero it would be overspent"),
  },
  { title: "BudgetEffect" },
);
export const DryRun = Type.Object(
  {
    events: Type.Integer({ description: "Events that were tried" }),
    wouldPost: Type.Object({ ...Counted, documents: Type.Integer() }),
    wouldStay: Type.Object(Counted, { description: "Events that would wait for a person" }),
    wouldSkip: Type.Integer({ description: "The rules leave them out, or there is no money in them" }),
    done: Type.Integer({ description: "Of the period: in the books or on the way there, not tried" }),
    excluded: Type.Integer({ description: "Of the period: excluded by a person, not tried" }),
    duplicates: Type.Integer({ description: "Of a file: known already" }),
    conflicts: Type.Integer({ description: "Of a file: known with other content" }),
    rejected: Type.Integer({ description: "Of a file: cannot be read" }),
    causes: Type.Array(Tried, { description: "Why events would not be posted, the most frequent first" }),
    causesLeftOut: Type.Integer({ description: "Causes that are counted and not listed" }),
    warnings: Type.Array(Tried, { description: "What people should know of and stops nothing" }),
    samples: Type.Array(Sample, { description: "One entry of each type and kind" }),
    budgets: Type.Array(Effect, { description: "What it would take of budgets" }),
    effort: Type.Object({
      documents: Type.Integer(),
      parties: Type.Integer({ description: "Vendors and customers that would be created" }),
      calls: Type.Integer({ description: "Calls to the provider, in its batches" }),
      seconds: Type.Integer({ description: "What they take at the provider's pace" }),
    }),
    referenceAt: orNull(Type.String({ format: "date-time" }), "When the books' lists it was checked against were read"),
  },
  { title: "DryRun" },
);

const periodSchema = {
  summary: "Try a period of stored events without posting",
  description:
    "By the rules and the books' lists of now. Nothing is written and nothing is asked of the books. Budgets are judged in slices of 200 events; `budgets` adds up all of them.",
  tags: ["Dry run"],
  body: Type.Object(
    {
      from: Type.String({ format: "date", description: "First document date" }),
      to: Type.String({ format: "date", description: "Last document date" }),
      types: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 100, description: "Event types; all when absent" })),
    },
    { additionalProperties: false },
  ),
  response: { 200: DryRun },
};
const fileSchema = {
  summary: "Try a file without taking it in",
  description: "Read as POST /v1/files/{format} would read it; `auto` recognizes the format. Nothing of it is stored.",
  tags: ["Dry run"],
  consumes: ["application/octet-stream"],
  params: Type.Object({ format: Type.String({ minLength: 1, maxLength: 50, description: "A format, or auto" }) }),
  querystring: Type.Object(
    {
      source: Type.Optional(Type.String({ minLength: 1, description: "The source it is from; the key's own when absent" })),
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 300, description: "Name of the file" })),
    },
    { additionalProperties: false },
  ),
  response: { 200: DryRun },
};

/** What would become of events, without posting them. */
export function dryRunRoutes(gateway: Gateway, options: GatewayOptions): void {
  const { engine, fileBytesMax = 2048 * 1024 * 1024 } = options;
  gateway.post("/v1/dry-run", { schema: periodSchema, config: { permission: "read" } }, async ({ actor, body }) => {
    const { from, to, types = [] } = body;
    if (from > to) throw new Fault("request_invalid", "The first day comes after the last", { "/from": `is after ${to}` });
    return showDryRun(await engine.dryRun(actor, { from, to, types }));
  });
  gateway.register(async (app: Gateway) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request: unknown, _payload: unknown, done: (error: Error | null) => void) => done(null));
    app.post("/v1/dry-run/:format", { schema: fileSchema, config: { permission: "read", bodyBytesMax: fileBytesMax } }, async (request) => {
      const { format } = request.params;
      const { name = "file", source: sourceId } = request.query;
      const body = readBody(request.raw, fileBytesMax);
      return showDryRun(await engine.dryRun(request.actor, { format: format === "auto" ? null : format, name, body, sourceId }));
    });
  });
}

export function showDryRun(report: DryRunReport): Static<typeof DryRun> {
  return structuredClone(report) as Static<typeof DryRun>;
}
