import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { canonicalJson } from "../core/canonical.ts";
import { Fault } from "../core/errors.ts";
import { inOrganization } from "../store/database.ts";
import { claimRequest, forgetRequest, keepAnswer } from "../store/idempotency.ts";
import { Refusal, statusOf } from "./errors.ts";
import type { GatewayOptions } from "./gateway.ts";

/** A change that may be asked for again: `work` does it and answers. */
export interface Repeatable {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly work: () => Promise<unknown>;
}

/**
 * Does a change once per Idempotency-Key of a caller: the same request gets the first answer again, another body is
 * refused. Without the header it is simply done. A failure that may pass is not kept, so that the same key can try again.
 */
export async function once({ database }: GatewayOptions, { request, reply, work }: Repeatable): Promise<FastifyReply> {
  const given = readKey(request);
  if (given === null) return reply.send(await work());
  const { organizationId, type, id } = request.actor;
  const key = `${type}:${id}:${given}`;
  const hash = createHash("sha256")
    .update(canonicalJson([request.method, request.url, request.body]))
    .digest();
  const known = await inOrganization(database, organizationId, (tx) => claimRequest(tx, key, hash));
  if (known.state === "mismatch") throw new Fault("idempotency_mismatch", `The Idempotency-Key "${given}" was used for another request`);
  if (known.state === "running") {
    const words = { message: `A request with the Idempotency-Key "${given}" is still running`, fix: "Wait for it to end and ask again." };
    throw new Refusal(409, "idempotency_busy", words, { "retry-after": "1" });
  }
  if (known.state === "answered") {
    const kept = JSON.parse(known.response) as { answer: unknown } | { fault: ConstructorParameters<typeof Fault> };
    reply.header("idempotency-replayed", "true");
    if ("fault" in kept) throw new Fault(...kept.fault);
    return reply.code(known.status).send(kept.answer);
  }
  try {
    const answer = await work();
    await inOrganization(database, organizationId, (tx) =>
      keepAnswer(tx, key, { status: reply.statusCode, response: JSON.stringify({ answer }) }),
    );
    return reply.send(answer);
  } catch (error) {
    await inOrganization(database, organizationId, (tx) => giveUp(tx, key, error)).catch(() => undefined); // The first error is the one to tell.
    throw error;
  }
}

function giveUp(tx: Parameters<typeof forgetRequest>[0], key: string, error: unknown): Promise<void> {
  if (!(error instanceof Fault) || error.remedy !== "fix-input" || statusOf(error.code) >= 500) return forgetRequest(tx, key);
  return keepAnswer(tx, key, {
    status: statusOf(error.code),
    response: JSON.stringify({ fault: [error.code, error.message, error.details] }),
  });
}

function readKey(request: FastifyRequest): string | null {
  const given = request.headers["idempotency-key"];
  if (given === undefined) return null;
  if (typeof given === "string" && /^[\x21-\x7e]{1,255}$/.test(given)) return given;
  throw new Fault("request_invalid", "Idempotency-Key must be 1 to 255 visible ASCII characters, such as a UUID");
}
