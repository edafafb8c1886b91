import type { TransportEvent } from "../events.ts";
import type { CompiledRules, DocumentChoice } from "../rules/compile.ts";

/** What every step of a build needs to know. */
export interface BuildContext {
  readonly event: TransportEvent;
  readonly rules: CompiledRules;
  readonly choice: DocumentChoice;
}
