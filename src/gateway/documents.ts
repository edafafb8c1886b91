import type { Static } from "typebox";
import type { Tx } from "../store/database.ts";
import { type DocumentRow, findAccountNames } from "../store/search-story.ts";
import type { Document } from "./schemas.ts";
import { showDocument } from "./shapes.ts";

/** Documents as the contract shows them, with the accounts' names from the books' charts. */
export async function showDocuments(tx: Tx, documents: readonly DocumentRow[]): Promise<Static<typeof Document>[]> {
  const numbers = new Set(documents.flatMap(({ postable }) => ("lines" in postable ? postable.lines.map(({ account }) => account) : [])));
  const books = new Set(documents.map(({ booksId }) => booksId));
  const names = numbers.size === 0 ? new Map<string, string>() : await findAccountNames(tx, [...books], [...numbers]);
  return documents.map((document) => showDocument(document, names));
}
