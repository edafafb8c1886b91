import { Fault } from "../errors.ts";
import { decideAnswer, decideSearch } from "./decide.ts";
import type { Answer, Bounds, Candidate, Intent, Item, Ports, Verdict } from "./ports.ts";

/** What a step did. */
export interface Stepped {
  /** Postings whose state changed. */
  readonly moved: number;
  /** What the books answered, for whoever keeps the pace. */
  readonly answers: readonly Answer[];
}

const nothingMoved: Stepped = { moved: 0, answers: [] };
/** Uncertain postings that are looked up with one question. */
const lookUpsAtOnce = 200;

/**
 * How long after the intent a request may still leave; later it is kept back and is ready again. Without that, nobody who finds
 * an intent after a crash could say until when its request may be running.
 */
export function sendWindowMs({ executionLimitMs }: Bounds): number {
  return Math.min(30_000, Math.max(5_000, executionLimitMs));
}

/** From the intent on: until when the request may change what look-ups see. */
function runsForMs(bounds: Bounds): number {
  return sendWindowMs(bounds) + bounds.executionLimitMs + (bounds.lookUpLagMs ?? 0);
}

/**
 * Sends the next ready postings, at most `callsMax` calls: the intent is committed, then the bytes leave, then the outcome is
 * committed. What a restored database may have forgotten is looked up before its first sending.
 */
export async function sendNext<Postable>(ports: Ports<Postable>, callsMax: number): Promise<Stepped> {
  const { store, books } = ports;
  const begunAt = ports.elapsedMs();
  const sending = await store.begin(callsMax * books.bounds.batchItemsMax, runsForMs(books.bounds), intentOf);
  return sending.length === 0 ? nothingMoved : deliver(ports, sending, begunAt);
}

function intentOf({ inDoubt }: Candidate): Intent {
  return inDoubt ? "look-up" : "send";
}

/** Looks up postings of unknown outcome and decides each. Throws the Fault of a look-up that failed as a whole: nothing is known then. */
export async function resolveNext<Postable>(ports: Ports<Postable>): Promise<Stepped> {
  const { store, books, random } = ports;
  // How settled each is was counted before the look-up begins: what commits while it runs may not be in its answer.
  const uncertain = await store.readUncertain(lookUpsAtOnce);
  if (uncertain.length === 0) return nothingMoved;
  const found = await books.find(itemsOf(uncertain));
  const decided = uncertain.map((posting) => ({
    posting,
    verdict: decideSearch(posting, found.get(posting.key) ?? [], random(), books.bounds),
  }));
  const verdicts = decided.flatMap(({ verdict }) => verdict ?? []);
  if (verdicts.length > 0) await store.record(verdicts);
  const moved = verdicts.filter(({ outcome }) => outcome.state !== "uncertain").length;
  const repeated = await repeat(
    ports,
    decided.flatMap(({ posting, verdict }) => (verdict === null ? [posting] : [])),
  );
  return { moved: moved + repeated.moved, answers: repeated.answers };
}

async function repeat<Postable>(ports: Ports<Postable>, postings: readonly Candidate<Postable>[]): Promise<Stepped> {
  if (postings.length === 0) return nothingMoved;
  const begunAt = ports.elapsedMs();
  const sending = await ports.store.beginAgain(postings, runsForMs(ports.books.bounds));
  return sending.length === 0 ? nothingMoved : deliver(ports, sending, begunAt);
}

/** Sends what has its intent committed, and commits what became of it. */
async function deliver<Postable>(ports: Ports<Postable>, sending: readonly Candidate<Postable>[], begunAt: number): Promise<Stepped> {
  const { store, books, random } = ports;
  const until = begunAt + sendWindowMs(books.bounds);
  const delivered = (
    await Promise.all(chunksOf(sending, books.bounds.batchItemsMax).map((chunk) => sendChunk(ports, chunk, until)))
  ).flat();
  const verdicts: Verdict[] = delivered.map(({ posting, answer, leftAt }) => {
    const leftAgoMs = leftAt === null ? null : ports.elapsedMs() - leftAt;
    return decideAnswer(posting, answer, { leftAgoMs, random: random() }, books.bounds);
  });
  await store.record(verdicts);
  return { moved: sending.length, answers: delivered.map(({ answer }) => answer) };
}

interface Delivered<Postable> {
  readonly posting: Candidate<Postable>;
  readonly answer: Answer;
  readonly leftAt: number | null;
}

async function sendChunk<Postable>(
  ports: Ports<Postable>,
  chunk: readonly Candidate<Postable>[],
  until: number,
): Promise<Delivered<Postable>[]> {
  let leftAt: number | null = null;
  const leave = (): void => {
    const now = ports.elapsedMs();
    if (now > until) throw new Fault("overloaded", "The books' limits left no turn in time; it was not sent and keeps its place");
    leftAt = now;
  };
  const all = (fault: Fault) => chunk.map((posting) => ({ posting, answer: { key: posting.key, fault }, leftAt }));
  let answers: readonly Answer[];
  try {
    answers = await ports.books.post(itemsOf(chunk), leave);
  } catch (error) {
    if (error instanceof Fault) return all(error);
    ports.report("sending failed unforeseen", error);
    if (leftAt !== null) return all(new Fault("upstream_silent", "The program failed while sending", {}, { cause: error }));
    if (chunk.length === 1) return all(unsendable(error));
    // Nothing left yet: one that cannot be sent does not hold up the others.
    const alone: Delivered<Postable>[] = [];
    for (const posting of chunk) alone.push(...(await sendChunk(ports, [posting], until)));
    return alone;
  }
  const byKey = Map.groupBy(answers, ({ key }) => key);
  return chunk.map((posting) => ({ posting, answer: onlyAnswer(posting.key, byKey.get(posting.key) ?? []), leftAt }));
}

/** An item without an answer, or with two, may have been carried out. */
function onlyAnswer(key: string, answers: readonly Answer[]): Answer {
  const [answer] = answers;
  if (answer !== undefined && answers.length === 1) return answer;
  return { key, fault: new Fault("upstream_silent", `The books gave ${answers.length} answers for this item`) };
}

function unsendable(error: unknown): Fault {
  const words = error instanceof Error ? error.message : String(error);
  return new Fault("books_refused", `This document could not be written for the books: ${words}`, {
    cause: `unsendable:${words.slice(0, 80)}`,
    fix: "Nothing was sent. Report it with the log of this moment; after the correction, retry",
  });
}

function itemsOf<Postable>(postings: readonly Candidate<Postable>[]): Item<Postable>[] {
  return postings.map(({ key, postable }) => ({ key, postable }));
}

function chunksOf<One>(all: readonly One[], size: number): One[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}
