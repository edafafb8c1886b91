import { Refusal } from "./errors.ts";

export type Operator = "=" | "<" | ">" | "<=" | ">=" | "like" | "in";
export interface Condition {
  readonly property: string;
  readonly operator: Operator;
  readonly values: readonly (string | boolean)[];
}
export interface Query {
  /** Null for `*`. */
  readonly fields: readonly string[] | null;
  readonly isCount: boolean;
  readonly entity: string;
  readonly conditions: readonly Condition[];
  readonly order: readonly { property: string; descending: boolean }[];
  readonly startPosition: number;
  readonly maxResults: number;
}

interface Token {
  readonly kind: "WORD" | "STRING" | "INTEGER" | "SYMBOL" | "EOF";
  readonly text: string;
  readonly column: number;
}

const tokenPattern = /\s+|'((?:[^'\\]|\\['\\])*)'|([A-Za-z_][\w.]*)|(\d+)(?![\w.-])|(<=|>=|!=|[=<>(),*])/y;

function tokenize(statement: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  for (let at = 0; at < statement.length; at = tokenPattern.lastIndex) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(statement);
    if (match === null) {
      const detail = `QueryParserError: Lexical error at line 1, column ${at + 1}. Encountered: "${statement[at] ?? ""}"`;
      throw new Refusal("4000", detail);
    }
    const [, quoted, word, whole, symbol] = match;
    const column = at + 1;
    if (quoted !== undefined) tokens.push({ kind: "STRING", text: quoted.replace(/\\(['\\])/g, "$1"), column });
    else if (word !== undefined) tokens.push({ kind: "WORD", text: word, column });
    else if (whole !== undefined) tokens.push({ kind: "INTEGER", text: whole, column });
    else if (symbol !== undefined) tokens.push({ kind: "SYMBOL", text: symbol, column });
  }
  tokens.push({ kind: "EOF", text: "", column: statement.length + 1 });
  return tokens;
}

const tokenNames: Readonly<Record<Token["kind"], string>> = {
  WORD: "<IDENTIFIER> ",
  STRING: "<STRING> ",
  INTEGER: "<INTEGER> ",
  SYMBOL: "",
  EOF: "<EOF> ",
};

function unexpected({ kind, text, column }: Token): Refusal {
  return new Refusal("4000", `QueryParserError: Encountered " ${tokenNames[kind]}"${text} "" at line 1, column ${column}.`);
}

/** Reads tokens from left to right. */
interface Reader {
  peek(): Token;
  take(): Token;
  /** Takes the word when it is next, without regard to case. */
  word(...words: string[]): boolean;
  expectWord(word: string): void;
  symbol(symbol: string): boolean;
  expectSymbol(symbol: string): void;
  identifier(): string;
}

function readerOf(tokens: readonly Token[]): Reader {
  let at = 0;
  const end = tokens.at(-1) ?? { kind: "EOF" as const, text: "", column: 1 };
  const peek = (ahead = 0) => tokens[at + ahead] ?? end;
  const take = () => tokens[at++] ?? end;
  const isWord = (token: Token, word: string) => token.kind === "WORD" && token.text.toLowerCase() === word;
  const reader: Reader = {
    peek: () => peek(),
    take,
    word(...words) {
      if (!words.every((word, index) => isWord(peek(index), word))) return false;
      at += words.length;
      return true;
    },
    expectWord(word) {
      if (!reader.word(word)) throw unexpected(peek());
    },
    symbol(symbol) {
      const isNext = peek().kind === "SYMBOL" && peek().text === symbol;
      if (isNext) at += 1;
      return isNext;
    },
    expectSymbol(symbol) {
      if (!reader.symbol(symbol)) throw unexpected(peek());
    },
    identifier() {
      const token = take();
      if (token.kind !== "WORD") throw unexpected(token);
      return token.text;
    },
  };
  return reader;
}

/** Parses a statement; 4000 when it does not follow the grammar. `today` stands in for CURRENT_DATE. */
export function parseQuery(statement: string, today: string): Query {
  const reader = readerOf(tokenize(statement));
  reader.expectWord("select");
  const { fields, isCount } = readSelection(reader);
  reader.expectWord("from");
  const entity = reader.identifier();
  const conditions: Condition[] = [];
  if (reader.word("where")) {
    do conditions.push(readCondition(reader, today));
    while (reader.word("and"));
  }
  const order = reader.word("orderby") || reader.word("order", "by") ? readOrder(reader) : [];
  const startPosition = reader.word("startposition") ? readPosition(reader, { min: 1, max: Number.MAX_SAFE_INTEGER }) : 1;
  const maxResults = reader.word("maxresults") ? readPosition(reader, { min: 1, max: 1000 }) : 100;
  if (reader.peek().kind !== "EOF") throw unexpected(reader.peek());
  return { fields, isCount, entity, conditions, order, startPosition, maxResults };
}

function readSelection(reader: Reader): { fields: string[] | null; isCount: boolean } {
  if (reader.symbol("*")) return { fields: null, isCount: false };
  if (reader.word("count")) {
    reader.expectSymbol("(");
    reader.expectSymbol("*");
    reader.expectSymbol(")");
    return { fields: null, isCount: true };
  }
  const fields: string[] = [];
  do fields.push(reader.identifier());
  while (reader.symbol(","));
  return { fields, isCount: false };
}

const operators: readonly Operator[] = ["=", "<", ">", "<=", ">="];

function readCondition(reader: Reader, today: string): Condition {
  const property = reader.identifier();
  if (reader.word("in")) {
    reader.expectSymbol("(");
    const values: (string | boolean)[] = [];
    do values.push(readValue(reader, today));
    while (reader.symbol(","));
    reader.expectSymbol(")");
    return { property, operator: "in", values };
  }
  if (reader.word("like")) return { property, operator: "like", values: [readValue(reader, today)] };
  const token = reader.take();
  const operator = token.kind === "SYMBOL" ? operators.find((candidate) => candidate === token.text) : undefined;
  if (operator === undefined) throw unexpected(token);
  return { property, operator, values: [readValue(reader, today)] };
}

/** Everything but booleans and CURRENT_DATE is quoted, numbers too. */
function readValue(reader: Reader, today: string): string | boolean {
  if (reader.word("true")) return true;
  if (reader.word("false")) return false;
  if (reader.word("current_date")) return today;
  const token = reader.take();
  if (token.kind !== "STRING") throw unexpected(token);
  return token.text;
}

function readOrder(reader: Reader): { property: string; descending: boolean }[] {
  const order: { property: string; descending: boolean }[] = [];
  do {
    const property = reader.identifier();
    const descending = reader.word("desc");
    if (!descending) reader.word("asc");
    order.push({ property, descending });
  } while (reader.symbol(","));
  return order;
}

function readPosition(reader: Reader, { min, max }: { min: number; max: number }): number {
  const token = reader.take();
  if (token.kind !== "INTEGER") throw unexpected(token);
  const value = Number(token.text);
  if (value < min) throw new Refusal("4001", `QueryValidationError: value ${value} is too small. Min allowed value is ${min}`);
  if (value > max) throw new Refusal("4001", `QueryValidationError: value ${value} is too large. Max allowed value is ${max}`);
  return value;
}
