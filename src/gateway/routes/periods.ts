import { type Static, Type } from "typebox";
import { isPeriod, type Module, modules } from "../../core/periods.ts";
import { Fault } from "../../core/errors.ts";
import { findBooksNamed } from "../../engine/books-named.ts";
import { inOrganization } from "../../store/database.ts";
import { findPeriodExceptions, findPeriodStates, searchLateArrivals } from "../../store/periods.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { date, Event, instant, listOf, oneOf, orNull, paging, text, uuid } from "../schemas.ts";
import { pageFrom, showEvent } from "../shapes.ts";

const tags = ["Periods"];
const moduleName = oneOf(modules, "AP: payables; AR: receivables; GL: the general ledger, which closes all");
const period = Type.String({ pattern: "^\\d{4}-\\d{2}$", description: "A month, 2026-10" });
const params = Type.Object({ period });
const books = Type.Optional(
  Type.String({ minLength: 1, maxLength: 200, description: "Name or id of the books; needed where there are several" }),
);

const BooksPeriods = Type.Object(
  {
    books: uuid("Id of the books"),
    booksName: text("Name of the books"),
    closedThrough: orNull(Type.String({ format: "date" }), "Last day the books themselves closed; nobody opens that here"),
    modulesClosedThrough: Type.Record(Type.String(), orNull(Type.String()), {
      description: "The same for one module, where the books tell",
    }),
    set: Type.Array(
      Type.Object({
        period,
        module: moduleName,
        state: oneOf(["open", "closed"]),
        setBy: text("Who set it"),
        setAt: instant("When"),
        note: Type.String(),
      }),
      { description: "Months that were closed or opened by hand, newest first" },
    ),
    exceptions: Type.Array(Type.Object({ period, module: moduleName }), { description: "Months that stand open for a while" }),
  },
  { title: "BooksPeriods" },
);
const LateArrival = Type.Object(
  {
    event: Event,
    message: text("What was said about it"),
    documents: Type.Array(Type.Object({ kind: Type.String(), number: Type.String(), date: date("The day it was given") }), {
      description: "Where it went; empty while it waits",
    }),
  },
  { title: "LateArrival" },
);

const listSchema = {
  summary: "Which months are closed, by books and module",
  tags,
  querystring: Type.Object({ books }, { additionalProperties: false }),
  response: { 200: BooksPeriods },
};
const setSchema = {
  summary: "Close a month, or open it again",
  description: "Opening is for administrators; what waited for the month goes back to work then.",
  tags,
  params,
  body: Type.Object(
    {
      books,
      modules: Type.Optional(Type.Array(moduleName, { minItems: 1, maxItems: 3, description: "All when absent" })),
      state: oneOf(["open", "closed"]),
      note: Type.Optional(Type.String({ maxLength: 2000 })),
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ changed: Type.Integer(), released: Type.Integer({ description: "Events that are back at work" }) }) },
};
const exceptionSchema = {
  summary: "Ask to open a closed month for a while",
  description: "Another person approves it; then it is open for this module until the moment named.",
  tags,
  params,
  body: Type.Object(
    { books, module: moduleName, until: Type.String({ format: "date-time" }), note: Type.String({ minLength: 1, maxLength: 2000 }) },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ approvalId: uuid("Id of the request for an approval") }) },
};
const lateSchema = {
  summary: "Late arrivals: what is dated in a month that was closed when it came",
  tags,
  params,
  querystring: Type.Object({ books, ...paging }, { additionalProperties: false }),
  response: { 200: listOf(LateArrival) },
};

/** Months by books and module, what came late, and exceptions. */
export function periodRoutes(app: Gateway, options: GatewayOptions): void {
  const { database, engine } = options;
  app.get("/v1/periods", { schema: listSchema, config: { permission: "read" } }, async ({ actor, query }) =>
    inOrganization(database, actor.organizationId, async (tx): Promise<Static<typeof BooksPeriods>> => {
      const { booksId, name, preferences } = await findBooksNamed(tx, query.books ?? null);
      const set = await findPeriodStates(tx, booksId);
      return {
        books: booksId,
        booksName: name,
        closedThrough: preferences?.closedThrough ?? null,
        modulesClosedThrough: { ...preferences?.modulesClosedThrough },
        set: set.map(({ setAt, ...rest }) => ({ ...rest, setAt: setAt.toISOString() })),
        exceptions: await findPeriodExceptions(tx, booksId),
      };
    }),
  );
  app.get("/v1/periods/:period/late", { schema: lateSchema, config: { permission: "read" } }, async (request) => {
    const { actor, query } = request;
    if (!isPeriod(request.params.period)) throw new Fault("request_invalid", `"${request.params.period}" is no month such as "2026-10"`);
    return inOrganization(database, actor.organizationId, async (tx) => {
      const booksId = query.books === undefined ? undefined : (await findBooksNamed(tx, query.books)).booksId;
      const found = await searchLateArrivals(tx, { period: request.params.period, booksId }, pageFrom(query));
      const items = found.items.map(({ event, message, documents }) => ({ event: showEvent(event), message, documents: [...documents] }));
      return { items, nextCursor: found.nextCursor };
    });
  });
  app.put("/v1/periods/:period", { schema: setSchema, config: { permission: "publish" } }, async (request, reply) => {
    const { books: named = null, modules: given = [...modules], state, note = "" } = request.body;
    const order = { books: named, period: request.params.period, modules: given as Module[], state, note };
    return once(options, { request, reply, work: () => engine.periods.set(request.actor, order) });
  });
  app.post("/v1/periods/:period/exceptions", { schema: exceptionSchema, config: { permission: "retry" } }, async (request, reply) => {
    const { books: named = null, module, until, note } = request.body;
    const order = { books: named, period: request.params.period, module, until: new Date(until), note };
    return once(options, { request, reply, work: () => engine.periods.askException(request.actor, order) });
  });
}
