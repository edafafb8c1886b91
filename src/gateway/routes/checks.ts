import { type Static, Type } from "typebox";
import { type EventType, eventTypes } from "../../core/events.ts";
import { catalog } from "../../core/validation/catalog.ts";
import { type CheckFacts, checkSeverities } from "../../core/validation/check.ts";
import { findingCodes } from "../../core/validation/finding-codes.ts";
import { effective } from "../../core/validation/policy.ts";
import { listCheckSettings, listOwnChecks, type StoredOwnCheck, type StoredSetting } from "../../store/checks.ts";
import { inOrganization } from "../../store/database.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { once } from "../idempotency.ts";
import { instant, oneOf, orNull, text } from "../schemas.ts";

const tags = ["Checks"];
const severity = oneOf([...checkSeverities], "block: until mended; hold: until released; warn: told only; off: not asked");
const type = oneOf(eventTypes, "Event type");
const sourceId = Type.String({ minLength: 1, maxLength: 200, description: "Id of a source" });
const changedBy = { changedBy: text("Who set it"), changedAt: instant("When") };

const Setting = Type.Object(
  {
    source: orNull(sourceId),
    type: orNull(type),
    severity: orNull(severity),
    thresholds: Type.Record(Type.String(), Type.String()),
    ...changedBy,
  },
  { title: "CheckSetting" },
);
export const Check = Type.Object(
  {
    code: text("Stable code; its findings carry it"),
    types: Type.Array(type, { description: "Event types it looks at; none: all" }),
    severity: orNull(severity, "In force for the source and type asked for; null: each finding says its own"),
    defaultSeverity: orNull(severity),
    isFixed: Type.Boolean({ description: "Cannot be set: the books, the rules or the shape of events ask for it" }),
    cause: text("When it speaks"),
    remedy: text("What to do then"),
    thresholds: Type.Array(
      Type.Object({
        name: text("Name"),
        value: text("In force"),
        default: text("From the catalog"),
        unit: text("Unit"),
        about: text("Meaning"),
      }),
    ),
    settings: Type.Array(Setting, { description: "What was set" }),
  },
  { title: "Check" },
);
const ownContent = {
  types: Type.Array(type, { maxItems: eventTypes.length, description: "Event types it is asked about; none: all" }),
  sources: Type.Array(sourceId, { maxItems: 100, description: "Sources it is asked about; none: all" }),
  when: Type.String({ minLength: 1, maxLength: 1_000, description: "CEL over event, line and dims; it speaks when this is true" }),
  severity,
  message: Type.String({ minLength: 1, maxLength: 500, description: "What is said; fields in braces: {vendor.name}" }),
  fix: Type.String({ minLength: 1, maxLength: 500, description: "What to do then; fields in braces" }),
};
export const Own = Type.Object({ name: text("Its findings have the code own_<name>"), ...ownContent, ...changedBy }, { title: "OwnCheck" });
const Changed = Type.Object(
  { rechecked: Type.Integer({ description: "Events that a changed check had stopped and that are checked anew" }) },
  { title: "ChecksChanged" },
);

