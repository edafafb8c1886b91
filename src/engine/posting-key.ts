import { hash } from "node:crypto";
import { postingKey } from "../core/posting.ts";
import type { LaneContext } from "./lane-context.ts";

/** The key of what `identity` names in the books of this lane: the same on every run, another for every version. */
export function keyIn(context: Pick<LaneContext, "organizationId" | "books">, identity: string, version: number): string {
  const { organizationId, books } = context;
  return postingKey({ organizationId, booksId: books.booksId, documentId: identity, version }, (text) => hash("sha256", text, "hex"));
}
