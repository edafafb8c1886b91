import { Fault } from "../../../core/errors.ts";
import type { FoundRecord, Lookup, PartyRecord, PostItem, PostResult } from "../connector.ts";
import { foundDocument, foundParty, partyFields } from "./content.ts";
import { failed, type Desk } from "./desk.ts";
import { entityOf, isParty, isTransaction, shapes } from "./entities.ts";
import { asUnsent } from "./errors.ts";
import { findItems, headQueries, partyCandidates, partyRows } from "./find.ts";
import { rowsMax } from "./limits.ts";
import { sendAll, type ReadBack, type Ready } from "./send.ts";
import type { Query } from "./tasks.ts";
import { toEntry, toPartyEntry } from "./translate.ts";

/**
 * Sends each item at most once, all in one request. What cannot be translated is refused here and not sent. Never throws a
 * Fault: each item has its own outcome.
 */
export async function postItems(desk: Desk, items: readonly PostItem[], lookup: Lookup): Promise<PostResult[]> {
  const { ready, results } = readyItems(desk, items, lookup);
  const taken = await namesTaken(desk, items);
  const free = ready.filter(({ key }) => !taken.has(key));
  const held = ready.flatMap(({ key }) => taken.get(key) ?? []);
  return [...results, ...held, ...(await sendAll(desk.transport, free, readBackOf(desk, items, lookup)))];
}

/** Translates items; those that cannot be translated have their result already. */
export function readyItems(desk: Desk, items: readonly PostItem[], lookup: Lookup): { ready: Ready[]; results: PostResult[] } {
  const ready: Ready[] = [];
  const results: PostResult[] = [];
  for (const item of items) {
    try {
      ready.push(readyItem(desk, item, lookup));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      results.push(failed(item.key, error));
    }
  }
  return { ready, results };
}

function readyItem(desk: Desk, { key, postable }: PostItem, lookup: Lookup): Ready {
  const { options } = desk;
  if (isParty(postable)) {
    const entry = toPartyEntry(postable, { options });
    return { key, entity: entityOf[postable.kind], write: { verb: "create", entry }, found: (row) => foundParty(row, postable) };
  }
  const entity = entityOf[postable.kind];
  const entry = toEntry(postable, key, { lookup, options });
  const found = (row: Parameters<typeof foundDocument>[1]): FoundRecord =>
    foundDocument(entity, row, { entry, key, lines: null, currency: postable.currency, home: options.homeCurrency });
  return { key, entity, write: { verb: "create", entry }, found };
}

/** Heads by number and parties by id, in the request that writes them; a look-up of one with its lines. */
export function readBackOf(desk: Desk, items: readonly PostItem[], lookup: Lookup): ReadBack {
  return {
    queries: (ready) => queriesFor(ready),
    lookUp: async ({ key }) => {
      const item = items.find((each) => each.key === key);
      if (item === undefined) return null;
      const found = (await findItems(desk, [item], lookup)).get(key) ?? [];
      return found.find(({ ours }) => ours) ?? null;
    },
  };
}

/** One question for each object among what is sent. */
export function queriesFor(ready: readonly Ready[]): Query[] {
  const entries = ready.flatMap(({ write }) => (write.verb === "create" || write.verb === "update" ? [write.entry] : []));
  const documents = entries.flatMap(({ object, head }) =>
    isTransaction(object) ? [{ entity: object, number: head[shapes[object].number] ?? "" }] : [],
  );
  const parties = Map.groupBy(
    entries.filter(({ object }) => !isTransaction(object)),
    ({ object }) => object,
  );
  return [
    ...headQueries(documents),
    ...[...parties].map(([object, group]) => ({
      object,
      fields: partyFields(object),
      filter: { field: `${object}ID`, is: "in", values: group.map(({ head }) => head[`${object}ID`] ?? "") } as const,
      order: ["RECORDNO"],
      size: rowsMax,
    })),
  ];
}

/**
 * Names of vendors and customers may repeat over there, and a carrier that exists twice is paid twice: who is there already, by
 * id or by name, is told and not made again. Ids of ours that are there are the same record.
 */
async function namesTaken(desk: Desk, items: readonly PostItem[]): Promise<Map<string, PostResult>> {
  const parties = items.flatMap(({ key, postable }) => (isParty(postable) ? [{ key, party: postable }] : []));
  const taken = new Map<string, PostResult>();
  if (parties.length === 0) return taken;
  try {
    const rows = await partyRows(
      desk,
      parties.map(({ party }) => party),
    );
    for (const { key, party } of parties) {
      const [holder] = partyCandidates(rows.get(entityOf[party.kind]) ?? [], party);
      if (holder) taken.set(key, holder.ours && holder.sameContent ? { key, posted: holder } : failed(key, takenFault(party, holder)));
    }
  } catch (error) {
    const unsent = asUnsent(error);
    if (!(unsent instanceof Fault)) throw unsent;
    for (const { key } of parties) taken.set(key, failed(key, unsent));
  }
  return taken;
}

function takenFault(party: PartyRecord, { providerId }: FoundRecord): Fault {
  return new Fault(
    "number_taken",
    `Intacct already has a ${party.kind} of that name or id: ${providerId}. It is looked up before anything is sent again.`,
    {
      providerId,
    },
  );
}
