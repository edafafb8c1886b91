import { type Static, Type } from "typebox";
import { inOrganization } from "../../store/database.ts";
import { type LaneRow, listLanes } from "../../store/search-status.ts";
import { findUsage } from "../../store/usage.ts";
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

export const ConnectedBooks = Type.Object(
  {
    ...Books.properties,
    signInEndsAt: orNull(
      Type.String({ format: "date-time" }),
      "When the sign-in over there ends unless it is used before; null when the books are signed out",
    ),
    usage: Type.Object(
      { writes: Type.Integer(), meteredReads: Type.Integer() },
      { description: "Successful calls of this month (UTC), the way the provider meters them" },
    ),
  },
  { title: "ConnectedBooks" },
);

const schema = {
  summary: "The company files that documents go to",
  tags: ["Books"],
  response: { 200: Type.Object({ items: Type.Array(ConnectedBooks), nextCursor: Type.Null() }) },
};

export function booksRoutes(app: Gateway, { database, engine }: GatewayOptions): void {
  app.get("/v1/books", { schema, config: { permission: "read" } }, async ({ actor }) => {
    const ends = await engine.connections.signInEnds(actor);
    return inOrganization(database, actor.organizationId, async (tx) => {
      const items: Static<typeof ConnectedBooks>[] = [];
      for (const row of await listLanes(tx)) {
        const usage = await findUsage(tx, row.booksId, new Date());
        items.push({ ...showBooks(row), signInEndsAt: ends.get(row.booksId)?.toISOString() ?? null, usage });
      }
      return { items, nextCursor: null };
    });
  });
}

export function showBooks(row: LaneRow): Static<typeof Books> {
  const { booksId, pausedUntil, referenceAt, ...rest } = row;
  return { id: booksId, ...rest, pausedUntil: pausedUntil?.toISOString() ?? null, referenceAt: referenceAt?.toISOString() ?? null };
}
