import { expect, test } from "vitest";
import { newId } from "./ids.ts";

test("ids ascend in the order they were made, thousands within a millisecond too, and are version 7", () => {
  const ids = Array.from({ length: 20_000 }, newId);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids.slice(0, 100)) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Math.abs(Number.parseInt(ids[0]!.replaceAll("-", "").slice(0, 12), 16) - Date.now())).toBeLessThan(10_000);
});
