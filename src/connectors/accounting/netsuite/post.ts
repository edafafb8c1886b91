import type { LedgerDocument } from "../../../core/document.ts";
import { Fault } from "../../../core/errors.ts";
import { formatMinor } from "../../../core/money.ts";
import type { FoundRecord, PartyRecord, PostItem, PostResult } from "../connector.ts";
import { isSameContent } from "./content.ts";
import { failed, sideBySide, type Work } from "./desk.ts";
import type { Context, Entry } from "./entry.ts";
import { asUnsent } from "./errors.ts";
import { candidatesOf, soughtOf, type Candidates } from "./find.ts";
import { createByBatch } from "./jobs.ts";
import { sha256 } from "./keys.ts";
import { isParty, spokenKind } from "./kinds.ts";
import { linesAtOnce } from "./limits.ts";
import { foldName, findParties, namesHeldByOthers, namesOf } from "./parties.ts";
import { create } from "./send.ts";
import { foundFrom, totalOf, wholeById, type WithLegs } from "./transactions.ts";
import { toNetSuite, toPartyEntry } from "./translate.ts";

interface Ready<Thing> {
  readonly key: string;
  readonly entry: Entry;
  readonly thing: Thing;
}

/**
 * Sends each item at most once. What stands there already under our external id is taken over, a number that is taken is
 * told, and the rest is created side by side; then all are read back with one question. Never throws a Fault: each item has
 * its own outcome.
 */
export async function postItems(work: Work, items: readonly PostItem[]): Promise<PostResult[]> {
  const documents = items.flatMap(({ key, postable }) => (isParty(postable) ? [] : [{ key, thing: postable }]));
  const parties = items.flatMap(({ key, postable }) => (isParty(postable) ? [{ key, thing: postable }] : []));
  return [...(await postParties(work, parties)), ...(await postDocuments(work, documents))];
}

type Keyed<Thing> = { readonly key: string; readonly thing: Thing };

async function postDocuments(work: Work, items: readonly Keyed<LedgerDocument>[]): Promise<PostResult[]> {
  if (items.length === 0) return [];
  const { ready, results } = await translateAll(work, items);
  const before = await beforeSending(work, ready);
  if (!isLooked(before)) return [...results, ...ready.map(({ key }) => failed(key, before))];
  const toSend: Ready<LedgerDocument>[] = [];
  for (const each of ready) {
    const standing = standingResult(each, before.get(each.key)!, work);
    if (standing === null) toSend.push(each);
    else results.push(standing);
  }
  return [...results, ...(await sendDocuments(work, toSend))];
}

/** Translates documents; those that cannot be translated have their result already. */
export async function translateAll(
  work: Work,
  items: readonly Keyed<LedgerDocument>[],
): Promise<{ ready: Ready<LedgerDocument>[]; results: PostResult[] }> {
  const ready: Ready<LedgerDocument>[] = [];
  const results: PostResult[] = [];
  for (const { key, thing } of items) {
    try {
      const context = await contextFor(work, thing).catch((error: unknown) => Promise.reject(asUnsent(error)));
      ready.push({ key, thing, entry: toNetSuite(thing, key, context) });
    } catch (error) {
      results.push(failed(key, error));
    }
  }
  return { ready, results };
}

/** Types of the accounts are needed for what is paid at once and for dues; the catalog where a document names custom fields. */
async function contextFor(work: Work, document: LedgerDocument): Promise<Context> {
  const { lookup, company, facts, options, catalog } = work;
  if (document.kind === "expense" || document.kind === "journal_entry") {
    const needed =
      document.kind === "expense"
        ? document.lines.filter(({ role }) => role === "balance")
        : options.intercompany === "off"
          ? []
          : document.lines;
    await facts.loadAccounts(needed.flatMap(({ account }) => lookup("account", account) ?? []));
  }
  const namesFields =
    document.kind === "statistical_entry" ||
    Object.keys(document.customFields ?? {}).length > 0 ||
    [document, ...document.lines].some(({ dimensions }) => Object.keys(dimensions).some((name) => name.startsWith("segment:")));
  return { lookup, company, facts, options, fields: namesFields ? await catalog.fieldsOf(document.kind) : [] };
}

