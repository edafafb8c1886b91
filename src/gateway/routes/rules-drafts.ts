import { Type } from "typebox";
import { Fault } from "../../core/errors.ts";
import { inOrganization } from "../../store/database.ts";
import { asksFourEyes, findDraft, listDrafts } from "../../store/rule-drafts.ts";
import { listVersions } from "../../store/rules.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { Draft, Published, RuleSetBody, ruleSetParams, showDraft, showVersion, Version } from "../rules-schemas.ts";
import { Finding, orNull } from "../schemas.ts";

const tags = ["Rules"];
const params = ruleSetParams;
const revision = Type.Integer({ minimum: 1, maximum: 2_000_000_000, description: "The revision that is meant" });

const policySchema = {
  summary: "Whether rules need the approval of another person",
  tags,
  response: { 200: Type.Object({ fourEyes: Type.Boolean() }, { title: "RuleSetPolicy" }) },
};
const putPolicySchema = {
  ...policySchema,
  summary: "Ask for the approval of another person before rules are published, or no more",
  description: "For administrators. While it is on, the database itself refuses a version that nobody else approved.",
  body: Type.Object({ fourEyes: Type.Boolean() }, { additionalProperties: false }),
};
const draftsSchema = {
  summary: "All drafts",
  tags,
  response: { 200: Type.Object({ items: Type.Array(Draft), nextCursor: Type.Null() }) },
};
const versionsSchema = {
  summary: "All versions of a rule set, newest first",
  tags,
  params,
  response: { 200: Type.Object({ items: Type.Array(Version), nextCursor: Type.Null() }) },
};
const oneSchema = {
  summary: "The draft of a rule set",
  tags,
  params,
  response: { 200: Type.Object({ draft: Draft, ruleSet: RuleSetBody }, { title: "DraftWithRules" }) },
};
const saveSchema = {
  summary: "Save the draft of a rule set",
  description: "Checked whole before it is stored: a wrong field, type or option refuses it with every place. An approval it had is gone.",
  tags,
  params,
  body: Type.Object(
    {
      ruleSet: RuleSetBody,
      effectiveFrom: Type.Optional(orNull(Type.String({ format: "date" }), "First service date it will be for; all when absent")),
      note: Type.Optional(Type.String({ maxLength: 2000, description: "What you changed, for whoever approves it" })),
      ifRevision: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 2_000_000_000,
          description: "Refuse when the draft is another revision; 0: when there is one",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ draft: Draft, warnings: Type.Array(Finding) }, { title: "SavedDraft" }) },
};
const discardSchema = { summary: "Throw the draft away", tags, params, response: { 200: Type.Object({ discarded: Type.Boolean() }) } };
const approveSchema = {
  summary: "Approve a revision of the draft",
  description: "By somebody who wrote no part of it. A later save of something else takes the approval away.",
  tags,
  params,
  body: Type.Object({ revision }, { additionalProperties: false }),
  response: { 200: Draft },
};
const publishSchema = {
  summary: "Publish the draft as the next version",
  tags,
  params,
  body: Type.Object({ revision: Type.Optional(revision) }, { additionalProperties: false }),
  response: { 200: Published },
};
const rollBackSchema = {
  summary: "Bring an older version back",
  description:
    "It becomes the newest version, for the service dates of the one it replaces; or a draft, where another person must approve it.",
  tags,
  params,
  body: Type.Object({ version: revision }, { additionalProperties: false }),
  response: {
    200: Type.Object({ published: orNull(Published), draft: orNull(Draft, "Waits for an approval") }, { title: "RolledBack" }),
  },
};

/** Drafts, their approval, and what becomes of them. */
export function ruleDraftRoutes(app: Gateway, options: GatewayOptions): void {
  const { database, engine } = options;
  app.get("/v1/rule-sets/policy", { schema: policySchema, config: { permission: "read" } }, async ({ actor }) => ({
    fourEyes: await inOrganization(database, actor.organizationId, asksFourEyes),
  }));
  app.put("/v1/rule-sets/policy", { schema: putPolicySchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        await engine.rules.setFourEyes(request.actor, request.body.fourEyes);
        return request.body;
      },
    }),
  );
  app.get("/v1/rule-sets/drafts", { schema: draftsSchema, config: { permission: "read" } }, async ({ actor }) => ({
    items: (await inOrganization(database, actor.organizationId, listDrafts)).map(showDraft),
    nextCursor: null,
  }));
  app.get(
    "/v1/rule-sets/:name/versions",
    { schema: versionsSchema, config: { permission: "read" } },
    async ({ actor, params: { name } }) => {
      const items = await inOrganization(database, actor.organizationId, (tx) => listVersions(tx, name));
      if (items.length === 0) throw new Fault("not_found", `There is no rule set "${name}"`);
      return { items: items.map(showVersion), nextCursor: null };
    },
  );
  app.get("/v1/rule-sets/:name/draft", { schema: oneSchema, config: { permission: "read" } }, async ({ actor, params: { name } }) => {
    const draft = await inOrganization(database, actor.organizationId, (tx) => findDraft(tx, name));
    if (draft === undefined) throw new Fault("not_found", `The rule set "${name}" has no draft`);
    return { draft: showDraft(draft), ruleSet: draft.body as Record<string, unknown> };
  });
  changeRoutes(app, options);
}

function changeRoutes(app: Gateway, options: GatewayOptions): void {
  const { rules } = options.engine;
  app.put("/v1/rule-sets/:name/draft", { schema: saveSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        const { ruleSet: raw, effectiveFrom = null, note = "", ifRevision = null } = request.body;
        const saved = await rules.saveDraft(request.actor, request.params.name, { raw, effectiveFrom, note, ifRevision });
        return { draft: showDraft(saved.draft), warnings: saved.warnings };
      },
    }),
  );
  app.post("/v1/rule-sets/:name/draft/discard", { schema: discardSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        await rules.discardDraft(request.actor, request.params.name);
        return { discarded: true };
      },
    }),
  );
  app.post("/v1/rule-sets/:name/draft/approve", { schema: approveSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => showDraft(await rules.approve(request.actor, request.params.name, request.body.revision)),
    }),
  );
  app.post("/v1/rule-sets/:name/draft/publish", { schema: publishSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: () => rules.publishDraft(request.actor, request.params.name, request.body.revision ?? null),
    }),
  );
  app.post("/v1/rule-sets/:name/rollback", { schema: rollBackSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: async () => {
        const done = await rules.rollBack(request.actor, request.params.name, request.body.version);
        return "draft" in done ? { published: null, draft: showDraft(done.draft) } : { published: done.published, draft: null };
      },
    }),
  );
}
