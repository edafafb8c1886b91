import type { Answer } from "../http.ts";
import { objectOf, parseJson } from "../json.ts";
import type { Company } from "./company.ts";
import { business, Refusal } from "./errors.ts";

const details: Readonly<Record<string, string>> = {
  "100": "AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401",
  "110": "Authentication OAuth Error : The token was not accepted",
  "120": "Authorization Failure: -11014-You do not have access to use QuickBooks Online Plus.",
  "130": "Accessing Wrong Cluster : The company is being moved",
  "140": "Company Locked Out : The company is locked",
  "150": "Company Under Maintenance : Try again later",
  "10000": "System Failure Error: An unexpected error occurred",
  "10200": "Company Reset : The data of the company has been erased",
};

/** A trouble of the whole service or company that was switched on; it strikes before the request is looked at. */
export function refuseInTrouble(company: Company, isWrite: boolean): void {
  const { outage, subscription } = company.switches;
  if (outage === "6000")
    throw business("An unexpected error occurred while accessing or saving your data. Please wait a few minutes and try again.");
  if (outage !== "none") throw new Refusal(outage, details[outage] ?? `Code ${outage} was switched on`);
  if (subscription === "active" || !isWrite) return;
  const detail =
    "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online Plus because your trial or subscription period ended.";
  throw new Refusal("6190", detail);
}

/** Faults of the service are told with their own status, or inside a 200 where the switch says so. */
export function atStatus(company: Company, answer: Answer): Answer {
  const isFault = answer.status >= 400 && objectOf(parseJson(answer.body))["Fault"] !== undefined;
  return isFault && company.switches.faultStatus === "200" ? { ...answer, status: 200 } : answer;
}
