import type { PartyRef } from "../core/document.ts";
import type { BooksRecord } from "../core/reference.ts";
import { findParty, type ReferenceIndex } from "../core/reference-index.ts";
import type { NewDocument } from "../store/documents.ts";
import { newId } from "../store/ids.ts";
import type { PartyLink } from "../store/parties.ts";
import type { NewPosting } from "../store/postings.ts";
import type { LaneContext } from "./lane-context.ts";
import { keyIn } from "./posting-key.ts";

/** The active record in the books that is this party: by the TMS's id first, then by name. */
export function findPartyRecord(reference: ReferenceIndex, party: PartyRef): BooksRecord | undefined {
  const record = findParty(reference, party);
  return record?.active === true ? record : undefined;
}

/** A party record to be created, posted like a document: with intent, key, and proof. */
export function newParty(
  context: Pick<LaneContext, "organizationId" | "books"> & { readonly rules: Pick<LaneContext["rules"], "name" | "version"> },
  party: PartyRef,
  currency: string,
): { document: NewDocument; posting: NewPosting; link: PartyLink } {
  const kind = party.type as "vendor" | "customer";
  const { booksId } = context.books;
  const [documentId, postingId] = [newId(), newId()];
  const key = keyIn(context, `party/${kind}/${party.id}`, 1);
  const postable = { kind, id: party.id, name: party.name, currency };
  return {
    document: {
      documentId,
      eventId: null,
      booksId,
      version: 1,
      postable,
      ruleSet: context.rules.name,
      ruleSetVersion: context.rules.version,
      reverses: null,
    },
    posting: { postingId, documentId, eventId: null, booksId, key, waitsFor: null },
    link: { kind, partyId: party.id, postingId, externalId: null },
  };
}
