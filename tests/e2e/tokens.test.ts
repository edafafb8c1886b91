import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConnectionSettings, Tokens } from "../../src/connectors/accounting/connector.ts";
import { connectBooks, ownerOf } from "../../src/engine/connections.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { type Books, findBooks } from "../../src/store/books.ts";
import { type Database, inOrganization } from "../../src/store/database.ts";
import { getSecret, putSecret } from "../../src/store/secrets.ts";
import { serverNames, startTestServer, type TestServer } from "../setup/databases.ts";
import { fuel } from "../setup/events.ts";
import { type Installation, install, startSandbox, system } from "../setup/installation.ts";

describe.each(serverNames)("custody of tokens on %s PostgreSQL", (serverName) => {
  let server: TestServer;
  let database: Database;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startTestServer(serverName);
    database = await server.database();
    sandbox = await startSandbox({ port: 0, dataFile: null });
  });
  afterAll(async () => {
    await sandbox.close();
    await server.stop();
  });

  /** Books of a strict provider: a refresh token is good once. */
  const strict = async (overrides: Record<string, number> = {}): Promise<Installation> => {
    const at = await install(database, sandbox, { overrides });
    const switches = { refreshTokenRotation: "always", previousRefreshTokenHours: 0 };
    await at.control("PUT", "switches", { system, id: at.company, switches });
    return at;
  };
  const name = (at: Installation) => ({ owner: ownerOf(at.booksId), field: "tokens" });
  const kept = (at: Installation) =>
    inOrganization(database, at.organizationId, async (tx) => JSON.parse((await getSecret(tx, at.parts.masterKey, name(at)))!) as Tokens);
  const keep = (at: Installation, tokens: Tokens) =>
    inOrganization(database, at.organizationId, (tx) => putSecret(tx, at.parts.masterKey, name(at), JSON.stringify(tokens)));
  const expire = async (at: Installation) => keep(at, { ...(await kept(at)), accessExpiresAt: Date.now() - 1 });
  const refreshes = async (at: Installation, since: number) => {
    const { requests } = await at.control<{ requests: { path: string; time: string; durationMs: number }[] }>(
      "GET",
      `requests?system=${system}`,
    );
    return requests.filter(({ path, time }) => path.endsWith("/tokens/bearer") && Date.parse(time) >= since).length;
  };
  const booksOf = async (at: Installation) => (await inOrganization(database, at.organizationId, (tx) => findBooks(tx, at.booksId)))!;
  const connector = async (at: Installation, process: string, books?: Books) =>
    (await connectBooks(at.parts, at.organizationId, { books: books ?? (await booksOf(at)), process })).connector;

  test("many processes that meet an expired token together refresh it once, and all go on with the new one", async () => {
    const at = await strict();
    await expire(at);
    const since = Date.now();
    const connectors = await Promise.all(Array.from({ length: 16 }, (_, index) => connector(at, `process-${index}`)));
    const answers = await Promise.all(connectors.map((each) => each.read("Vendor", "1")));
    expect(answers).toHaveLength(16);
    expect(await refreshes(at, since)).toBe(1);
    expect((await kept(at)).accessExpiresAt).toBeGreaterThan(Date.now());
  });

  test("a grant that was refused because another process had renewed it is not dead: what is kept now is used", async () => {
    const at = await strict();
    await expire(at);
    const old = await kept(at);
    // Ours is held up on its way; meanwhile another process, which knows nothing of our claim, renews the pair.
    const road = await startSlowRoad(sandbox.url);
    const books = await booksOf(at);
    const { tokenUrl } = books.settings as { tokenUrl: string };
    const detour = { ...books, settings: { ...books.settings, tokenUrl: tokenUrl.replace(sandbox.url, road.url) } };
    const reading = connector(at, "slow", detour).then((each) => each.read("Vendor", "1"));
    await road.reached;
    const clientSecret = await inOrganization(database, at.organizationId, (tx) =>
      getSecret(tx, at.parts.masterKey, { owner: ownerOf(at.booksId), field: "client_secret" }),
    );
    const provider = at.parts.providers.find((each) => each.system === system)!;
    const settings = {
      ...(books.settings as unknown as ConnectionSettings),
      company: at.company,
      clientSecret: clientSecret!,
      overrides: {},
    };
    const renewed = await provider.refresh(settings, old.refreshToken);
    await keep(at, renewed);
    road.open();
    await reading;
    expect(await kept(at)).toEqual(renewed);
    await road.close();
  });

  test("a token that ends in the middle of a drain is renewed once, and no document fails or is tried twice", async () => {
    const at = await strict({ batchItemsMax: 5 });
    await at.control("PUT", "faults", { seed: 1, rules: [{ system, match: { path: "/batch" }, kind: "expire_token", count: 1 }] });
    await at.send(...Array.from({ length: 60 }, (_, index) => fuel(`t-${index}`, "20.00")));
    const since = Date.now();
    await at.drain();
    expect(await at.rows("select state, count(*)::int as n, max(attempts) as attempts from postings group by state")).toEqual([
      { state: "posted", n: 60, attempts: 1 },
    ]);
    expect(await refreshes(at, since)).toBe(1);
    expect(await at.rows("select 1 from audit_leaves where action = 'books.reconnect_needed'")).toEqual([]);
  });
});

/** A way to a server on which everything waits until it is opened. */
async function startSlowRoad(target: string) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    reach();
    const forward = async () => {
      await opened;
      const headers = { authorization: request.headers.authorization ?? "", "content-type": request.headers["content-type"] ?? "" };
      const answer = await fetch(`${target}${request.url}`, { method: "POST", headers, body: await text(request) });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    };
    void forward();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}`, reached, open, close };
}