async function beforeSending(work: Work, ready: readonly Ready<LedgerDocument>[]): Promise<unknown> {
  const sought = ready.map(({ key, thing }) => soughtOf(key, thing, work.lookup));
  return candidatesOf(work.call, work.company, sought).catch((error: unknown) => asUnsent(error));
}

function isLooked(before: unknown): before is Map<string, Candidates> {
  return before instanceof Map;
}

/** What is there already; null when it may be sent. */
function standingResult({ key, thing }: Ready<LedgerDocument>, { ours, namesakes }: Candidates, { lookup }: Work): PostResult | null {
  const name = `${spokenKind(thing.kind)} ${thing.number}`;
  if (ours !== null) {
    if (isSameContent(thing, ours, lookup)) return { key, posted: foundFrom(ours, { sameContent: true, ours: true }) };
    return taken(key, `NetSuite has ${name} from us already (id ${ours.id}), with other content.`, ours);
  }
  const [holder] = namesakes;
  return holder === undefined ? null : taken(key, `NetSuite has a ${name} already (id ${holder.id}).`, holder);
}

function taken(key: string, what: string, holder: WithLegs): PostResult {
  const todo = "It is looked up whether that one is ours; if it is not, give this one another number.";
  return { key, fault: new Fault("number_taken", `${what} ${todo}`, { holderType: holder.restType, holderId: holder.id }) };
}

async function sendDocuments(work: Work, toSend: readonly Ready<LedgerDocument>[]): Promise<PostResult[]> {
  const batched = work.batches ? await sendBatches(work, toSend) : new Map<string, unknown>();
  const outcomes = await sideBySide(toSend, work.lanes, async (each) => {
    const known = batched.get(each.key);
    if (known !== undefined) return known;
    return create(work, each.entry, each.key).catch((error: unknown) => error);
  });
  return readBack(
    work,
    toSend.map((each, at) => ({ ready: each, outcome: outcomes[at] })),
  );
}

/**
 * Records of one type as one job each. Those that stand there afterwards are done; those that do not are sent one by one, so
 * that each gets its own answer. An account without batches refuses the first one, and nothing was written.
 */
async function sendBatches(work: Work, toSend: readonly Ready<LedgerDocument>[]): Promise<Map<string, unknown>> {
  const outcomes = new Map<string, unknown>();
  for (const group of Map.groupBy(toSend, ({ entry }) => entry.path).values()) {
    const small = group.filter(({ entry }) => entry.lineCount <= linesAtOnce).slice(0, 100);
    if (small.length < 2) continue;
    try {
      await createByBatch(
        work,
        small.map(({ entry }) => entry),
        sha256(
          small
            .map(({ key }) => key)
            .sort()
            .join(" "),
        ),
      );
      const found = await candidatesOf(
        work.call,
        work.company,
        small.map(({ key, thing }) => soughtOf(key, thing, work.lookup)),
      );
      for (const { key } of small) {
        const id = found.get(key)?.ours?.id;
        if (id !== undefined) outcomes.set(key, id);
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.remedy !== "review") for (const { key } of small) outcomes.set(key, error);
    }
  }
  return outcomes;
}

/** Scripts and workflows of the account may alter what was sent: what stands there is told, not what was meant. */
async function readBack(
  work: Work,
  sent: readonly { readonly ready: Ready<LedgerDocument>; readonly outcome: unknown }[],
): Promise<PostResult[]> {
  const ids = sent.flatMap(({ outcome }) => (typeof outcome === "string" ? [outcome] : []));
  const made = await madeNow(work, ids);
  const results: PostResult[] = [];
  for (const { ready, outcome } of sent) {
    if (typeof outcome === "string") results.push(madeResult(work, ready, outcome, made));
    else results.push(await settled(work, ready, failed(ready.key, outcome)));
  }
  return results;
}

async function madeNow(work: Work, ids: readonly string[]): Promise<Map<string, WithLegs> | Fault> {
  if (ids.length === 0) return new Map();
  try {
    return new Map((await wholeById(work.call, work.company, ids)).map((each) => [each.id, each]));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error;
  }
}

