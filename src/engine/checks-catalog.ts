import type { TransportEvent } from "../core/events.ts";
import type { Finding } from "../core/finding.ts";
import type { Surroundings } from "../core/validation/check.ts";
import { type Active, type ActiveChecks, type CheckPolicy, compilePolicy } from "../core/validation/policy.ts";
import { runEventChecks, runHistoryChecks } from "../core/validation/run-checks.ts";
import { type Found, type HistoryCheck, minutesOf, type Neighbour, type Trace } from "../core/validation/trace.ts";
import { tracesOf } from "../core/validation/traces.ts";
import { listCheckSettings, listOwnChecks } from "../store/checks.ts";
import type { Database, Tx } from "../store/database.ts";
import { findNeighbours, type NeighbourQuestion, traceId } from "../store/near-duplicates.ts";
import type { CheckContext, Checker } from "./checker.ts";
import type { Draft } from "./plan.ts";

/** The checks of the catalog, as the organization set them, and its own. */
export const catalogChecker: Checker = {
  name: "catalog",
  run: async (tx, context, drafts) => {
    if (drafts.length === 0) return new Map();
    const policy = await loadPolicy(tx, context);
    const today = context.parts.now().toISOString().slice(0, 10);
    const asked = drafts.map((draft): Asking => {
      const { stored, event, documents } = draft;
      const surroundings = { documents, reference: context.reference, today };
      const { traces, problem } = readTraces(event);
      return { draft, active: policy(stored.sourceId, event.type), surroundings, traces, problem };
    });
    const history = await lookAround(tx, asked);
    return new Map(asked.map((one, index) => [one.draft.stored.eventId, findingsOf(context, one, history[index]!)]));
  },
};

interface Asking {
  readonly draft: Draft;
  readonly active: ActiveChecks;
  readonly surroundings: Surroundings;
  readonly traces: readonly Trace[];
  /** Why it could not be read for traces. */
  readonly problem: Error | null;
}

function readTraces(event: TransportEvent): Pick<Asking, "traces" | "problem"> {
  try {
    return { traces: tracesOf(event), problem: null };
  } catch (error) {
    return { traces: [], problem: error as Error };
  }
}

/** Whatever an event makes a check do, it waits for a person by itself and stops nobody else. */
function findingsOf(context: CheckContext, { draft, active, surroundings, problem }: Asking, around: readonly Found[]): Finding[] {
  const { stored, event } = draft;
  try {
    if (problem !== null) throw problem;
    const foundOf = ({ check, limits }: Active<HistoryCheck>) =>
      around.filter(({ trace }) => trace.kind === check.kind).map((found) => within(found, check.window(limits)));
    return [...runEventChecks(active, event, surroundings), ...runHistoryChecks(active, event, { surroundings, foundOf })];
  } catch (error) {
    context.parts.log("error", "an event could not be checked", { eventId: stored.eventId, error: String((error as Error).stack) });
    return [
      {
        code: "check_failed",
        severity: "hold",
        field: null,
        message: `The checks could not be applied to ${stored.type} ${stored.id}: ${(error as Error).message}`,
        fix: "Look at the event by hand and release it; report it with the log of this moment.",
        cause: `check_failed:${stored.type}:${(error as Error).message.slice(0, 80)}`,
      },
    ];
  }
}

/** The stored neighbours of several checks come by one question: each check sees those of its own window. */
function within({ trace, source, neighbours }: Found, { before, after }: { before: number; after: number }): Found {
  const at = minutesOf(trace.at);
  const isNear = (one: Neighbour): boolean => minutesOf(one.at) >= at - before && minutesOf(one.at) <= at + after;
  return { trace, source, neighbours: neighbours.filter(isNear) };
}

/** What stands around every trace of every draft that some check asks about: stored, and earlier in the slice. */
async function lookAround(tx: Tx, asked: readonly Asking[]): Promise<Found[][]> {
  const questions = asked.map(questionsOf);
  const stored = await findNeighbours(tx, questions.flat());
  const inSlice = new Map<string, { neighbour: Neighbour; key: string }[]>();
  let place = 0;
  return asked.map(({ draft, traces }, index) => {
    const { sourceId, type, id } = draft.stored;
    const key = `${sourceId}/${type}/${id}`;
    const around = questions[index]!.map(({ trace }): Found => {
      const here = (inSlice.get(traceId(trace)) ?? []).filter((one) => one.key !== key).map(({ neighbour }) => neighbour);
      const others = stored[place++]!.filter((one) => one.source !== sourceId || one.type !== type || one.id !== id);
      return { trace, source: sourceId, neighbours: [...here, ...others] };
    });
    for (const trace of traces) {
      const list = inSlice.get(traceId(trace)) ?? [];
      list.unshift({
        key,
        neighbour: { at: trace.at, facts: trace.facts, source: sourceId, type, id, number: draft.event.number ?? null },
      });
      inSlice.set(traceId(trace), list);
    }
    return around;
  });
}

function questionsOf({ draft, active, traces }: Asking): NeighbourQuestion[] {
  return traces.flatMap((trace) => {
    const windows = active.history.filter(({ check }) => check.kind === trace.kind).map(({ check, limits }) => check.window(limits));
    if (windows.length === 0) return [];
    const before = Math.max(...windows.map((window) => window.before));
    const after = Math.max(...windows.map((window) => window.after));
    return [{ eventId: draft.stored.eventId, trace, before, after }];
  });
}

const policies = new WeakMap<Database, Map<string, { read: string; policy: CheckPolicy }>>();

/** The organization's checks, compiled anew when somebody changed them. */
async function loadPolicy(tx: Tx, { parts, organizationId }: Pick<CheckContext, "parts" | "organizationId">): Promise<CheckPolicy> {
  const [settings, own] = await Promise.all([listCheckSettings(tx), listOwnChecks(tx)]);
  const read = JSON.stringify([settings, own]);
  const known = policies.get(parts.database) ?? new Map<string, { read: string; policy: CheckPolicy }>();
  policies.set(parts.database, known);
  const held = known.get(organizationId);
  if (held?.read === read) return held.policy;
  const policy = compilePolicy(settings, own);
  if (known.size >= 1_000) known.clear();
  known.set(organizationId, { read, policy });
  return policy;
}
