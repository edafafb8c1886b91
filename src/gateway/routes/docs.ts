import { docsPage } from "../docs-page.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { type DocumentedRoute, openApi } from "../openapi.ts";

/** The contract for programs and for people, both made from the schemas that requests are checked by. */
export function docsRoutes(app: Gateway, { version }: GatewayOptions, documented: readonly DocumentedRoute[]): void {
  app.get("/openapi.json", async (_request, reply) => reply.type("application/json; charset=utf-8").send(openApi(documented, version)));
  app.get("/docs", async (_request, reply) => reply.type("text/html; charset=utf-8").send(docsPage(openApi(documented, version))));
}
