import type { AddressInfo } from "node:net";
import type { FastifyReply } from "fastify";
import { type Static, Type } from "typebox";
import { Fault } from "../../core/errors.ts";
import type { ConnectOrder } from "../../engine/engine.ts";
import { findBrowser } from "../auth.ts";
import { statusOf } from "../errors.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { escapeHtml, htmlPage } from "../html.ts";
import { once } from "../idempotency.ts";
import { createRateLimit } from "../rate-limit.ts";
import { oneOf, text, uuid } from "../schemas.ts";

const providerParams = Type.Object({
  provider: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,60}$", description: "quickbooks-online …" }),
});
const booksParams = Type.Object({ id: uuid("Id of the books") });
const words = (description: string, maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: "\\S", description });
const named = (description: string) =>
  Type.Record(Type.String({ pattern: "^[A-Za-z][A-Za-z_]{0,49}$" }), Type.String({ maxLength: 20_000 }), {
    maxProperties: 50,
    description,
  });
const address = (description: string) => Type.String({ maxLength: 500, description });

const Addresses = Type.Object(
  {
    apiUrl: address("Base of the API"),
    appUrl: address("Base of the web application, for links"),
    authorizeUrl: address("Consent page"),
    tokenUrl: address("Token service"),
    revokeUrl: address("Revocation service"),
  },
  { additionalProperties: false, title: "ConnectAddresses", description: "https, or http of this machine" },
);
const Order = Type.Object(
  {
    name: words("Name of the books here", 200),
    environment: Type.Optional(oneOf(["production", "sandbox"], "The provider's world; production when absent")),
    addresses: Type.Optional(Addresses),
    clientId: words("Client id of your app at the provider", 300),
    clientSecret: words("Client secret of your app; kept in an envelope, never shown again", 500),
    ruleSet: Type.Optional(words("Rule set its events are mapped by; trucking when absent", 100)),
    company: Type.Optional(words("Company id at the provider: for sage-intacct, whose consent does not name it", 100)),
    options: Type.Optional(named("Options of the connection by name, as the page of the connector lists them")),
    secrets: Type.Optional(named("Further secrets by name; kept in envelopes, never shown again")),
    sourceIds: Type.Optional(Type.Array(words("Source", 100), { maxItems: 100, description: "Sources that feed these books from now on" })),
  },
  { additionalProperties: false, title: "ConnectOrder" },
);
const GoTo = Type.Object({ url: text("Open it in a browser within ten minutes") }, { title: "ConnectUrl" });
const State = Type.Object({ id: uuid("Id of the books"), state: oneOf(["connected", "paused"]) }, { title: "BooksState" });
const Disconnected = Type.Object(
  { ...State.properties, revoked: Type.Boolean({ description: "The grant was ended at the provider" }) },
  { title: "BooksDisconnected" },
);

const connectSchema = {
  summary: "Connect a company file",
  description:
    "Starts a consent and answers the address to open. Whoever opens it signs in at the provider and chooses the company; the browser comes back to `/v1/connect/{provider}/callback`, which your app must have as its redirect URI. A company that is connected already is connected again.",
  tags: ["Books"],
  params: providerParams,
  body: Order,
  response: { 200: GoTo },
};
const verifierSchema = {
  summary: "Set what notifications are signed with",
  description:
    "The verifier token of your app's webhooks. Without `clientId` it is for every app of the organization that has none of its own.",
  tags: ["Books"],
  params: providerParams,
  body: Type.Object(
    { verifierToken: words("Verifier token", 500), clientId: Type.Optional(words("Client id of the app", 300)) },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ url: text("Address to give to the provider") }) },
};
const booksSchema = (summary: string, description: string) => ({ summary, description, tags: ["Books"], params: booksParams });

