import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/create.ts";
import { fuel } from "../setup/events.ts";
import {
  arrive,
  type Carrier,
  type Company,
  connectCompany,
  consent,
  createCarrier,
  createCompany,
  drainLane,
  orderFor,
  startWorld,
  type World,
} from "../setup/connected.ts";
import { system } from "../setup/installation.ts";

let world: World;
let carrier: Carrier;
let company: Company;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.aheadMs = 0;
  carrier = await createCarrier(world);
  company = await createCompany(world);
});

const start = async (more: Record<string, unknown> = {}) =>
  (await carrier.ask("POST", `/v1/connect/${system}`, orderFor(world, company, more))).body.url as string;
const books = async () => (await carrier.ask("GET", "/v1/books")).body.items as Record<string, unknown>[];
const actions = async () =>
  (await carrier.rows<{ action: string }>("select action from audit_leaves where object_type = 'books' order by leaf_id")).map(
    ({ action }) => action,
  );
const secrets = () => carrier.rows<{ owner: string; field: string }>("select owner, field from secrets order by owner, field");
const postingStates = () =>
  carrier.rows<{ state: string; n: number }>("select state, count(*)::int as n from postings group by state order by state");
const createdIn = async (at: Company, entity: string) => {
  const { entries } = await world.control<{ entries: { entity: string; operation: string; number: string }[] }>(
    "GET",
    `ledger?system=${system}&id=${at.id}`,
  );
  return entries
    .filter((entry) => entry.entity === entity && entry.operation === "create")
    .map(({ number }) => number)
    .sort();
};

