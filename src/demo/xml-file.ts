import { Fault } from "../core/errors.ts";
import type { TransportEvent } from "../core/events.ts";

const nameToken = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/** Everything XML 1.0 cannot carry, escaped or not. */
// oxlint-disable-next-line no-control-regex -- these are what it looks for.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const headerNames = ["type", "id", "revision"] as const;

/**
 * Writes events as `<events><event type id revision>…</event></events>`, one event a line, in the shape the XML reader
 * takes: reading it back gives deep-equal events.
 *
 * Faults: `event_invalid` for texts XML cannot carry (NUL and other control characters, half surrogate pairs).
 */
export function writeXml(events: readonly TransportEvent[]): string {
  const lines = events.map((event) => writeEvent(event as unknown as Record<string, unknown>));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<events>\n${lines.join("")}</events>\n`;
}

function writeEvent(event: Record<string, unknown>): string {
  const attributes = headerNames.map((name) => (event[name] === undefined ? "" : ` ${name}="${escape(String(event[name]))}"`)).join("");
  const rest = Object.entries(event).filter(([name]) => !headerNames.some((header) => header === name));
  return `<event${attributes}>${rest.map(([name, value]) => writeMember(name, value)).join("")}</event>\n`;
}

function writeMember(name: string, value: unknown): string {
  if (value === undefined) return "";
  const isEntry = !nameToken.test(name) || name === "entry";
  const open = isEntry ? `entry key="${escape(name)}"` : name;
  return `<${open}>${writeValue(name, value)}</${isEntry ? "entry" : name}>`;
}

function writeValue(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    const item = name === "taxes" ? "tax" : name.replace(/s$/, "");
    return value.map((member) => `<${item}>${writeValue(item, member)}</${item}>`).join("");
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([member, inner]) => writeMember(member, inner))
      .join("");
  }
  return escape(String(value));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\n": "&#10;",
  "\t": "&#9;",
};

function escape(text: string): string {
  if (unwritable.test(text) || !text.isWellFormed()) {
    throw new Fault("event_invalid", `XML cannot carry the control characters in ${JSON.stringify(text.slice(0, 80))}`);
  }
  return text.replace(/[&<>"\r\n\t]/g, (char) => entities[char]!);
}
