import { startSandbox } from "./server.ts";

/**
 * The emulated accounting systems as a process of their own, for whoever forks it: `child.ts PORT FILE`. It tells its
 * address, and it ends when the one who forked it ends, however that happened.
 */
const [port, dataFile] = process.argv.slice(2);
const sandbox = await startSandbox({ port: Number(port), dataFile: dataFile ?? null });
process.send?.({ url: sandbox.url });

const end = () => void sandbox.close().then(() => process.exit(0));
process.once("disconnect", end);
process.once("SIGTERM", end);
process.on("SIGINT", () => undefined); // A terminal's Ctrl-C reaches everybody; the one who forked us says when.
