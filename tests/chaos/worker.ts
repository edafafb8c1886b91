// One worker process of the chaos run. Its clock may be wrong by CHAOS_SKEW_MS.
import { startCore, startRoles } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";

const { CHAOS_SKEW_MS: skew = "0", CHAOS_MASTER_KEY: key = "", ...env } = process.env;
const skewMs = Number(skew);
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, values) => (values.length === 0 ? new target(target.now() + skewMs) : Reflect.construct(target, values)),
  get: (target, name) => (name === "now" ? () => target.now() + skewMs : Reflect.get(target, name)),
});

const config = readConfig({ DATABASE_URL: env["DATABASE_URL"], LEDGERLANE_LOG_LEVEL: "error" });
try {
  await startRoles(await startCore(config, Buffer.from(key, "base64")), { gateway: false, worker: true });
} catch (error) {
  console.error(error); // The database is down just now: whoever started us starts another.
  process.exit(1);
}
