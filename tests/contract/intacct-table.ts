import { childOf, childrenOf, parseXml, textIn, type Element } from "../../src/connectors/accounting/sage-intacct/xml.ts";
import { stampOf } from "../../src/connectors/accounting/sage-intacct/formats.ts";
import { answered, functionsOf } from "./scripted-intacct.ts";
import type { ScriptedAnswer, Seen } from "./scripted-server.ts";

/** A row of the table; a time that is null was never set. */
export interface TableRow {
  readonly recordNo: number;
  readonly modified: string | null;
  readonly created: string;
}

/** Answers `query` over rows of one object the way the gateway is documented to: filter, order, page. Other objects are empty. */
export function answerQueries(seen: Seen, object: string, rows: readonly TableRow[]): ScriptedAnswer {
  return answered(
    functionsOf(seen.body).map(({ id, text }) => {
      const query = parseXml(text);
      const mine = textIn(query, "object") === object ? rows : [];
      const aggregates = childrenOf(childOf(query, "select"), "max").map((each) => each.text.trim());
      const content = aggregates.length > 0 ? newest(mine, aggregates) : page(query, mine);
      return `<result><status>success</status><function>query</function><controlid>${id}</controlid>${content}</result>`;
    }),
  );
}

function newest(rows: readonly TableRow[], fields: readonly string[]): string {
  const members = fields.map((field) => {
    const top = rows.reduce<string | null>((best, row) => {
      const time = field === "WHENMODIFIED" ? row.modified : row.created;
      return time !== null && (best === null || time > best) ? time : best;
    }, null);
    return `<MAX.${field}>${top === null ? "" : us(top)}</MAX.${field}>`;
  });
  return `<data listtype="X" count="1" totalcount="1"><X>${members.join("")}</X></data>`;
}

function page(query: Element, rows: readonly TableRow[]): string {
  const filter = childOf(query, "filter")?.children[0];
  const order = childrenOf(childOf(query, "orderby"), "order").map((each) => textIn(each, "field"));
  const found = rows.filter((row) => filter === undefined || meets(filter, row));
  found.sort((a, b) => order.map((field) => compare(valueOf(a, field), valueOf(b, field))).find((sign) => sign !== 0) ?? 0);
  const size = Number(textIn(query, "pagesize") || "100");
  const offset = Number(textIn(query, "offset") || "0");
  const shown = found.slice(offset, offset + size);
  const elements = shown.map(
    ({ recordNo, modified, created }) =>
      `<APBILL><RECORDNO>${recordNo}</RECORDNO><RECORDID>B-${recordNo}</RECORDID><VENDORID>V-77</VENDORID><STATE>Posted</STATE><TRX_TOTALENTERED>10.00</TRX_TOTALENTERED>` +
      `<AUWHENCREATED>${us(created)}</AUWHENCREATED><WHENMODIFIED>${modified === null ? "" : us(modified)}</WHENMODIFIED></APBILL>`,
  );
  return `<data listtype="APBILL" totalcount="${found.length}" offset="${offset}" count="${shown.length}" numremaining="0">${elements.join("")}</data>`;
}

function us(stamp: string): string {
  return `${stamp.slice(5, 7)}/${stamp.slice(8, 10)}/${stamp.slice(0, 4)} ${stamp.slice(11, 19)}`;
}

type Value = string | number | null;

function valueOf({ recordNo, modified, created }: TableRow, field: string): Value {
  return field === "RECORDNO" ? recordNo : field === "WHENMODIFIED" ? modified : created;
}

/** Rows without a value come first. */
function compare(one: Value, other: Value): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  return one < other ? -1 : 1;
}

function meets(node: Element, row: TableRow): boolean {
  if (node.name === "and") return node.children.every((each) => meets(each, row));
  if (node.name === "or") return node.children.some((each) => meets(each, row));
  const field = textIn(node, "field");
  const value = valueOf(row, field);
  if (node.name === "isnull") return value === null;
  const told = childrenOf(node, "value").map((each) => (field === "RECORDNO" ? Number(each.text) : stampOf(each.text)));
  if (value === null) return false;
  const [first = ""] = told;
  switch (node.name) {
    case "greaterthan":
      return value > first;
    case "greaterthanorequalto":
      return value >= first;
    case "equalto":
      return value === first;
    default:
      throw new Error(`The table does not know ${node.name}`);
  }
}
