import { type TSchema, Type } from "typebox";
import { documentKinds } from "../core/document.ts";
import { eventTypes } from "../core/events.ts";

/** Shapes of the public contract. A schema with a title becomes a component of the OpenAPI page. */
const text = (description: string) => Type.String({ description });
const orNull = <T extends TSchema>(schema: T, description = "") =>
  Type.Union([schema, Type.Null()], description === "" ? {} : { description });
const oneOf = <const T extends string[]>(names: readonly [...T], description = "") =>
  Type.Enum([...names], description === "" ? {} : { description });

const Amount = Type.String({
  description: 'Decimal string in the currency\'s own digits, signed: "411.34"',
  pattern: "^-?\\d+(\\.\\d+)?$",
});
export const Money = Type.Object({ currency: text("ISO 4217"), amount: Amount }, { title: "Money" });
const instant = (description: string) => Type.String({ format: "date-time", description });
const date = (description: string) => Type.String({ format: "date", description });
const uuid = (description: string) => Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description });

export const eventStates = ["received", "prepared", "posted", "review", "held", "excluded", "superseded", "voided"] as const;
export const stages = [
  "received",
  "ready",
  "sending",
  "uncertain",
  "posted",
  "review",
  "held",
  "excluded",
  "superseded",
  "voided",
] as const;
export const postingStates = ["ready", "sending", "posted", "uncertain", "refused", "superseded", "voided"] as const;
const postedKinds = [...documentKinds, "vendor", "customer"] as const;
const severities = ["block", "hold", "warn"] as const;

export const Finding = Type.Object(
  {
    code: text("Stable code: code_unmapped, period_closed …"),
    severity: oneOf(severities, "block: until mended; hold: until released; warn: told only"),
    field: orNull(Type.String(), "JSON pointer into the event; null when all of it is meant"),
    message: text("What is wrong"),
    fix: text("What to do next"),
    cause: text("The root cause; findings with one cause are one card in review"),
  },
  { title: "Finding" },
);

const Receipt = Type.Object(
  {
    place: text("Where it stood in the message: /3, line 12"),
    type: orNull(Type.String()),
    id: orNull(Type.String()),
    revision: orNull(Type.Integer()),
    status: oneOf(["accepted", "duplicate", "conflict", "rejected"]),
    findings: Type.Array(Finding),
  },
  { title: "Receipt" },
);
export const Receipts = Type.Object({ receipts: Type.Array(Receipt) }, { title: "Receipts" });

export const FileReceipt = Type.Object(
  {
    id: text("Id of the file"),
    name: text("Name it was sent under"),
    format: text("Format it was read as"),
    sha256: text("SHA-256 of its bytes, hex"),
    known: Type.Boolean({ description: "The same bytes were taken before" }),
    counts: Type.Object({ accepted: Type.Integer(), duplicate: Type.Integer(), conflict: Type.Integer(), rejected: Type.Integer() }),
    problems: Type.Array(Receipt, { description: "The first thousand receipts that were not taken" }),
    remarks: Type.Array(Type.Object({ place: text("Where in the file"), finding: Finding }), {
      description: "What to look at although every event was taken: a control total that does not match",
    }),
  },
  { title: "FileReceipt" },
);

export const Problem = Type.Object(
  {
    type: text("Address of the problem's description"),
    title: text("The code in words"),
    status: Type.Integer(),
    code: text("Stable code"),
    detail: text("What is wrong here"),
    fix: text("What to do next"),
    requestId: text("Id of the request in our log"),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: text("JSON pointer"), detail: text("What is wrong there") }))),
    details: Type.Optional(Type.Record(Type.String(), Type.String())),
    receipts: Type.Optional(Type.Array(Receipt)),
  },
  { title: "Problem", description: "RFC 9457" },
);

export const Event = Type.Object(
  {
    eventId: uuid("Our id of this revision"),
    source: text("Source that sent it"),
    type: text("fuel_transaction, customer_invoice …"),
    id: text("The TMS's stable id"),
    revision: Type.Integer(),
    number: orNull(Type.String(), "Printed number"),
    state: oneOf(eventStates),
    books: uuid("Books it goes to"),
    date: date("Document date"),
    currency: text("ISO 4217"),
    total: Amount,
    receivedAt: instant("When we took it"),
    updatedAt: instant("When its state last changed"),
  },
  { title: "Event" },
);

const Party = Type.Object({ type: text("vendor, customer or employee"), id: text("The TMS's id"), name: text("Name") }, { title: "Party" });

