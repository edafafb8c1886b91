import { Fault } from "../core/errors.ts";
import { findBooks, listBooks } from "../store/books.ts";
import { inOrganization, type Tx } from "../store/database.ts";
import { insertDocuments } from "../store/documents.ts";
import { putPartyLinks } from "../store/parties.ts";
import { insertPostings, supersedePostings } from "../store/postings.ts";
import { findBooksBehind, findEditableEvent } from "../store/review-events.ts";
import { raiseLinksVersion } from "../store/review-mend.ts";
import {
  findHeldLink,
  findPartyChoices,
  findRefusedParties,
  type HeldLink,
  type PartyChoice,
  removeLink,
} from "../store/review-parties.ts";
import { findRuleSet } from "../store/rules.ts";
import type { Actor } from "./actor.ts";
import type { EngineParts } from "./parts.ts";
import { newParty } from "./parties.ts";
import { nameOf } from "./publish-rules.ts";
import { reopen } from "./review.ts";
import { noteAction } from "./review-cards.ts";
import { readPartyCause } from "./review-fresh.ts";

/** Which record of the books a party is. */
export interface LinkOrder {
  readonly cause: string;
  /** Id of the record in the books, or its name there. */
  readonly record: string;
  /** Needed where the party is missing in several books. */
  readonly booksId?: string;
}

interface Party {
  readonly booksId: string;
  readonly kind: "vendor" | "customer";
  readonly id: string;
  /** An event that names it; null for a record that the books refused. */
  readonly eventId: string | null;
}

/**
 * Says which existing record of the books a vendor or customer of the TMS is, for good. What waits for it runs again by itself.
 * Faults: `not_found`, `request_invalid`.
 */
export async function linkParty(parts: EngineParts, actor: Actor, order: LinkOrder): Promise<{ record: PartyChoice; retried: number }> {
  const { cause } = order;
  const done = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const party = await partyBehind(tx, cause, order.booksId);
    const record = await chooseRecord(tx, party, order.record);
    const of = { booksId: party.booksId, kind: party.kind, partyId: party.id };
    const before = await findHeldLink(tx, of);
    if (before?.postingState === "sending" || before?.postingState === "uncertain")
      throw new Fault("request_invalid", `The ${party.kind} is being created right now; look again in a minute`);
    if (before !== undefined && before.postingId !== null) await supersedePostings(tx, [before.postingId]);
    await putPartyLinks(tx, party.booksId, [{ kind: party.kind, partyId: party.id, postingId: null, externalId: record.externalId }]);
    await raiseLinksVersion(tx, party.booksId);
    const facts = { party: of, record: record.externalId, name: record.name, before: before ?? null };
    await noteAction(tx, { parts, actor }, { cause, kind: "link", reason: null, facts });
    return { record, booksId: party.booksId, retried: (await reopen(tx, parts, actor, { cause })).retried };
  });
  await parts.wake({ organizationId: actor.organizationId, booksId: done.booksId });
  return { record: done.record, retried: done.retried };
}

/** The one party that a cause is about. */
async function partyBehind(tx: Tx, cause: string, booksId: string | undefined): Promise<Party> {
  const named = readPartyCause(cause);
  const found: Party[] =
    named === null
      ? (await findRefusedParties(tx, cause)).map((party) => ({ ...party, eventId: null }))
      : (await findBooksBehind(tx, cause)).map((one) => ({ ...named, booksId: one.booksId, eventId: one.eventId }));
  const meant = found.filter((party) => booksId === undefined || party.booksId === booksId);
  if (meant.length === 1) return meant[0]!;
  if (meant.length === 0)
    throw new Fault("request_invalid", `No vendor or customer waits behind "${cause}"; records are linked for those only`);
  const names = (await listBooks(tx)).filter((one) => meant.some((party) => party.booksId === one.booksId)).map(({ name }) => name);
  throw new Fault("request_invalid", `It is about several (${names.join(", ")}); name the books with booksId, or mend them one by one`);
}

