import { unreadable } from "./errors.ts";
import { restTransport } from "./rest-transport.ts";
import { sessionOf, type Session } from "./session.ts";
import type { Transport } from "./tasks.ts";
import type { TransportParts } from "./transport-parts.ts";
import { xmlTransport } from "./xml-transport.ts";

/** The way that the connection chose. What is kept as its token is a session there, and an OAuth token here. */
export function transportOf(parts: TransportParts): Transport {
  if (parts.options.transport === "rest") return restTransport(parts);
  const session = async (refused: boolean): Promise<Session> => {
    // What is kept may be no session yet: books are connected with an empty pair, and the first call opens one.
    const kept = refused ? null : sessionOf(await parts.token());
    const opened = kept ?? sessionOf(await parts.token(true));
    if (opened === null) throw unreadable(200, "no session was opened");
    return opened;
  };
  return xmlTransport({ ...parts, session });
}
