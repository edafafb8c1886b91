import type { Finding } from "../core/finding.ts";
import type { RuleSet } from "../core/rules/rule-set.ts";

/** Who asks. Everything is done for one organization, and the audit log names the actor. */
export interface Actor {
  readonly organizationId: string;
  readonly type: "user" | "key" | "system";
  readonly id: string;
  readonly role: "admin" | "controller" | "clerk" | "auditor" | "machine";
  /** The source a machine key belongs to; events it sends come from there. */
  readonly sourceId: string | null;
}

/** What became of one event of a message. */
export interface Receipt {
  /** Where it stood in the message: `/3`, `line 12`. */
  readonly place: string;
  readonly type: string | null;
  readonly id: string | null;
  readonly revision: number | null;
  readonly status: "accepted" | "duplicate" | "conflict" | "rejected";
  readonly findings: readonly Finding[];
}

/** What became of one file. `problems` holds the first thousand receipts that were not accepted or duplicate. */
export interface FileReceipt {
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly sha256: string;
  /** The same bytes were taken before. */
  readonly known: boolean;
  readonly counts: Readonly<Record<Receipt["status"], number>>;
  readonly problems: readonly Receipt[];
  /** What to look at although every event was taken: a control total that does not match, a layout that drifted. */
  readonly remarks: readonly Remark[];
}

/** A finding about a place of a message rather than about an event. */
export interface Remark {
  readonly place: string;
  readonly finding: Finding;
}

export type MessageBody = AsyncIterable<Uint8Array>;

/** What gateway and command line may ask. Every verb that writes is one transaction per step, with its audit leaves. */
export interface Engine {
  /** Takes a message in. Durable before it returns. Faults: `body_malformed`, `format_unknown`, `body_too_large`. */
  readonly ingest: (actor: Actor, message: { format: string; body: MessageBody; sourceId?: string }) => Promise<Receipt[]>;
  /** Takes a file in as a stream, batch by batch; `format` null: recognized by its head and name. */
  readonly ingestFile: (
    actor: Actor,
    file: { format: string | null; name: string; body: MessageBody; sourceId?: string },
  ) => Promise<FileReceipt>;
  /** Puts everything behind one cause (or single postings) back to work. Answers how many events and postings that were. */
  readonly retry: (actor: Actor, selection: { cause?: string; eventIds?: string[] }) => Promise<{ retried: number }>;
  /**
   * Checks and publishes a new version of a rule set. Faults: `rule_set_invalid` with every place and suggestion in
   * details; `version_behind` when `basedOn` was named and is not the newest version any more.
   */
  readonly publishRules: (
    actor: Actor,
    ruleSet: RuleSet,
    basedOn?: number,
  ) => Promise<{ name: string; version: number; warnings: Finding[] }>;
}
