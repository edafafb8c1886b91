import type { FastifyRequest } from "fastify";
import type { Readable } from "node:stream";
import { Fault } from "../core/errors.ts";
import type { MessageBody } from "../engine/engine.ts";
import { Refusal } from "./errors.ts";

/** A body that pauses longer, or trickles slower than 16 KiB/s after its first minute, is given up. */
const pauseMsMax = 30_000;
const startMsMax = 60_000;
const bytesPerMsMin = 16;

/** Refuses by the declared length, before a byte of the body is read. */
export function refuseDeclared(request: FastifyRequest, bytesMax: number): void {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax, `${declared} bytes`);
}

/** The body in chunks, counted. Faults: `body_too_large`; refuses with `request_timeout` when it stalls. */
export async function* readBody(stream: Readable, bytesMax: number): MessageBody {
  const startedAt = Date.now();
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  let received = 0;
  try {
    for (let next = await nextChunk(chunks); next.done !== true; next = await nextChunk(chunks)) {
      received += next.value.length;
      if (received > bytesMax) throw tooLarge(bytesMax, "more");
      if (Date.now() - startedAt > startMsMax + received / bytesPerMsMin) throw stalled();
      yield next.value;
    }
  } finally {
    void chunks.return?.(); // Lets go of the stream, so that what is left can be drained.
  }
}

/** Only the wait for the sender is timed: the reader may take as long as it needs. */
async function nextChunk(chunks: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer, undefined>> {
  let watch: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    watch = setTimeout(() => reject(stalled()), pauseMsMax);
  });
  try {
    return await Promise.race([chunks.next(), late]);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Fault("body_malformed", "The body ended before it was complete", {}, { cause });
  } finally {
    clearTimeout(watch);
  }
}

/** Reads a small JSON body whole. Faults: `body_malformed`, `body_too_large`. */
export async function readJson(stream: Readable, bytesMax: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(stream, bytesMax)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return JSON.parse(text, (key, value) => (key === "__proto__" ? undefined : value));
  } catch (cause) {
    throw new Fault(
      "body_malformed",
      text.trim() === "" ? "The body is empty; JSON was expected" : `The body is not JSON: ${(cause as Error).message}`,
      {},
      { cause },
    );
  }
}

/**
 * Lets a sender finish whose body was not read to its end, so that it gets to the answer: closing at once would reset
 * the connection and lose it. What still comes is thrown away, for 20 seconds at most.
 */
export function drainUnread(request: FastifyRequest): void {
  const { raw } = request;
  if (raw.readableEnded || raw.destroyed) return;
  if (!raw.complete) {
    const { socket } = raw;
    const giveUp = setTimeout(() => socket.destroy(), 20_000);
    giveUp.unref();
    const stop = () => {
      clearTimeout(giveUp);
      socket.off("close", stop);
    };
    raw.once("end", stop);
    socket.once("close", stop);
  }
  // A reader that was broken off may still listen, and a stream that is listened to does not flow by itself.
  raw.removeAllListeners("readable");
  setImmediate(() => raw.resume());
}

function tooLarge(bytesMax: number, seen: string): Fault {
  return new Fault("body_too_large", `This route takes up to ${bytesMax / 1_048_576} MiB a body, and this one has ${seen}`, {
    limitBytes: String(bytesMax),
    instead: "POST /v1/files/{format}",
  });
}

function stalled(): Refusal {
  return new Refusal(
    408,
    "request_timeout",
    { message: "The body stopped arriving", fix: "Send the body without long pauses." },
    { connection: "close" },
  );
}
