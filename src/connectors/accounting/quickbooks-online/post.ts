import type { LedgerDocument } from "../../../core/document.ts";
import { Fault } from "../../../core/errors.ts";
import type { FoundRecord, Lookup, PostItem, PostResult } from "../connector.ts";
import { asUnsent } from "./api.ts";
import { foundDocument, foundParty } from "./content.ts";
import { isParty, salesForms } from "./entities.ts";
import { loadAccountTypes, namesOf } from "./find.ts";
import { failed, sendAll, type Desk, type Ready } from "./send.ts";
import type { WritingRules } from "./settings.ts";
import { toPartyEntry, toQuickBooks } from "./translate.ts";

/**
 * Sends each item at most once: one by the plain call, several by a batch. What cannot be translated is refused here and
 * not sent. Never throws a Fault: each item has its own outcome.
 */
export async function postItems(desk: Desk, items: readonly PostItem[], lookup: Lookup): Promise<PostResult[]> {
  const { ready, results } = await readyItems(desk, items, lookup);
  return [...results, ...(await sendAll(desk, ready))];
}

/** Translates items; those that cannot be translated have their result already. */
export async function readyItems(
  desk: Desk,
  items: readonly PostItem[],
  lookup: Lookup,
): Promise<{ ready: Ready[]; results: PostResult[] }> {
  const results: PostResult[] = [];
  const ready: Ready[] = [];
  try {
    await loadAccountTypes(
      desk.accounts,
      items.flatMap(({ postable }) => (isParty(postable) ? [] : [postable])),
      lookup,
    );
  } catch (error) {
    return { ready, results: items.map(({ key }) => failed(key, error)) };
  }
  for (const item of items) {
    try {
      ready.push(await readyItem(desk, item, lookup));
    } catch (error) {
      results.push(failed(item.key, error));
    }
  }
  return { ready, results };
}

async function readyItem(desk: Desk, item: PostItem, lookup: Lookup): Promise<Ready> {
  const { key, postable } = item;
  if (isParty(postable)) {
    return { key, entry: toPartyEntry(postable), found: (record) => foundParty(record, postable, namesOf(postable)), party: postable };
  }
  const entry = await withRules(desk, postable, (rules) => toQuickBooks(postable, key, { lookup, accountType: desk.accounts.of, rules }));
  return { key, entry, found: (record) => foundNow(desk, foundDocument(record, entry, key, postable.currency), postable), party: null };
}

/** A sale that came back under another number: the books number them by themselves since we read their settings. */
function foundNow(desk: Desk, record: FoundRecord, document: LedgerDocument): FoundRecord {
  if (record.number !== document.number && salesForms.includes(document.kind)) desk.rules.forget();
  return record;
}

/** Sales forms depend on the company's settings. A refusal by settings we read earlier is checked against those of now. */
async function withRules<T>(desk: Desk, document: LedgerDocument, translate: (rules?: WritingRules) => T): Promise<T> {
  if (!salesForms.includes(document.kind)) return translate();
  const rules = (): Promise<WritingRules> =>
    desk.rules.get().catch((error: unknown) => {
      throw asUnsent(error);
    });
  const known = await rules();
  try {
    return translate(known);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "books_refused") throw error;
    desk.rules.forget();
    return translate(await rules());
  }
}
