import type { Statement, Tx } from "../store/database.ts";

/** A message for the outside: the change feed and webhooks read these in order. */
export interface OutboxMessage {
  /** `posting.posted`, `event.review` … */
  readonly topic: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const insert: Statement = {
  name: "outbox_add",
  text: "insert into outbox (organization_id, topic, body) select $1, * from unnest($2::text[], $3::text[])",
};

/** Adds messages in the caller's transaction: they go out if and only if what they tell of was committed. */
export async function addToOutbox(tx: Tx, messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await tx.change(insert, [tx.organizationId, messages.map(({ topic }) => topic), messages.map(({ body }) => JSON.stringify(body))]);
}
