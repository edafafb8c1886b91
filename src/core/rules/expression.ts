import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import type { EventType } from "../events.ts";
import { parseDecimal } from "../money.ts";
import { didYouMean } from "../nearest.ts";
import { compileReader, isKnownPath, type Reader, type Subject, typedPaths } from "./paths.ts";

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
type Root = (typeof roots)[number];
/** `matches` would run a pattern of the user's as a JavaScript regular expression, which can take minutes; it is not here. */
const allowedCalls = new Set(["startsWith", "endsWith", "contains", "lowerAscii", "upperAscii", "trim", "size", "dec"]);
const textLengthMax = 1_000;
/** What one expression may cost. Nothing loops, so the cost is known before it ever runs: a step counts 1, one that reads a whole text 10. */
const costMax = 300;
const textCost = 10;

const environments = new Map<string, Environment>();

/** What an expression may name, for events of these types; of all types where none is given. */
function environmentFor(types: readonly EventType[]): Environment {
  const key = [...types].sort().join(" ");
  const known = environments.get(key);
  if (known !== undefined) return known;
  const built = buildEnvironment(types);
  if (environments.size < 500) environments.set(key, built);
  return built;
}

function buildEnvironment(types: readonly EventType[]): Environment {
  const schemas: Record<Root, Schema> = { event: {}, line: {}, dims: {} };
  for (const [path, kind] of typedPaths(types)) {
    const { root, steps } = place(path);
    let schema: Schema | string = schemas[root];
    for (const step of steps.slice(0, -1)) schema = typeof schema === "string" ? schema : (schema[step] ??= {});
    // One type's text may be another's record: the first stays, and the other is not for expressions over both.
    if (typeof schema !== "string") schema[steps.at(-1)!] ??= celType(kind);
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

function celType(kind: string): string {
  return kind === "boolean" ? "bool" : kind === "money" || kind === "decimal" ? "Amount" : "string";
}

function place(path: string): { root: Root; steps: string[] } {
  const [first = "", ...rest] = path.split(".");
  return first === "line" || first === "dims" ? { root: first, steps: rest } : { root: "event", steps: path.split(".") };
}

/** What is wrong with an expression over events of these types, in the words of a person who can mend it; null when it may be used. */
export function expressionProblem(text: string, types: readonly EventType[]): string | null {
  if (text.length > textLengthMax) return `it is longer than ${textLengthMax} characters`;
  try {
    const parsed = environmentFor(types).parse(text);
    const refused = refusedCall(parsed.ast) ?? unknownField(parsed.ast, types);
    if (refused !== null) return refused;
    const cost = costOf(parsed.ast);
    if (cost > costMax) return `it costs ${cost} steps, more than ${costMax}: write conditions under where, or values in a look-up table`;
    const { valid, type, error } = parsed.check();
    if (!valid) return error?.message ?? "its types do not fit";
    return type === "bool" ? null : `it gives ${type}, not true or false`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Steps an expression takes at most. */
export function expressionCost(text: string): number {
  return costOf(environmentFor([]).parse(text).ast);
}

function costOf(node: ASTNode): number {
  const isTextual = (node.op === "call" || node.op === "rcall") && node.args[0] !== "dec" && node.args[0] !== "size";
  return childrenOf(node.args).reduce((sum, child) => sum + costOf(child), isTextual ? textCost : 1);
}

/** Compiles an expression that `expressionProblem` found nothing wrong with. One that fails while it runs does not match. */
export function compileExpression(text: string, types: readonly EventType[]): Expression {
  const problem = expressionProblem(text, types);
  if (problem !== null) throw new TypeError(`The expression ${text} cannot be used: ${problem}`);
  const parsed = environmentFor(types).parse(text);
  const kinds = typedPaths(types);
  const fields = [...new Set(fieldsIn(parsed.ast))].map((path) => ({
    read: compileReader(path),
    kind: kinds.get(path) ?? "text",
    ...place(path),
  }));
  return (subject) => {
    try {
      return parsed(contextOf(subject, fields)) === true;
    } catch {
      return false;
    }
  };
}

interface Field {
  readonly read: Reader;
  readonly kind: string;
  readonly root: Root;
  readonly steps: readonly string[];
}

/** The fields an expression names, each with an empty value where the event has none, so that no name is ever missing. */
function contextOf(subject: Subject, fields: readonly Field[]): Record<string, unknown> {
  const context: Record<Root, Record<string, unknown>> = { event: {}, line: {}, dims: {} };
  for (const { read, root, steps, kind } of fields) {
    let target = context[root];
    for (const step of steps.slice(0, -1)) target = (target[step] ??= {}) as Record<string, unknown>;
    const value = read(subject);
    const name = steps.at(-1)!;
    if (kind === "boolean") target[name] = value === true;
    else if (kind === "money" || kind === "decimal") target[name] = new Amount(typeof value === "string" ? value : "0");
    else target[name] = typeof value === "string" ? value : "";
  }
  return context;
}

function unknownField(ast: ASTNode, types: readonly EventType[]): string | null {
  const wrong = fieldsIn(ast).find((path) => !isKnownPath(path, types));
  if (wrong === undefined) return null;
  const names = [...typedPaths(types).keys()].map(spoken);
  return `${spoken(wrong)} is no single field of ${types.join(", ") || "any event"}.${didYouMean(spoken(wrong), names)}`;
}

/** The path as an expression writes it. */
function spoken(path: string): string {
  return path.startsWith("line.") || path.startsWith("dims.") ? path : `event.${path}`;
}

/** Paths of all fields an expression names: `vendor.id` for `event.vendor.id`. */
function fieldsIn(node: ASTNode): string[] {
  const chain = chainOf(node);
  if (chain !== null) {
    const [root, ...steps] = chain;
    return steps.length === 0 ? [] : [root === "event" ? steps.join(".") : chain.join(".")];
  }
  return childrenOf(node.args).flatMap(fieldsIn);
}

function chainOf(node: ASTNode): string[] | null {
  if (node.op === "id") return (roots as readonly string[]).includes(node.args) ? [node.args] : null;
  if (node.op !== ".") return null;
  const [from, name] = node.args;
  const before = chainOf(from);
  return before === null ? null : [...before, name];
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
