import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { statusPage } from "../status-page.ts";

const types = {
  "status.js": "text/javascript",
  "format.js": "text/javascript",
  "ledgerlane.css": "text/css",
  "status.css": "text/css",
  "docs.css": "text/css",
  "icon.svg": "image/svg+xml",
} as const;

/** The status page and the files it needs. No bundler, nothing from elsewhere. */
export function pageRoutes(app: Gateway, { version }: GatewayOptions): void {
  app.get("/", { config: { permission: "read", page: true } }, async ({ actor }, reply) =>
    reply.type("text/html; charset=utf-8").send(statusPage({ version, role: actor.role })),
  );

  for (const [name, type] of Object.entries(types)) {
    const content = readFileSync(new URL(`../pages/${name}`, import.meta.url));
    const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
    app.get(`/assets/${name}`, async (request, reply) => {
      reply.headers({ etag, "cache-control": "no-cache" });
      if (request.headers["if-none-match"] === etag) return reply.code(304).send();
      return reply.type(`${type}; charset=utf-8`).send(content);
    });
  }
}