export const Posting = Type.Object(
  {
    id: uuid("Id of the posting"),
    state: oneOf(postingStates),
    books: uuid("Books it goes to"),
    booksName: text("Name of the books"),
    documentId: uuid("The document it carries"),
    document: Type.Object({
      kind: oneOf(postedKinds),
      number: text("Document number in the books"),
      date: orNull(date("Document date")),
      currency: text("ISO 4217"),
      total: Amount,
      party: orNull(Party),
    }),
    event: orNull(
      Type.Object({ type: text("Event type"), id: text("Event id"), revision: Type.Integer() }),
      "Null for a vendor or customer record that several documents share",
    ),
    providerId: orNull(Type.String(), "Id in the books"),
    url: orNull(Type.String(), "Opens it in the books"),
    adopted: Type.Boolean({ description: "It was found in the books after an unclear answer, and not sent again" }),
    fault: orNull(Type.Object({ code: text("Fault code"), message: text("What the books said") })),
    attempts: Type.Integer(),
    createdAt: instant("When it was made ready"),
    postedAt: orNull(Type.String({ format: "date-time" })),
    updatedAt: instant("When its state last changed"),
  },
  { title: "Posting" },
);

const Because = Type.Object(
  {
    ruleSet: text("Rule set"),
    version: Type.Integer(),
    row: text("Row in the rule set: accounts/17"),
    fallback: text("row, category or master"),
    matched: Type.Record(Type.String(), Type.String()),
    from: text("JSON pointer into the event"),
  },
  { title: "Because", description: "Which rule chose this line, and from which part of the event" },
);

export const Line = Type.Object(
  {
    role: text("detail or balance"),
    account: text("Account number"),
    accountName: orNull(Type.String(), "Name in the books' chart, when known"),
    side: oneOf(["debit", "credit"]),
    amount: Amount,
    description: text("Line text"),
    item: Type.Optional(Type.String()),
    quantity: Type.Optional(Type.String()),
    unitPrice: Type.Optional(Type.String()),
    dimensions: Type.Record(Type.String(), Type.String()),
    party: Type.Optional(Party),
    because: Because,
  },
  { title: "Line" },
);

export const Document = Type.Object(
  {
    id: uuid("Id of the document"),
    eventId: orNull(uuid("Event revision it was made from")),
    books: uuid("Books"),
    version: Type.Integer(),
    kind: oneOf(postedKinds),
    number: text("Number in the books"),
    date: orNull(date("Document date")),
    dueDate: orNull(date("Due date")),
    terms: orNull(Type.String()),
    currency: text("ISO 4217"),
    total: Amount,
    memo: text("Memo"),
    party: orNull(Party),
    dimensions: Type.Record(Type.String(), Type.String()),
    ruleSet: orNull(Type.String()),
    ruleSetVersion: orNull(Type.Integer()),
    reverses: orNull(uuid("The document this one takes back")),
    createdAt: instant("When it was built"),
    lines: Type.Array(Line),
  },
  { title: "Document" },
);

export const Attempt = Type.Object(
  {
    attempt: Type.Integer(),
    key: text("Idempotency key sent to the books; the same on every attempt"),
    number: text("Document number"),
    startedAt: instant("Written before the first byte was sent"),
    deadlineAt: instant("Until when it may still be running over there"),
    endedAt: orNull(Type.String({ format: "date-time" })),
    outcome: orNull(Type.String()),
    detail: orNull(Type.String()),
  },
  { title: "Attempt" },
);
export const PostingWithAttempts = Type.Object({ posting: Posting, attempts: Type.Array(Attempt) }, { title: "PostingWithAttempts" });

export const StoryFinding = Type.Object(
  {
    id: uuid("Id of the finding"),
    eventId: orNull(Type.String()),
    postingId: orNull(Type.String()),
    ...Finding.properties,
    createdAt: instant("When it was found"),
    resolvedAt: orNull(Type.String({ format: "date-time" }), "Null while it is open"),
  },
  { title: "StoryFinding" },
);

export const Leaf = Type.Object(
  {
    index: text("Place in the log"),
    at: instant("When"),
    actor: text("key:…, user:… or system:…"),
    action: text("event.accepted, posting.posted …"),
    object: Type.Object({ type: text("event, posting …"), id: text("Its id") }),
    facts: Type.Record(Type.String(), Type.Unknown()),
    hash: text("Leaf hash, hex"),
  },
  { title: "Leaf" },
);

/** A page of a list. */
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: orNull(Type.String(), "Hand it in as cursor; null on the last page") });

/** Query members of every list. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: "Items a page, 50 when absent" })),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: "nextCursor of the page before" })),
};
/** A span of civil dates, both ends included. */
export const span = {
  from: Type.Optional(date("First document date")),
  to: Type.Optional(date("Last document date")),
};
export const filters = {
  eventType: Type.Optional(oneOf(eventTypes, "Event type")),
  eventState: Type.Optional(oneOf(eventStates, "State of the event")),
  postingState: Type.Optional(oneOf(postingStates, "State of the posting")),
  kind: Type.Optional(oneOf(postedKinds, "Kind of document")),
};
export { Amount, date, instant, oneOf, orNull, text, uuid };
