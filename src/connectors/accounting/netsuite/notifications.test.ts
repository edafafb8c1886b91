import { expect, test } from "vitest";
import { netSuiteNotifications } from "./notifications.ts";

const { isEcho, verify, read } = netSuiteNotifications;
const changed = (version: string | null) => ({ operation: "changed", version }) as const;

test("our own write coming back is known; the same second with another head is not ours", () => {
  const written = "2026-03-31T10:00:05.aaaa";
  expect(isEcho(changed(written), written)).toBe(true);
  expect(isEcho(changed("2026-03-31T10:00:04.bbbb"), written)).toBe(true);
  expect(isEcho(changed("2026-03-31T10:00:05.bbbb"), written)).toBe(false);
  expect(isEcho(changed("2026-03-31T10:00:06.aaaa"), written)).toBe(false);
  expect([isEcho(changed(null), written), isEcho(changed(written), null)]).toEqual([false, false]);
});

test("a deletion is ours when we removed it", () => {
  expect(isEcho({ operation: "deleted", version: null }, null)).toBe(true);
  expect(isEcho({ operation: "deleted", version: null }, "2026-03-31T10:00:05.aaaa")).toBe(false);
});

test("nothing that claims to come from NetSuite is believed", () => {
  expect(verify({ authorization: "x" }, new Uint8Array(1), "token")).toBe(false);
  expect(() => read(new Uint8Array(1))).toThrow(/no notifications/);
});
