import type { ReadyPosting } from "../store/postings.ts";

/** Each call for documents that were never sent earns this much of a call for such that were: retries stay a tenth of the traffic. */
const retryShare = 0.1;
const retryCreditMax = 5;

/** Reads what may be sent now, with as many retries among it as were earned, and keeps the account. */
export async function takeShare(
  account: { retryCredit: number },
  { limit, batch }: { limit: number; batch: number },
  read: (most: { limit: number; again: number; againAtLeast: number }) => Promise<ReadyPosting[]>,
): Promise<ReadyPosting[]> {
  const most = { limit, again: account.retryCredit >= 1 && limit > batch ? batch : 0, againAtLeast: batch };
  const postings = await read(most);
  if (postings.length === 0) return postings;
  const again = postings.filter(({ attempts }) => attempts > 0).length;
  const earned = account.retryCredit + ((postings.length - again) / batch) * retryShare - again / batch;
  account.retryCredit = Math.min(retryCreditMax, Math.max(0, earned));
  return postings;
}
