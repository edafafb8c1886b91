import { Fault } from "../../../core/errors.ts";
import type { ReadPart } from "../connector.ts";
import { unreadable } from "../part.ts";
import { ambiguitiesMax, type Ambiguity, depthMax, forbiddenKeys, scanJson } from "./scan.ts";

const blankBeforeColon = [" :", "\n:", "\r:", "\t:"];

interface Item {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/**
 * Reads one JSON text: an event, an array of events, `{"events": […]}`, or CloudEvents, single or a batch.
 *
 * `JSON.parse` does the work. It drops duplicate keys silently, so the members written in the text are counted against
 * the members that came out; only when the two differ, or a value is odd, does the slow scan find out what and where.
 *
 * `isAscii` says that the text was seen to be: its texts need no closer look then. Faults: `body_malformed` with `line` and `column`, or when what is ambiguous stands outside any event.
 */
export function readMessage(text: string, isAscii = false): ReadPart[] {
  const value = parse(text);
  const items = itemsOf(value);
  // JSON texts hold no bare control character but DEL, and nothing hides behind an escape where there is none.
  const isPlain = isAscii && !text.includes("\\") && !text.includes("\u007f");
  const measured = measure(value, isPlain);
  const isSound = measured !== null && measured === (isPlain ? countNames(text) : countMembers(text));
  const ambiguities = isSound ? [] : scanJson(text).ambiguities;
  if (ambiguities.length === 0) return items.map((item) => toPart(item, isPlain));
  return withAmbiguities(items, ambiguities);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === "")
      throw new Fault("body_malformed", "The body is empty; send one event or an array of events", { line: "1", column: "1" });
    const { broken } = scanJson(text);
    if (broken === null) throw error;
    const before = text.slice(0, broken.offset);
    const line = String(before.split("\n").length);
    const column = String(broken.offset - before.lastIndexOf("\n"));
    throw new Fault("body_malformed", `The body is no JSON at line ${line}, column ${column}: ${broken.message}`, { line, column });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function itemsOf(value: unknown): Item[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => unwrap({ path: [index], value: item }));
  if (isObject(value) && Array.isArray(value["events"]) && !("type" in value)) {
    return value["events"].map((item: unknown, index) => unwrap({ path: ["events", index], value: item }));
  }
  if (isObject(value)) return [unwrap({ path: [], value })];
  throw new Fault("body_malformed", "The body is neither an event nor a list of events; send an object or an array", {
    line: "1",
    column: "1",
  });
}

/** A CloudEvents envelope has `specversion`; its data is the event. https://github.com/cloudevents/spec, JSON format 1.0 */
function unwrap(item: Item): Item {
  const { path, value } = item;
  if (!isObject(value) || typeof value["specversion"] !== "string" || !("data" in value || "data_base64" in value)) return item;
  return { path: [...path, "data"], value: value["data"] };
}

function toPart(item: Item, isPlain: boolean): ReadPart {
  const place = pointer(item.path);
  if (isObject(item.value)) return { event: isPlain ? { place, raw: item.value, isPlain } : { place, raw: item.value } };
  return unreadable(place, {
    code: "event_unreadable",
    message: `At "${place}" stands ${item.value === undefined ? "nothing" : Array.isArray(item.value) ? "a list" : `a ${typeof item.value}`}, not an event`,
    fix: "Send each event as a JSON object; in CloudEvents as `data`, not as `data_base64`",
    detail: "not_an_object",
  });
}

/** Members in the value; null when something in it needs a closer look. Plain texts need none. */
function measure(root: unknown, isPlain: boolean): number | null {
  let members = 0;
  let isOdd = false;
  const visit = (value: unknown, depth: number): void => {
    if (typeof value === "string") {
      if (!isPlain && (!value.isWellFormed() || value.includes("\u0000"))) isOdd = true;
    } else if (typeof value === "number") {
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) isOdd = true;
    } else if (typeof value === "object" && value !== null) {
      if (depth >= depthMax) isOdd = true;
      else if (Array.isArray(value)) for (const item of value) visit(item, depth + 1);
      else {
        const object = value as Record<string, unknown>;
        for (const key in object) {
          members += 1;
          if (forbiddenKeys.has(key) || (!isPlain && !key.isWellFormed())) isOdd = true;
          const member = object[key];
          if (!isPlain || typeof member !== "string") visit(member, depth + 1);
        }
      }
    }
  };
  visit(root, 0);
  return isOdd ? null : members;
}

