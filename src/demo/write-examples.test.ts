import { createReadStream, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { recognize } from "../connectors/tms/index.ts";
import { canonicalJson } from "../core/canonical.ts";
import type { TransportEvent } from "../core/events.ts";
import { generateMonth, ownerOperatorUnits } from "./month.ts";
import { exampleFiles, exampleMonth } from "./write-examples.ts";

const monthFiles = ["fuel-card-2026-10.csv", "invoices-2026-10.edi", "settlements-2026-10.xml", "month-2026-10.ndjson"];
const options = {
  dims: { entity: "01" },
  currency: "USD",
  timeZone: "America/Chicago",
  ownerOperatorUnits: ownerOperatorUnits(exampleMonth.seed, exampleMonth.trucks),
};

const pathOf = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const keyOf = ({ type, id, revision }: TransportEvent) => `${type} ${id} ${revision}`;

async function readFile(name: string): Promise<{ events: TransportEvent[]; problems: string[] }> {
  const connector = recognize(readFileSync(pathOf(name), "utf8").slice(0, 4096), name)!;
  const events: TransportEvent[] = [];
  const problems: string[] = [];
  for await (const part of connector.read(createReadStream(pathOf(name)), options)) {
    if ("event" in part) events.push(part.event.raw as TransportEvent);
    else problems.push(`${name} ${part.unreadable.place}: ${part.unreadable.finding.message}`);
  }
  return { events, problems };
}

test("the files under examples/ are what the generator writes", () => {
  for (const [name, text] of exampleFiles()) expect(readFileSync(pathOf(name), "utf8") === text, name).toBe(true);
});

test("the four files together give exactly the generated month, each event once", async () => {
  const read = await Promise.all(monthFiles.map(readFile));
  expect(read.flatMap(({ problems }) => problems)).toEqual([]);
  const events = read.flatMap((file) => file.events);
  const generated = new Map(generateMonth(exampleMonth).map((event) => [keyOf(event), canonicalJson(event)]));
  expect(events.map(keyOf).toSorted()).toEqual([...generated.keys()].toSorted());
  for (const event of events) expect(canonicalJson(event)).toBe(generated.get(keyOf(event)));
});

describe("recognize", () => {
  test.each([
    ["fuel-card-2026-10.csv", "fuel-card-csv"],
    ["invoices-2026-10.edi", "edi-210"],
    ["settlements-2026-10.xml", "xml"],
    ["month-2026-10.ndjson", "ndjson"],
    ["event.json", "json"],
  ])("%s by its content, whatever its name", (name, format) => {
    const head = readFileSync(pathOf(name), "utf8").slice(0, 4096);
    expect(recognize(head, name)?.format).toBe(format);
    expect(recognize(head, "download")?.format).toBe(format);
  });

  test("something else is nothing", () => {
    expect(recognize("customer,amount\n1,2\n", "a.csv")).toBeNull();
    expect(recognize("%PDF-1.7", "a.pdf")).toBeNull();
  });
});
