import type { Comparison, Condition } from "./conditions.ts";
import type { Kind, Work } from "./kind.ts";
import { refuseRead } from "./refusal.ts";
import { filterValue, queryField } from "./xml-filter.ts";

/** The conditions of `readByQuery`: SQL's, without joins, functions and order. */
interface Token {
  readonly type: "word" | "text" | "sign";
  readonly text: string;
}

const tokenPattern = /\s*(?:'((?:\\.|''|[^'\\])*)'|(<=|>=|<>|!=|=|<|>|\(|\)|,)|([^\s'<>=!(),]+))/y;

function tokensOf(statement: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < statement.length) {
    if (/^\s*$/.test(statement.slice(tokenPattern.lastIndex))) break;
    const found = tokenPattern.exec(statement);
    if (found === null) return refuseRead("The query cannot be read.");
    const [, text, sign, word] = found;
    if (text !== undefined)
      tokens.push({ type: "text", text: text.replace(/\\(.)|''/g, (_, escaped: string | undefined) => escaped ?? "'") });
    else tokens.push(sign === undefined ? { type: "word", text: word ?? "" } : { type: "sign", text: sign });
  }
  return tokens;
}

interface Reading {
  readonly work: Work;
  readonly kind: Kind;
  readonly tokens: Token[];
}

const isWord = (token: Token | undefined, word: string) => token?.type === "word" && token.text.toUpperCase() === word;

/** Reads a statement; null when it is empty. */
export function readStatement(work: Work, kind: Kind, statement: string): Condition | null {
  const tokens = tokensOf(statement);
  if (tokens.length === 0) return null;
  const reading = { work, kind, tokens };
  const condition = readOr(reading);
  return tokens.length === 0 ? condition : refuseRead(`Unexpected '${tokens[0]?.text ?? ""}' in the query.`);
}

function readOr(reading: Reading): Condition {
  const of = [readAnd(reading)];
  while (isWord(reading.tokens[0], "OR")) {
    reading.tokens.shift();
    of.push(readAnd(reading));
  }
  return of.length === 1 && of[0] !== undefined ? of[0] : { type: "or", of };
}

function readAnd(reading: Reading): Condition {
  const of = [readOne(reading)];
  while (isWord(reading.tokens[0], "AND")) {
    reading.tokens.shift();
    of.push(readOne(reading));
  }
  return of.length === 1 && of[0] !== undefined ? of[0] : { type: "and", of };
}

function readOne(reading: Reading): Condition {
  const { tokens } = reading;
  if (isWord(tokens[0], "NOT")) {
    tokens.shift();
    return { type: "not", of: readOne(reading) };
  }
  if (tokens[0]?.text === "(" && tokens[0].type === "sign") {
    tokens.shift();
    const inner = readOr(reading);
    return tokens.shift()?.text === ")" ? inner : refuseRead("A parenthesis is not closed.");
  }
  return readComparison(reading);
}

const signs: Readonly<Record<string, Comparison>> = { "=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=" };

function readComparison({ work, kind, tokens }: Reading): Condition {
  const name = tokens.shift();
  if (name?.type !== "word") return refuseRead(`A field is expected, not '${name?.text ?? "the end"}'.`);
  const field = queryField(work, kind, name.text);
  const compare = (by: Comparison, texts: readonly string[]): Condition => {
    const letters = field.field.name === "STATE" ? kind.stateLetters : undefined;
    if (letters === undefined) return { type: "compare", field, by, values: texts.map((text) => filterValue(work, field, text)) };
    // States are letters here; what is found shows their labels.
    const labels = Object.entries(letters).flatMap(([label, letter]) => (texts.includes(letter) ? [label] : []));
    return { type: "compare", field, by: by === "=" || by === "in" ? "in" : "not in", values: labels };
  };
  const operator = tokens.shift();
  if (operator?.type === "sign") {
    const by = signs[operator.text];
    return by === undefined ? refuseRead(`'${operator.text}' is no operator.`) : compare(by, [valueOf(tokens)]);
  }
  if (isWord(operator, "IS")) {
    const isNot = isWord(tokens[0], "NOT");
    if (isNot) tokens.shift();
    if (!isWord(tokens.shift(), "NULL")) return refuseRead("IS is followed by NULL or NOT NULL.");
    return { type: "compare", field, by: isNot ? "not null" : "null", values: [] };
  }
  const isNot = isWord(operator, "NOT");
  const word = isNot ? tokens.shift() : operator;
  if (isWord(word, "LIKE")) return compare(isNot ? "not like" : "like", [valueOf(tokens)]);
  if (isWord(word, "IN")) return compare(isNot ? "not in" : "in", listOf(tokens));
  return refuseRead(`'${word?.text ?? "The end"}' is no operator.`);
}

function valueOf(tokens: Token[]): string {
  const token = tokens.shift();
  return token === undefined || token.type === "sign" ? refuseRead("A value is missing.") : token.text;
}

function listOf(tokens: Token[]): string[] {
  if (tokens.shift()?.text !== "(") return refuseRead("IN is followed by a list in parentheses.");
  const texts: string[] = [];
  for (;;) {
    texts.push(valueOf(tokens));
    const next = tokens.shift()?.text;
    if (next === ")") return texts;
    if (next !== ",") return refuseRead("A list is not closed.");
  }
}
