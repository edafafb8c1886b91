import { type Static, type TSchema, Type } from "typebox";
import { documentKinds } from "../core/document.ts";
import { Fault } from "../core/errors.ts";
import { eventTypes } from "../core/events.ts";
import type { RuleChoice } from "../engine/pick-rules.ts";
import type { RuleSetDraft } from "../store/rule-drafts.ts";
import type { RuleSetVersion } from "../store/rules.ts";
import { Finding, instant, Line, oneOf, orNull, text, uuid } from "./schemas.ts";

export const ruleSetParams = Type.Object({
  name: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", description: "Name of the rule set" }),
});
export const RuleSetBody = Type.Record(Type.String(), Type.Unknown(), {
  title: "RuleSet",
  description: "The rule set as data: documents, accounts, codes, categories, dimensions … as GET /v1/rule-sets/schema describes it",
});
const day = (description: string) => orNull(Type.String({ format: "date" }), description);

export const Version = Type.Object(
  {
    name: text("Name"),
    version: Type.Integer(),
    effectiveFrom: day("First service date it is for; null: all"),
    note: text("What its authors say of it"),
    authors: Type.Array(Type.String(), { description: "Everybody who wrote a part of it" }),
    approvedBy: orNull(Type.String(), "Who approved it, where that was asked for"),
    restoredFrom: orNull(Type.Integer(), "The version it brought back"),
    createdBy: text("Who published it"),
    createdAt: instant("When"),
  },
  { title: "RuleSetVersion" },
);

export const Draft = Type.Object(
  {
    name: text("Name"),
    revision: Type.Integer({ description: "Counts its saves; an approval is for one of them" }),
    basedOn: Type.Integer({ description: "Newest published version when it was saved; 0: none" }),
    effectiveFrom: day("First service date it will be for; null: all"),
    note: text("What its authors say of it"),
    authors: Type.Array(Type.String(), { description: "Everybody who wrote a part of it; none of them can approve it" }),
    approvedBy: orNull(Type.String(), "Who approved this revision"),
    approvedAt: orNull(Type.String({ format: "date-time" })),
    restoredFrom: orNull(Type.Integer(), "The version it brings back"),
    updatedAt: instant("When it was last saved"),
  },
  { title: "RuleSetDraft" },
);

export const Published = Type.Object(
  { name: text("Name"), version: Type.Integer(), warnings: Type.Array(Finding) },
  { title: "PublishedRuleSet" },
);

export const Change = Type.Object(
  {
    section: text("Section of the rule set"),
    kind: oneOf(["added", "removed", "changed", "moved"]),
    place: text("Where it stands in the newer one; in the older one for what was removed"),
    words: text("What is different, in a sentence"),
  },
  { title: "RuleChange" },
);

export const RuleFinding = Type.Object(
  { ...Finding.properties, books: orNull(Type.String(), "The books it is about; null: all") },
  { title: "RuleFinding" },
);

const whichMembers = {
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_000_000_000, description: "A published version" })),
  draft: Type.Optional(Type.Boolean({ description: "The draft" })),
  ruleSet: Type.Optional(RuleSetBody),
};
/** A body that names rules: a version, the draft, or rules handed in. The newest version when it names none. */
export const which = <Members extends Record<string, TSchema>>(more: Members) =>
  Type.Object({ ...whichMembers, ...more }, { additionalProperties: false });

/** The rules that a body names; null when it names none. Faults: `request_invalid` when it names several. */
export function choiceOf(body: {
  version?: number;
  draft?: boolean;
  ruleSet?: Record<string, unknown>;
  effectiveFrom?: string | null;
}): RuleChoice | null {
  const { version, draft, ruleSet, effectiveFrom = null } = body;
  const named = [version !== undefined, draft === true, ruleSet !== undefined].filter(Boolean).length;
  if (named > 1) throw new Fault("request_invalid", "Name one of version, draft and ruleSet", { "/": "one of version, draft, ruleSet" });
  if (version !== undefined) return { kind: "version", version };
  if (draft === true) return { kind: "draft" };
  return ruleSet === undefined ? null : { kind: "given", raw: ruleSet, effectiveFrom };
}

