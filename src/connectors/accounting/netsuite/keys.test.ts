import fc from "fast-check";
import { expect, test } from "vitest";
import { entityByMark, externalIdOf, idempotencyKeyOf, isOurs, partyExternalId, partyIdIn } from "./keys.ts";
import { marks } from "./kinds.ts";

/* External ids are shared by all transactions and by all entities, and compared without case. */

const key = "0123456789abcdef0123456789abcdef01234567";

test("the same key of two kinds gives two external ids, in the alphabet an address takes", () => {
  const kinds = Object.keys(marks) as (keyof typeof marks)[];
  const ids = kinds.map((kind) => externalIdOf(kind, key));
  expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(kinds.length);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,60}$/);
});

test("a key that does not fit is hashed, and stays one key", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 200 }), (odd) => {
      expect(externalIdOf("bill", odd)).toMatch(/^LL-VB-[A-Za-z0-9-]{1,54}$/);
      expect(externalIdOf("bill", odd)).toBe(externalIdOf("bill", odd));
    }),
  );
});

test("a party's id comes back from its external id", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }),
      fc.constantFrom("vendor" as const, "customer" as const),
      (id, kind) => {
        let externalId: string;
        try {
          externalId = partyExternalId({ kind, id });
        } catch (error) {
          expect(String(error)).toContain("shorter id");
          return;
        }
        expect(externalId).toMatch(/^[A-Za-z0-9_-]{1,60}$/);
        expect(partyIdIn(externalId, kind)).toBe(id);
        expect(partyIdIn(externalId, kind === "vendor" ? "customer" : "vendor")).toBe("");
      },
    ),
  );
});

test("ours are told from others'", () => {
  expect([isOurs("LL-VB-1"), isOurs("TMS-VB-1"), isOurs("LL-XX-1"), isOurs("")]).toEqual([true, false, false, false]);
  expect([entityByMark("LL-EX-1"), entityByMark("LL-TR-1"), entityByMark("LL-VEND-1")]).toEqual(["check", "transfer", "vendor"]);
});

test("the key of a job is a UUID, the same for the same key", () => {
  expect(idempotencyKeyOf(key)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(idempotencyKeyOf(key)).toBe(idempotencyKeyOf(key));
  expect(idempotencyKeyOf(key)).not.toBe(idempotencyKeyOf(`${key}x`));
});