const listSchema = {
  summary: "Every check: what it asks, how it is set, and the checks of your own",
  description: "With source or type, severity and thresholds are those in force there.",
  tags,
  querystring: Type.Object({ source: Type.Optional(sourceId), type: Type.Optional(type) }, { additionalProperties: false }),
  response: { 200: Type.Object({ items: Type.Array(Check), own: Type.Array(Own), nextCursor: Type.Null() }) },
};
const setSchema = {
  summary: "Set checks: severity and thresholds",
  description:
    "All changes or none. What is not named stays; null takes a value back to the catalog's. What a changed check had stopped is checked anew.",
  tags,
  body: Type.Object(
    {
      changes: Type.Array(
        Type.Object(
          {
            code: Type.String({ minLength: 1, maxLength: 100 }),
            source: Type.Optional(orNull(sourceId, "Only events of this source; all when absent")),
            type: Type.Optional(orNull(type, "Only events of this type; all when absent")),
            severity: Type.Optional(orNull(severity)),
            thresholds: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), orNull(Type.String({ maxLength: 4_000 })))),
            reset: Type.Optional(Type.Boolean({ description: "Forget what was set there before" })),
          },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: 200 },
      ),
    },
    { additionalProperties: false },
  ),
  response: { 200: Changed },
};
const ownParams = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60, description: "Lower case letters, digits, underscores" }),
});
const putOwnSchema = {
  summary: "Write a check of your own",
  description: "Refused as a whole when the expression, a type or a field is wrong.",
  tags,
  params: ownParams,
  body: Type.Object(
    { ...ownContent, types: Type.Optional(ownContent.types), sources: Type.Optional(ownContent.sources) },
    { additionalProperties: false },
  ),
  response: { 200: Changed },
};
const removeOwnSchema = { summary: "Take a check of your own away", tags, params: ownParams, response: { 200: Changed } };

/** What events and documents are checked for. */
export function checkRoutes(app: Gateway, options: GatewayOptions): void {
  const { database, engine } = options;
  app.get("/v1/checks", { schema: listSchema, config: { permission: "read" } }, async ({ actor, query }) => {
    const [settings, own] = await inOrganization(
      database,
      actor.organizationId,
      async (tx) => [await listCheckSettings(tx), await listOwnChecks(tx)] as const,
    );
    const of = { source: query.source ?? null, type: query.type ?? null };
    const set = [...catalog.values()].map((check) =>
      showCheck(
        check,
        settings.filter(({ code }) => code === check.code),
        of,
      ),
    );
    const fixed = findingCodes.map(showFixed);
    const items = [...set, ...fixed].filter(({ types }) => of.type === null || types.length === 0 || types.includes(of.type));
    return { items, own: own.map(showOwn), nextCursor: null };
  });
  app.put("/v1/checks", { schema: setSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: () =>
        engine.checks.set(
          request.actor,
          request.body.changes.map(({ source = null, type: eventType = null, ...rest }) => ({ ...rest, source, type: eventType })),
        ),
    }),
  );
  app.put("/v1/checks/own/:name", { schema: putOwnSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, {
      request,
      reply,
      work: () => engine.checks.putOwn(request.actor, { types: [], sources: [], ...request.body, name: request.params.name }),
    }),
  );
  app.post("/v1/checks/own/:name/remove", { schema: removeOwnSchema, config: { permission: "publish" } }, async (request, reply) =>
    once(options, { request, reply, work: () => engine.checks.removeOwn(request.actor, request.params.name) }),
  );
}

function showCheck(
  check: CheckFacts,
  settings: readonly StoredSetting[],
  of: { source: string | null; type: EventType | null },
): Static<typeof Check> {
  const { code, types, cause, remedy } = check;
  const { severity: inForce, thresholds } = effective(check, settings, of);
  return {
    code,
    types: [...types],
    severity: inForce,
    defaultSeverity: check.severity,
    isFixed: false,
    cause,
    remedy,
    thresholds: check.thresholds.map(({ name, default: from, unit, about }) => ({
      name,
      value: thresholds[name] ?? from,
      default: from,
      unit,
      about,
    })),
    settings: settings.map(({ source, type: eventType, severity: wanted, thresholds: set, changedBy: by, changedAt }) => ({
      source,
      type: eventType,
      severity: wanted,
      thresholds: { ...set },
      changedBy: by,
      changedAt: changedAt.toISOString(),
    })),
  };
}

function showFixed({ code, cause, remedy }: (typeof findingCodes)[number]): Static<typeof Check> {
  return { code, types: [], severity: null, defaultSeverity: null, isFixed: true, cause, remedy, thresholds: [], settings: [] };
}

function showOwn({ types, sources, changedAt, ...rest }: StoredOwnCheck): Static<typeof Own> {
  return { ...rest, types: [...types], sources: [...sources], changedAt: changedAt.toISOString() };
}