/**
 * Members in a text without backslashes, where each quote begins or ends a text: a name's end is followed by its colon. A text
 * that begins with a colon is counted too; that makes the number too high, never too low, and the scan then decides. A blank before
 * a colon would hide a member, so such a text is counted the long way.
 */
function countNames(text: string): number {
  if (blankBeforeColon.some((pair) => text.includes(pair))) return countMembers(text);
  let count = 0;
  for (let offset = text.indexOf('":'); offset >= 0; offset = text.indexOf('":', offset + 2)) count += 1;
  return count;
}

/** Colons outside texts in a text known to be JSON: one a member. Texts are leapt over, since they are most of a message. */
function countMembers(text: string): number {
  const colon = 58;
  let count = 0;
  for (let offset = 0; ; ) {
    const quote = text.indexOf('"', offset);
    const end = quote < 0 ? text.length : quote;
    for (; offset < end; offset += 1) if (text.charCodeAt(offset) === colon) count += 1;
    if (quote < 0) return count;
    offset = endOfText(text, quote + 1) + 1;
  }
}

/** Where the text ends whose first character is at `from`: at a quote behind an even number of backslashes. */
function endOfText(text: string, from: number): number {
  const backslash = 92;
  for (let quote = text.indexOf('"', from); ; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (before >= from && text.charCodeAt(before) === backslash) before -= 1;
    if ((quote - 1 - before) % 2 === 0) return quote;
  }
}

function withAmbiguities(items: readonly Item[], ambiguities: readonly Ambiguity[]): ReadPart[] {
  if (ambiguities.length >= ambiguitiesMax) {
    throw new Fault(
      "body_malformed",
      `The body has ${ambiguitiesMax} ambiguous places or more; have the sender mended before sending again`,
    );
  }
  const places = new Map(items.map((item) => [pointer(item.path), item]));
  const byItem = new Map<Item, Ambiguity>();
  for (const ambiguity of ambiguities) {
    const item = itemAround(places, ambiguity);
    if (item === undefined) {
      const { message, fix } = explain(ambiguity);
      throw new Fault("body_malformed", `${message}. ${fix}`, { pointer: pointer(ambiguity.path) });
    }
    if (!byItem.has(item)) byItem.set(item, ambiguity);
  }
  return items.map((item) => {
    const ambiguity = byItem.get(item);
    if (ambiguity === undefined) return toPart(item, false);
    const field = pointer(ambiguity.path.slice(item.path.length));
    return unreadable(pointer(item.path), {
      ...explain(ambiguity),
      field,
      code: `json_${ambiguity.kind}`,
      detail: String(ambiguity.path.at(-1)),
    });
  });
}

/** The longest place an event can have is `/events/7/data`. */
function itemAround(places: ReadonlyMap<string, Item>, { path }: Ambiguity): Item | undefined {
  for (let steps = Math.min(3, path.length); steps >= 0; steps -= 1) {
    const item = places.get(pointer(path.slice(0, steps)));
    if (item !== undefined) return item;
  }
  return undefined;
}

function explain({ kind, path, seen }: Ambiguity): { message: string; fix: string } {
  const place = pointer(path);
  switch (kind) {
    case "duplicate_key":
      return {
        message: `The key "${seen}" stands twice, at ${place}`,
        fix: "Send every key once: which of two amounts is meant cannot be guessed",
      };
    case "key_forbidden":
      return { message: `The key "${seen}" at ${place} is not allowed`, fix: "Leave the key out or name it otherwise" };
    case "too_deep":
      return { message: `The event is nested deeper than ${depthMax} levels`, fix: "Send the event in the shape of docs/events.md" };
    case "number_imprecise":
      return {
        message: `The number ${seen} at ${place} cannot be held exactly`,
        fix: "Send amounts, rates and long numbers as texts in quotes",
      };
    case "text_invalid":
      return { message: `The text at ${place} holds ${seen}`, fix: "Remove the character; texts are valid Unicode without NUL" };
  }
}

/** RFC 6901. */
function pointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
