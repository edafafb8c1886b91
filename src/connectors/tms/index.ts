import type { TmsConnector } from "./connector.ts";
import { edi210Connector } from "./edi-210/connector.ts";
import { fuelCardConnector } from "./fuel-card-csv/connector.ts";
import { jsonConnector, ndjsonConnector } from "./json/connector.ts";
import { xmlConnector } from "./xml/connector.ts";

/** Every format an organization can send, in the order they are tried. */
export const tmsConnectors: readonly TmsConnector[] = [ndjsonConnector, jsonConnector, xmlConnector, edi210Connector, fuelCardConnector];

/** The connector for a file whose format nobody named, by its first bytes (up to 4 KiB, as text) and its name. Null: no format fits. */
export function recognize(head: string, fileName: string): TmsConnector | null {
  return tmsConnectors.find((connector) => connector.recognizes(head, fileName)) ?? null;
}
