import { Type } from "typebox";
import { Fault } from "../../core/errors.ts";
import { inOrganization } from "../../store/database.ts";
import { listPostingsOfDocument, searchPostings } from "../../store/search-postings.ts";
import { findDocument, listAttempts } from "../../store/search-story.ts";
import { showDocuments } from "../documents.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { Document, filters, listOf, paging, Posting, PostingWithAttempts, span, uuid } from "../schemas.ts";
import { pageFrom, showAttempt, showPosting } from "../shapes.ts";

const searchSchema = {
  summary: "Search postings",
  description: "What went to the books, is on its way or was refused. Newest first.",
  tags: ["Postings"],
  querystring: Type.Object(
    { state: filters.postingState, books: Type.Optional(uuid("Id of the books")), kind: filters.kind, ...span, ...paging },
    { additionalProperties: false },
  ),
  response: { 200: listOf(Posting) },
};

const documentSchema = {
  summary: "One document with its lines and their reasons",
  tags: ["Postings"],
  params: Type.Object({ id: uuid("Id of the document") }),
  response: { 200: Type.Object({ document: Document, postings: Type.Array(PostingWithAttempts) }, { title: "DocumentWithPostings" }) },
};

/** Postings, and the documents they carry. */
export function postingRoutes(app: Gateway, { database }: GatewayOptions): void {
  app.get("/v1/postings", { schema: searchSchema, config: { permission: "read" } }, async ({ actor, query }) => {
    const { state, books: booksId, kind, from, to } = query;
    const found = await inOrganization(database, actor.organizationId, (tx) =>
      searchPostings(tx, { state, booksId, kind, from, to }, pageFrom(query)),
    );
    return { items: found.items.map(showPosting), nextCursor: found.nextCursor };
  });

  app.get("/v1/documents/:id", { schema: documentSchema, config: { permission: "read" } }, async ({ actor, params }) =>
    inOrganization(database, actor.organizationId, async (tx) => {
      const row = await findDocument(tx, params.id);
      if (row === undefined) throw new Fault("not_found", `There is no document "${params.id}"`);
      const postings = await listPostingsOfDocument(tx, params.id);
      const attempts = await listAttempts(
        tx,
        postings.map(({ postingId }) => postingId),
      );
      const [document] = await showDocuments(tx, [row]);
      return {
        document: document!,
        postings: postings.map((posting) => ({
          posting: showPosting(posting),
          attempts: attempts.filter(({ postingId }) => postingId === posting.postingId).map(showAttempt),
        })),
      };
    }),
  );
}
