import { Type } from "typebox";
import { inOrganization } from "../../store/database.ts";
import { searchAudit } from "../../store/search-audit.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { listOf, Leaf, paging } from "../schemas.ts";
import { pageFrom, showLeaf } from "../shapes.ts";

const schema = {
  summary: "Search the audit log",
  description: "Newest first. Every change of state is one leaf, written in the same transaction as the change.",
  tags: ["Audit"],
  querystring: Type.Object(
    {
      object: Type.Optional(
        Type.String({ minLength: 1, maxLength: 400, description: "Id of an event revision, document, posting, file, books or rule set" }),
      ),
      action: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "event.accepted, posting.posted …" })),
      ...paging,
    },
    { additionalProperties: false },
  ),
  response: { 200: listOf(Leaf) },
};

export function auditRoutes(app: Gateway, { database }: GatewayOptions): void {
  app.get("/v1/audit", { schema, config: { permission: "read" } }, async (request) => {
    const { object, action } = request.query;
    const found = await inOrganization(database, request.actor.organizationId, (tx) =>
      searchAudit(tx, { objectId: object, action }, pageFrom(request.query)),
    );
    return { items: found.items.map(showLeaf), nextCursor: found.nextCursor };
  });
}
