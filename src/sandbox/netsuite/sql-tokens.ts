import { badQuery } from "./sql-errors.ts";

/** One word of a query, or what stands between two parentheses. */
export type SqlNode =
  | { readonly kind: "word" | "text" | "number" | "symbol" | "mark"; readonly text: string }
  | { readonly kind: "group"; readonly nodes: readonly SqlNode[] };

type Token = Exclude<SqlNode, { kind: "group" }>;

const pattern =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|(?<text>'(?:[^']|'')*')|(?<quoted>"[^"]*")|(?<number>\d+(?:\.\d+)?|\.\d+)|(?<word>[A-Za-z_][\w$#]*)|(?<mark>\?)|(?<symbol><=|>=|<>|!=|\|\||[-+*/%(),.;=<>])/gy;

/** Splits a query into words; texts and quoted names stay whole. */
function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const found of query.matchAll(pattern)) {
    at = found.index + found[0].length;
    const { text, quoted, number, word, mark, symbol } = found.groups ?? {};
    if (text !== undefined) tokens.push({ kind: "text", text });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
    else if (word !== undefined || quoted !== undefined) tokens.push({ kind: "word", text: word ?? (quoted ?? "").slice(1, -1) });
  }
  if (at !== query.length) throw badQuery(`Unexpected character '${query.charAt(at)}' at position ${at + 1}.`);
  return tokens;
}

/** A query as a tree by its parentheses. */
export function parseSql(query: string): SqlNode[] {
  const stack: SqlNode[][] = [[]];
  for (const token of tokensOf(query)) {
    if (token.text === "(" && token.kind === "symbol") stack.push([]);
    else if (token.text === ")" && token.kind === "symbol") {
      const nodes = stack.pop() ?? [];
      const outer = stack.at(-1);
      if (outer === undefined) throw badQuery("Unexpected ')'.");
      outer.push({ kind: "group", nodes });
    } else stack.at(-1)?.push(token);
  }
  const [nodes = [], ...open] = stack;
  if (open.length > 0) throw badQuery("A ')' is missing.");
  const last = nodes.at(-1);
  if (last?.kind === "symbol" && last.text === ";") throw badQuery("Unexpected ';'.");
  return nodes;
}

export function isWord(node: SqlNode | undefined, ...words: readonly string[]): boolean {
  return node?.kind === "word" && words.includes(node.text.toUpperCase());
}

export function isSymbol(node: SqlNode | undefined, ...symbols: readonly string[]): boolean {
  return node?.kind === "symbol" && symbols.includes(node.text);
}
