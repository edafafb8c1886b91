import type { IncomingMessage } from "node:http";
import { Type } from "typebox";
import { Fault } from "../../core/errors.ts";
import { readBody } from "../body.ts";
import { Refusal } from "../errors.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { createRateLimit } from "../rate-limit.ts";

const bodyBytesMax = 2 * 1024 * 1024;

const schema = {
  summary: "Notifications of QuickBooks Online",
  description:
    "Where Intuit tells of changes, in the classic form or as CloudEvents, signed by `intuit-signature`. Answered after the hints are stored safely. A company nobody here is connected to is answered 200 and nothing is kept.",
  tags: ["Books"],
  consumes: ["application/json"],
  response: { 200: Type.Object({ taken: Type.Integer({ description: "Hints that were new" }) }) },
};

/** Where the providers tell of changes. The signature is over the very bytes, so the body is not parsed here. */
export function hookRoutes(gateway: Gateway, { engine }: GatewayOptions): void {
  const forgers = createRateLimit({ perSecond: 1, burst: 60 });
  gateway.register(async (app: Gateway) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request: unknown, _payload: IncomingMessage, done: (error: Error | null) => void) => done(null));

    app.post("/v1/hooks/quickbooks-online", { schema, config: { bodyBytesMax } }, async (request, reply) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of readBody(request.raw, bodyBytesMax)) chunks.push(chunk);
      const message = { headers: request.headers, body: Buffer.concat(chunks) };
      try {
        return await reply.send(await engine.connections.notify("quickbooks-online", message));
      } catch (error) {
        const isForged = error instanceof Fault && error.code === "unauthorized";
        const wait = isForged ? forgers.take(request.ip) : 0;
        if (wait === 0) throw error;
        const told = { message: `Too many unsigned notifications; the next one is welcome in ${wait} s`, fix: "Check the verifier token." };
        throw new Refusal(429, "rate_limited", told, { "retry-after": String(wait) });
      }
    });
  });
}