export const ExplainedDocument = Type.Object(
  {
    kind: oneOf(documentKinds),
    number: text("Number in the books"),
    date: text("Document date"),
    currency: text("ISO 4217"),
    total: text("Decimal string"),
    memo: text("Memo"),
    party: orNull(Type.Object({ type: Type.String(), id: Type.String(), name: Type.String() })),
    dimensions: Type.Record(Type.String(), Type.String()),
    lines: Type.Array(Line),
    statistics: Type.Array(
      Type.Object({ account: Type.String(), quantity: Type.String(), unit: Type.String(), description: Type.String(), row: Type.String() }),
    ),
  },
  { title: "ExplainedDocument" },
);

const EventName = Type.Object({ eventId: uuid("Our id of the revision"), type: Type.String(), id: Type.String(), date: Type.String() });
const FindingCount = Type.Object({
  code: Type.String(),
  severity: oneOf(["block", "hold", "warn"]),
  cause: Type.String(),
  message: text("What is wrong, from the first event"),
  events: Type.Integer({ description: "Events with it" }),
  samples: Type.Array(EventName),
});
const Report = Type.Object(
  {
    events: Type.Integer({ description: "Events that were mapped both ways" }),
    changedEvents: Type.Integer(),
    changedDocuments: Type.Integer(),
    lines: Type.Object({ before: Type.Integer(), after: Type.Integer(), moved: Type.Integer() }),
    money: Type.Array(
      Type.Object({
        account: text("Account number"),
        dimensions: Type.Record(Type.String(), Type.String()),
        currency: text("ISO 4217"),
        before: text("Of changed documents, as they are; above zero is a debit"),
        after: text("As they would be"),
        change: text("The difference"),
        linesBefore: Type.Integer(),
        linesAfter: Type.Integer(),
      }),
    ),
    findings: Type.Object({ gained: Type.Array(FindingCount), lost: Type.Array(FindingCount) }),
    documents: Type.Array(
      Type.Object({
        event: EventName,
        change: oneOf(["added", "removed", "changed"]),
        kind: Type.String(),
        number: Type.String(),
        currency: Type.String(),
        before: Type.String(),
        after: Type.String(),
        words: Type.Array(Type.String()),
      }),
    ),
    documentsLeftOut: Type.Integer({ description: "Changed documents that are counted and not listed" }),
  },
  { title: "BacktestReport" },
);

export const Backtest = Type.Object(
  {
    id: uuid("Id of the run"),
    name: text("Rule set"),
    state: oneOf(["running", "done", "cancelled", "failed"]),
    done: Type.Integer({ description: "Events mapped so far" }),
    total: orNull(Type.Integer(), "Null while they are counted"),
    problem: orNull(Type.String(), "Why it failed"),
    startedBy: text("Who started it"),
    startedAt: instant("When"),
    endedAt: orNull(Type.String({ format: "date-time" })),
    report: orNull(Report, "Null until it is done"),
  },
  { title: "Backtest" },
);

export const BacktestOrderBody = which({
  against: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2_000_000_000, description: "Version to compare with; what is in force when absent" }),
  ),
  from: Type.String({ format: "date", description: "First document date" }),
  to: Type.String({ format: "date", description: "Last document date" }),
  types: Type.Optional(Type.Array(oneOf(eventTypes), { description: "Event types; all when absent" })),
  books: Type.Optional(Type.Array(uuid("Id of books"), { description: "Books; all when absent" })),
  effectiveFrom: Type.Optional(Type.String({ format: "date", description: "With ruleSet: first service date it would be for" })),
});

export function showVersion({
  createdAt,
  authors,
  name,
  version,
  effectiveFrom,
  note,
  approvedBy,
  restoredFrom,
  createdBy,
}: RuleSetVersion): Static<typeof Version> {
  return {
    name,
    version,
    effectiveFrom,
    note,
    approvedBy,
    restoredFrom,
    createdBy,
    authors: [...authors],
    createdAt: createdAt.toISOString(),
  };
}

export function showDraft(draft: RuleSetDraft): Static<typeof Draft> {
  const { name, revision, basedOn, effectiveFrom, note, authors, approvedBy, approvedAt, restoredFrom, updatedAt } = draft;
  return {
    ...{ name, revision, basedOn, effectiveFrom, note, approvedBy, restoredFrom },
    authors: [...authors],
    approvedAt: approvedAt?.toISOString() ?? null,
    updatedAt: updatedAt.toISOString(),
  };
}
