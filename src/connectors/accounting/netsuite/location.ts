import type { ApiAnswer } from "./api.ts";
import { unreadable } from "./errors.ts";

/** The new record's id is the last part of `Location`; the body is empty. */
export function idIn({ location, facts }: Pick<ApiAnswer, "location" | "facts">): string {
  const id = /\/(\d+)\/?(?:\?.*)?$/.exec(location)?.[1];
  if (id === undefined) throw unreadable(facts, "a success that does not name the record");
  return id;
}
