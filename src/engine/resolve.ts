import { Fault } from "../core/errors.ts";
import { inOrganization } from "../store/database.ts";
import { readPostable } from "../store/documents.ts";
import { findUncertainPostings } from "../store/postings.ts";
import { type LaneContext, lookupOf } from "./lane-context.ts";
import { restMs, verdictOfSearch } from "./outcome.ts";
import { type Posted, writeVerdicts } from "./post.ts";

const lookUpsAtOnce = 200;

/** Looks for postings of unknown outcome in the books and decides each: adopted, to be sent again, to review, or looked for again later. */
export async function resolveSlice(context: LaneContext): Promise<Posted> {
  const { parts, organizationId, books, connector } = context;
  const postings = await inOrganization(parts.database, organizationId, (tx) => findUncertainPostings(tx, books.booksId, lookUpsAtOnce));
  if (postings.length === 0) return { sent: 0, rest: null };
  const searched = postings.map((posting) => ({ posting, postable: readPostable(posting.body) }));
  const items = searched.map(({ posting, postable }) => ({ key: posting.key, postable }));
  try {
    const found = await connector.find(items, lookupOf(context));
    const { executionLimitMs } = connector.capabilities;
    const verdicts = searched.map(({ posting, postable }) => {
      const moment = { now: parts.now(), random: parts.random() };
      const openUrl = (providerId: string) => connector.openUrl(postable.kind, providerId);
      return verdictOfSearch(posting, found.get(posting.key) ?? [], moment, { executionLimitMs, openUrl });
    });
    await writeVerdicts(context, searched, verdicts);
    return { sent: verdicts.filter(({ outcome }) => outcome.state !== "uncertain").length, rest: null };
  } catch (error) {
    // The look-up itself failed: nothing is known yet, and the lane tries again after a rest.
    if (!(error instanceof Fault) || error.code === "lease_lost") throw error;
    const until = error.remedy === "reconnect" ? null : new Date(parts.now().getTime() + restMs(error, 2_000));
    return { sent: 0, rest: { until, reason: error } };
  }
}
