import { tableEntry } from "../json.ts";
import { fieldPath, type Comparison, type Condition, type FieldPath } from "./conditions.ts";
import type { Kind, Work } from "./kind.ts";
import { refuse, refuseRead } from "./refusal.ts";
import { readAmount, readUsDate, readUsTime } from "./values.ts";
import { textIn, type Element } from "../xml.ts";

const comparisons: Readonly<Record<string, Comparison>> = {
  equalto: "=",
  notequalto: "<>",
  lessthan: "<",
  lessthanorequalto: "<=",
  greaterthan: ">",
  greaterthanorequalto: ">=",
  between: "between",
  in: "in",
  notin: "not in",
  like: "like",
  notlike: "not like",
  isnull: "null",
  isnotnull: "not null",
};

/** Fields that a look-up lists and no query takes. */
const unqueryable = new Set(["CFDA", "AGENCY", "FUNDEDNAME", "INVOICENO", "DATECREATED", "BILLNO", "DATEDUE", "DATEPOSTED"]);

export function queryField(work: Work, kind: Kind, text: string): FieldPath {
  const found = fieldPath(work, kind, text);
  if (found !== null) return found;
  if (unqueryable.has(text.trim().toUpperCase()))
    return refuse("XL03000006", `The following fields cannot be queried: ${text.trim()}`, { category: "invalidRequest", status: 400 });
  return refuseRead(`The field '${text}' of ${kind.object} does not exist.`);
}

/** The `filter` of a query: exactly one node, `and` and `or` with two or more. */
export function readFilter(work: Work, kind: Kind, filter: Element): Condition {
  const [node, ...others] = filter.children;
  if (node === undefined || others.length > 0) return refuseRead("A filter holds exactly one condition; join several with and, or.");
  return readNode(work, kind, node);
}

function readNode(work: Work, kind: Kind, node: Element): Condition {
  const name = node.name.toLowerCase();
  if (name === "and" || name === "or") {
    if (node.children.length < 2) return refuseRead(`${name} joins two or more conditions.`);
    return { type: name, of: node.children.map((child) => readNode(work, kind, child)) };
  }
  const by = tableEntry(comparisons, name);
  if (by === undefined) return refuseRead(`'${node.name}' is no operator.`);
  const field = queryField(work, kind, textIn(node, "field") ?? "");
  const texts = node.children.filter((child) => child.name.toLowerCase() === "value").map(({ text }) => text);
  return { type: "compare", field, by, values: checkCount(by, texts).map((text) => filterValue(work, field, text)) };
}

function checkCount(by: Comparison, texts: readonly string[]): readonly string[] {
  const isRight =
    by === "null" || by === "not null"
      ? texts.length === 0
      : by === "between"
        ? texts.length === 2
        : by === "in" || by === "not in"
          ? texts.length >= 1 && texts.length <= 1000
          : texts.length === 1;
  return isRight ? texts : refuseRead(`The operator ${by} does not take ${texts.length} values.`);
}

/** A value of a filter our way: dates and times are American here, nothing else. */
export function filterValue(work: Work, { field }: FieldPath, text: string): string {
  switch (field.type) {
    case "date":
      return readUsDate(text) ?? readUsDate(text.split(" ")[0] ?? "") ?? refuseRead(`'${text}' is not a date such as 04/01/2026.`);
    case "created":
    case "modified": {
      const zone = field.type === "created" ? "GMT" : work.company.switches.userTimeZone;
      const atMs = readUsTime(text, zone);
      return atMs === null ? refuseRead(`'${text}' is not a time such as 04/01/2026 00:00:00.`) : String(atMs);
    }
    case "boolean":
      return /^t(rue)?$/i.test(text) ? "true" : /^f(alse)?$/i.test(text) ? "false" : refuseRead(`'${text}' is neither true nor false.`);
    case "amount":
    case "number":
    case "integer":
      return readAmount(text) === null ? refuseRead(`'${text}' is not a number.`) : text;
    case "text":
      return text;
  }
}
