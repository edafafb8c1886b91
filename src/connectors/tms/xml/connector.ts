import type { TmsConnector } from "../connector.ts";
import { xmlEvents } from "./reader.ts";

/**
 * XML in the shape of the JSON events: element names are field names, attributes may stand for plain fields. Places are
 * those of the JSON: `/events/3`, or "" for a single event. No document type, no entities of the sender's own, bounded
 * depth, attributes and sizes.
 */
export const xmlConnector: TmsConnector = {
  format: "xml",
  title: "XML: one event or a list",
  recognizes: (head) => /^\uFEFF?\s*<(?:\?xml|!--|!DOCTYPE|[\w-]*:?events?[\s>/])/i.test(head),
  read: (bytes) => xmlEvents(bytes),
};
