import type { Storage } from "../storage.ts";
import type { Limits, PublishedLimits } from "../limits.ts";
import type { App } from "./app.ts";
import type { Companies, Company } from "./company.ts";
import type { Work } from "./kind.ts";
import { partKind } from "./kinds.ts";
import type { Records } from "./records.ts";
import type { Sessions } from "./sessions.ts";
import type { Tokens } from "./tokens.ts";

export const system = "sage-intacct";

/** Everything both APIs work with. */
export interface Service {
  readonly storage: Storage;
  readonly limits: Limits;
  readonly now: () => number;
  readonly app: App;
  readonly companies: Companies;
  readonly records: Records;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
}

/** Work of one request for a company. */
export function workFor(
  service: Service,
  order: { company: Company; entity: string; user: string; key: string | null; origin: string },
): Work {
  const { storage, records, now } = service;
  const { company } = order;
  return { ...order, storage, records, atMs: now(), meter: { transactions: 0 }, kindOf: (object) => partKind(company, object) };
}

/** The published limits: requests at a time, by tier; nothing is said of requests a minute. */
export function publishedLimits({ switches }: Company): PublishedLimits {
  return {
    inFlight: switches.concurrentRequests,
    perSecond: Number.POSITIVE_INFINITY,
    perMinute: Number.POSITIVE_INFINITY,
    batchesPerMinute: Number.POSITIVE_INFINITY,
  };
}

/** True when `entity` is one of the company; the top level has no name. */
export function isEntity({ records }: Service, { key, rules }: Company, entity: string): boolean {
  if (entity === "") return true;
  return rules.multiEntity && records.withId(key, "LOCATION", entity)[0]?.values["ISENTITY"] === "true";
}

/** The vendor counts every record written, and every reading call. */
export function meter({ storage, now }: Service, company: string, transactions: number): void {
  storage.run(
    "INSERT INTO intacct_meter VALUES (?, ?, ?) ON CONFLICT (company, month) DO UPDATE SET transactions = transactions + excluded.transactions",
    ...[company, new Date(now()).toISOString().slice(0, 7), transactions],
  );
}
