import { fresh, type PaceState, shareOut } from "../../src/core/pace/pace.ts";
import type { Published } from "../../src/core/pace/windows.ts";
import { createPace, type Pace, processClock } from "../../src/engine/pace.ts";

/** A place where paces of one books meet, in memory: what PostgreSQL is to them elsewhere. */
export function meetingPlace(published: Published, now: () => number) {
  let state: PaceState = fresh;
  return {
    state: (): PaceState => state,
    /** One more process that calls these books. */
    join: (process: string): Pace =>
      createPace(
        published,
        process,
        async (asking) => {
          const at = now();
          const { granted, state: after } = shareOut(state, published, asking, at);
          state = after;
          return { granted, state: after, at };
        },
        processClock,
      ),
  };
}
