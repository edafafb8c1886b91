import { type EventType, eventTypes, type TransportEvent } from "../events.ts";
import type { Finding } from "../finding.ts";
import { didYouMean } from "../nearest.ts";
import { compileExpression, expressionProblem } from "../rules/expression.ts";
import type { RuleLine } from "../rules/paths.ts";
import { compileTemplate, unknownTokens } from "../rules/template.ts";
import { catalog } from "./catalog.ts";
import { checkSeverities, type CheckSeverity } from "./check.ts";

/** A check an organization wrote itself: an expression that speaks when it is true. */
export interface OwnCheck {
  /** Lower case, digits and underscores; its findings have the code `own_<name>`. */
  readonly name: string;
  /** None: all. */
  readonly types: readonly EventType[];
  /** Sources it is for; none: all. */
  readonly sources: readonly string[];
  /** CEL over `event`, `line` and `dims`; where it names `line`, every line is asked. */
  readonly when: string;
  readonly severity: CheckSeverity;
  /** What is said, with fields in braces: `{vendor.name} bills {netPayable}`. */
  readonly message: string;
  readonly fix: string;
}

const textLengthMax = 500;

/** What is wrong with a check, one sentence each; nothing when it may be stored. */
export function ownCheckProblems({ name, types, when, severity, message, fix }: OwnCheck): string[] {
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(name))
    problems.push(`The name "${name.slice(0, 60)}" must be lower case letters, digits and underscores, at most 48.`);
  if (catalog.has(name)) problems.push(`"${name}" is a check that is there already; call yours something else.`);
  const unknown = types.find((type) => !eventTypes.includes(type));
  if (unknown !== undefined) return [...problems, `There is no event type "${unknown as string}".${didYouMean(unknown, eventTypes)}`];
  if (!checkSeverities.includes(severity)) problems.push(`The severity "${severity as string}" is none of ${checkSeverities.join(", ")}.`);
  const wrong = expressionProblem(when, types);
  if (wrong !== null) problems.push(`The expression cannot be used: ${wrong}`);
  for (const [field, text] of Object.entries({ message, fix })) {
    if (text.trim() === "" || text.length > textLengthMax) problems.push(`${field} must have 1 to ${textLengthMax} characters.`);
    const tokens = unknownTokens(text, types);
    if (tokens.length > 0) problems.push(`${field} names {${tokens[0]}}, which is no field of ${types.join(", ") || "any event"}.`);
  }
  return problems;
}

/** One own check, ready to be asked. */
export interface CompiledOwnCheck {
  readonly isFor: (source: string, type: EventType) => boolean;
  readonly look: (event: TransportEvent) => Finding | null;
}

/** Compiles a check that `ownCheckProblems` found nothing wrong with. */
export function compileOwnCheck(check: OwnCheck): CompiledOwnCheck {
  const { name, types, sources, severity } = check;
  const [holds, message, fix] = [compileExpression(check.when, types), compileTemplate(check.message), compileTemplate(check.fix)];
  const asksLines = /\bline\s*\./.test(`${check.when}${check.message}`);
  return {
    isFor: (source, type) => (types.length === 0 || types.includes(type)) && (sources.length === 0 || sources.includes(source)),
    look: (event) => {
      const lines = asksLines && "lines" in event ? event.lines : [];
      const subjects = asksLines ? lines.map((line) => ({ event, line: { ...line, part: "line" } as RuleLine })) : [{ event, line: null }];
      const index = subjects.findIndex(holds);
      if (index < 0 || severity === "off") return null;
      const subject = subjects[index]!;
      return {
        code: `own_${name}`,
        severity,
        field: asksLines ? `/lines/${index}` : null,
        message: message(subject, {}),
        fix: fix(subject, {}),
        cause: `own_${name}:${event.type}`,
      };
    },
  };
}
