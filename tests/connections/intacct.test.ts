import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { RuleSet } from "../../src/core/rules/rule-set.ts";
import { createEngine } from "../../src/engine/create.ts";
import { fuel } from "../setup/events.ts";
import { arrive, type Carrier, createCarrier, drainLane, startWorld, type World } from "../setup/connected.ts";

/* Sage Intacct through the connect path: its consent does not say which company was chosen. */

const system = "sage-intacct";
interface Company {
  readonly id: string;
  readonly credentials: Readonly<Record<string, string>>;
}

const profile = parse(readFileSync(new URL("../../rule-sets/profiles/sage-intacct.yaml", import.meta.url), "utf8")) as RuleSet;

let world: World;
let carrier: Carrier;
let company: Company;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  carrier = await createCarrier(world);
  company = await found();
  const actor = { organizationId: carrier.organizationId, type: "system", id: "test", role: "admin", sourceId: null } as const;
  await createEngine(world.parts).publishRules(actor, profile);
});

async function found(): Promise<Company> {
  return world.control<Company>("POST", "companies", { system, template: "trucking", options: {} });
}

function order(more: Record<string, unknown> = {}): Record<string, unknown> {
  const base = `${world.sandbox.url}/${system}`;
  const rest = `${base}/ia/api/v1/oauth2`;
  const { clientId, clientSecret, senderId, senderPassword } = company.credentials;
  return {
    name: "Main company",
    addresses: { apiUrl: base, appUrl: base, authorizeUrl: `${rest}/authorize`, tokenUrl: `${rest}/token`, revokeUrl: `${rest}/revoke` },
    ...{ clientId, clientSecret, company: company.id, sourceIds: ["tms"], ruleSet: profile.name },
    options: { senderId, location: "100", statisticalJournal: "STJ" },
    secrets: { senderPassword },
    ...more,
  };
}

/** The page of theirs, on which a person picks a company. */
async function agree(url: string, chosen: string): Promise<string> {
  const asked = new URL(url);
  const form = new URLSearchParams([...asked.searchParams, ["company", chosen], ["decision", "approve"]]);
  const answer = await fetch(`${asked.origin}${asked.pathname}`, { method: "POST", body: form, redirect: "manual" });
  return answer.headers.get("location") ?? `no redirect: ${answer.status} ${await answer.text()}`;
}

const begin = (more?: Record<string, unknown>) => carrier.ask("POST", `/v1/connect/${system}`, order(more));
const books = async () => (await carrier.ask("GET", "/v1/books")).body["items"] as Record<string, unknown>[];

describe("connecting Sage Intacct", () => {
  test("the redirect address carries the company, the books are made with their options, and they post", async () => {
    const started = await begin();
    const url = String(started.body["url"]);
    expect(new URL(url).searchParams.get("redirect_uri")).toBe(`${world.url}/v1/connect/${system}/callback?company=${company.id}`);
    const back = await arrive(await agree(url, company.id));
    expect([back.status, back.text]).toEqual([303, ""]);
    const [made] = await books();
    expect(made).toMatchObject({ system, company: company.id, state: "connected" });
    expect((await carrier.ask("POST", "/v1/events?source=tms", fuel("t-1", "10.00"))).status).toBe(202);
    await drainLane(world, carrier, made!["id"] as string);
    const { entries } = await world.control<{ entries: { entity: string; number: string }[] }>(
      "GET",
      `ledger?system=${system}&id=${company.id}`,
    );
    expect(entries.filter(({ entity }) => entity === "GLBATCH").map(({ number }) => number)).toEqual(["F-t-1"]);
  });

  test("who agrees for another company than the one ordered connects nothing, and the grant is ended", async () => {
    const other = await found();
    const url = String((await begin()).body["url"]);
    const back = await arrive(await agree(url, other.id));
    expect(back.status).toBe(409);
    expect(back.text).toContain(`for the Intacct company ${other.id}, but the books are ${company.id}`);
    expect(await books()).toEqual([]);
    const { credentials } = (
      await world.control<{ companies: (Company & { credentials: { tokens: unknown } })[] }>("GET", "companies")
    ).companies.find(({ id }) => id === other.id)!;
    expect(credentials["tokens"]).toBeNull();
  });

  test("connecting again keeps options and secrets, and names the same company", async () => {
    await arrive(await agree(String((await begin()).body["url"]), company.id));
    const [made] = await books();
    const again = String((await carrier.ask("POST", `/v1/books/${String(made!["id"])}/reconnect`)).body["url"]);
    expect(new URL(again).searchParams.get("redirect_uri")).toContain(`?company=${company.id}`);
    expect((await arrive(await agree(again, company.id))).status).toBe(303);
    const [{ settings } = { settings: {} }] = await carrier.rows<{ settings: Record<string, unknown> }>("select settings from books");
    expect(settings).toMatchObject({ options: { location: "100" }, secretFields: ["senderPassword"] });
  });

  test("an order without the company, or with an option that is none, is refused before anybody signs in", async () => {
    const without = await begin({ company: undefined });
    expect([without.status, without.text]).toEqual([400, expect.stringContaining("must be the Intacct company id")]);
    const misspelt = await begin({ options: { sender: "x" } });
    expect([misspelt.status, misspelt.text]).toEqual([400, expect.stringContaining('There is no option \\"sender\\"')]);
  });
});

test("the month's guard counts writes where the provider bills them", async () => {
  await arrive(await agree(String((await begin()).body["url"]), company.id));
  const [made] = await books();
  const month = "date_trunc('month', now() at time zone 'UTC')";
  // 100,000 a month: with the writes nearly used up, although few reads were made.
  await carrier.rows(`insert into usage_months select organization_id, books_id, ${month}, 89980, 10 from books`);
  await carrier.ask("POST", "/v1/events?source=tms", fuel("t-1", "10.00"));
  await drainLane(world, carrier, made!["id"] as string);
  const told = await carrier.rows<{ facts: string }>("select facts from audit_leaves where action = 'books.reads_scarce'");
  expect(told).toHaveLength(1);
  const { metered, perMonth } = JSON.parse(told[0]!.facts) as { metered: number; perMonth: number };
  expect(perMonth).toBe(100_000);
  expect(metered).toBeGreaterThanOrEqual(90_000);
});
