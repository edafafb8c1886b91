import { resolve } from "node:path";
import { type Command, WrongUse } from "./command.ts";
import { keepRunning } from "./servers.ts";

export const sandbox: Command = {
  name: "sandbox",
  summary: "Starts the emulated accounting systems alone",
  usage: "[--port PORT] [--data FILE]",
  about: ["For tests and trials: they keep a real double-entry ledger and refuse what the vendors refuse. Control API at /_control."],
  flags: {
    port: { value: "PORT", about: "Port on 127.0.0.1; LEDGERLANE_SANDBOX_PORT or 4500 when absent, 0 takes a free one" },
    data: { value: "FILE", about: "Keeps the books in this SQLite file; in memory when absent" },
  },
  args: [0, 0],
  run: (call) =>
    keepRunning(call, async () => {
      const { startSandbox } = await import("../sandbox/server.ts");
      const given = call.text("port");
      if (given !== undefined && (!/^\d{1,5}$/.test(given) || Number(given) > 65_535))
        throw new WrongUse(`--port must be 0 to 65535, not "${given}".`);
      const data = call.text("data");
      const running = await startSandbox({
        port: given === undefined ? call.config().sandboxPort : Number(given),
        dataFile: data === undefined ? null : resolve(data),
      });
      call.io.print(`The emulated books listen on ${running.url}`);
      return running;
    }),
};
