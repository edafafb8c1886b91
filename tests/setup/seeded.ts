import { randomUUID } from "node:crypto";
import type { DocumentLine, LedgerDocument } from "../../src/core/document.ts";
import type { Finding } from "../../src/core/finding.ts";
import type { EventState, PostingState } from "../../src/core/posting.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Actor } from "../../src/engine/engine.ts";
import { appendAudit } from "../../src/audit/log.ts";
import { beginAttempts } from "../../src/store/attempts.ts";
import { inOrganization, type Tx } from "../../src/store/database.ts";
import { insertDocuments } from "../../src/store/documents.ts";
import { moveEvents } from "../../src/store/events.ts";
import { insertFindings } from "../../src/store/findings.ts";
import { newId } from "../../src/store/ids.ts";
import { insertPostings, recordOutcomes } from "../../src/store/postings.ts";
import { fuelEvent, type Stage, type Tenant } from "./gateway.ts";

/** One event in a chosen state, taken in by the real engine and moved on by the real store. */
export interface Seeded {
  readonly eventId: string;
  readonly type: string;
  readonly id: string;
  readonly documentId: string | null;
  readonly postingId: string | null;
}

export interface SeedAs {
  readonly state: EventState;
  /** Of a `prepared` or `posted` event. */
  readonly posting?: PostingState;
  readonly findings?: readonly Finding[];
  readonly over?: Record<string, unknown>;
}

export function unmapped(code: string, type = "fuel_transaction"): Finding {
  return {
    code: "code_unmapped",
    severity: "block",
    field: "/lines/0/code",
    message: `No rule gives an account to the code "${code}" on fuel tickets`,
    fix: `Add an account row for ${code} to the rule set "trucking", then retry.`,
    cause: `code_unmapped:${type}:${code}`,
  };
}

const actorOf = ({ organizationId }: Tenant): Actor => ({ organizationId, type: "system", id: "seed", role: "admin", sourceId: "tms" });

/** Takes one event in and brings it to a state. */
export async function seedEvent(stage: Stage, tenant: Tenant, as: SeedAs): Promise<Seeded> {
  const sent = fuelEvent(as.over);
  const body = (async function* () {
    yield Buffer.from(JSON.stringify(sent));
  })();
  const [receipt] = await createEngine(stage.parts).ingest(actorOf(tenant), { format: "json", body });
  if (receipt?.status !== "accepted") throw new Error(`The seed was not taken: ${JSON.stringify(receipt)}`);
  return inOrganization(stage.database, tenant.organizationId, async (tx) => {
    const find = { name: "seed_find", text: "select event_id as id from events where organization_id = $1 and id = $2 and revision = $3" };
    const [row] = await tx.rows<{ id: string }>(find, [tenant.organizationId, receipt.id, receipt.revision]);
    const eventId = row!.id;
    await moveEvents(tx, [{ eventId, state: as.state }]);
    await insertFindings(
      tx,
      (as.findings ?? []).map((finding) => ({ eventId, postingId: null, finding })),
    );
    const made = as.posting === undefined ? null : await seedPosting(tx, tenant, { eventId, sent, state: as.posting });
    return { eventId, type: receipt.type!, id: receipt.id!, documentId: made?.documentId ?? null, postingId: made?.postingId ?? null };
  });
}

async function seedPosting(tx: Tx, tenant: Tenant, of: { eventId: string; sent: Record<string, unknown>; state: PostingState }) {
  const documentId = newId();
  const postingId = newId();
  const { booksId } = tenant;
  const postable = expenseOf(of.sent);
  await insertDocuments(tx, [
    { documentId, eventId: of.eventId, booksId, version: 1, postable, ruleSet: "trucking", ruleSetVersion: 1, reverses: null },
  ]);
  const key = randomUUID();
  await insertPostings(tx, [{ postingId, documentId, eventId: of.eventId, booksId, key, waitsFor: null }]);
  await appendAudit(tx, new Date(), [
    { actor: "system:worker", action: "posting.ready", objectType: "posting", objectId: postingId, facts: { key } },
  ]);
  if (of.state === "ready") return { documentId, postingId };
  await beginAttempts(tx, { epoch: 1n, from: "ready", runsForMs: 30_000 }, [
    { postingId, key, bodyHash: Buffer.alloc(32), number: postable.number },
  ]);
  if (of.state === "sending") return { documentId, postingId };
  const isPosted = of.state === "posted";
  const outcome = { postingId, from: "sending", state: of.state, waitMs: 0, settlesInMs: 0, adopted: false } as const;
  const answer = {
    providerId: isPosted ? "145" : null,
    providerVersion: isPosted ? "0" : null,
    url: isPosted ? "http://127.0.0.1:4500/app/expense?txnId=145" : null,
  };
  const fault = isPosted ? { faultCode: null, faultMessage: null } : { faultCode: "upstream_silent", faultMessage: "No answer came back" };
  await recordOutcomes(tx, [{ ...outcome, ...answer, ...fault }]);
  return { documentId, postingId };
}

function expenseOf(sent: Record<string, unknown>): LedgerDocument {
  const because = {
    ruleSet: "trucking",
    version: 1,
    row: "accounts/0",
    fallback: "row",
    matched: { code: "FULSD" },
    from: "/lines/0",
  } as const;
  const totalMinor = BigInt(String(sent.netTotal).replace(".", ""));
  const line = (role: DocumentLine["role"], side: DocumentLine["side"], account: string): DocumentLine => ({
    role,
    side,
    account,
    amountMinor: totalMinor,
    description: "ULSD",
    dimensions: {},
    because,
  });
  return {
    kind: "expense",
    number: String(sent.number),
    date: String(sent.date),
    currency: String(sent.currency),
    party: { type: "vendor", id: "LOVES", name: "Love's Travel Stops" },
    memo: "Fuel",
    dimensions: {},
    totalMinor,
    lines: [line("detail", "debit", "5010"), line("balance", "credit", "2010")],
  };
}
