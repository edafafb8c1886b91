import { type Static, Type } from "typebox";
import { formatMinor } from "../../core/money.ts";
import { gapKinds } from "../../core/suggest/gaps.ts";
import type { Suggestion } from "../../core/suggest/suggest.ts";
import type { BooksCoverage } from "../../engine/coverage.ts";
import type { Suggestions } from "../../engine/suggest.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { choiceOf, Draft, ruleSetParams, showDraft } from "../rules-schemas.ts";
import { oneOf, orNull, text, uuid } from "../schemas.ts";

const tags = ["Rules"];
const params = ruleSetParams;
const day = (description: string) => Type.Optional(Type.String({ format: "date", description }));
const period = {
  books: Type.Optional(Type.String({ minLength: 1, description: "Name or id of the books; may be left out where the rule set has one" })),
  from: day("First document date of the stored events that are looked at; ninety days back when absent"),
  to: day("Last document date; today when absent"),
};
const money = Type.Array(Type.Object({ currency: Type.String(), amount: Type.String() }), { description: "Decimal strings, without sign" });
const score = Type.Integer({ minimum: 0, maximum: 100, description: "0–100" });

const Proposed = Type.Object(
  {
    id: text("Names it when it is accepted: account/5210"),
    kind: oneOf([...gapKinds.filter((kind) => kind !== "document" && kind !== "line" && kind !== "segment"), "product"]),
    key: text("What rules or events call it"),
    name: text("What it is, where that is known"),
    events: Type.Integer({ description: "Stored events that need it" }),
    money,
    proposals: Type.Array(
      Type.Object({
        value: text("What is written when it is accepted; of a party the id of the record"),
        label: text("How the books show it"),
        score,
        reasons: Type.Array(Type.String()),
      }),
    ),
  },
  { title: "Suggestion" },
);
const SuggestionList = Type.Object(
  {
    books: text("Name of the books"),
    from: text("First document date"),
    to: text("Last document date"),
    events: Type.Integer({ description: "Stored events that were looked at" }),
    items: Type.Array(Proposed, { description: "Most needed first" }),
    nextCursor: Type.Null(),
  },
  { title: "Suggestions" },
);
const Missing = Type.Object(
  {
    kind: oneOf(gapKinds, "What is missing: an event type (document), a code, a code for a line (line), or a name the books lack"),
    value: text("The code or value; empty where a dimension has none"),
    state: oneOf(["unmapped", "master", "created"], "It stops events; it goes to the account of last resort; the party will be created"),
    text: text("What else events say of it"),
    type: text("Event type"),
    source: text("Source"),
    events: Type.Integer(),
    amount: text("Decimal string, without sign: of the lines, or of whole events"),
    currency: text("ISO 4217"),
    sampleId: uuid("eventId of one of the events"),
  },
  { title: "CoverageRow" },
);

