import type { CardState, ReviewAction } from "../store/review-cards.ts";
import type { ReviewJob } from "../store/review-jobs.ts";
import type { PartyChoice } from "../store/review-parties.ts";
import type { Listed, Page } from "../store/search.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { assignCard, commentOnCard, readHistory, snoozeCard } from "./review-cards.ts";
import { type EditedEvent, editEvent, type EventEdit } from "./review-edit.ts";
import { type Excluded, excludeFromReview, type ReviewSelection } from "./review-exclude.ts";
import { cancelJob, type JobOrder, type JobPlan, planJob, readJob, readJobs, startJob } from "./review-jobs.ts";
import { createParty, type LinkOrder, linkParty } from "./review-parties.ts";
import { addAlias, addRow, type AliasOrder, type Amended, type RowOrder } from "./review-rules.ts";
import { type Undone, undoLast } from "./review-undo.ts";

/** What people do in the review queue. Each verb that changes something is one transaction with its audit leaves and its history. */
export interface Review {
  readonly exclude: (actor: Actor, of: ReviewSelection & { reason: string }) => Promise<Excluded>;
  readonly snooze: (actor: Actor, cause: string, until: Date | null) => Promise<CardState>;
  readonly assign: (actor: Actor, cause: string, owner: string | null) => Promise<CardState>;
  readonly comment: (actor: Actor, cause: string, text: string) => Promise<{ actionId: string }>;
  readonly history: (actor: Actor, cause: string, page: Page) => Promise<Listed<ReviewAction>>;
  readonly edit: (actor: Actor, edit: EventEdit) => Promise<EditedEvent>;
  readonly link: (actor: Actor, order: LinkOrder) => Promise<{ record: PartyChoice; retried: number }>;
  readonly createParty: (actor: Actor, order: { cause: string; booksId?: string }) => Promise<{ name: string; retried: number }>;
  readonly addRow: (actor: Actor, order: RowOrder) => Promise<Amended>;
  readonly addAlias: (actor: Actor, order: AliasOrder) => Promise<Amended>;
  readonly undo: (actor: Actor, cause: string) => Promise<Undone>;
  readonly planJob: (actor: Actor, order: JobOrder) => Promise<JobPlan>;
  readonly startJob: (actor: Actor, order: JobOrder) => Promise<ReviewJob>;
  readonly job: (actor: Actor, jobId: string) => Promise<ReviewJob>;
  readonly jobs: (actor: Actor) => Promise<ReviewJob[]>;
  readonly cancelJob: (actor: Actor, jobId: string) => Promise<ReviewJob>;
}

/** The verbs of the review queue. */
export function createReview(parts: EngineParts): Review {
  return {
    exclude: (actor, of) => excludeFromReview(parts, actor, of),
    snooze: (actor, cause, until) => snoozeCard(parts, actor, cause, until),
    assign: (actor, cause, owner) => assignCard(parts, actor, cause, owner),
    comment: (actor, cause, text) => commentOnCard(parts, actor, cause, text),
    history: (actor, cause, page) => readHistory(parts, actor, cause, page),
    edit: (actor, edit) => editEvent(parts, actor, edit),
    link: (actor, order) => linkParty(parts, actor, order),
    createParty: (actor, order) => createParty(parts, actor, order),
    addRow: (actor, order) => addRow(parts, actor, order),
    addAlias: (actor, order) => addAlias(parts, actor, order),
    undo: (actor, cause) => undoLast(parts, actor, cause),
    planJob: (actor, order) => planJob(parts, actor, order),
    startJob: (actor, order) => startJob(parts, actor, order),
    job: (actor, jobId) => readJob(parts, actor, jobId),
    jobs: (actor) => readJobs(parts, actor),
    cancelJob: (actor, jobId) => cancelJob(parts, actor, jobId),
  };
}
