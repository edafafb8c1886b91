import type { Running } from "../app.ts";
import { type Call, type Command, type ExitCode, Failed } from "./command.ts";

export const start: Command = {
  name: "start",
  summary: "Starts everything on this machine with a demo carrier: database, gateway, worker and emulated books",
  usage: "",
  about: ["What was taken in and posted stays in the data directory; the next start goes on from there."],
  flags: {},
  args: [0, 0],
  run: (call) => keepRunning(call, async () => (await import("../start-demo.ts")).startDemo(call.config(), call.io)),
};

export const serve: Command = {
  name: "serve",
  summary: "Starts gateway and worker for production: no demo, no emulators",
  usage: "",
  about: ["Needs LEDGERLANE_MASTER_KEY, and DATABASE_URL unless the embedded database is wanted."],
  flags: {},
  args: [0, 0],
  run: (call) => runRoles(call, { gateway: true, worker: true }),
};

export const gateway: Command = {
  name: "gateway",
  summary: "Starts the gateway alone, to scale out",
  usage: "",
  about: ["Several gateways and workers share one PostgreSQL: set DATABASE_URL."],
  flags: {},
  args: [0, 0],
  run: (call) => runRoles(call, { gateway: true, worker: false }),
};

export const worker: Command = {
  name: "worker",
  summary: "Starts a worker alone, to scale out",
  usage: "",
  about: ["Several gateways and workers share one PostgreSQL: set DATABASE_URL."],
  flags: {},
  args: [0, 0],
  run: (call) => runRoles(call, { gateway: false, worker: true }),
};

function runRoles(call: Call, roles: { gateway: boolean; worker: boolean }): Promise<ExitCode> {
  return keepRunning(call, async () => (await import("../app.ts")).startServer(call.config(), call.io, roles));
}

/** Runs until a signal asks for the end: the first one closes in good order, a second one ends at once. */
export async function keepRunning(call: Call, begin: () => Promise<Pick<Running, "close">>): Promise<ExitCode> {
  let askedTimes = 0;
  const asked = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        askedTimes += 1;
        if (askedTimes > 1) process.exit(130);
        resolve();
      });
    }
  });
  const running = await begin().catch((error: unknown) => {
    throw portTaken(error) ?? error;
  });
  await asked;
  call.io.print("Stopping; once more to stop at once.");
  await running.close();
  process.exit(0); // Whatever a library left ticking must not keep us.
}

function portTaken(error: unknown): Failed | null {
  const { code, port } = error as { code?: string; port?: number };
  if (code === "EADDRINUSE")
    return new Failed(
      `Port ${port} is in use. Stop what listens there, or choose another port (LEDGERLANE_PORT, LEDGERLANE_SANDBOX_PORT, --port).`,
    );
  if (code === "EACCES") return new Failed(`Port ${port} may not be taken by this user. Choose one above 1023.`);
  return null;
}
