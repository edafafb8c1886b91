import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { createTenant, fuelEvent, type Stage, startStage, type Tenant } from "../../tests/setup/gateway.ts";
import { seedEvent } from "../../tests/setup/seeded.ts";
import { main } from "./main.ts";

let stage: Stage;
let carrier: Tenant;
const folder = mkdtempSync(join(tmpdir(), "ledgerlane-rules-"));
beforeAll(async () => {
  stage = await startStage();
  carrier = await createTenant(stage.database);
});
afterAll(() => stage.close());

async function run(key: string, ...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { print: (line: string) => out.push(line), warn: (line: string) => err.push(line), progress: null };
  const code = await main(["rules", ...argv, "--url", stage.url], io, { LEDGERLANE_DEMO_KEY: key, LEDGERLANE_DATA_DIR: folder });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : stringify(content));
  return path;
}

const trucking = {
  name: "trucking",
  documents: [{ event: "fuel_transaction", kind: "journal_entry", balance: 2050, number: "F-{id}" }],
  lineCodes: [{ event: "fuel_transaction", code: "FFEE", where: { "line.part": "fees" } }],
  codes: { FULSD: { name: "Diesel", kind: "FUEL", account: 5210 }, FFEE: { name: "Card fee", kind: "FUEL", account: 5245 } },
};
const moved = { ...trucking, accounts: [{ code: "FULSD", where: { "dims.terminal": "DAL" }, account: 5215 }] };

test("from a file to a version: check, diff, backtest, draft, approve, publish, explain, roll back", async () => {
  const { keys } = carrier;
  const first = file("trucking.yaml", trucking);
  expect((await run(keys.admin, "publish", first)).out).toContain("Published trucking version 1.");
  await seedEvent(stage, carrier, { state: "posted", over: { id: "T-1", date: "2026-11-05" } });
  const second = file("moved.yaml", moved);

  expect(await run(keys.auditor, "check", second)).toMatchObject({ code: 0, out: expect.stringContaining("trucking: 0 findings") });
  expect((await run(keys.auditor, "diff", second)).out).toBe("accounts: code FULSD, where dims.terminal is DAL is new: account 5215.");
  const tried = await run(keys.controller, "backtest", second, "--from", "2026-11-01", "--to", "2026-11-30");
  expect(tried.out).toContain("1 event mapped both ways: 1 event, 1 document and 1 line would change.");
  expect(tried.out).toMatch(/5210 +USD +411\.34 +0\.00 +-411\.34/);
  const csv = await run(keys.controller, "backtest", second, "--from", "2026-11-01", "--to", "2026-11-30", "--csv");
  expect(csv.out.split("\n")).toEqual([
    "event type,event id,date,change,kind,number,currency,before,after,what changes",
    "fuel_transaction,T-1,2026-11-05,changed,journal_entry,F-T-1,USD,413.34,413.34,line /lines/0: account 5215 instead of account 5210 (accounts/0 of version 0)",
  ]);

  expect((await run(keys.controller, "draft", second, "--effective", "2026-11-01", "--note", "Dallas yard")).out).toContain("revision 1");
  expect((await run(keys.controller, "approve", "trucking", "--revision", "1")).code).toBe(1);
  expect((await run(keys.admin, "approve", "trucking", "--revision", "1")).out).toBe("Approved revision 1 of the draft of trucking.");
  expect((await run(keys.auditor, "list")).out).toMatch(/trucking +1 +.*key:.* +key:/);
  expect((await run(keys.auditor, "get", "trucking", "--draft")).out).toContain("5215");
  expect((await run(keys.controller, "publish", "trucking")).out).toContain("version 2");
  expect((await run(keys.auditor, "list")).out).toMatch(/trucking +2 +2026-11-01/);

  const why = await run(keys.auditor, "explain", "trucking", "--event", "fuel_transaction", "--id", "T-1");
  expect(why.code).toBe(0);
  expect(why.out).toContain("By version 2:");
  expect(why.out).toMatch(/\/lines\/0 +5215 +411\.34 +accounts\/0 +code=FULSD dims\.terminal=DAL/);
  expect(why.out).toContain("accounts/0: code FULSD, where dims.terminal is DAL: account 5215");
  const event = file("event.json", JSON.stringify(fuelEvent({ date: "2026-10-31" })));
  expect((await run(keys.auditor, "explain", "trucking", "--file", event)).out).toContain("By version 1:");

  expect((await run(keys.controller, "rollback", "trucking", "--version", "1")).out).toContain("version 3");
  expect((await run(keys.auditor, "diff", "trucking", "--from", "1", "--to", "3")).out).toBe("trucking: they do the same.");
  expect((await run(keys.controller, "remap", "trucking", "--from", "2026-11-01", "--to", "2026-11-30")).out).toContain(
    "1 event back in line",
  );
});

test("what is wrong ends with 1 and says where; what is meant wrongly with 2 and says what is needed", async () => {
  const { keys } = carrier;
  const wrong = file("wrong.yaml", { ...trucking, dimensions: { class: { from: "termnal" } } });
  const { code, out } = await run(keys.auditor, "check", wrong);
  expect(code).toBe(1);
  expect(out).toContain('/dimensions/class/from: "termnal" is no dimension and no field of events. Did you mean "terminal"?');
  expect((await run(keys.controller, "draft", wrong)).code).toBe(1);
  for (const [argv, words] of [
    [["backtest", "trucking"], "--from DAY and --to DAY"],
    [["approve", "trucking"], "--revision N"],
    [["rollback", "trucking", "--version", "x"], "must be a number"],
    [["explain", "trucking"], "--event TYPE and --id ID"],
    [["check", "nowhere.yaml"], "There is no file nowhere.yaml"],
    [["get"], "needs the NAME"],
  ] as const) {
    const answer = await run(keys.admin, ...argv);
    expect(answer, argv.join(" ")).toMatchObject({ code: 2, err: expect.stringContaining(words) });
  }
  expect(await run(keys.auditor, "get", "truckin")).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "trucking"?') });
});
