import { accountingContract } from "./accounting.ts";
import { company, start, stop, system } from "./intacct-world.ts";

accountingContract(`${system} by XML`, { start, company: () => company(), stop });

/** What Sage does not document, or what differs between companies, each the harder way round. */
const awkward = {
  replayCode: "WS",
  loginFailure: "401",
  controlFailureStatus: 400,
  duplicateBillNumber: "company",
  userTimeZone: "GMT",
  nullModified: true,
  concurrentRequests: 1,
  sessionMinutes: 10,
};
accountingContract(`${system} by XML, at its most awkward and with several entities,`, {
  start,
  company: () => company({ switches: awkward, multiEntity: true, options: { location: "100" } }),
  stop,
});
