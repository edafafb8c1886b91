import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import Fastify, { LogController } from "fastify";
import { didYouMean } from "../core/nearest.ts";
import { guardRoutes } from "./auth.ts";
import { drainUnread, readJson, refuseDeclared } from "./body.ts";
import { answerError, Refusal } from "./errors.ts";
import type { Gateway, GatewayOptions, RunningGateway } from "./gateway.ts";
import { protectAnswers } from "./headers.ts";
import { documentRoute, type DocumentedRoute } from "./openapi.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { auditRoutes } from "./routes/audit.ts";
import { checkRoutes } from "./routes/checks.ts";
import { booksRoutes } from "./routes/books.ts";
import { budgetRoutes } from "./routes/budgets.ts";
import { connectRoutes } from "./routes/connect.ts";
import { docsRoutes } from "./routes/docs.ts";
import { dryRunRoutes } from "./routes/dry-run.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { inboundRoutes } from "./routes/inbound.ts";
import { pageRoutes } from "./routes/pages.ts";
import { periodRoutes } from "./routes/periods.ts";
import { postingRoutes } from "./routes/postings.ts";
import { reviewRoutes } from "./routes/review.ts";
import { ruleRoutes } from "./routes/rules.ts";
import { suggestRoutes } from "./routes/suggest.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { statusRoutes } from "./routes/status.ts";
import { checkBySchema } from "./validation.ts";

const jsonBytesMax = 2 * 1024 * 1024;

/** Builds the gateway: every route, guarded, validated and documented by its schema. It does not listen yet. */
export function createGateway(options: GatewayOptions): RunningGateway {
  const app = openServer(options);
  const documented: DocumentedRoute[] = [];
  app.addHook("onRoute", (route) => documentRoute(documented, route));
  protectAnswers(app, options.publicUrl);
  guardRoutes(app, options);
  boundBodies(app);
  answerStrangers(app, documented);
  inboundRoutes(app, options);
  eventRoutes(app, options);
  postingRoutes(app, options);
  reviewRoutes(app, options);
  dryRunRoutes(app, options);
  statusRoutes(app, options);
  booksRoutes(app, options);
  budgetRoutes(app, options);
  periodRoutes(app, options);
  approvalRoutes(app, options);
  connectRoutes(app, options);
  hookRoutes(app, options);
  ruleRoutes(app, options);
  checkRoutes(app, options);
  suggestRoutes(app, options);
  auditRoutes(app, options);
  healthRoutes(app, options);
  signInRoutes(app, options);
  docsRoutes(app, options, documented);
  pageRoutes(app, options);
  return { listen: (host, port) => app.listen({ host, port }), close: () => close(app) };
}

/** Answers under way get three seconds; what is then still open is cut. */
async function close(app: Gateway): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), 3_000);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}

function openServer({ logLevel }: GatewayOptions): Gateway {
  const app = Fastify({
    logger: {
      // Standard output belongs to what a person asked for; the log goes to standard error, one shape for all rooms.
      stream: process.stderr,
      level: logLevel === "info" ? "warn" : logLevel, // At info the library would tell of itself only.
      base: null,
      messageKey: "message",
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: false,
    // Bodies watch their own pace (body.ts), since a large file may well take longer than any fixed limit.
    requestTimeout: 0,
    connectionTimeout: 120_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: "idle",
    http: { headersTimeout: 15_000, maxHeaderSize: 16_384 },
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  }) as unknown as Gateway;
  // A client that asks before it sends is let on when its body is about to be read: refusals come before the upload.
  app.server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    waiting.add(request);
    app.server.emit("request", request, response);
  });
  app.setValidatorCompiler(checkBySchema);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  return app;
}

const waiting = new WeakSet<IncomingMessage>();

function boundBodies(app: Gateway): void {
  app.decorateRequest("actor");
  app.addHook("onRequest", async (request) => {
    const { bodyBytesMax } = request.routeOptions.config;
    refuseDeclared(request, bodyBytesMax ?? jsonBytesMax);
  });
  app.addHook("preParsing", async (request, reply) => {
    if (waiting.delete(request.raw)) reply.raw.writeContinue();
  });
  app.addHook("onSend", async (request) => drainUnread(request));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", async (_request: unknown, payload: IncomingMessage) => readJson(payload, jsonBytesMax));
}

function answerStrangers(app: Gateway, documented: readonly DocumentedRoute[]): void {
  app.setNotFoundHandler((request) => {
    const path = request.url.split("?")[0]!;
    const others = documented.filter((route) => matches(route.path, path)).map(({ method }) => method);
    if (others.length > 0) {
      const allow = others.join(", ");
      throw new Refusal(405, "method_not_allowed", { message: `${path} does not take ${request.method}`, fix: `Use ${allow}.` }, { allow });
    }
    const guess = didYouMean(
      path,
      documented.map((route) => route.path),
    );
    throw new Refusal(404, "route_unknown", { message: `There is nothing at ${path}.${guess}`, fix: "Look at /docs." });
  });
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(":") || part === given[index]);
}
