import { Fault, type FaultCode } from "../../src/core/errors.ts";
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

interface State extends Parts {
  readonly entries: Entry[];
  readonly refuses: Set<string>;
  /** First outcome by key, and what runs under it now. */
  readonly outcomes: Map<string, Answer>;
  readonly running: Map<string, ((answer: Answer) => void)[]>;
  downUntil: number;
  nextId: number;
  nextOutage: number;
}

export function createCompany(parts: Parts): Company {
  const { options } = parts;
  const fresh = { entries: [], refuses: new Set<string>(), outcomes: new Map(), running: new Map(), downUntil: 0, nextId: 1 };
  const state: State = { ...parts, ...fresh, nextOutage: options.outageEveryMs };
  const { batchItemsMax, executionLimitMs, lookUpLagMs, replayMs } = options;
  return {
    entries: state.entries,
    refuses: state.refuses,
    enter: (entry) => enter(state, entry),
    booksFor: (process) => ({
      bounds: { batchItemsMax, executionLimitMs, lookUpLagMs, replayMs },
      post: (items, leave) => post(state, process, items, leave),
      find: (items) => find(state, process, items),
    }),
  };
}

function enter(state: State, entry: Omit<Entry, "id" | "committedAt">): Entry {
  const { entries, time } = state;
  const made = { ...entry, id: String(state.nextId++), committedAt: time.now() };
  entries.push(made);
  return made;
}

function strikes({ troubles, dice }: State, probability: number): boolean {
  return troubles.areOn && dice.chance(probability);
}

function isDown(state: State): boolean {
  const { troubles, time, dice, options } = state;
  if (troubles.areOn && time.now() >= state.nextOutage) {
    state.downUntil = time.now() + dice.between(5_000, 240_000);
    state.nextOutage = state.downUntil + options.outageEveryMs;
  }
  return troubles.areOn && time.now() < state.downUntil;
}

function execute(state: State, { key, postable }: Item<Paper>, request: Request): Answer {
  const { entries, refuses, options, committed } = state;
  const isTaken = entries.some(({ isActive, number }) => isActive && number === postable.number);
  if (refuses.has(postable.documentId)) return { key, fault: new Fault("books_refused", "refused by a rule of the books") };
  if (options.uniqueNumbers && isTaken) return { key, fault: new Fault("number_taken", "the number is in use") };
  const entry = enter(state, { key, number: postable.number, content: postable.content, paper: postable, isActive: true });
  committed(entry, request.restoresSeen);
  return { key, posted: found(entry, { key, postable }) };
}

/** When an item is carried out, and who hears of it. */
interface Run {
  readonly inMs: number;
  readonly done: (answer: Answer) => void;
}

/** With its key: the first outcome again, also while the first still runs. */
function executeOnce(state: State, item: Item<Paper>, request: Request, { inMs, done }: Run): void {
  const { options, time, running, outcomes } = state;
  if (!options.honoursKeys) return time.at(inMs, () => done(execute(state, item, request)));
  const twins = running.get(item.key);
  if (twins !== undefined) return void twins.push(done);
  const known = outcomes.get(item.key);
  if (known !== undefined && "posted" in known) return time.at(0, () => done(known));
  running.set(item.key, [done]);
  time.at(inMs, () => {
    const answer = execute(state, item, request);
    outcomes.set(item.key, answer);
    const waiting = running.get(item.key)!;
    running.delete(item.key);
    for (const each of waiting) each(answer);
  });
}

interface Settle<T> {
  readonly ok: (value: T) => void;
  readonly fail: (fault: Fault) => void;
}

function call<T>({ time }: State, process: Process, work: (settle: Settle<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    work({
      ok: (value) => deliver(time, process, () => resolve(value)),
      fail: (fault) => deliver(time, process, () => reject(fault)),
    });
  });
}

function allFail(items: readonly Item<Paper>[], code: FaultCode, waitMs = 0): Answer[] {
  return items.map(({ key }) => ({ key, fault: new Fault(code, "trouble"), ...(waitMs > 0 ? { retryAfterMs: waitMs } : {}) }));
}

