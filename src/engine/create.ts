import type { Engine, Receipt } from "./engine.ts";
import { takeFileIn } from "./files.ts";
import { createSources, takeIn } from "./ingest.ts";
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
  };
}
