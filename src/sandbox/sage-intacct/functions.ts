import { accountBalances, accountBalancesByDimensions, trialBalance } from "./balances.ts";
import type { Call } from "./call.ts";
import { getAuditTrail, getDimensions, getList, inspect, lookup, readEntityDetails, readUserFormatting } from "./describe.ts";
import { legacyFunctions } from "./legacy.ts";
import { queryCsv, queryJson, queryXml, readByKeys, readByQuery, readMore, runQuery } from "./read-functions.ts";
import { refuse } from "./refusal.ts";
import { isEntity, type Service } from "./service.ts";
import type { Session } from "./sessions.ts";
import { createObjects, deleteObjects, updateObjects } from "./write-functions.ts";
import { looseChild, tag, textIn } from "../xml.ts";

export interface ServiceCall extends Call {
  readonly service: Service;
  readonly login: Session;
}

/** Data without an envelope, as `returnformat` json and csv ask for. */
export interface Bare {
  readonly type: string;
  readonly body: string;
}

type Perform = (call: ServiceCall) => string | Bare;

/** Opens a session for the entity that is asked for, or the one of the login. */
function openSession({ service, login, work, element }: ServiceCall): string {
  const asked = looseChild(element, "locationid");
  const entity = asked === undefined ? login.entity : asked.text.trim();
  if (!isEntity(service, work.company, entity))
    refuse("Get API Session Failed", `The entity '${entity}' does not exist or is not yours`, { category: "invalidRequest" });
  const { sessionMinutes: minutes } = work.company.switches;
  const session = service.sessions.open({ company: work.company.id, sender: login.sender, user: login.user, entity, minutes });
  const endpoint = `${work.origin}/sage-intacct/ia/xml/xmlgw.phtml`;
  return tag("data", [tag("api", [tag("sessionid", session.token), tag("endpoint", endpoint), tag("locationid", entity)])]);
}

function query(call: ServiceCall): string | Bare {
  const page = runQuery(call);
  switch (textIn(looseChild(call.element, "options"), "returnformat") ?? "xml") {
    case "json":
      return { type: "application/json", body: queryJson(page) };
    case "csv":
      return { type: "text/csv", body: queryCsv(page) };
    default:
      return queryXml(page);
  }
}

/** Calls that count as one transaction each. */
export const readings: ReadonlySet<string> = new Set(["query", "readByQuery", "readMore", "read", "readByName", "get_list"]);

export const functions: Readonly<Record<string, Perform>> = {
  getAPISession: openSession,
  create: createObjects,
  update: updateObjects,
  delete: deleteObjects,
  read: (call) => readByKeys(call, "number"),
  readByName: (call) => readByKeys(call, "id"),
  readByQuery,
  readMore,
  query,
  lookup,
  inspect,
  getDimensions,
  get_list: getList,
  readEntityDetails,
  readUserFormatting,
  getAuditTrail,
  get_trialbalance: trialBalance,
  get_accountbalances: accountBalances,
  get_accountbalancesbydimensions: accountBalancesByDimensions,
  ...legacyFunctions,
};
