import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import { parseDecimal } from "../money.ts";
import { allPaths, compileReader, type Reader, type Subject } from "./paths.ts";

/** Asks a `when` expression about one subject. */
export type Expression = (subject: Subject) => boolean;

/** An exact decimal inside expressions: the language's own numbers are doubles. */
class Amount {
  readonly units: bigint;
  readonly scale: number;
  constructor(text: string) {
    const { units, scale } = parseDecimal(text);
    this.units = units;
    this.scale = scale;
  }
}

function compare(a: Amount, b: Amount): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = a.units * 10n ** BigInt(scale - a.scale) - b.units * 10n ** BigInt(scale - b.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

type Schema = { [name: string]: string | Schema };
const roots = ["event", "line", "dims"] as const;
/** `matches` would run a pattern of the user's as a JavaScript regular expression, which can take minutes; it is not here. */
const allowedCalls = new Set(["startsWith", "endsWith", "contains", "lowerAscii", "upperAscii", "trim", "size", "dec"]);
const textLengthMax = 1_000;

const environment = buildEnvironment();
const readers = buildReaders();

function buildEnvironment(): Environment {
  const schemas: Record<(typeof roots)[number], Schema> = { event: {}, line: {}, dims: {} };
  for (const [path, kind] of allPaths) {
    const { root, steps } = place(path);
    let schema = schemas[root];
    for (const step of steps.slice(0, -1)) schema = (schema[step] ??= {}) as Schema;
    schema[steps.at(-1)!] = kind === "boolean" ? "bool" : kind === "money" || kind === "decimal" ? "Amount" : "string";
  }
  let built = new Environment({ limits: { maxAstNodes: 80, maxDepth: 16, maxListElements: 60, maxMapEntries: 1, maxCallArguments: 2 } })
    .registerType("Amount", { ctor: Amount, fields: {} })
    .registerFunction("dec(string): Amount", (text: string) => new Amount(text))
    .registerOperator("Amount == Amount", (a: Amount, b: Amount) => compare(a, b) === 0)
    .registerOperator("Amount < Amount", (a: Amount, b: Amount) => compare(a, b) < 0)
    .registerOperator("Amount <= Amount", (a: Amount, b: Amount) => compare(a, b) <= 0)
    .registerOperator("Amount > Amount", (a: Amount, b: Amount) => compare(a, b) > 0)
    .registerOperator("Amount >= Amount", (a: Amount, b: Amount) => compare(a, b) >= 0);
  for (const name of roots) built = built.registerVariable({ name, schema: schemas[name] });
  return built;
}

function place(path: string): { root: (typeof roots)[number]; steps: string[] } {
  const [first = "", ...rest] = path.split(".");
  return first === "line" || first === "dims" ? { root: first, steps: rest } : { root: "event", steps: path.split(".") };
}

function buildReaders(): { read: Reader; root: (typeof roots)[number]; steps: string[]; kind: string }[] {
  return [...allPaths].map(([path, kind]) => ({ read: compileReader(path), kind, ...place(path) }));
}

/** Every field the language knows, with an empty value where the event has none, so that no name is ever missing. */
function contextOf(subject: Subject): Record<string, unknown> {
  const context: Record<string, Record<string, unknown>> = { event: {}, line: {}, dims: {} };
  for (const { read, root, steps, kind } of readers) {
    let target = context[root]!;
    for (const step of steps.slice(0, -1)) target = (target[step] ??= {}) as Record<string, unknown>;
    const value = read(subject);
    const name = steps.at(-1)!;
    if (kind === "boolean") target[name] = value === true;
    else if (kind === "money" || kind === "decimal") target[name] = new Amount(typeof value === "string" ? value : "0");
    else target[name] = typeof value === "string" ? value : "";
  }
  return context;
}

/** What is wrong with an expression, in the words of a person who can mend it; null when it may be used. */
export function expressionProblem(text: string): string | null {
  if (text.length > textLengthMax) return `it is longer than ${textLengthMax} characters`;
  try {
    const parsed = environment.parse(text);
    const refused = refusedCall(parsed.ast);
    if (refused !== null) return refused;
    const { valid, type, error } = parsed.check();
    if (!valid) return error?.message ?? "its types do not fit";
    return type === "bool" ? null : `it gives ${type}, not true or false`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Compiles an expression that `expressionProblem` found nothing wrong with. One that fails while it runs does not match. */
export function compileExpression(text: string): Expression {
  const problem = expressionProblem(text);
  if (problem !== null) throw new TypeError(`The expression ${text} cannot be used: ${problem}`);
  const parsed = environment.parse(text);
  return (subject) => {
    try {
      return parsed(contextOf(subject)) === true;
    } catch {
      return false;
    }
  };
}

function refusedCall(node: ASTNode): string | null {
  if (node.op === "call" || node.op === "rcall") {
    const name = node.args[0];
    if (!allowedCalls.has(name)) return `${name}() is not available; use ${[...allowedCalls].join(", ")}, "in" and comparisons`;
    if (name === "dec" && !isDecimalLiteral(node)) return `dec() needs a decimal in quotes, such as dec("100.00")`;
  }
  for (const child of childrenOf(node.args)) {
    const refused = refusedCall(child);
    if (refused !== null) return refused;
  }
  return null;
}

function isDecimalLiteral(node: ASTNode): boolean {
  const [literal] = childrenOf(node.args);
  if (literal?.op !== "value" || typeof literal.args !== "string") return false;
  return /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?$/.test(literal.args);
}

function childrenOf(value: unknown): ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(childrenOf);
  return typeof value === "object" && value !== null && "op" in value && "args" in value ? [value as ASTNode] : [];
}
