import type { Finding } from "../core/finding.ts";
import type { Tx } from "../store/database.ts";
import { findPartyLinks } from "../store/parties.ts";
import { findLinksVersion } from "../store/review-mend.ts";
import { type LaneContext, linkKey } from "./lane-context.ts";
import { loadTimeline } from "./rule-versions.ts";

/**
 * Takes over what people changed while the turn was under way: a version they published, a party they linked. Asked in the
 * transaction that reads the work, after it was read: whoever mends something puts the work back in line in the same transaction, so
 * whoever sees the work sees what it waits for.
 */
export async function freshen(tx: Tx, context: LaneContext): Promise<void> {
  await Promise.all([freshenRules(tx, context), freshenLinks(tx, context)]);
}

async function freshenRules(tx: Tx, context: LaneContext): Promise<void> {
  const { books, timeline } = context;
  const newest = await loadTimeline(tx, { name: books.ruleSet, booksName: books.name }, timeline);
  if (newest === timeline) return;
  context.timeline = newest;
  context.rules = newest.newest;
  context.rulesFor = newest.at;
}

/** Only a person's links: those that lanes make themselves are in the context already. */
export async function freshenLinks(tx: Tx, context: LaneContext): Promise<void> {
  const { booksId } = context.books;
  const version = await findLinksVersion(tx, booksId);
  if (version === context.linksVersion) return;
  const links = await findPartyLinks(tx, booksId);
  context.linksVersion = version;
  context.links.clear();
  for (const link of links) context.links.set(linkKey(link.kind, link.partyId), link);
}

/** Without what is said against parties that a person linked to a record, or had created: the link decides, while its record is active. */
export function withoutLinked(
  findings: readonly Finding[],
  { links, reference }: Pick<LaneContext, "links" | "reference">,
): readonly Finding[] {
  return findings.filter(({ cause }) => {
    const party = readPartyCause(cause);
    if (party === null) return true;
    const link = links.get(linkKey(party.kind, party.id));
    if (link === undefined) return true;
    return link.externalId !== null && reference.byId(party.kind, link.externalId)?.active === false;
  });
}

/** The party that a finding of the books' lists is about; null for every other cause. */
export function readPartyCause(cause: string): { kind: "vendor" | "customer"; id: string } | null {
  const [, kind, id] = /^party_(?:unknown|inactive):(vendor|customer):(.+)$/s.exec(cause) ?? [];
  return kind === undefined ? null : { kind: kind as "vendor" | "customer", id: id! };
}
