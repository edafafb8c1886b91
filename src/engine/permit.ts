import { AsyncLocalStorage } from "node:async_hooks";
import type { Gate } from "../connectors/accounting/connector.ts";

/** What the sending that a call belongs to must hear just before bytes of it leave. It throws when they must not. */
const leaving = new AsyncLocalStorage<() => void>();

/** Runs a sending; `leave` is called before each of its calls, at the moment the gate lets it go. */
export function withPermit<T>(leave: () => void, sending: () => Promise<T>): Promise<T> {
  return leaving.run(leave, sending);
}

/**
 * A gate that asks at its far side whether the call may still leave: waiting for the pace may have taken longer than the
 * intent allows. Every connector's calls pass the gate, so none can leave unseen.
 */
export function permitted(gate: Gate): Gate {
  return (kind, call) =>
    gate(kind, () => {
      leaving.getStore()?.();
      return call();
    });
}
