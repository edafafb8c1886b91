const known = ["rest_webservices", "restlets", "suite_analytics", "mcp"];

/** Scopes of a claim or parameter: one text split on commas and spaces, or a list. Null: one of them is unknown, or there is none. */
export function scopesOf(value: unknown): string[] | null {
  const names = Array.isArray(value) ? value.map(String) : typeof value === "string" ? value.split(/[\s,]+/) : [];
  const wanted = names.filter((name) => name !== "");
  const isAlone = !wanted.includes("mcp") || wanted.length === 1;
  return wanted.length > 0 && isAlone && wanted.every((name) => known.includes(name)) ? wanted : null;
}
