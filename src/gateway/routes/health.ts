import { Type } from "typebox";
import { inDirectory } from "../../store/database.ts";
import { Fault } from "../../core/errors.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";

const Health = Type.Object({ status: Type.Literal("ok"), version: Type.String() });
const ping = { name: "ping", text: "select 1" };

/** Whether the process lives, and whether it can work. */
export function healthRoutes(app: Gateway, { database, version }: GatewayOptions): void {
  app.get(
    "/healthz",
    { schema: { summary: "Liveness: the process answers", tags: ["Operation"], response: { 200: Health } } },
    async () => ({ status: "ok" as const, version }),
  );

  app.get(
    "/readyz",
    { schema: { summary: "Readiness: the database answers too", tags: ["Operation"], response: { 200: Health } } },
    async () => {
      try {
        await inDirectory(database, (tx) => tx.rows(ping));
      } catch (cause) {
        throw new Fault("database_unavailable", "The database does not answer", {}, { cause });
      }
      return { status: "ok" as const, version };
    },
  );
}
