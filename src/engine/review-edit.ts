import { hash as hashOf } from "node:crypto";
import { appendAudit } from "../audit/log.ts";
import { canonicalJson } from "../core/canonical.ts";
import { Fault } from "../core/errors.ts";
import { eventTotal, readEvent } from "../core/events/read.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { insertEvents } from "../store/events.ts";
import { newId } from "../store/ids.ts";
import { type EditableEvent, findCausesOfEvents, findEditableEvent, markEditedBy, supersedeEvent } from "../store/review-events.ts";
import { addToOutbox } from "../webhooks/outbox.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { nameOf } from "./publish-rules.ts";
import { noteAction, requireReason } from "./review-cards.ts";

/** A correction of one event: values by JSON pointer; null takes a member out. */
export interface EventEdit {
  readonly eventId: string;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** The revision that a correction made. */
export interface EditedEvent {
  readonly eventId: string;
  readonly revision: number;
}

const editable: readonly string[] = ["review", "held", "excluded"];

/**
 * Corrects a stopped event as a new revision. The one the TMS sent stays as it is, and so does who corrected it and why. Faults:
 * `not_found`, `request_invalid` for one that is not stopped or not the newest, `event_invalid` with every place.
 */
export async function editEvent(parts: EngineParts, actor: Actor, edit: EventEdit): Promise<EditedEvent> {
  const reason = requireReason(edit.reason, "the event is corrected");
  if (Object.keys(edit.changes).length === 0) throw new Fault("request_invalid", "Name at least one value to change");
  const made = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const stored = await requireEditable(tx, edit.eventId);
    const content = JSON.parse(stored.body) as Record<string, unknown>;
    for (const [pointer, value] of Object.entries(edit.changes)) change(content, pointer, value);
    const cause = (await findCausesOfEvents(tx, [stored.eventId])).get(stored.eventId) ?? `event:${stored.type}:${stored.id}`;
    const edited = await putRevision(tx, { parts, actor }, { stored, content, reason });
    const facts = { from: stored.eventId, to: edited.eventId, changes: edit.changes };
    await noteAction(tx, { parts, actor }, { cause, kind: "edit", reason, facts });
    return { ...edited, booksId: stored.booksId };
  });
  await parts.wake({ organizationId: actor.organizationId, booksId: made.booksId });
  return { eventId: made.eventId, revision: made.revision };
}

async function requireEditable(tx: Tx, eventId: string): Promise<EditableEvent> {
  const stored = await findEditableEvent(tx, eventId);
  if (stored === undefined) throw new Fault("not_found", `There is no event ${eventId}`);
  const { type, id, revision, newest, state } = stored;
  if (revision < newest) throw new Fault("request_invalid", `${type} ${id} has revision ${newest} by now; correct that one`);
  if (!editable.includes(state))
    throw new Fault("request_invalid", `${type} ${id} is ${state}, not stopped: correct it in the TMS and have it sent as a new revision`);
  return stored;
}

/** Stores `content` as the next revision of an event that is stopped, in its place. Faults: `event_invalid`, `request_invalid`. */
export async function putRevision(
  tx: Tx,
  by: { parts: EngineParts; actor: Actor },
  of: { stored: EditableEvent; content: Record<string, unknown>; reason: string },
): Promise<EditedEvent> {
  const { stored, content, reason } = of;
  const body = canonicalJson(content);
  const revision = stored.newest + 1;
  const { event, findings } = readEvent({ ...(JSON.parse(body) as object), revision });
  if (event === null) {
    const places = Object.fromEntries(findings.map(({ field, message, fix }) => [field ?? "/", `${message}. ${fix}`]));
    throw new Fault("event_invalid", "The correction makes an event that cannot be read; nothing was changed", places);
  }
  if (event.type !== stored.type || event.id !== stored.id)
    throw new Fault(
      "request_invalid",
      "Type and id name the event and cannot be corrected; exclude it and have the TMS send the right one",
    );
  const eventId = newId();
  const contentHash = hashOf("sha256", body, "hex");
  const isVoid = event.status === "void";
  const { type, id, date, currency, number = null } = event;
  const row = {
    eventId,
    type,
    id,
    revision,
    body,
    contentHash,
    number,
    date,
    currency,
    isVoid,
    totalMinor: isVoid ? 0n : eventTotal(event),
  };
  await insertEvents(tx, stored, [row]);
  const actor = nameOf(by.actor);
  await markEditedBy(tx, eventId, actor);
  await supersedeEvent(tx, stored.eventId);
  const facts = { revision, of: stored.eventId, reason, sha256: contentHash };
  await appendAudit(tx, by.parts.now(), [
    { actor, action: "event.edited", objectType: "event", objectId: eventId, facts },
    { actor, action: "event.superseded", objectType: "event", objectId: stored.eventId, facts: { by: eventId, reason } },
  ]);
  await addToOutbox(tx, [{ topic: "event.edited", body: { eventId, type, id, revision, reason, by: actor } }]);
  return { eventId, revision };
}

/** Sets what a JSON pointer (RFC 6901) names; null takes it out. Faults: `request_invalid` for a place that is not there. */
function change(content: Record<string, unknown>, pointer: string, value: unknown): void {
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop();
  const lost = (): Fault =>
    new Fault("request_invalid", `"${pointer}" is no place in the event, such as /lines/0/code`, { [pointer]: "is not there" });
  if (last === undefined || !pointer.startsWith("/") || pointer === "/revision") throw lost();
  let place: unknown = content;
  for (const key of keys) {
    if (!isTree(place) || !Object.hasOwn(place, key)) throw lost();
    place = place[key];
  }
  if (!isTree(place)) throw lost();
  if (Array.isArray(place)) {
    const index = Number(last);
    if (!/^\d+$/.test(last) || index >= place.length) throw lost();
    if (value === null) place.splice(index, 1);
    else place[index] = value;
  } else if (value === null) delete place[last];
  else Object.defineProperty(place, last, { value, enumerable: true, configurable: true, writable: true }); // Also for "__proto__".
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
