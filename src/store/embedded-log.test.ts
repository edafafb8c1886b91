import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { openLog } from "./embedded-log.ts";

test("the log stays below its limit, keeps one older file and the last lines", () => {
  const folder = mkdtempSync(join(tmpdir(), "ledgerlane-log-"));
  try {
    const log = openLog(join(folder, "postgres.log"), 1_000);
    const stream = new PassThrough();
    log.follow(stream);
    for (let line = 1; line <= 200; line++) stream.write(`line ${line} of many\n`);
    log.close();
    expect(readdirSync(folder).toSorted()).toEqual(["postgres.log", "postgres.log.1"]);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1_000);
    expect(readFileSync(join(folder, "postgres.log"), "utf8")).toContain("line 200 of many\n");
    expect(log.tail().endsWith("line 200 of many")).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
