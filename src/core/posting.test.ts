import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, canBecome, type PostingState, postingKey } from "./posting.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const states: PostingState[] = ["ready", "sending", "posted", "uncertain", "refused", "superseded", "voided"];

describe("states", () => {
  test("nothing is posted without having been sent", () => {
    expect(canBecome("posted")).toEqual(["sending", "uncertain"]);
    expect(canBecome("uncertain")).not.toContain("posted");
  });

  test("what is on its way cannot be withdrawn", () => {
    for (const state of ["superseded", "voided"] as const) {
      expect(canBecome(state)).not.toContain("sending");
      expect(canBecome(state)).not.toContain("uncertain");
    }
  });

  test("what is posted is never sent again", () => {
    expect(canBecome("ready")).not.toContain("posted");
    expect(canBecome("sending")).not.toContain("posted");
  });

  test("superseded and voided are ends", () => {
    for (const state of states) for (const end of ["superseded", "voided"] as const) expect(canBecome(state)).not.toContain(end);
  });
});

describe("the key of a posting", () => {
  const identity = fc.record({ organizationId: fc.string(), booksId: fc.string(), documentId: fc.string(), version: fc.nat() });

  test("is 40 hex characters and the same for the same document", () => {
    fc.assert(
      fc.property(identity, (one) => {
        expect(postingKey(one, sha256)).toMatch(/^[0-9a-f]{40}$/);
        expect(postingKey({ ...one }, sha256)).toBe(postingKey(one, sha256));
      }),
    );
  });

  test("differs as soon as any part differs, even where the parts run together", () => {
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        const isSame = JSON.stringify(Object.values(a)) === JSON.stringify(Object.values(b));
        expect(postingKey(a, sha256) === postingKey(b, sha256)).toBe(isSame);
      }),
    );
    const one = { organizationId: "a", booksId: "bc", documentId: "d", version: 1 };
    expect(postingKey(one, sha256)).not.toBe(postingKey({ ...one, organizationId: "ab", booksId: "c" }, sha256));
  });
});

describe("waiting", () => {
  test("grows from one second to five minutes, with full jitter", () => {
    const most = [1, 2, 3, 8, 9, 10, 50, 5_000].map((attempt) => backoffMs(attempt, 0.999_999));
    expect(most).toEqual([999, 1999, 3999, 127_999, 255_999, 299_999, 299_999, 299_999]);
    expect(backoffMs(7, 0)).toBe(0);
    expect(backoffMs(0, 0.5)).toBe(500);
  });
});
