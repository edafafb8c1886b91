import type { Company, Entry } from "./books.ts";
import type { Lane, Row, SimulatedDatabase } from "./database.ts";
import { isInDoubt } from "./posting-store.ts";

/** What must hold at every moment. The first thing that does not is kept. */
export interface Judge {
  readonly violation: () => string | null;
  readonly fail: (what: string) => void;
  /** A request made a record in the books. */
  readonly committed: (laneId: string, entry: Entry, restoresSeen: number) => void;
  /** A posting's change was committed. */
  readonly changed: (lane: Lane, row: Row) => void;
  /** Nothing goes on any more: all is told apart. */
  readonly atTheEnd: () => void;
}

interface Parts {
  readonly database: SimulatedDatabase;
  readonly companies: ReadonlyMap<string, Company>;
  readonly now: () => number;
  /** Documents whose records people entered, changed or removed by hand. */
  readonly touched: ReadonlySet<string>;
  /** Newest version of every accepted document, by lane and document. */
  readonly accepted: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

function ofDocument({ companies }: Parts, laneId: string, documentId: string): Entry[] {
  return companies.get(laneId)!.entries.filter(({ paper, isActive }) => isActive && paper?.documentId === documentId);
}

function isTouched(touched: ReadonlySet<string>, row: Row): boolean {
  return touched.has(row.paper.number.replace(/[-~].*$/, ""));
}

export function createJudge(parts: Parts): Judge {
  const { database, companies, now, touched } = parts;
  let violation: string | null = null;
  const fail = (what: string) => {
    violation ??= `at ${(now() / 1_000).toFixed(3)} s: ${what}`;
  };
  const inBooks = (lane: Lane, row: Row) =>
    ofDocument(parts, lane.laneId, row.paper.documentId).filter(({ paper }) => paper!.version === row.paper.version);
  return {
    violation: () => violation,
    fail,
    committed: (laneId, entry, restoresSeen) => {
      const { documentId, version, number } = entry.paper!;
      const same = ofDocument(parts, laneId, documentId).filter((other) => other.paper!.version === version);
      if (same.length > 1 && !touched.has(number.replace(/[-~].*$/, "")))
        fail(`${documentId} version ${version} is in the books ${same.length} times`);
      if (restoresSeen < database.restores()) return; // The database has forgotten that it was sent.
      const lane = database.lanes.get(laneId)!;
      const row = [...lane.rows.values()].find(({ key }) => entry.key!.startsWith(key) && !/^\.\d/.test(entry.key!.slice(key.length)));
      if (row === undefined) return fail(`${documentId} came into the books, and no posting knows of it`);
      if (row.state !== "sending" && row.state !== "uncertain") fail(`${row.postingId} came into the books while it was ${row.state} here`);
      const first = row.waitsFor === null ? undefined : lane.rows.get(row.waitsFor);
      if (first !== undefined && !["posted", "voided", "superseded"].includes(first.state))
        fail(`${row.postingId} came into the books before ${first.postingId}, which it waits for`);
    },
    changed: (lane, row) => {
      if (isTouched(touched, row)) return;
      if (row.state === "posted") {
        const entry = companies.get(lane.laneId)!.entries.find(({ id }) => id === row.providerId);
        if (entry === undefined || !entry.isActive) fail(`${row.postingId} is posted here and not in the books`);
        else if (entry.content !== row.paper.content) fail(`${row.postingId} is posted here as a record with other content`);
      } else if (["superseded", "refused", "ready"].includes(row.state)) {
        // What a restored database forgot is not known yet, but nothing is built on it either.
        if (row.state === "ready" && isInDoubt(lane, row, now())) return;
        if (inBooks(lane, row).length > 0) fail(`${row.postingId} is ${row.state} here and stands in the books`);
      }
    },
    atTheEnd: () => judgeRest(parts, fail),
  };
}

function judgeRest(parts: Parts, fail: (what: string) => void): void {
  const { accepted, database, touched } = parts;
  for (const [laneId, documents] of accepted) {
    const lane = database.lanes.get(laneId)!;
    for (const row of lane.rows.values()) {
      if (isTouched(touched, row) && row.state === "refused") continue; // A person has to decide, and knows it.
      if (["ready", "sending", "uncertain", "refused"].includes(row.state)) fail(`${row.postingId} is still ${row.state}`);
      if (row.state === "posted" && row.postedLeaves !== 1) fail(`${row.postingId} has ${row.postedLeaves} leaves that say posted`);
    }
    for (const [documentId, newest] of documents) {
      if (touched.has(documentId)) continue;
      const standing = [...lane.rows.values()].filter((row) => row.paper.documentId === documentId && row.state === "posted");
      if (standing.length !== 1 || standing[0]!.paper.version !== newest) fail(`${documentId} is not posted once in its newest version`);
      else account(parts, laneId, { documentId, newest }, fail);
    }
  }
}

/** Of each version as many records as were taken back, and one more of the newest. */
function account(parts: Parts, laneId: string, of: { documentId: string; newest: number }, fail: (what: string) => void): void {
  const { documentId, newest } = of;
  for (let version = 1; version <= newest; version++) {
    const made = ofDocument(parts, laneId, documentId).filter(({ paper }) => paper!.version === version).length;
    const takenBack = ofDocument(parts, laneId, `${documentId}~${version}`).length;
    if (made - takenBack !== (version === newest ? 1 : 0))
      fail(`${documentId} version ${version} is in the books ${made} times and was taken back ${takenBack} times`);
  }
}