const suggestionsSchema = {
  summary: "What the books' own lists offer for everything that rules and stored events need",
  description:
    "Accounts, products, terms, dimensions, vendors, customers and partners' codes, with score and reasons. Looks at the draft where there is one, else at the newest version, and at the books' lists as last read.",
  tags,
  params,
  querystring: Type.Object(period, { additionalProperties: false }),
  response: { 200: SuggestionList },
};
const acceptSchema = {
  summary: "Accept suggestions",
  description:
    "Everything from a score on, and single ones with a value of your own. Rows are written into the draft of the rule set; vendors and customers are linked to their records at once.",
  tags,
  params,
  body: Type.Object(
    {
      ...period,
      scoreMin: Type.Optional(
        Type.Integer({ minimum: 50, maximum: 100, description: "Accept the first proposal of each from this score on" }),
      ),
      chosen: Type.Optional(
        Type.Array(
          Type.Object({ id: Type.String({ minLength: 1 }), value: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
          {
            maxItems: 5_000,
          },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      {
        draft: orNull(Draft, "The draft that has them; null when it did not change"),
        accepted: Type.Array(Type.Object({ id: Type.String(), value: Type.String(), score: orNull(score, "Null: your own value") })),
        left: SuggestionList,
      },
      { title: "AcceptedSuggestions" },
    ),
  },
};
const coverageSchema = {
  summary: "What stored events have no mapping for, with count and money, by type and source",
  description: "Under the newest version, or another version or the draft.",
  tags,
  params,
  querystring: Type.Object(
    {
      ...period,
      version: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_000_000_000, description: "A published version" })),
      draft: Type.Optional(Type.Boolean({ description: "The draft" })),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      {
        from: text("First document date"),
        to: text("Last document date"),
        books: Type.Array(
          Type.Object({
            books: text("Name of the books"),
            isCompared: Type.Boolean({ description: "False: their lists were not read yet, so only the rules were looked at" }),
            events: Type.Integer({ description: "Events that were looked at" }),
            covered: Type.Integer({ description: "Events with nothing missing" }),
            items: Type.Array(Missing, { description: "Most money first" }),
          }),
        ),
      },
      { title: "Coverage" },
    ),
  },
};

const useSchema = {
  summary: "Map what comes for books by this rule set",
  description: "What was mapped before stays as it is; what waits in review is mapped by it at once.",
  tags,
  params,
  body: Type.Object(
    { books: Type.Optional(Type.String({ minLength: 1, description: "Name or id; may be left out where there is one" })) },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      { books: text("Name of the books"), ruleSet: text("Rule set they use now"), before: text("Rule set they used before") },
      { title: "RulesInUse" },
    ),
  },
};

/** What is missing between events, rules and books, and what it could be. */
export function suggestRoutes(app: Gateway, options: GatewayOptions): void {
  const { rules } = options.engine;
  const periodIn = ({ from, to }: { from?: string; to?: string }) => ({ from: from ?? null, to: to ?? null });
  app.get(
    "/v1/rule-sets/:name/suggestions",
    { schema: suggestionsSchema, config: { permission: "read" } },
    async ({ actor, params: { name }, query }) =>
      showSuggestions(await rules.suggest(actor, name, { books: query.books ?? null, period: periodIn(query) })),
  );
  app.post("/v1/rule-sets/:name/suggestions/accept", { schema: acceptSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        const { books = null, scoreMin = null, chosen = [] } = request.body;
        const order = { books, period: periodIn(request.body), scoreMin, chosen };
        const { draft, accepted, left } = await rules.acceptSuggestions(request.actor, request.params.name, order);
        return { draft: draft === null ? null : showDraft(draft), accepted: [...accepted], left: showSuggestions(left) };
      },
    }),
  );
  app.post("/v1/rule-sets/:name/use", { schema: useSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, { request, reply, work: () => rules.use(request.actor, request.params.name, request.body.books ?? null) }),
  );
  app.get(
    "/v1/rule-sets/:name/coverage",
    { schema: coverageSchema, config: { permission: "read" } },
    async ({ actor, params: { name }, query }) => {
      const choice = choiceOf(query) ?? { kind: "newest" as const };
      const { from, to, books } = await rules.coverage(actor, name, { choice, booksName: query.books ?? null, period: periodIn(query) });
      return { from, to, books: books.map(showCoverage) };
    },
  );
}

function showSuggestions({ suggestions, ...of }: Suggestions): Static<typeof SuggestionList> {
  return { ...of, items: suggestions.map(showSuggestion), nextCursor: null };
}

function showSuggestion({ money: sums, proposals, ...of }: Suggestion): Static<typeof Proposed> {
  return {
    ...of,
    money: [...sums].map(([currency, minor]) => ({ currency, amount: formatMinor(minor, currency) })),
    proposals: proposals.map((one) => ({ ...one, reasons: [...one.reasons] })),
  };
}

function showCoverage({ rows, ...of }: BooksCoverage) {
  const items = rows.map(({ amountMinor, product: _, ...row }) => ({ ...row, amount: formatMinor(amountMinor, row.currency) }));
  return { ...of, items };
}
