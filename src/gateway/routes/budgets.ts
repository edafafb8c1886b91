import { type Static, Type } from "typebox";
import { overPolicies } from "../../core/budgets.ts";
import { Fault } from "../../core/errors.ts";
import { formatMinor } from "../../core/money.ts";
import { inOrganization } from "../../store/database.ts";
import { type BudgetLineRow, type BudgetRow, findBudget, listBudgets, searchBudgetLines } from "../../store/search-budgets.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { Amount, date, instant, listOf, oneOf, paging, text, uuid } from "../schemas.ts";
import { pageFrom } from "../shapes.ts";

const tags = ["Budgets"];
const percent = (description: string) => Type.Integer({ minimum: 1, maximum: 1000, description });
const policy = {
  warnPercent: percent("Told of when this much is used, in percent"),
  limitPercent: percent("Used up at this much, in percent"),
  over: oneOf(overPolicies, "What becomes of an event beyond the limit: warn posts it, hold asks for an approval, block stops it"),
};
export const Budget = Type.Object(
  {
    id: uuid("Id of the budget"),
    name: text("Its name; one in books"),
    books: uuid("Id of the books"),
    booksName: text("Name of the books"),
    origin: oneOf(["books", "import"], "Read from the books, or handed in here"),
    currency: text("ISO 4217"),
    active: Type.Boolean({ description: "Whether it counts" }),
    lines: Type.Integer({ description: "How many lines it has" }),
    updatedAt: instant("When it was last read or handed in"),
    ...policy,
  },
  { title: "Budget" },
);
export const BudgetLine = Type.Object(
  {
    id: uuid("Id of the line"),
    account: text("Account number in the books, or its name"),
    dimensions: Type.Record(Type.String(), Type.String(), { description: "Only what carries these counts" }),
    starts: date("First day"),
    ends: date("Last day"),
    side: oneOf(["debit", "credit"], "credit: a target for revenue, counted and never enforced"),
    amount: Amount,
    used: Amount,
    reserved: Amount,
    left: Amount,
  },
  { title: "BudgetLine" },
);
const params = Type.Object({ id: uuid("Id of the budget") });
const books = Type.Optional(
  Type.String({ minLength: 1, maxLength: 200, description: "Name or id of the books; needed where there are several" }),
);

const listSchema = {
  summary: "All budgets",
  tags,
  response: { 200: Type.Object({ items: Type.Array(Budget), nextCursor: Type.Null() }) },
};
const linesSchema = {
  summary: "Lines of a budget with what is used, reserved and left",
  description: "used: in the books; reserved: on its way there.",
  tags,
  params,
  querystring: Type.Object(
    {
      on: Type.Optional(Type.String({ format: "date", description: "Only lines whose period holds this day" })),
      account: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      ...paging,
    },
    { additionalProperties: false },
  ),
  response: { 200: listOf(BudgetLine) },
};
const importSchema = {
  summary: "Hand a budget in, or replace the one of its name",
  description:
    "CSV with account, period, amount and a column for each dimension it is divided by. What was posted already is counted at once. A mistake refuses the file with every line.",
  tags,
  body: Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 200 }),
      books,
      csv: Type.String({ minLength: 1, maxLength: 1_900_000 }),
      warnPercent: Type.Optional(policy.warnPercent),
      limitPercent: Type.Optional(policy.limitPercent),
      over: Type.Optional(policy.over),
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ id: uuid("Id of the budget"), lines: Type.Integer() }) },
};
const policySchema = {
  summary: "Say when a budget speaks up and what it stops",
  tags,
  params,
  body: Type.Object(policy, { additionalProperties: false }),
  response: { 200: Budget },
};
const deleteSchema = { summary: "Take a budget away", tags, params, response: { 200: Type.Object({ deleted: Type.Boolean() }) } };
const refreshSchema = {
  summary: "Read the books' own budgets again",
  description: "At the lane's next turn; otherwise they are read once a day.",
  tags,
  body: Type.Object({ books }, { additionalProperties: false }),
  response: { 200: Type.Object({ asked: Type.Boolean() }) },
};

/** Budgets with what is used of them. */
export function budgetRoutes(app: Gateway, options: GatewayOptions): void {
  const { database, engine } = options;
  app.get("/v1/budgets", { schema: listSchema, config: { permission: "read" } }, async ({ actor }) => ({
    items: (await inOrganization(database, actor.organizationId, listBudgets)).map(showBudget),
    nextCursor: null,
  }));
  app.get("/v1/budgets/:id/lines", { schema: linesSchema, config: { permission: "read" } }, async ({ actor, params: { id }, query }) =>
    inOrganization(database, actor.organizationId, async (tx) => {
      const budget = await findBudget(tx, id);
      if (budget === undefined) throw new Fault("not_found", `There is no budget ${id}`);
      const found = await searchBudgetLines(tx, { budgetId: id, on: query.on, account: query.account }, pageFrom(query));
      return { items: found.items.map((line) => showLine(line, budget.currency)), nextCursor: found.nextCursor };
    }),
  );
  app.post("/v1/budgets", { schema: importSchema, config: { permission: "publish" } }, async (request, reply) => {
    const { name, books: named = null, csv, warnPercent = 90, limitPercent = 100, over = "hold" } = request.body;
    const given = { name, books: named, csv, policy: { warnPercent, limitPercent, over } };
    return once(options, {
      request,
      reply,
      work: async () => {
        const { budgetId: id, lines } = await engine.budgets.import(request.actor, given);
        return { id, lines };
      },
    });
  });
  app.put("/v1/budgets/:id", { schema: policySchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        const { id } = request.params;
        await engine.budgets.setPolicy(request.actor, id, request.body);
        return showBudget((await inOrganization(database, request.actor.organizationId, (tx) => findBudget(tx, id)))!);
      },
    }),
  );
  app.post("/v1/budgets/:id/delete", { schema: deleteSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        await engine.budgets.drop(request.actor, request.params.id);
        return { deleted: true };
      },
    }),
  );
  app.post("/v1/budgets/refresh", { schema: refreshSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        await engine.budgets.refresh(request.actor, request.body.books ?? null);
        return { asked: true };
      },
    }),
  );
}

function showBudget({ budgetId, booksId, providerId, updatedAt, ...rest }: BudgetRow): Static<typeof Budget> {
  return { id: budgetId, books: booksId, origin: providerId === null ? "import" : "books", updatedAt: updatedAt.toISOString(), ...rest };
}

function showLine(row: BudgetLineRow, currency: string): Static<typeof BudgetLine> {
  const { lineId, account, dimensions, starts, ends, side, amountMinor, usedMinor, reservedMinor } = row;
  const written = (minor: bigint) => formatMinor(minor, currency);
  return {
    ...{ id: lineId, account, dimensions, starts, ends, side },
    amount: written(amountMinor),
    used: written(usedMinor),
    reserved: written(reservedMinor),
    left: written(amountMinor - usedMinor - reservedMinor),
  };
}
