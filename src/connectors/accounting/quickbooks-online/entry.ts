import { Fault } from "../../../core/errors.ts";
import { parseDecimal } from "../../../core/money.ts";
import type { RecordKind } from "../../../core/reference.ts";
import type { Lookup } from "../connector.ts";
import type { Entity } from "./entities.ts";
import { documentNumberLengthMax, privateNoteLengthMax } from "./limits.ts";
import { clean, marker } from "./names.ts";
import { numberOf, parseExact, type Json } from "./wire.ts";

/** One record as it is sent: `json` is the body, `record` the same read back the way answers are read. */
export interface Entry {
  readonly entity: Entity;
  readonly json: string;
  readonly record: Json;
}

export function entryOf(entity: Entity, body: Record<string, unknown>): Entry {
  const json = JSON.stringify(body);
  return { entity, json, record: parseExact(json) };
}

/** The same entry as a change of a record: what it does not name stays as it is, the lines are replaced as a whole. */
export function asUpdate(entry: Entry, target: { providerId: string; version: string }): Entry {
  const head = JSON.stringify({ Id: target.providerId, SyncToken: target.version, sparse: true });
  return { ...entry, json: `${head.slice(0, -1)},${entry.json.slice(1)}` };
}

/** The memo with our mark on its last line; a long memo is cut, the mark never. */
export function privateNote(memo: string, key: string): string {
  const mark = marker(key);
  const text = clean(memo, privateNoteLengthMax - mark.length - 1, true);
  return text ? `${text}\n${mark}` : mark;
}

/** A number is never cut: cut, it could not be found again, or would be another document's. */
export function numberFitting(number: string): string {
  if (number !== "" && number.length <= documentNumberLengthMax) return number;
  return refuse(`The number "${number.slice(0, 60)}" has ${number.length} characters; QuickBooks takes 1 to ${documentNumberLengthMax}.`);
}

/** Home units for one foreign unit, sent only where somebody names a rate. Fault: `books_refused` for what is none. */
export function rateOf(exchangeRate: string | undefined): Record<string, unknown> {
  if (exchangeRate === undefined) return {};
  try {
    if (parseDecimal(exchangeRate).units > 0n) return { ExchangeRate: numberOf(exchangeRate) };
  } catch {
    // Told below with zero and less.
  }
  return refuse(`"${exchangeRate}" is no exchange rate: it must be a decimal above zero, home units for one unit of the currency.`);
}

/** The books' id of what a document names. Fault: `reference_unknown`. */
export function idOf(lookup: Lookup, kind: RecordKind, name: string): string {
  const id = lookup(kind, name);
  if (id !== undefined) return id;
  throw new Fault(
    "reference_unknown",
    `QuickBooks has no ${spoken[kind]} "${name}" we know of, or it is inactive. Create it or correct the mapping, then retry.`,
    { kind, name },
  );
}

const spoken: Readonly<Record<RecordKind, string>> = {
  account: "account with number",
  item: "product or service",
  vendor: "vendor for",
  customer: "customer for",
  employee: "employee for",
  class: "class",
  department: "location",
  location: "location",
  project: "project",
  entity: "entity",
  segment: "value",
  statistical_account: "statistical account",
  term: "payment term",
};

/** Stops what QuickBooks has no place for, before anything is sent. */
export function refuse(message: string): never {
  throw new Fault("books_refused", message);
}
