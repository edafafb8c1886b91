import { sendBatches } from "./rig.ts";

/** Sends what it is handed and tells how long that took, without the time it takes to start. */
process.once("message", (message) => void send(message));

async function send(message: unknown): Promise<void> {
  const { url, key, bodies, inFlight } = message as { url: string; key: string; bodies: string[]; inFlight: number };
  const start = performance.now();
  await sendBatches({ url, key }, bodies, inFlight);
  process.send?.({ seconds: (performance.now() - start) / 1_000 }, () => process.exit(0));
}
