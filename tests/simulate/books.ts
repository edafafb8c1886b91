import { Fault } from "../../src/core/errors.ts";
import type { Answer, Books, FoundRecord, Item } from "../../src/core/posting/ports.ts";
import type { Paper } from "./database.ts";
import type { BooksOptions } from "./options.ts";
import { deliver, type Dice, type Process, type Time } from "./time.ts";

/** A record of the provider. `key` is null on what people entered themselves. */
export interface Entry {
  readonly id: string;
  readonly key: string | null;
  readonly number: string;
  content: string;
  readonly paper: Paper | null;
  isActive: boolean;
  readonly committedAt: number;
}

/** How many restores the database had seen when the intent of a request was written. */
interface Request {
  readonly restoresSeen: number;
}

/** One company file: what is in it, and how it treats those who call. */
export interface Company {
  readonly entries: Entry[];
  /** Documents that are refused until a person mended their cause. */
  readonly refuses: Set<string>;
  readonly booksFor: (process: Process) => Books<Paper>;
  readonly enter: (entry: Omit<Entry, "id" | "committedAt">) => Entry;
}

interface Parts {
  readonly time: Time;
  readonly dice: Dice;
  readonly options: BooksOptions;
  readonly troubles: { areOn: boolean };
  readonly restores: () => number;
  /** Hears of every record that a request made, in the moment it is committed. */
  readonly committed: (entry: Entry, restoresSeen: number) => void;
}

const clientTimeoutMs = 130_000;

