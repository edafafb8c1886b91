import { compileReader, isKnownPath, type Subject } from "./paths.ts";
import type { EventType } from "../events.ts";

/** Values a template may use beside the fields of the event: `codeName`, `code`. */
type Extras = Readonly<Record<string, string>>;
export type Template = (subject: Subject, extras: Extras) => string;

const tokenPattern = /\{([^{}]*)\}/g;
/** Names that are no fields of an event. `code` is the line's code after routing. */
const extraNames = ["codeName", "code"] as const;

type Piece = (subject: Subject, extras: Extras) => string | null;

/**
 * Compiles `Fuel {vendor.name}[ · unit {dims.tractor}]`. A part in square brackets is left out when one of its fields is
 * empty; a field outside brackets is then left empty.
 */
export function compileTemplate(text: string): Template {
  const pieces = splitOptional(text).map(({ isOptional, part }) => compilePart(part, isOptional));
  return (subject, extras) =>
    pieces
      .map((piece) => piece(subject, extras) ?? "")
      .join("")
      .trim();
}

/** Fields of a template that no event of these types has. */
export function unknownTokens(text: string, types: readonly EventType[]): string[] {
  return [...text.matchAll(tokenPattern)]
    .map((match) => match[1]!)
    .filter((token) => !extraNames.includes(token as (typeof extraNames)[number]) && !isKnownPath(token, types));
}

function splitOptional(text: string): { isOptional: boolean; part: string }[] {
  return text
    .split(/(\[[^\]]*\])/)
    .filter((part) => part !== "")
    .map((part) =>
      part.startsWith("[") && part.endsWith("]") ? { isOptional: true, part: part.slice(1, -1) } : { isOptional: false, part },
    );
}

function compilePart(part: string, isOptional: boolean): Piece {
  // Odd positions are the names between braces.
  const steps = part.split(/\{([^{}]*)\}/).map((text, index) => (index % 2 === 1 ? compileToken(text) : () => text));
  return (subject, extras) => {
    let result = "";
    for (const step of steps) {
      const value = step(subject, extras);
      if (value === undefined) {
        if (isOptional) return null;
      } else result += value;
    }
    return result;
  };
}

function compileToken(name: string): (subject: Subject, extras: Extras) => string | undefined {
  if (extraNames.includes(name as (typeof extraNames)[number])) return (_, extras) => extras[name] || undefined;
  const read = compileReader(name);
  return (subject) => {
    const value = read(subject);
    return value === undefined ? undefined : String(value);
  };
}
