import { type Static, Type } from "typebox";
import { clearsInMs, waitFor } from "../../core/pace/pace.ts";
import { writeKind } from "../../core/pace/windows.ts";
import { inOrganization, type Tx } from "../../store/database.ts";
import { listPaces, type PaceRow } from "../../store/paces.ts";
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
    pausedUntil: orNull(Type.String({ format: "date-time" }), "Posting rests until then, because the books asked for it or do not answer"),
    waiting: Type.Integer({ description: "Documents and events on their way there that wait for nobody" }),
    clearsAt: orNull(
      Type.String({ format: "date-time" }),
      "When they will all be there, by the books' limits; null when nothing waits, or when nothing goes on before a person acts",
    ),
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
      for (const books of await readBooks(tx)) {
        const usage = await findUsage(tx, books.id, new Date());
        items.push({ ...books, signInEndsAt: ends.get(books.id)?.toISOString() ?? null, usage });
      }
      return { items, nextCursor: null };
    });
  });
}

/** One books as people see it. `pace`: what its calls are kept to, undefined before the first. */
function showBooks(row: LaneRow, pace: PaceRow | undefined): Static<typeof Books> {
  const { booksId, referenceAt, ...rest } = row;
  return {
    id: booksId,
    ...rest,
    ...outlook(row, pace),
    referenceAt: referenceAt?.toISOString() ?? null,
  };
}

function outlook(
  { state, waiting, pausedUntil }: LaneRow,
  pace: PaceRow | undefined,
): { pausedUntil: string | null; clearsAt: string | null } {
  const now = Date.now();
  const restMs = Math.max(0, (pausedUntil?.getTime() ?? 0) - now);
  if (pace === undefined || pace.published === null) return { pausedUntil: pausedUntil?.toISOString() ?? null, clearsAt: null };
  const { published, at } = pace;
  const kind = writeKind(published);
  const wait = waitFor(pace.state, published, kind, at);
  const pausedMs = Math.max(restMs, wait.rests ? wait.waitMs : 0);
  const calls = Math.ceil(waiting / Math.max(1, published.batchItemsMax));
  const clearsMs = restMs + clearsInMs(pace.state, published, { kind, calls }, at + restMs);
  return {
    pausedUntil: pausedMs > 0 ? new Date(now + pausedMs).toISOString() : null,
    clearsAt: waiting > 0 && state === "connected" ? new Date(now + clearsMs).toISOString() : null,
  };
}

/** Every books of the organization with its outlook. */
export async function readBooks(tx: Tx): Promise<Static<typeof Books>[]> {
  const paces = new Map((await listPaces(tx)).map((pace) => [pace.booksId, pace]));
  return (await listLanes(tx)).map((row) => showBooks(row, paces.get(row.booksId)));
}
