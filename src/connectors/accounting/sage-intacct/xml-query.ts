import { usDate, usStamp } from "./formats.ts";
import type { Condition, Filter, Query, Row } from "./tasks.ts";
import { childOf, field, tag, type Element, type Markup } from "./xml.ts";

/** A question as a function of the XML gateway. Private records of entities are asked for too: from the top they are hidden else. */
export function queryFunction({ object, fields, filter, order, size, offset = 0, anyCase }: Query): Markup {
  return tag("query", [
    field("object", object),
    tag(
      "select",
      // `max:NAME` asks for the largest value instead of rows.
      fields.map((name) => (name.startsWith("max:") ? field("max", name.slice(4)) : field("field", name))),
    ),
    tag("filter", filter === null ? null : filterMarkup(filter)),
    tag("orderby", order.length === 0 ? null : order.map((name) => tag("order", [field("field", name), tag("ascending", { text: "" })]))),
    tag("options", [field("showprivate", "true"), field("caseinsensitive", anyCase ? "true" : undefined)]),
    field("pagesize", String(size)),
    field("offset", String(offset)),
  ]);
}

/** Groups of one are that one: theirs hold at least two. */
function filterMarkup(filter: Filter): Markup {
  if ("field" in filter) return conditionMarkup(filter);
  const [name, parts] = "all" in filter ? (["and", filter.all] as const) : (["or", filter.any] as const);
  const [first, ...others] = parts.map(filterMarkup);
  return first !== undefined && others.length === 0 ? first : tag(name, first === undefined ? [] : [first, ...others]);
}

const operators: Readonly<Record<Condition["is"], string>> = {
  equal: "equalto",
  in: "in",
  after: "greaterthan",
  from: "greaterthanorequalto",
  until: "lessthanorequalto",
  null: "isnull",
  filled: "isnotnull",
  like: "like",
};

function conditionMarkup({ field: name, is, values, as }: Condition): Markup {
  const spell = as === "date" ? usDate : as === "stamp" ? usStamp : (text: string) => text;
  return tag(operators[is], [field("field", name), ...values.map((value) => field("value", spell(value)))]);
}

/** Rows of an answer, by field in capitals whatever case they came in; and how many there are in all. */
export function rowsIn(result: Element): { readonly rows: readonly Row[]; readonly total: number } {
  const data = childOf(result, "data");
  const rows = (data?.children ?? []).map((row) => rowOf(row));
  const told = Number(data?.attributes["totalcount"] ?? "NaN");
  return { rows, total: Number.isFinite(told) ? told : rows.length };
}

function rowOf(element: Element): Row {
  return Object.fromEntries(element.children.map((child) => [child.name.toUpperCase(), child.text.trim()]));
}