export function createCompany(parts: Parts): Company {
  const { time, dice, options, troubles, restores, committed } = parts;
  const entries: Entry[] = [];
  const refuses = new Set<string>();
  /** First outcome by key, and what runs under it now. */
  const outcomes = new Map<string, Answer>();
  const running = new Map<string, ((answer: Answer) => void)[]>();
  let nextId = 1;
  let downUntil = 0;
  let nextOutage = options.outageEveryMs;
  const enter = (entry: Omit<Entry, "id" | "committedAt">): Entry => {
    const made = { ...entry, id: String(nextId++), committedAt: time.now() };
    entries.push(made);
    return made;
  };
  const isDown = (): boolean => {
    if (troubles.areOn && time.now() >= nextOutage) {
      downUntil = time.now() + dice.between(5_000, 240_000);
      nextOutage = downUntil + options.outageEveryMs;
    }
    return troubles.areOn && time.now() < downUntil;
  };
  const strikes = (probability: number) => troubles.areOn && dice.chance(probability);

  function execute({ key, postable }: Item<Paper>, request: Request): Answer {
    const isTaken = entries.some(({ isActive, number }) => isActive && number === postable.number);
    if (refuses.has(postable.documentId)) return { key, fault: new Fault("books_refused", "refused by a rule of the books") };
    if (options.uniqueNumbers && isTaken) return { key, fault: new Fault("number_taken", "the number is in use") };
    const entry = enter({ key, number: postable.number, content: postable.content, paper: postable, isActive: true });
    committed(entry, request.restoresSeen);
    return { key, posted: found(entry, { key, postable }) };
  }

  /** With its key: the first outcome again, also while the first still runs. */
  function executeOnce(item: Item<Paper>, request: Request, done: (answer: Answer) => void, inMs: number): void {
    if (!options.honoursKeys) return time.at(inMs, () => done(execute(item, request)));
    const twins = running.get(item.key);
    if (twins !== undefined) return void twins.push(done);
    const known = outcomes.get(item.key);
    if (known !== undefined && "posted" in known) return time.at(0, () => done(known));
    running.set(item.key, [done]);
    time.at(inMs, () => {
      const answer = execute(item, request);
      outcomes.set(item.key, answer);
      const waiting = running.get(item.key)!;
      running.delete(item.key);
      for (const each of waiting) each(answer);
    });
  }

  function call<T>(process: Process, work: (settle: { ok: (value: T) => void; fail: (fault: Fault) => void }) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      work({
        ok: (value) => deliver(time, process, () => resolve(value)),
        fail: (fault) => deliver(time, process, () => reject(fault)),
      });
    });
  }

  function post(process: Process, items: readonly Item<Paper>[], leave: () => void): Promise<readonly Answer[]> {
    // Counted from the intent: what left just after a restore was begun before it, and is forgotten too.
    const request = { restoresSeen: restores() };
    return call(process, (settle) => {
      const all = (code: "upstream_silent" | "upstream_unreachable" | "upstream_busy" | "credentials_expired", wait = 0) =>
        items.map(({ key }) => ({ key, fault: new Fault(code, "trouble"), ...(wait > 0 ? { retryAfterMs: wait } : {}) }));
      const gate = strikes(options.slowGate) ? dice.between(0, 90_000) : dice.between(0, 300);
      time.at(gate, () =>
        deliver(time, process, () => {
          try {
            leave();
          } catch (error) {
            return settle.fail(error as Fault);
          }
          if (strikes(options.callerStops)) process.stoppedUntil = time.now() + dice.between(12_000, 200_000);
          const back = (answers: Answer[], inMs: number) => time.at(inMs, () => settle.ok(answers));
          if (strikes(options.unreachable)) return back(all("upstream_unreachable"), 20);
          if (isDown()) return back(dice.chance(0.5) ? all("upstream_unreachable") : all("upstream_silent"), 5_000);
          if (strikes(options.tokenExpired)) return back(all("credentials_expired"), 50);
          if (strikes(options.throttled)) return back(all("upstream_busy", dice.between(1_000, 60_000)), 50);
          if (strikes(options.lostBefore)) return back(all("upstream_silent"), dice.between(50, clientTimeoutMs));
          run(items, request, back);
        }),
      );
    });
  }

  function run(items: readonly Item<Paper>[], request: Request, back: (answers: Answer[], inMs: number) => void): void {
    const isLate = strikes(options.late);
    const limit = options.executionLimitMs - 1;
    const answers: Answer[] = [];
    let left = items.length;
    let isOver = false;
    const silent = () => items.map(({ key }) => ({ key, fault: new Fault("upstream_silent", "no answer came") }));
    const giveUp = isLate ? dice.between(20, Math.min(limit, clientTimeoutMs)) : clientTimeoutMs;
    time.at(giveUp, () => {
      if (!isOver) back(silent(), 0);
      isOver = true;
    });
    for (const item of items) {
      const inMs = isLate ? dice.between(Math.floor(limit / 2), limit) : dice.between(1, Math.min(800, limit));
      executeOnce(
        item,
        request,
        (answer) => {
          answers.push(answer);
          left -= 1;
          if (left > 0 || isOver) return;
          isOver = true;
          if (strikes(options.lostAfter)) return back(silent(), dice.between(10, 30_000));
          const told = strikes(options.itemMissing) ? answers.slice(1) : answers;
          back(told, dice.between(5, 200));
        },
        inMs,
      );
    }
  }

  function find(process: Process, items: readonly Item<Paper>[]): Promise<ReadonlyMap<string, FoundRecord[]>> {
    return call(process, (settle) => {
      time.at(dice.between(5, 2_000), () => {
        if (strikes(options.failingSearch) || isDown()) {
          const code = dice.oneOf(["upstream_silent", "upstream_unreachable", "upstream_busy", "credentials_expired"] as const);
          return time.at(dice.between(10, 5_000), () => settle.fail(new Fault(code, "the look-up failed")));
        }
        const seenUntil = time.now() - (dice.chance(0.5) ? options.lookUpLagMs : 0);
        const results = new Map(
          items.map((item) => [
            item.key,
            entries
              .filter(({ number, committedAt }) => number === item.postable.number && committedAt <= seenUntil)
              .map((entry) => found(entry, item)),
          ]),
        );
        time.at(dice.between(5, 3_000), () => settle.ok(results));
      });
    });
  }

  const { batchItemsMax, executionLimitMs, lookUpLagMs, replayMs } = options;
  return {
    entries,
    refuses,
    enter,
    booksFor: (process) => ({
      bounds: { batchItemsMax, executionLimitMs, lookUpLagMs, replayMs },
      post: (items, leave) => post(process, items, leave),
      find: (items) => find(process, items),
    }),
  };
}

function found({ id, key, number, content, isActive }: Entry, item: Item<Paper>): FoundRecord {
  const sameContent = content === item.postable.content;
  return { providerId: id, version: "0", number, sameContent, ours: key === item.key, active: isActive };
}