async function chooseRecord(tx: Tx, { booksId, kind }: Party, wanted: string): Promise<PartyChoice> {
  const choices = await findPartyChoices(tx, { booksId, kind, wanted });
  const active = choices.filter((one) => one.active);
  const exact = active.find(({ externalId }) => externalId === wanted);
  if (exact !== undefined) return exact;
  if (active.length === 1) return active[0]!;
  if (active.length > 1) throw new Fault("request_invalid", `The books have several ${kind}s named "${wanted}"; name one by its id`);
  if (choices.length > 0)
    throw new Fault("request_invalid", `The ${kind} "${choices[0]!.name}" is inactive in the books; make it active first`);
  throw new Fault("not_found", `The books, as last read, have no ${kind} with the id or name "${wanted}"`);
}

/** Takes a link back. What was posted with it stays. Faults: `request_invalid` where it took the place of a record that was to be created. */
export async function undoLink(tx: Tx, facts: Readonly<Record<string, unknown>>): Promise<string> {
  const { party, before } = facts as { party: { booksId: string; kind: string; partyId: string }; before: HeldLink | null };
  if (before !== null && before.postingId !== null && before.postingState !== "posted")
    throw new Fault("request_invalid", "The record it would have created was withdrawn; link the party to another record instead");
  if (before === null) await removeLink(tx, party);
  else await putPartyLinks(tx, party.booksId, [before]);
  await raiseLinksVersion(tx, party.booksId);
  return party.booksId;
}

/**
 * Lets one missing vendor or customer be created in the books, although the rules do not create any by themselves. What waits for it
 * runs again by itself. Faults: `not_found`, `request_invalid`.
 */
export async function createParty(
  parts: EngineParts,
  actor: Actor,
  order: { cause: string; booksId?: string },
): Promise<{ name: string; retried: number }> {
  const { cause } = order;
  if (!cause.startsWith("party_unknown:"))
    throw new Fault("request_invalid", `Only a party that the books do not have can be created; "${cause}" is something else`);
  const done = await inOrganization(parts.database, actor.organizationId, async (tx) => {
    const party = await partyBehind(tx, cause, order.booksId);
    const of = { booksId: party.booksId, kind: party.kind, partyId: party.id };
    if ((await findHeldLink(tx, of)) !== undefined)
      throw new Fault("request_invalid", "It is linked or being created already; retry the cause");
    const name = await nameIn(tx, party);
    const books = (await findBooks(tx, party.booksId))!;
    const rules = await findRuleSet(tx, books.ruleSet);
    const currency = books.preferences?.homeCurrency ?? "USD";
    const context = { organizationId: actor.organizationId, books, rules: { name: books.ruleSet, version: rules?.version ?? 0 } };
    const { document, posting, link } = newParty(context, { type: party.kind, id: party.id, name }, currency);
    await insertDocuments(tx, [document]);
    await insertPostings(tx, [posting]);
    await putPartyLinks(tx, party.booksId, [link]);
    await raiseLinksVersion(tx, party.booksId);
    await noteAction(tx, { parts, actor }, { cause, kind: "create_party", reason: null, facts: { party: of, name, by: nameOf(actor) } });
    return { name, booksId: party.booksId, retried: (await reopen(tx, parts, actor, { cause })).retried };
  });
  await parts.wake({ organizationId: actor.organizationId, booksId: done.booksId });
  return { name: done.name, retried: done.retried };
}

/** The name an event gives the party. */
async function nameIn(tx: Tx, { id, eventId }: Party): Promise<string> {
  const stored = eventId === null ? undefined : await findEditableEvent(tx, eventId);
  const name = stored === undefined ? null : namedIn(JSON.parse(stored.body), id);
  if (name === null) throw new Fault("request_invalid", `No event says what "${id}" is called; create it in the books and link it`);
  return name;
}

function namedIn(value: unknown, id: string): string | null {
  if (typeof value !== "object" || value === null) return null;
  const { id: own, name } = value as { id?: unknown; name?: unknown };
  if (own === id && typeof name === "string") return name;
  for (const inner of Object.values(value)) {
    const found = namedIn(inner, id);
    if (found !== null) return found;
  }
  return null;
}
