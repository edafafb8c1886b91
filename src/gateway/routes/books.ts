import { type Static, Type } from "typebox";
import { inOrganization } from "../../store/database.ts";
import { type LaneRow, listLanes } from "../../store/search-status.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { oneOf, orNull, text, uuid } from "../schemas.ts";

export const Books = Type.Object(
  {
    id: uuid("Id of the books"),
    name: text("Our name for them"),
    system: text("quickbooks-online …"),
    company: text("Company id over there"),
    companyName: orNull(Type.String(), "Company name over there, when read"),
    ruleSet: text("Rule set its events are mapped by"),
    state: oneOf(["connected", "paused", "reconnect"], "paused and reconnect stop its lane; everything waits, nothing is lost"),
    reason: orNull(Type.String(), "Why it is paused or must be reconnected"),
    pausedUntil: orNull(Type.String({ format: "date-time" }), "The lane rests until then, because the books asked for it or do not answer"),
    referenceAt: orNull(Type.String({ format: "date-time" }), "When chart and lists were last read"),
  },
  { title: "Books" },
);

const schema = {
  summary: "The company files that documents go to",
  tags: ["Books"],
  response: { 200: Type.Object({ items: Type.Array(Books), nextCursor: Type.Null() }) },
};

export function booksRoutes(app: Gateway, { database }: GatewayOptions): void {
  app.get("/v1/books", { schema, config: { permission: "read" } }, async ({ actor }) => ({
    items: (await inOrganization(database, actor.organizationId, listLanes)).map(showBooks),
    nextCursor: null,
  }));
}

export function showBooks(row: LaneRow): Static<typeof Books> {
  const { booksId, pausedUntil, referenceAt, ...rest } = row;
  return { id: booksId, ...rest, pausedUntil: pausedUntil?.toISOString() ?? null, referenceAt: referenceAt?.toISOString() ?? null };
}
