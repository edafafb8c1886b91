import type { AccountingConnector, ConnectionSettings, PostItem } from "../../src/connectors/accounting/connector.ts";
import { sageIntacct } from "../../src/connectors/accounting/sage-intacct/connector.ts";
import { scriptedServer, type ScriptedAnswer, type Seen } from "./scripted-server.ts";

/** A connector whose Sage Intacct plays a script; sign-in is done. */
export async function scriptedBooks(
  answer: (seen: Seen, count: number) => ScriptedAnswer,
  options: Readonly<Record<string, string>> = {},
): Promise<{ connector: AccountingConnector; seen: Seen[]; settings: ConnectionSettings }> {
  const { url, seen } = await scriptedServer(answer);
  const isRest = options["transport"] === "rest";
  const settings: ConnectionSettings = {
    company: "ACME",
    apiUrl: url,
    tokenUrl: `${url}/ia/api/v1/oauth2/token`,
    authorizeUrl: `${url}/ia/api/v1/oauth2/authorize`,
    appUrl: "https://www.intacct.com",
    clientId: isRest ? "client" : "",
    clientSecret: isRest ? "s3cret" : "",
    options: { transport: "xml", senderId: "acme_tms", userId: "ws", banks: "33=BANK1", cards: "44=FUEL1", ...options },
    secrets: { senderPassword: "sender-pass", userPassword: "user-pass" },
    overrides: {},
  };
  const token = () => Promise.resolve(isRest ? "access-1" : `S1abc.. ${url}/ia/xml/xmlgw.phtml`);
  return { connector: sageIntacct.connect(settings, token), seen, settings };
}

/** Every name is its own id. */
export const lookup = (_kind: string, name: string) => name;
const because = { ruleSet: "r", version: 1, row: "accounts/1", fallback: "row", matched: {}, from: "/lines/0" } as const;

/** One journal entry numbered `N-<key>`. */
export function item(key: string): PostItem {
  const leg = { amountMinor: 1000n, description: "", dimensions: {}, because };
  return {
    key,
    postable: {
      kind: "journal_entry",
      number: `N-${key}`,
      date: "2026-01-20",
      currency: "USD",
      memo: "",
      dimensions: {},
      totalMinor: 1000n,
      lines: [
        { ...leg, role: "detail", account: "62", side: "debit" },
        { ...leg, role: "balance", account: "33", side: "credit" },
      ],
    },
  };
}

/** Control ids of the functions of a request, in order. */
export function functionsOf(body: string): { id: string; text: string }[] {
  return [...body.matchAll(/<function controlid="([^"]*)">([\s\S]*?)<\/function>/g)].map(([, id = "", text = ""]) => ({ id, text }));
}

const authentication = `<authentication><status>success</status><userid>ws</userid><companyid>ACME</companyid><locationid></locationid>
  <sessiontimestamp>2026-04-01T10:00:01+00:00</sessiontimestamp><sessiontimeout>2026-04-01T18:00:01+00:00</sessiontimeout></authentication>`;
const control = (status: string) => `<control><status>${status}</status><senderid>acme_tms</senderid><controlid>c</controlid></control>`;

/** An answer that reached the functions. */
export function answered(results: readonly string[]): ScriptedAnswer {
  const body = `<?xml version="1.0"?><response>${control("success")}<operation>${authentication}${results.join("")}</operation></response>`;
  return { body, headers: { "content-type": "text/xml" } };
}

/** Nothing found by any question, and each write answered by `write`. */
export function eachFunction(seen: Seen, write: (id: string, text: string) => string): ScriptedAnswer {
  return answered(functionsOf(seen.body).map(({ id, text }) => (text.startsWith("<query>") ? noRows(id) : write(id, text))));
}

function noRows(id: string): string {
  return `<result><status>success</status><function>query</function><controlid>${id}</controlid><data listtype="X" count="0" totalcount="0" offset="0" numremaining="0"/></result>`;
}

export interface ScriptedError {
  readonly errorno?: string;
  readonly text?: string;
  readonly errorid?: string;
  readonly correction?: string;
}

function errorXml({ errorno = "", text = "", errorid, correction = "" }: ScriptedError): string {
  const more =
    errorid === undefined
      ? ""
      : `<additionalinfo><errorid>${errorid}</errorid><category>c</category><target field="ACCOUNTNO"/></additionalinfo>`;
  return `<error><errorno>${errorno}</errorno><description></description><description2>${text}</description2><correction>${correction}</correction>${more}</error>`;
}

export function failedResult(id: string, errors: readonly ScriptedError[], status = "failure"): string {
  return `<result><status>${status}</status><function>create</function><controlid>${id}</controlid><data listtype="objects" count="0"/><errormessage>${errors
    .map(errorXml)
    .join("")}</errormessage></result>`;
}

/** A refusal of the sender: no operation at all. */
export function controlFailure(errors: readonly ScriptedError[], status = 200): ScriptedAnswer {
  const body = `<?xml version="1.0"?><response>${control("failure")}<errormessage>${errors.map(errorXml).join("")}</errormessage></response>`;
  return { status, body, headers: { "content-type": "text/xml" } };
}

/** A refusal of the sign-in: no results. */
export function signInFailure(errors: readonly ScriptedError[]): ScriptedAnswer {
  const failed = "<authentication><status>failure</status><userid>ws</userid><companyid>ACME</companyid></authentication>";
  const body = `<?xml version="1.0"?><response>${control("success")}<operation>${failed}<errormessage>${errors.map(errorXml).join("")}</errormessage></operation></response>`;
  return { body, headers: { "content-type": "text/xml" } };
}
