/** Who asks. Everything is done for one organization, and the audit log names the actor. */
export interface Actor {
  readonly organizationId: string;
  readonly type: "user" | "key" | "system";
  readonly id: string;
  readonly role: "admin" | "controller" | "clerk" | "auditor" | "machine";
  /** The source a machine key belongs to; events it sends come from there. */
  readonly sourceId: string | null;
}
