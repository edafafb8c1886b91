import type { Config } from "./config.ts";
import type { Log } from "./engine/parts.ts";

const order = ["debug", "info", "warn", "error"] as const;

/** One JSON object a line on standard error, from `level` up. */
export function createLog(level: Config["logLevel"]): Log {
  const lowest = order.indexOf(level);
  return (of, message, facts = {}) => {
    if (order.indexOf(of) < lowest) return;
    const line = JSON.stringify({ at: new Date().toISOString(), level: of, message, ...facts }, (_, value) =>
      typeof value === "bigint" ? String(value) : value,
    );
    process.stderr.write(`${line}\n`);
  };
}