/** Connections: made, paused, made anew, let go. Administrators only. */
export function connectRoutes(app: Gateway, options: GatewayOptions): void {
  const { connections } = options.engine;
  const config = { permission: "connect" } as const;
  const base = () => options.publicUrl ?? listeningAt(app);
  const callbackOf = (provider: string) => `${base()}/v1/connect/${provider}/callback`;

  app.post("/v1/connect/:provider", { schema: connectSchema, config }, async (request, reply) => {
    const { provider } = request.params;
    const order = orderOf(request.body, callbackOf(provider));
    return once(options, { request, reply, work: () => connections.begin(request.actor, provider, order) });
  });

  app.put("/v1/connect/:provider/notifications", { schema: verifierSchema, config }, async (request, reply) => {
    const { verifierToken, clientId = null } = request.body;
    const { provider } = request.params;
    const work = async () => {
      await connections.setVerifier(request.actor, provider, { verifierToken, clientId });
      return { url: `${base()}/v1/hooks/${provider}` };
    };
    return once(options, { request, reply, work });
  });

  const pause = {
    ...booksSchema("Pause books", "Nothing is posted until they are resumed; what comes in waits."),
    response: { 200: State },
  };
  app.post("/v1/books/:id/pause", { schema: pause, config }, async (request, reply) => {
    const { id } = request.params;
    return once(options, { request, reply, work: async () => (await connections.pause(request.actor, id), { id, state: "paused" }) });
  });

  const resume = { ...booksSchema("Resume books", "Posting goes on at once."), response: { 200: State } };
  app.post("/v1/books/:id/resume", { schema: resume, config }, async (request, reply) => {
    const { id } = request.params;
    return once(options, { request, reply, work: async () => (await connections.resume(request.actor, id), { id, state: "connected" }) });
  });

  const disconnect = {
    ...booksSchema("Disconnect books", "Ends the grant at the provider, forgets the tokens and pauses the books. What was posted stays."),
    response: { 200: Disconnected },
  };
  app.post("/v1/books/:id/disconnect", { schema: disconnect, config }, async (request, reply) => {
    const { id } = request.params;
    const work = async () => ({ id, state: "paused", ...(await connections.disconnect(request.actor, id)) });
    return once(options, { request, reply, work });
  });

  const reconnect = {
    ...booksSchema("Connect books again", "Starts a consent for the same company with the same app, and answers the address to open."),
    response: { 200: GoTo },
  };
  app.post("/v1/books/:id/reconnect", { schema: reconnect, config }, async (request, reply) => {
    const { actor, params } = request;
    return once(options, { request, reply, work: () => connections.reconnect(actor, params.id, callbackOf) });
  });

  callbackRoute(app, options);
}

/** Where the provider sends the browser back to. Anybody may come: what counts is the state, once. */
function callbackRoute(app: Gateway, options: GatewayOptions): void {
  const strangers = createRateLimit({ perSecond: 1, burst: 30 });
  app.get("/v1/connect/:provider/callback", { schema: { params: providerParams } }, async (request, reply) => {
    const query = new URL(request.url, "http://callback").searchParams;
    try {
      const browser = await findBrowser(request, options);
      const { booksId } = await options.engine.connections.finish(request.params.provider, query, browser);
      return await reply.redirect(`/?connected=${booksId}`, 303);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const wait = error.code === "unauthorized" ? strangers.take(request.ip) : 0;
      if (wait > 0) return sendPage(reply.header("retry-after", String(wait)), 429, "Too many tries. Wait a moment and start again.");
      return sendPage(reply, statusOf(error.code), error.message);
    }
  });
}

function sendPage(reply: FastifyReply, status: number, message: string): FastifyReply {
  const body = `<main class="card narrow">
<h1 class="brand">Ledgerlane</h1>
<p class="notice bad" role="alert">${escapeHtml(message)}</p>
<p>Nothing was connected. <a href="/">Back to Ledgerlane</a></p>
</main>`;
  const page = htmlPage({ title: "Not connected · Ledgerlane", bodyClass: "sign-in", body });
  return reply.code(status).type("text/html; charset=utf-8").send(page);
}

function orderOf(body: Static<typeof Order>, redirectUri: string): ConnectOrder {
  const { environment, addresses, ruleSet = "trucking", sourceIds = [], ...given } = body;
  if (environment !== undefined && addresses !== undefined) {
    throw new Fault("request_invalid", "Name an environment or addresses, not both", {
      "/addresses": "must be absent with an environment",
    });
  }
  const place = addresses === undefined ? { environment: environment ?? ("production" as const) } : { addresses };
  return { ...given, place, ruleSet, sourceIds: [...new Set(sourceIds)], redirectUri };
}

/** The address this process listens on. One that means "everywhere" is this machine to a browser on it. */
function listeningAt(app: Gateway): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  const host = address === "0.0.0.0" || address === "::" ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