describe("a consent", () => {
  test("makes books that post: the browser goes to the provider, chooses a company, comes back, and the lane is woken", async () => {
    const url = new URL(await start());
    expect(url.searchParams.get("redirect_uri")).toBe(`${world.url}/v1/connect/${system}/callback`);
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    const back = await arrive(await consent(url.href, { realm: company.id }));
    expect(back.status).toBe(303);
    const [made] = await books();
    expect(back.headers.get("location")).toBe(`/?connected=${String(made!.id)}`);
    expect(made).toMatchObject({ name: "Main company", system, company: company.id, state: "connected", ruleSet: "trucking" });
    expect(Date.parse(made!.signInEndsAt as string)).toBeGreaterThan(Date.now() + 90 * 86_400_000);
    expect(world.woken).toContain(made!.id);
    expect(await actions()).toEqual(["books.connect_started", "books.connected"]);

    const sent = await carrier.ask("POST", "/v1/events?source=tms", fuel("t-1", "10.00"));
    expect(sent.status).toBe(202);
    await drainLane(world, carrier, made!.id as string);
    expect(await createdIn(company, "JournalEntry")).toHaveLength(1);
  });

  test("keeps no secret outside an envelope, and forgets what only the consent needed", async () => {
    const url = await start();
    const [waiting] = await secrets();
    expect(waiting).toMatchObject({ owner: expect.stringMatching(/^consent:/), field: "plan" });
    await arrive(await consent(url, { realm: company.id }));
    expect((await secrets()).map(({ owner, field }) => `${owner.split(":")[0]}.${field}`)).toEqual(["books.client_secret", "books.tokens"]);
    const state = new URL(url).searchParams.get("state")!;
    for (const table of ["books", "consents", "audit_leaves", "companies"]) {
      const [row] = await carrier.rows<{ text: string }>(`select coalesce(string_agg(t::text, ' '), '') as text from ${table} t`);
      expect(row!.text).not.toContain(company.clientSecret);
      expect(row!.text).not.toContain(state);
    }
  });

  test("is used once: the same address again is refused, and nothing changes", async () => {
    const callback = await consent(await start(), { realm: company.id });
    expect((await arrive(callback)).status).toBe(303);
    const again = await arrive(callback);
    expect(again.status).toBe(401);
    expect(again.headers.get("content-type")).toContain("text/html");
    expect(again.text).toContain("ended already");
    expect(await books()).toHaveLength(1);
  });

  test("of two browsers that bring the same state at once, one wins", async () => {
    const callback = await consent(await start(), { realm: company.id });
    const answers = await Promise.all([arrive(callback), arrive(callback), arrive(callback)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 401, 401]);
    expect(await books()).toHaveLength(1);
  });

  test("ends after ten minutes", async () => {
    const callback = await consent(await start(), { realm: company.id });
    world.clock.aheadMs = 10 * 60_000 + 1_000;
    const late = await arrive(callback);
    expect(late.status).toBe(401);
    expect(late.text).toContain("more than ten minutes ago");
    expect(await books()).toEqual([]);
  });

  test("is refused with a state nobody gave out, or with none", async () => {
    const callback = new URL(await consent(await start(), { realm: company.id }));
    callback.searchParams.set("state", "A".repeat(43));
    expect((await arrive(callback.href)).status).toBe(401);
    callback.searchParams.delete("state");
    expect((await arrive(callback.href)).status).toBe(401);
    expect(await books()).toEqual([]);
  });

  test("that was declined says so and connects nothing; the state is used up", async () => {
    const url = await start();
    const refused = await arrive(await consent(url, { realm: company.id, decision: "deny" }));
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("declined at QuickBooks");
    expect((await arrive(await consent(url, { realm: company.id }))).status).toBe(401);
    expect(await books()).toEqual([]);
    expect(await actions()).toEqual(["books.connect_started", "books.connect_failed"]);
  });

  test("started in a browser is ended by the same person only, and not used up by another", async () => {
    const cookie = await carrier.signIn();
    const stranger = await createCarrier(world);
    const started = await fetch(`${world.url}/v1/connect/${system}`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json", origin: world.url, "sec-fetch-site": "same-origin" },
      body: JSON.stringify(orderFor(world, company)),
    });
    const callback = await consent(((await started.json()) as { url: string }).url, { realm: company.id });
    expect((await arrive(callback)).status).toBe(401);
    expect((await arrive(callback, await stranger.signIn())).status).toBe(401);
    expect((await arrive(callback, cookie)).status).toBe(303);
    expect(await books()).toHaveLength(1);
  });

  test("started with a key cannot be ended from a browser of another organization", async () => {
    const callback = await consent(await start(), { realm: company.id });
    const stranger = await createCarrier(world);
    expect((await arrive(callback, await stranger.signIn())).status).toBe(401);
    expect((await arrive(callback)).status).toBe(303);
  });

  test("for a company that is connected already wakes those books instead of making others", async () => {
    const booksId = await connectCompany(world, carrier, company);
    await carrier.ask("POST", `/v1/books/${booksId}/pause`);
    expect(await connectCompany(world, carrier, company, { name: "Another name" })).toBe(booksId);
    expect(await books()).toMatchObject([{ id: booksId, name: "Main company", state: "connected" }]);
  });

  test("whose app has a wrong secret says so, and leaves no books", async () => {
    const callback = await consent(await start({ clientSecret: "wrong" }), { realm: company.id });
    const refused = await arrive(callback);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain("client id or secret");
    expect(await books()).toEqual([]);
  });

  test("of one organization is nothing to another, even for the same company", async () => {
    const mine = await connectCompany(world, carrier, company);
    const other = await createCarrier(world);
    const theirs = await connectCompany(world, other, company);
    expect(theirs).not.toBe(mine);
    expect(((await other.ask("GET", "/v1/books")).body.items as { id: string }[]).map(({ id }) => id)).toEqual([theirs]);
    for (const verb of ["pause", "resume", "disconnect", "reconnect"])
      expect((await other.ask("POST", `/v1/books/${mine}/${verb}`)).status).toBe(404);
  });
});

