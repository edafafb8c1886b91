import { Type } from "typebox";
import { Fault } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { RuleSet } from "../../core/rules/rule-set.ts";
import type { Actor } from "../../engine/engine.ts";
import { inOrganization } from "../../store/database.ts";
import { findRuleSet, listRuleSets, type StoredRuleSet } from "../../store/rules.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { Published, RuleSetBody, ruleSetParams, showVersion, Version } from "../rules-schemas.ts";
import { ruleCheckRoutes } from "./rules-checks.ts";
import { ruleDraftRoutes } from "./rules-drafts.ts";

const params = ruleSetParams;

const listSchema = {
  summary: "The rule sets and their newest versions",
  tags: ["Rules"],
  response: { 200: Type.Object({ items: Type.Array(Version), nextCursor: Type.Null() }) },
};
const oneSchema = {
  summary: "One rule set",
  tags: ["Rules"],
  params,
  querystring: Type.Object(
    {
      version: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_000_000_000, description: "An older version; the newest when absent" })),
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ ...Version.properties, ruleSet: RuleSetBody }, { title: "RuleSetWithVersion" }) },
};
const publishSchema = {
  summary: "Publish a new version of a rule set",
  description: "Checked whole before it is stored: a mistake anywhere refuses it with every place, and the version before goes on working.",
  tags: ["Rules"],
  params,
  body: RuleSetBody,
  response: { 200: Published },
};
const rowSchema = {
  summary: "Append one account row and publish",
  description:
    "The quick fix of a code without an account: reads the newest version, appends the row, publishes the next version. Retry the cause afterwards.",
  tags: ["Rules"],
  params,
  body: Type.Object(
    {
      account: Type.String({ minLength: 1, maxLength: 100, description: "Account number in the books" }),
      event: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: "Event types; all when absent" })),
      code: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: "Codes or globs; all when absent" })),
      item: Type.Optional(Type.String({ minLength: 1, description: "Product or service on invoices" })),
      where: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "Conditions by field" })),
      when: Type.Optional(Type.String({ description: "CEL expression" })),
      from: Type.Optional(Type.String({ description: "First service date" })),
      to: Type.Optional(Type.String({ description: "Last service date" })),
      note: Type.Optional(Type.String({ maxLength: 500, description: "For people" })),
    },
    { additionalProperties: false },
  ),
  response: { 200: Published },
};

/** Rule sets: read, publish, and the one-row fix. */
export function ruleRoutes(app: Gateway, options: GatewayOptions): void {
  const { database, engine } = options;
  ruleDraftRoutes(app, options);
  ruleCheckRoutes(app, options);
  const find = async (actor: Actor, name: string, version?: number): Promise<StoredRuleSet> =>
    inOrganization(database, actor.organizationId, async (tx) => {
      const found = await findRuleSet(tx, name, version);
      if (found !== undefined) return found;
      const names = (await listRuleSets(tx)).map((one) => one.name);
      if (names.includes(name)) throw new Fault("not_found", `The rule set "${name}" has no version ${version}`);
      throw new Fault("not_found", `There is no rule set "${name}".${didYouMean(name, names)}`);
    });

  app.get("/v1/rule-sets", { schema: listSchema, config: { permission: "read" } }, async ({ actor }) => ({
    items: (await inOrganization(database, actor.organizationId, listRuleSets)).map(showVersion),
    nextCursor: null,
  }));

  app.get("/v1/rule-sets/:name", { schema: oneSchema, config: { permission: "read" } }, async ({ actor, params: { name }, query }) => {
    const found = await find(actor, name, query.version);
    return { ...showVersion(found), ruleSet: found.body as Record<string, unknown> };
  });

  app.put("/v1/rule-sets/:name", { schema: publishSchema, config: { permission: "publish" } }, async (request, reply) => {
    const { name } = request.params;
    const given = request.body.name ?? name;
    if (given !== name)
      throw new Fault("request_invalid", `The address names "${name}" and the body names "${String(given)}"`, {
        "/name": `must be "${name}"`,
      });
    const ruleSet = { ...request.body, name } as unknown as RuleSet; // The engine reads it as what it is: unknown data.
    return once(options, {
      request,
      reply,
      work: () => inTurn(`${request.actor.organizationId}/${name}`, () => engine.publishRules(request.actor, ruleSet)),
    });
  });

  app.post("/v1/rule-sets/:name/accounts", { schema: rowSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: () =>
        inTurn(`${request.actor.organizationId}/${request.params.name}`, async () => {
          const { body, version } = await find(request.actor, request.params.name);
          const current = body as Record<string, unknown>;
          const accounts = Array.isArray(current["accounts"]) ? (current["accounts"] as unknown[]) : [];
          const grown = { ...current, accounts: [...accounts, request.body] } as unknown as RuleSet;
          return engine.publishRules(request.actor, grown, version);
        }),
    }),
  );
}

const turns = new Map<string, Promise<unknown>>();

/** One change of a rule set after the other, so that two rows appended at once both stay. */
async function inTurn<T>(of: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(of) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(of, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(of) === mine) turns.delete(of);
  }
}
