import { accountingContract } from "./accounting.ts";
import { company, start, stop, system } from "./intacct-world.ts";

accountingContract(`${system} by REST`, { start, company: () => company({ transport: "rest" }), stop });

/** What Sage does not document of it, each the harder way round. */
const awkward = {
  idempotencyKey: "replay",
  ruleStatus: 400,
  tokenFailure: 400,
  restDefaultState: "draft",
  refreshTokenRotation: "always",
  userTimeZone: "America/New_York",
  nullModified: true,
};
accountingContract(`${system} by REST, at its most awkward,`, {
  start,
  company: () => company({ transport: "rest", switches: awkward }),
  stop,
});