describe("the order to connect", () => {
  test("is an administrator's", async () => {
    const booksId = await connectCompany(world, carrier, company);
    const calls: [string, string, unknown][] = [
      ["POST", `/v1/connect/${system}`, orderFor(world, company)],
      ["PUT", `/v1/connect/${system}/notifications`, { verifierToken: "v" }],
      ...["pause", "resume", "disconnect", "reconnect"].map((verb): [string, string, unknown] => [
        "POST",
        `/v1/books/${booksId}/${verb}`,
        undefined,
      ]),
    ];
    for (const role of ["controller", "auditor"] as const)
      for (const [method, path, body] of calls) expect((await carrier.ask(method, path, body, role)).status, `${role} ${path}`).toBe(403);
  });

  test("is refused with a rule set, a provider or addresses that cannot be", async () => {
    const tried = async (provider: string, more: object) =>
      (await carrier.ask("POST", `/v1/connect/${provider}`, { ...orderFor(world, company), ...more })).body;
    expect(await tried(system, { ruleSet: "none" })).toMatchObject({ status: 400, errors: [{ pointer: "/ruleSet" }] });
    expect(await tried("sage-50", {})).toMatchObject({ status: 404 });
    const far = { ...(orderFor(world, company).addresses as object), tokenUrl: "http://books.example.com/token" };
    expect(await tried(system, { addresses: far })).toMatchObject({ status: 400, errors: [{ pointer: "/addresses/tokenUrl" }] });
    expect(await tried(system, { environment: "sandbox" })).toMatchObject({ status: 400, errors: [{ pointer: "/addresses" }] });
    expect(await tried(system, { clientSecret: "" })).toMatchObject({ status: 400 });
  });
});

describe("the provider's own worlds", () => {
  const order = (environment: "production" | "sandbox") => ({
    ...{ name: "Main", place: { environment }, clientId: company.clientId, clientSecret: company.clientSecret, ruleSet: "trucking" },
    ...{ sourceIds: [], redirectUri: `${world.url}/v1/connect/${system}/callback` },
  });
  /** The real connector, with another address for the discovery document. */
  const engineWith = (discoveryUrl: string) => {
    const providers = world.parts.providers.map((provider) => {
      const { production } = provider.signIn.environments;
      return {
        ...provider,
        signIn: { ...provider.signIn, environments: { ...provider.signIn.environments, production: { ...production, discoveryUrl } } },
      };
    });
    return createEngine({ ...world.parts, providers });
  };
  const actor = () => ({ organizationId: carrier.organizationId, type: "user", id: "test", role: "admin", sourceId: null }) as const;

  test("have the addresses that the provider publishes", async () => {
    const engine = engineWith(`${world.sandbox.url}/.well-known/openid_configuration`);
    const { url } = await engine.connections.begin(actor(), system, order("production"));
    expect(new URL(url).origin).toBe(world.sandbox.url);
  });

  test("have the built-in addresses while the published ones cannot be read", async () => {
    const { url } = await engineWith("http://127.0.0.1:1/gone").connections.begin(actor(), system, order("production"));
    expect(new URL(url).origin).toBe("https://appcenter.intuit.com");
  });
});