function madeResult({ lookup }: Work, { key, thing }: Ready<LedgerDocument>, id: string, made: Map<string, WithLegs> | Fault): PostResult {
  const record = made instanceof Map ? made.get(id) : undefined;
  if (record === undefined) {
    const why = made instanceof Fault ? made.message : "it is not shown to our role";
    const text = `NetSuite saved ${thing.number} (id ${id}), but it could not be read back: ${why}`;
    return { key, fault: new Fault("upstream_silent", text, { providerId: id }) };
  }
  const total = totalOf(record);
  if (thing.kind === "statistical_entry" || total === thing.totalMinor) {
    return { key, posted: foundFrom(record, { sameContent: isSameContent(thing, record, lookup), ours: true }) };
  }
  const amount = total === null ? "an unknown amount" : `${formatMinor(total, thing.currency)} ${thing.currency}`;
  const text =
    `NetSuite saved ${spokenKind(thing.kind)} ${thing.number} (id ${id}) with ${amount} instead of ${formatMinor(thing.totalMinor, thing.currency)}: ` +
    "a script, a workflow or tax of the account changed it. Look at it in NetSuite, correct or delete it there, then retry.";
  return { key, fault: new Fault("books_refused", text, { providerId: id }) };
}

/** A refusal because it exists may be our own earlier try that landed in the meantime. */
async function settled(work: Work, { key, thing }: Ready<LedgerDocument>, result: PostResult): Promise<PostResult> {
  if (!("fault" in result)) return result;
  if (result.fault.code === "period_closed") work.facts.forget();
  if (result.fault.code !== "number_taken") return result;
  try {
    const found = (await candidatesOf(work.call, work.company, [soughtOf(key, thing, work.lookup)])).get(key);
    return (found?.ours && standingResult({ key, thing, entry: {} as Entry }, found, work)) ?? result;
  } catch (error) {
    // The number is taken, that much is sure; who holds it is asked again by `find`.
    if (!(error instanceof Fault)) throw error;
    return result;
  }
}

/** Vendors and customers. One that another party holds the name of gets the suffix of its kind. */
async function postParties(work: Work, items: readonly Keyed<PartyRecord>[]): Promise<PostResult[]> {
  if (items.length === 0) return [];
  const { call, company } = work;
  const asked = items.map(({ key, thing }) => ({ key, party: thing }));
  let standing: Map<string, FoundRecord[]>;
  let held: Set<string>;
  try {
    [standing, held] = [
      await findParties(call, company, asked),
      await namesHeldByOthers(
        call,
        items.map(({ thing }) => thing),
      ),
    ];
  } catch (error) {
    return items.map(({ key }) => failed(key, asUnsent(error)));
  }
  return sideBySide(items, work.lanes, async ({ key, thing }) => {
    const [holder] = standing.get(key) ?? [];
    if (holder?.ours && holder.active && holder.sameContent) return { key, posted: holder };
    if (holder) return nameTaken(key, thing, holder.providerId);
    const suffixed = held.has(`${thing.kind} ${foldName(namesOf(thing)[0])}`);
    return postParty(work, { key, thing }, suffixed);
  });
}

async function postParty(work: Work, { key, thing }: Keyed<PartyRecord>, suffixed: boolean): Promise<PostResult> {
  try {
    await create(work, toPartyEntry(thing, work.company, { suffixed }), key);
  } catch (error) {
    const result = failed(key, error);
    if (!("fault" in result) || result.fault.code !== "number_taken" || suffixed) return result;
    // The name may be held by a kind of entity that our role does not see.
    const [holder] = (await findParties(work.call, work.company, [{ key, party: thing }])).get(key) ?? [];
    if (holder) return holder.ours ? { key, posted: holder } : result;
    return postParty(work, { key, thing }, true);
  }
  try {
    const [record] = (await findParties(work.call, work.company, [{ key, party: thing }])).get(key) ?? [];
    if (record) return { key, posted: record };
    return { key, fault: new Fault("upstream_silent", `NetSuite saved ${thing.kind} ${thing.name}, but does not show it to our role`) };
  } catch (error) {
    return failed(key, error);
  }
}

function nameTaken(key: string, { kind, name }: PartyRecord, holderId: string): PostResult {
  const text = `NetSuite has a ${kind} called "${name}" already (id ${holderId}). It is looked up whether that record is the one meant.`;
  return { key, fault: new Fault("number_taken", text, { holderType: kind, holderId }) };
}