function post(state: State, process: Process, items: readonly Item<Paper>[], leave: () => void): Promise<readonly Answer[]> {
  const { time, dice, options } = state;
  // Counted from the intent: what left just after a restore was begun before it, and is forgotten too.
  const request = { restoresSeen: state.restores() };
  return call(state, process, (settle) => {
    const gate = strikes(state, options.slowGate) ? dice.between(0, 90_000) : dice.between(0, 300);
    const depart = (): void => {
      try {
        leave();
      } catch (error) {
        return settle.fail(error as Fault);
      }
      if (strikes(state, options.callerStops)) process.stoppedUntil = time.now() + dice.between(12_000, 200_000);
      const back = (answers: Answer[], inMs: number) => time.at(inMs, () => settle.ok(answers));
      if (!isTurnedAway(state, items, back)) run(state, items, request, back);
    };
    time.at(gate, () => deliver(time, process, depart));
  });
}

/** What happens to a request that never gets to be carried out. */
function isTurnedAway(state: State, items: readonly Item<Paper>[], back: (answers: Answer[], inMs: number) => void): boolean {
  const { dice, options } = state;
  const end = (code: FaultCode, inMs: number, waitMs = 0): true => {
    back(allFail(items, code, waitMs), inMs);
    return true;
  };
  if (strikes(state, options.unreachable)) return end("upstream_unreachable", 20);
  if (isDown(state)) return end(dice.chance(0.5) ? "upstream_unreachable" : "upstream_silent", 5_000);
  if (strikes(state, options.tokenExpired)) return end("credentials_expired", 50);
  if (strikes(state, options.throttled)) return end("upstream_busy", 50, dice.between(1_000, 60_000));
  return strikes(state, options.lostBefore) && end("upstream_silent", dice.between(50, clientTimeoutMs));
}

function run(state: State, items: readonly Item<Paper>[], request: Request, back: (answers: Answer[], inMs: number) => void): void {
  const { time, dice, options } = state;
  const isLate = strikes(state, options.late);
  const limit = options.executionLimitMs - 1;
  const answers: Answer[] = [];
  let isOver = false;
  const giveUp = isLate ? dice.between(20, Math.min(limit, clientTimeoutMs)) : clientTimeoutMs;
  time.at(giveUp, () => {
    if (!isOver) back(allFail(items, "upstream_silent"), 0);
    isOver = true;
  });
  const done = (answer: Answer): void => {
    answers.push(answer);
    if (answers.length < items.length || isOver) return;
    isOver = true;
    if (strikes(state, options.lostAfter)) return back(allFail(items, "upstream_silent"), dice.between(10, 30_000));
    back(strikes(state, options.itemMissing) ? answers.slice(1) : answers, dice.between(5, 200));
  };
  for (const item of items) {
    const inMs = isLate ? dice.between(Math.floor(limit / 2), limit) : dice.between(1, Math.min(800, limit));
    executeOnce(state, item, request, { inMs, done });
  }
}

function find(state: State, process: Process, items: readonly Item<Paper>[]): Promise<ReadonlyMap<string, FoundRecord[]>> {
  const { time, dice, options, entries } = state;
  return call(state, process, (settle) => {
    time.at(dice.between(5, 2_000), () => {
      if (strikes(state, options.failingSearch) || isDown(state)) {
        const code = dice.oneOf(["upstream_silent", "upstream_unreachable", "upstream_busy", "credentials_expired"] as const);
        return time.at(dice.between(10, 5_000), () => settle.fail(new Fault(code, "the look-up failed")));
      }
      const seenUntil = time.now() - (dice.chance(0.5) ? options.lookUpLagMs : 0);
      const isSeen = ({ postable }: Item<Paper>, entry: Entry) => entry.number === postable.number && entry.committedAt <= seenUntil;
      const results = new Map(
        items.map((item) => [item.key, entries.filter((entry) => isSeen(item, entry)).map((entry) => found(entry, item))]),
      );
      time.at(dice.between(5, 3_000), () => settle.ok(results));
    });
  });
}

function found({ id, key, number, content, isActive }: Entry, item: Item<Paper>): FoundRecord {
  const sameContent = content === item.postable.content;
  return { providerId: id, version: "0", number, sameContent, ours: key === item.key, active: isActive };
}
