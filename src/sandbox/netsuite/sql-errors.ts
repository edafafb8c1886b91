import { Refusal } from "./errors.ts";

const start = "Invalid search query. Detailed unprocessed description follows. ";

function refused(detail: string): Refusal {
  return new Refusal(400, [{ detail: start + detail, code: "INVALID_PARAMETER", queryParam: "q" }]);
}

export function badQuery(description: string): Refusal {
  return refused(`Search error occurred: ${description}`);
}

export function unknownTable(name: string): Refusal {
  return refused(`Invalid search type: ${name}.`);
}

/** `scope` are the tables of the query by alias. */
export function unknownColumn(name: string, scope: ReadonlyMap<string, string>): Refusal {
  const identifiers = [...scope].map(([alias, table]) => `${alias}=${table}`).join(", ");
  return refused(`Search error occurred: Unknown identifier '${name}'. Available identifiers are: {${identifiers}}`);
}
