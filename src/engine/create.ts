import { beginConnect, finishConnect, reconnectBooks } from "./connect.ts";
import { disconnectBooks, pauseBooks, resumeBooks, signInEnds } from "./connect-state.ts";
import type { Engine, Receipt } from "./engine.ts";
import { takeFileIn } from "./files.ts";
import { createSources, takeIn } from "./ingest.ts";
import { setVerifier, takeNotification } from "./notifications.ts";
import type { EngineParts } from "./parts.ts";
import { publishRuleSet } from "./publish-rules.ts";
import { retryReview } from "./review.ts";

/** The engine as gateway and command line see it. */
export function createEngine(parts: EngineParts): Engine {
  const findSource = createSources(parts);
  return {
    ingest: async (actor, message) => {
      const source = await findSource(actor, message.sourceId);
      const receipts: Receipt[] = [];
      for await (const taken of takeIn(parts, actor, source, message)) receipts.push(...taken.receipts);
      return receipts;
    },
    ingestFile: async (actor, file) => takeFileIn(parts, actor, { ...file, source: await findSource(actor, file.sourceId) }),
    retry: (actor, selection) => retryReview(parts, actor, selection),
    publishRules: (actor, ruleSet, basedOn) => publishRuleSet(parts, actor, ruleSet, basedOn),
    connections: {
      begin: (actor, provider, order) => beginConnect(parts, actor, provider, order),
      reconnect: (actor, booksId, redirectUriOf) => reconnectBooks(parts, actor, booksId, redirectUriOf),
      finish: (provider, query, browser) => finishConnect(parts, provider, query, browser),
      pause: (actor, booksId) => pauseBooks(parts, actor, booksId),
      resume: (actor, booksId) => resumeBooks(parts, actor, booksId),
      disconnect: (actor, booksId) => disconnectBooks(parts, actor, booksId),
      signInEnds: (actor) => signInEnds(parts, actor),
      setVerifier: (actor, provider, verifier) => setVerifier(parts, actor, provider, verifier),
      notify: (provider, message) => takeNotification(parts, provider, message),
    },
  };
}
