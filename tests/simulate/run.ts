import { type Company, createCompany, type Entry } from "./books.ts";
import { createDatabase, type Lane, type Paper } from "./database.ts";
import { retry, revise } from "./intake.ts";
import { createJudge, type Judge } from "./invariants.ts";
import { type Options, optionsOf } from "./options.ts";
import type { StoreMistakes } from "./posting-store.ts";
import { createDice, createTime, type Dice, type Process } from "./time.ts";
import { type Protocol, work, type WorkerParts } from "./worker.ts";

export interface Result {
  readonly seed: number;
  readonly violation: string | null;
  readonly documents: number;
  readonly records: number;
  readonly kills: number;
  readonly crashes: number;
  readonly restores: number;
  readonly virtualMinutes: number;
}

const minute = 60_000;

interface World extends WorkerParts {
  readonly options: Options;
  readonly troubles: { areOn: boolean };
  readonly judge: Judge;
  readonly touched: Set<string>;
  readonly accepted: Map<string, Map<string, number>>;
  readonly processes: Process[];
  readonly counts: { kills: number; crashes: number };
}

/** Runs one seed to its end: first with troubles, then without, when everything must come to rest. */
export async function runSeed(seed: number, protocol: Protocol, mistakes: StoreMistakes = {}): Promise<Result> {
  const options = optionsOf(seed);
  const world = createWorld(options, protocol, mistakes);
  const { time, judge, database, accepted, companies, counts, troubles } = world;
  for (let index = 0; index < options.workers; index++) startWorker(world);
  planTroubles(world);
  for (const laneId of companies.keys()) planDocuments(world, laneId);
  const isBroken = () => judge.violation() !== null;
  await time.run(options.faultMinutes * minute, isBroken);
  troubles.areOn = false;
  const isAtRest = () => isBroken() || isDone(world);
  for (let hour = 0; hour < 8 && !isAtRest(); hour++) {
    mend(world);
    await time.run(options.faultMinutes * minute + (hour + 1) * 60 * minute, isAtRest);
  }
  // What still runs over there may come late: nothing may change any more.
  await time.run(time.now() + options.books.executionLimitMs + 2 * minute, isBroken);
  if (!isBroken()) judge.atTheEnd();
  const records = [...companies.values()].reduce((sum, { entries }) => sum + entries.length, 0);
  const documents = [...accepted.values()].reduce((sum, lane) => sum + lane.size, 0);
  const virtualMinutes = Math.round(time.now() / minute);
  return { seed, violation: judge.violation(), documents, records, ...counts, restores: database.restores(), virtualMinutes };
}

function createWorld(options: Options, protocol: Protocol, mistakes: StoreMistakes): World {
  const time = createTime();
  const dice = createDice(options.seed);
  const troubles = { areOn: true };
  const database = createDatabase(time, dice, troubles);
  const companies = new Map<string, Company>();
  const touched = new Set<string>();
  const accepted = new Map<string, Map<string, number>>();
  const judge = createJudge({ database, companies, now: time.now, touched, accepted });
  for (let index = 0; index < options.lanes; index++) {
    const laneId = `lane${index}`;
    const committed = (entry: Parameters<Judge["committed"]>[1], seen: number) => judge.committed(laneId, entry, seen);
    companies.set(laneId, createCompany({ time, dice, options: options.books, troubles, restores: database.restores, committed }));
    database.lanes.set(laneId, newLane(laneId, database.identity()));
    accepted.set(laneId, new Map());
  }
  const bug = (error: unknown) => judge.fail(`the program failed: ${error instanceof Error ? error.stack : String(error)}`);
  const parts = { time, dice, database, companies, protocol, mistakes, witness: judge, bug };
  return { ...parts, options, troubles, judge, touched, accepted, processes: [], counts: { kills: 0, crashes: 0 } };
}

function newLane(laneId: string, origin: number): Lane {
  const times = { leaseUntil: 0, pausedUntil: 0, restoredAt: 0, doubtUntil: 0 };
  return { laneId, holder: null, epoch: 0, origin, rows: new Map(), ...times };
}

function startWorker(world: World): void {
  const { options, dice } = world;
  const name = `worker${world.processes.length}`;
  const skewMs = dice.chance(0.5) ? options.clockSkewMs : 0;
  const process: Process = { name, isAlive: true, stoppedUntil: 0, skewMs };
  world.processes.push(process);
  void work(world, process);
}

/** Kills, stops, crashes and a restore, as often as the options say, until the troubles end. */
function planTroubles(world: World): void {
  const { options, dice, database, time, counts } = world;
  const running = () => world.processes.filter(({ isAlive }) => isAlive);
  every(world, options.killEveryMs, () => {
    const alive = running();
    if (alive.length === 0) return;
    dice.oneOf(alive).isAlive = false;
    counts.kills += 1;
    time.at(dice.between(0, 20_000), () => startWorker(world));
  });
  every(world, options.stopEveryMs, () => {
    const [stopped] = running();
    if (stopped !== undefined) stopped.stoppedUntil = time.now() + dice.between(1_000, 200_000);
  });
  every(world, options.databaseCrashEveryMs, () => {
    database.crash(dice.between(100, 20_000));
    counts.crashes += 1;
  });
  if (!options.restores) return;
  const copyAt = dice.between(0, (options.faultMinutes * minute) / 2);
  time.at(copyAt, database.takeCopy);
  time.at(copyAt + dice.between(1_000, (options.faultMinutes * minute) / 2), () => {
    database.restoreCopy();
    for (const laneId of world.companies.keys()) sendAgain(world, laneId);
  });
}

