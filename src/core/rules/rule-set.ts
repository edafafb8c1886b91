/** Replaced by the room that owns it. */
export interface RuleSet {
  name: string;
}
