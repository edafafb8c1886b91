import { Fault } from "../../../core/errors.ts";
import { send } from "../../../net/http.ts";
import type { ConnectionSettings } from "../connector.ts";
import { readAnswer, requestText, type Sender } from "./envelope.ts";
import { unreadable } from "./errors.ts";
import type { BooksOptions } from "./options.ts";
import { childOf, field, tag, textIn, type Markup } from "./xml.ts";

const timeoutMs = 60_000;
/** A session whose end is not told is taken to last this long: the shortest that companies set. */
const sessionLifeMs = 10 * 60_000;

/** A session and the address that it must be used at: one text, because that is what is kept as the access token. */
export interface Session {
  readonly id: string;
  readonly endpoint: URL;
}

/** Where the XML gateway of a connection is asked first. */
export function gatewayUrl(settings: Pick<ConnectionSettings, "apiUrl">): URL {
  return new URL(`${settings.apiUrl.replace(/\/+$/, "")}/ia/xml/xmlgw.phtml`);
}

/** The integrator's own sign-in. Fault: `credentials_refused` where the connection has none. */
export function senderOf(settings: ConnectionSettings, options: BooksOptions): Sender {
  const password = settings.secrets?.["senderPassword"] ?? "";
  if (options.senderId === "" || password === "") {
    throw new Fault(
      "credentials_refused",
      "The connection has no sender id or no password for it, which Sage Intacct's XML gateway wants in each request. Add option senderId and secret senderPassword.",
    );
  }
  return { id: options.senderId, password };
}

/** Opens a session as the Web Services user, bound to the entity of the connection or to the top level. */
export async function openSession(settings: ConnectionSettings, options: BooksOptions): Promise<{ token: string; endsAt: number }> {
  const password = settings.secrets?.["userPassword"] ?? "";
  if (options.userId === "" || password === "") {
    throw new Fault(
      "credentials_refused",
      "The connection names no Web Services user or no password for it. Add option userId and secret userPassword.",
    );
  }
  const body = requestText({
    sender: senderOf(settings, options),
    controlId: `session-${Date.now()}`,
    unique: false,
    authentication: loginOf(settings.company, { userId: options.userId, password, entity: options.entity }),
    functions: [{ id: "session", markup: tag("getAPISession", [field("locationid", options.entity)]) }],
  });
  const url = gatewayUrl(settings);
  const reading = readAnswer(await send({ method: "POST", url, headers: xmlHeaders, body, timeoutMs, maxBytes: 1024 * 1024 }));
  if ("fault" in reading) throw reading.fault;
  const session = reading.answer.results.get("session");
  if (session?.fault) throw session.fault;
  const api = childOf(childOf(session?.result, "data"), "api");
  const id = textIn(api, "sessionid");
  if (id === "" || /\s/.test(id)) throw unreadable(200, "no session in the answer");
  const endpoint = trustedEndpoint(textIn(api, "endpoint"), url);
  const ends = Date.parse(reading.answer.sessionEnds);
  const lasts = ends - Date.parse(reading.answer.at);
  return { token: `${id} ${endpoint.href}`, endsAt: Date.now() + (lasts > 0 ? lasts : sessionLifeMs) };
}

export const xmlHeaders = { "content-type": "application/xml", accept: "text/xml, application/xml", "user-agent": "ledgerlane" } as const;

/** The order of these matters to their gateway. */
function loginOf(company: string, { userId, password, entity }: { userId: string; password: string; entity: string }): Markup {
  const parts = [field("userid", userId), field("companyid", company), field("password", password)];
  return tag("authentication", [tag("login", entity === "" ? parts : [...parts, field("locationid", entity)])]);
}

/** A session as it was kept; a token of the other gateway is none. */
export function sessionOf(token: string): Session | null {
  const [id = "", address = ""] = token.split(" ");
  return id !== "" && URL.canParse(address) ? { id, endpoint: new URL(address) } : null;
}

/** Sign-in data goes only where the connection points, or to Sage's own servers over TLS. */
export function trustedEndpoint(address: string, asked: URL): URL {
  if (address === "") return asked;
  const endpoint = URL.canParse(address) ? new URL(address) : null;
  const isSages = endpoint?.protocol === "https:" && /\.intacct\.com$/.test(endpoint.hostname);
  if (endpoint !== null && (endpoint.origin === asked.origin || isSages)) return endpoint;
  throw new Fault(
    "credentials_refused",
    "Sage Intacct names a server of somebody else to go on at; nothing is sent there. Check the address of the connection.",
    { host: endpoint?.host ?? "none" },
  );
}