function every({ time, dice, troubles }: World, ms: number, act: () => void): void {
  time.at(dice.between(1, 2 * ms), function again() {
    if (!troubles.areOn) return;
    act();
    time.at(dice.between(1, 2 * ms), again);
  });
}

/** Documents come in over the first two thirds of the trouble, some again in newer versions, some in chains. */
function planDocuments(world: World, laneId: string): void {
  const { options, dice, time, touched, companies } = world;
  const span = options.faultMinutes * minute * 0.66;
  const company = companies.get(laneId)!;
  for (let index = 0; index < options.documentsPerLane; index++) {
    const documentId = `${laneId}.d${index}`;
    const waitsFor = index > 0 && dice.chance(0.3) ? `${laneId}.d${dice.between(0, index - 1)}` : null;
    const arrivesIn = dice.between(0, span / 2);
    if (dice.chance(options.books.itemRefused)) company.refuses.add(documentId);
    time.at(arrivesIn, () => accept(world, laneId, { documentId, version: 1, waitsFor }));
    if (index < options.revisions)
      time.at(arrivesIn + dice.between(0, span), () => accept(world, laneId, { documentId, version: 2, waitsFor }));
    if (index >= options.people) continue;
    touched.add(documentId);
    time.at(dice.between(0, span), () => meddle(dice, company, documentId));
  }
}

interface Accepted {
  readonly documentId: string;
  readonly version: number;
  readonly waitsFor: string | null;
}

const chains = new WeakMap<World, Map<string, string | null>>();

function accept(world: World, laneId: string, { documentId, version, waitsFor }: Accepted): void {
  const known = world.accepted.get(laneId)!;
  known.set(documentId, Math.max(version, known.get(documentId) ?? 0));
  const of = chains.get(world) ?? new Map<string, string | null>();
  chains.set(world, of.set(documentId, waitsFor));
  prepare(world, laneId, { documentId, version, waitsFor });
}

/** Tries until it is committed: the source keeps sending what was not acknowledged, and versions go in order. */
function prepare(world: World, laneId: string, { documentId, version, waitsFor }: Accepted): void {
  const { database, time, judge } = world;
  const gateway: Process = { name: "gateway", isAlive: true, stoppedUntil: 0, skewMs: 0 };
  const paper: Paper = { documentId, version, number: documentId, content: `${documentId} in version ${version}` };
  const again = () => time.at(3_000, () => prepare(world, laneId, { documentId, version, waitsFor }));
  database
    .transact(gateway, (lanes, now) => {
      const lane = lanes.get(laneId)!;
      const isFirstThere = version === 1 || [...lane.rows.values()].some(({ paper }) => paper.documentId === documentId);
      const parent = waitsFor === null ? null : newestOf(lane, waitsFor);
      // Documents are prepared on the lane's turn, which begins with noticing a restore.
      const isNoticed = lane.origin === database.identity();
      return isNoticed && isFirstThere && parent !== undefined && revise(lane, paper, { waitsFor: parent, now, witness: judge });
    })
    .then((isDone) => isDone || again(), again);
}

function newestOf(lane: Lane, documentId: string): string | undefined {
  return [...lane.rows.values()].findLast(({ paper }) => paper.documentId === documentId)?.postingId;
}

/** After a restore the sources send everything again, in order. */
function sendAgain(world: World, laneId: string): void {
  for (const [documentId, newest] of world.accepted.get(laneId)!) {
    const waitsFor = chains.get(world)!.get(documentId) ?? null;
    for (let version = 1; version <= newest; version++) prepare(world, laneId, { documentId, version, waitsFor });
  }
}

/** A person works in the books by hand, under a number of ours. */
function meddle(dice: Dice, company: Company, documentId: string): void {
  const content = `${documentId} in version 1`;
  const deed = dice.oneOf(["namesake", "twin", "void", "edit"] as const);
  if (deed === "namesake") company.enter({ key: null, number: documentId, content: "something else", paper: null, isActive: true });
  if (deed === "twin") company.enter({ key: null, number: documentId, content, paper: null, isActive: true });
  const ours = company.entries.find(({ paper }) => paper?.documentId === documentId);
  if (ours !== undefined && deed === "void") ours.isActive = false;
  if (ours !== undefined && deed === "edit") ours.content = "edited by hand";
}

/** People mend what stands in the way and retry what was refused. */
function mend(world: World): void {
  const { companies, database, time, judge } = world;
  for (const [laneId, company] of companies) {
    company.refuses.clear();
    const lane = database.lanes.get(laneId)!;
    const rows = [...lane.rows.values()];
    // What was entered, changed or emptied by hand under a number of ours goes, but for what was taken over.
    const isKept = ({ id, key, isActive, content }: Entry) =>
      isActive && content !== "edited by hand" && (key !== null || rows.some(({ providerId }) => providerId === id));
    company.entries.splice(0, company.entries.length, ...company.entries.filter(isKept));
    for (const row of rows) if (row.state === "refused") retry(lane, row, time.now(), judge);
  }
  while (world.processes.filter(({ isAlive }) => isAlive).length < world.options.workers) startWorker(world);
}

function isDone({ database, accepted, touched }: World): boolean {
  for (const [laneId, documents] of accepted) {
    const rows = [...database.lanes.get(laneId)!.rows.values()];
    if (rows.some(({ state }) => ["ready", "sending", "uncertain"].includes(state))) return false;
    for (const [documentId, newest] of documents) {
      if (touched.has(documentId)) continue;
      if (!rows.some(({ paper, state }) => paper.documentId === documentId && paper.version === newest && state === "posted")) return false;
    }
  }
  return true;
}
