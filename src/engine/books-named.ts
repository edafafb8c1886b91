import { Fault } from "../core/errors.ts";
import { type Books, listBooks } from "../store/books.ts";
import type { Tx } from "../store/database.ts";

/** Books by name or id; without one, the only books there are. Faults: `not_found`, `request_invalid` where one must be named. */
export async function findBooksNamed(tx: Tx, name: string | null): Promise<Books> {
  const all = await listBooks(tx);
  const names = all.map((books) => `"${books.name}"`).join(", ");
  if (name === null) {
    if (all.length === 1) return all[0]!;
    throw new Fault("request_invalid", all.length === 0 ? "There are no books yet; connect some first" : `Name the books: one of ${names}`);
  }
  const found = all.find((books) => books.name === name || books.booksId === name);
  if (found === undefined) throw new Fault("not_found", `There are no books "${name}"${names === "" ? "" : `; there are ${names}`}`);
  return found;
}
