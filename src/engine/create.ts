import { createControls } from "./controls.ts";
import { beginConnect, finishConnect, reconnectBooks } from "./connect.ts";
import { disconnectBooks, pauseBooks, resumeBooks, signInEnds } from "./connect-state.ts";
import { createChecks } from "./checks-set.ts";
import { cancelBacktest, readBacktest, startBacktest } from "./backtest.ts";
import { checkRules, compareRules, explainRules } from "./check-rules.ts";
import { findCoverage } from "./coverage.ts";
import type { Engine, Receipt, Rules } from "./engine.ts";
import { dryRun } from "./dry-run.ts";
import { takeFileIn } from "./files.ts";
import { createSources, takeIn } from "./ingest.ts";
import { setVerifier, takeNotification } from "./notifications.ts";
import type { EngineParts } from "./parts.ts";
import { publishRuleSet } from "./publish-rules.ts";
import { remapEvents } from "./remap.ts";
import { retryReview } from "./review.ts";
import { createReview } from "./review-verbs.ts";
import { useRules } from "./use-rules.ts";
import { acceptSuggestions, suggestRules } from "./suggest.ts";
import { approveRules, discardDraft, publishDraft, rollBackRules, saveDraft, setFourEyes } from "./rule-drafts.ts";

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
    rules: createRules(parts),
    checks: createChecks(parts),
    ...createControls(parts),
    review: createReview(parts),
    dryRun: (actor, order) => dryRun(parts, actor, findSource, order),
  };
}

function createRules(parts: EngineParts): Rules {
  return {
    saveDraft: (actor, name, order) => saveDraft(parts, actor, name, order),
    approve: (actor, name, revision) => approveRules(parts, actor, name, revision),
    publishDraft: (actor, name, revision) => publishDraft(parts, actor, name, revision),
    discardDraft: (actor, name) => discardDraft(parts, actor, name),
    rollBack: (actor, name, version) => rollBackRules(parts, actor, name, version),
    setFourEyes: (actor, fourEyes) => setFourEyes(parts, actor, fourEyes),
    check: (actor, name, choice) => checkRules(parts, actor, name, choice),
    compare: (actor, name, of) => compareRules(parts, actor, name, of),
    explain: (actor, name, of) => explainRules(parts, actor, name, of),
    startBacktest: (actor, order) => startBacktest(parts, actor, order),
    backtest: (actor, id) => readBacktest(parts, actor, id),
    cancelBacktest: (actor, id) => cancelBacktest(parts, actor, id),
    use: (actor, name, booksName) => useRules(parts, actor, name, booksName),
    coverage: (actor, name, of) => findCoverage(parts, actor, name, of),
    suggest: (actor, name, order) => suggestRules(parts, actor, name, order),
    acceptSuggestions: (actor, name, order) => acceptSuggestions(parts, actor, name, order),
    remap: (actor, name, selection) => remapEvents(parts, actor, name, selection),
  };
}
