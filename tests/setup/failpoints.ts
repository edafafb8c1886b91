import type pg from "pg";
import type { AccountingConnector, AccountingProvider, Gate } from "../../src/connectors/accounting/connector.ts";
import type { Database, Statement } from "../../src/store/database.ts";

/**
 * Where a program may die: before or after any step over a boundary: a statement, a commit, a call, a verb of the books. The
 * places are not listed by hand: a run without a death writes down every one that it passes, and each is then a place to die.
 * All of this wraps what the engine is given; the product has no line for it.
 */
export interface Fate {
  /** Everything that was passed, in order. */
  readonly passed: string[];
  /** The place to die at, by its index in `passed`; null lives. */
  readonly dieAt: number | null;
  readonly side: "before" | "after";
  isArmed: boolean;
  isDead: boolean;
  /** Settles at the death. */
  readonly died: Promise<void>;
  readonly die: () => void;
  readonly onDeath: (() => void)[];
}

export function createFate(dieAt: number | null, side: "before" | "after"): Fate {
  const { promise, resolve } = Promise.withResolvers<void>();
  const fate: Fate = {
    passed: [],
    dieAt,
    side,
    isArmed: false,
    isDead: false,
    died: promise,
    onDeath: [],
    die: () => {
      fate.isDead = true;
      for (const act of fate.onDeath) act();
      resolve();
    },
  };
  return fate;
}

/** Passes a place. What a dead program waits for never comes. */
async function pass<T>(fate: Fate, place: string, go: () => Promise<T>): Promise<T> {
  if (fate.isDead) return never();
  const isHere = fate.isArmed && fate.passed.push(place) - 1 === fate.dieAt;
  if (isHere && fate.side === "before") return end(fate);
  const gone = await go().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (fate.isDead) return never();
  if (isHere) return end(fate);
  if ("error" in gone) throw gone.error;
  return gone.value;
}

function end<T>(fate: Fate): Promise<T> {
  fate.die();
  return never();
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** Statements whose number depends on the moment, and such that only open a transaction. */
const untold = /^(begin|rollback|scope|directory|paces_)/;

/** The database of a program that may die: its connections break then, so that PostgreSQL takes back what was not committed. */
export function mortalDatabase(database: Database, fate: Fate): Database {
  const open = new Set<pg.PoolClient>();
  fate.onDeath.push(() => {
    for (const client of open) {
      client.on("error", () => undefined);
      (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
      client.release(new Error("the program died"));
    }
  });
  const connect = async () => {
    const client = await database.pool.connect();
    open.add(client);
    let last = "";
    return {
      query: (asked: string | Statement) => {
        const name = typeof asked === "string" ? asked : asked.name;
        if (name !== "commit" && name !== "rollback") last = name;
        const place = name === "commit" ? `commit after ${last}` : name;
        const go = () => client.query(asked as string);
        if (untold.test(last) || name === "rollback") return fate.isDead ? never() : go();
        return pass(fate, place, go);
      },
      on: client.on.bind(client),
      off: client.off.bind(client),
      release: (broken?: Error) => {
        open.delete(client);
        client.release(broken);
      },
    };
  };
  return { ...database, pool: { connect } as unknown as pg.Pool };
}

/** The books as a program that may die asks them. */
export function mortalProvider(provider: AccountingProvider, fate: Fate): AccountingProvider {
  return {
    ...provider,
    connect: (settings, token, gate) => {
      const through: Gate = gate ?? ((_kind, call) => call());
      const mortalGate: Gate = (kind, call) => through(kind, () => pass(fate, `${kind} call`, call));
      const connector: AccountingConnector = provider.connect(settings, token, mortalGate);
      return {
        ...connector,
        post: (items, lookup) => pass(fate, "books.post", () => connector.post(items, lookup)),
        find: (items, lookup) => pass(fate, "books.find", () => connector.find(items, lookup)),
      };
    },
  };
}
