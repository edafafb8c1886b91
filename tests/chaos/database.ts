import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedDatabase, startEmbedded } from "../../src/store/embedded.ts";
import { processesIn } from "../../src/store/embedded-processes.ts";
import { type Proxy, startProxy } from "./proxy.ts";

/** A PostgreSQL behind one address that is crashed and comes back. */
export interface Server {
  /** Through the proxy. */
  readonly url: string;
  /** Behind it. */
  readonly directUrl: () => string;
  readonly proxy: Proxy;
  /** `SIGKILL` to the postmaster, or `SIGQUIT`: an immediate stop. */
  readonly crash: (signal: "SIGKILL" | "SIGQUIT") => Promise<void>;
  /** Fills the disk for a while; null where no small file system may be mounted. */
  readonly fillDisk: ((ms: number) => Promise<void>) | null;
  readonly close: () => Promise<void>;
}

/** On a small file system of its own where mounting is allowed. */
export async function startServer(sizeMiB: number): Promise<Server> {
  const place = mkdtempSync(join(tmpdir(), "ledgerlane-chaos-"));
  chmodSync(place, 0o755);
  const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMiB}m,mode=755`, "tmpfs", place]).status === 0;
  const dataDir = join(place, "data");
  mkdirSync(dataDir);
  let running: EmbeddedDatabase = await startEmbedded({ dataDir });
  const portOf = () => Number(new URL(running.url).port);
  const proxy = await startProxy(portOf());
  const url = new URL(running.url);
  url.port = String(proxy.port);
  const start = async () => {
    for (let tries = 1; ; tries++) {
      try {
        running = await startEmbedded({ dataDir });
        return proxy.lead(portOf());
      } catch (error) {
        if (tries === 20) throw error;
        await wait(500);
      }
    }
  };
  const postmasters = () =>
    processesIn(place).filter((pid) =>
      spawnSync("ps", ["-o", "args=", "-p", String(pid)])
        .stdout.toString()
        .includes(" -D "),
    );
  return {
    url: url.href,
    directUrl: () => running.url,
    proxy,
    crash: async (signal) => {
      for (const pid of postmasters()) process.kill(pid, signal);
      await running.stop();
      await start();
    },
    fillDisk: isMounted
      ? async (ms) => {
          const free = statfsSync(place);
          spawnSync("fallocate", ["-l", String(free.bavail * free.bsize), join(place, "ballast")]);
          await wait(ms);
          rmSync(join(place, "ballast"), { force: true });
          if (postmasters().length > 0) return; // It came through by itself.
          await running.stop();
          await start();
        }
      : null,
    close: async () => {
      await proxy.close();
      await running.stop();
      if (isMounted) spawnSync("umount", [place]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
