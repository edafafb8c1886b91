import { canBecome } from "../../src/core/posting.ts";
import { isInDoubt, type Witness } from "./posting-store.ts";
import type { Lane, Paper, Row } from "./database.ts";

/** After these refusals the document may stand in the books all the same. */
const refusedInDoubt = ["number_taken", "books_hold_several"];

/**
 * What the planner does with a new revision of a document: what has not left yet is withdrawn, what stands in the books is
 * taken back by a reversal, and what is on its way must arrive first. Answers whether it could be done.
 */
export function revise(lane: Lane, paper: Paper, after: { waitsFor: string | null; now: number; witness: Witness }): boolean {
  const { waitsFor, now, witness } = after;
  const postingId = `${paper.documentId}/${paper.version}`;
  const live = [...lane.rows.values()].filter(
    (row) => row.paper.documentId === paper.documentId && row.reverses === null && row.state !== "superseded" && row.state !== "voided",
  );
  if (lane.rows.has(postingId)) return true;
  const isFree = (row: Row) => row.state === "posted" || (canBecome("superseded").includes(row.state) && !isForgotten(lane, row, now));
  if (!live.every(isFree)) return false;
  const posted = live.filter(({ state }) => state === "posted");
  for (const row of live) {
    row.state = row.state === "posted" ? "voided" : "superseded";
    witness.changed(lane, row);
  }
  for (const row of posted) {
    const back = { documentId: `${row.paper.documentId}~${row.paper.version}`, version: 1, number: `${row.paper.number}~` };
    add(lane, { ...back, content: `takes back ${row.paper.content}` }, { now, waitsFor: null, reverses: row.paper.documentId });
  }
  const number = posted.length > 0 ? `${paper.number}-R${paper.version}` : paper.number;
  const made = add(lane, { ...paper, number }, { now, waitsFor, reverses: null });
  if (live.some((row) => refusedInDoubt.includes(row.faultCode ?? ""))) made.state = "uncertain";
  return true;
}

function isForgotten(lane: Lane, row: Row, now: number): boolean {
  return row.state === "ready" && isInDoubt(lane, row, now);
}

/** What a person's retry does: the document is mapped afresh under a new key. */
export function retry(lane: Lane, row: Row, now: number, witness: Witness): void {
  row.state = "superseded";
  witness.changed(lane, row);
  const again = add(lane, row.paper, { now, waitsFor: row.waitsFor, reverses: row.reverses });
  if (refusedInDoubt.includes(row.faultCode ?? "")) again.state = "uncertain";
  for (const waiting of lane.rows.values()) if (waiting.waitsFor === row.postingId) Object.assign(waiting, { waitsFor: again.postingId });
}

function add(
  lane: Lane,
  paper: Paper,
  { now, waitsFor, reverses }: { now: number; waitsFor: string | null; reverses: string | null },
): Row {
  let postingId = `${paper.documentId}/${paper.version}`;
  for (let tries = 2; lane.rows.has(postingId); tries++) postingId = `${paper.documentId}/${paper.version}.${tries}`;
  const row: Row = {
    postingId,
    key: `key of ${postingId}`,
    paper,
    waitsFor,
    reverses,
    state: "ready",
    attempts: 0,
    log: [],
    epoch: 0,
    nextAt: now,
    openedAt: now,
    providerId: null,
    faultCode: null,
    postedLeaves: 0,
  };
  lane.rows.set(postingId, row);
  return row;
}