describe("connected books", () => {
  test("pause and resume: what comes in waits, and is posted afterwards", async () => {
    const booksId = await connectCompany(world, carrier, company);
    expect((await carrier.ask("POST", `/v1/books/${booksId}/pause`)).body).toEqual({ id: booksId, state: "paused" });
    await carrier.ask("POST", "/v1/events?source=tms", fuel("t-1", "10.00"));
    const before = world.woken.length;
    await world.runner.run({ organizationId: carrier.organizationId, booksId });
    expect(world.woken.length).toBe(before); // A paused lane does not go round.
    expect(await createdIn(company, "JournalEntry")).toEqual([]);
    expect((await carrier.ask("POST", `/v1/books/${booksId}/resume`)).status).toBe(200);
    await drainLane(world, carrier, booksId);
    expect(await createdIn(company, "JournalEntry")).toHaveLength(1);
    expect((await actions()).filter((action) => /pause|resume/.test(action))).toEqual(["books.paused", "books.resumed"]);
  });

  test("are disconnected at the provider too, and stay silent until they are connected again", async () => {
    const booksId = await connectCompany(world, carrier, company);
    expect((await carrier.ask("POST", `/v1/books/${booksId}/disconnect`)).body).toEqual({ id: booksId, state: "paused", revoked: true });
    expect((await secrets()).map(({ field }) => field)).toEqual(["client_secret"]);
    expect(await books()).toMatchObject([{ state: "paused", reason: "Disconnected by a person", signInEndsAt: null }]);
    expect((await carrier.ask("POST", `/v1/books/${booksId}/resume`)).body).toMatchObject({ status: 409, code: "credentials_expired" });
    expect((await carrier.ask("POST", `/v1/books/${booksId}/disconnect`)).body).toMatchObject({ revoked: false });
    const { url } = (await carrier.ask("POST", `/v1/books/${booksId}/reconnect`)).body;
    expect((await arrive(await consent(url as string, { realm: company.id }))).status).toBe(303);
    expect(await books()).toMatchObject([{ id: booksId, state: "connected", reason: null }]);
  });

  test("whose provider is away at the disconnect are paused and can be disconnected later", async () => {
    const booksId = await connectCompany(world, carrier, company);
    await world.control("PUT", "faults", {
      seed: 1,
      rules: [{ system, match: { path: "revoke" }, kind: "status", status: 503, count: 1 }],
    });
    const failed = await carrier.ask("POST", `/v1/books/${booksId}/disconnect`);
    await world.control("PUT", "faults", { seed: 1, rules: [] });
    expect(failed.body).toMatchObject({ status: 504 });
    expect(await books()).toMatchObject([{ state: "paused", signInEndsAt: expect.any(String) }]);
    expect((await carrier.ask("POST", `/v1/books/${booksId}/disconnect`)).body).toMatchObject({ revoked: true });
  });

  test("whose grant was revoked over there pause without one failed posting, and post everything after the reconnect", async () => {
    const booksId = await connectCompany(world, carrier, company);
    await carrier.ask("POST", "/v1/events?source=tms", fuel("t-0", "1.00"));
    await drainLane(world, carrier, booksId);
    await revokeOverThere();
    for (let at = 1; at <= 5; at++) await carrier.ask("POST", "/v1/events?source=tms", fuel(`t-${at}`, "10.00"));
    await world.runner.run({ organizationId: carrier.organizationId, booksId });
    await world.runner.run({ organizationId: carrier.organizationId, booksId });
    expect(await books()).toMatchObject([{ state: "reconnect", reason: expect.stringContaining("Reconnect") }]);
    expect((await postingStates()).filter(({ state }) => state === "refused" || state === "uncertain")).toEqual([]);

    const { url } = (await carrier.ask("POST", `/v1/books/${booksId}/reconnect`)).body;
    expect((await arrive(await consent(url as string, { realm: company.id }))).status).toBe(303);
    await drainLane(world, carrier, booksId);
    expect(await createdIn(company, "JournalEntry")).toHaveLength(6);
    expect(await books()).toMatchObject([{ state: "connected", pausedUntil: null }]);
  });

  test("are not connected again as another company; the grant that was given is ended", async () => {
    const booksId = await connectCompany(world, carrier, company);
    const other = await createCompany(world);
    const { url } = (await carrier.ask("POST", `/v1/books/${booksId}/reconnect`)).body;
    const refused = await arrive(await consent(url as string, { realm: other.id }));
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("Another company was chosen");
    const { requests } = await world.control<{ requests: { path: string; status: number }[] }>("GET", `requests?system=${system}`);
    expect(requests.filter(({ path, status }) => path.endsWith("/revoke") && status === 200).length).toBeGreaterThan(0);
    expect(await books()).toMatchObject([{ id: booksId, company: company.id, state: "connected" }]);
  });
});

/** Somebody withdraws the app's access in QuickBooks. */
async function revokeOverThere(): Promise<void> {
  const { companies } = await world.control<{ companies: { id: string; credentials: { tokens?: { refreshToken: string } | null } }[] }>(
    "GET",
    "companies",
  );
  const token = companies.find(({ id }) => id === company.id)!.credentials.tokens!.refreshToken;
  const basic = Buffer.from(`${company.clientId}:${company.clientSecret}`).toString("base64");
  const answer = await fetch(`${world.sandbox.url}/quickbooks-online/oauth2/v1/tokens/revoke`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ token }),
  });
  expect(answer.status).toBe(200);
}
