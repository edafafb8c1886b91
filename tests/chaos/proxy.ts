import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A line that can be cut and slowed. Its own address stays; what stands behind it may move. */
export interface Proxy {
  readonly port: number;
  /** Where connections lead from now on. */
  lead: (port: number) => void;
  /** Cuts every connection that stands now. */
  readonly cut: () => number;
  /** Holds back everything that passes, both ways. */
  delayMs: number;
  readonly close: () => Promise<void>;
}

export async function startProxy(target: number): Promise<Proxy> {
  const open = new Set<Socket>();
  let behind = target;
  const server = createServer((near) => {
    const far = connect(behind, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.on("data", (bytes) =>
        proxy.delayMs === 0 ? to.write(bytes) : setTimeout(() => to.destroyed || to.write(bytes), proxy.delayMs),
      );
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const proxy: Proxy = {
    port: (server.address() as AddressInfo).port,
    lead: (port) => {
      behind = port;
    },
    cut: () => {
      const count = open.size;
      for (const socket of open) socket.destroy();
      return count;
    },
    delayMs: 0,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
