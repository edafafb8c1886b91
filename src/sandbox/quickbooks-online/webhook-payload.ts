import { createHash, createHmac } from "node:crypto";
import type { Row } from "../storage.ts";

/** One queued notification. */
export interface Notification {
  readonly sequence: number;
  readonly realm: string;
  readonly uuid: string;
  readonly entity: string;
  readonly id: string;
  readonly operation: string;
  readonly other: string | null;
  readonly atMs: number;
  readonly dueMs: number;
  readonly attempts: number;
  readonly state: string;
  readonly outcome: string | null;
}

export function toNotification(row: Row): Notification {
  const nullable = (value: unknown) => (value === null || value === undefined ? null : String(value));
  return {
    sequence: Number(row["sequence"]),
    realm: String(row["realm"]),
    uuid: String(row["uuid"]),
    entity: String(row["entity"]),
    id: String(row["record"]),
    operation: String(row["operation"]),
    other: nullable(row["other"]),
    atMs: Number(row["at"]),
    dueMs: Number(row["due"]),
    attempts: Number(row["attempts"]),
    state: String(row["state"]),
    outcome: nullable(row["outcome"]),
  };
}

/** The body of one delivery, in either of the two published forms. */
export function payloadOf(form: "cloudevents" | "classic", notifications: readonly Notification[]): string {
  return JSON.stringify(form === "classic" ? classicPayload(notifications) : notifications.map(cloudEvent));
}

function classicPayload(notifications: readonly Notification[]): unknown {
  const realms = [...new Set(notifications.map(({ realm }) => realm))];
  return {
    eventNotifications: realms.map((realmId) => ({
      realmId,
      dataChangeEvent: {
        entities: notifications
          .filter(({ realm }) => realm === realmId)
          .map(({ entity, id, operation, other, atMs }) => ({
            name: entity,
            id,
            operation,
            lastUpdated: new Date(atMs).toISOString(),
            ...(other === null ? {} : { deletedId: other }),
          })),
      },
    })),
  };
}

const pastTense: Readonly<Record<string, string>> = {
  Create: "created",
  Update: "updated",
  Delete: "deleted",
  Merge: "merged",
  Void: "voided",
  Emailed: "emailed",
};

function cloudEvent({ uuid, entity, operation, other, atMs, id, realm }: Notification): unknown {
  return {
    specversion: "1.0",
    id: uuid,
    source: `intuit.${createHash("sha256").update("sandbox").digest("base64")}`,
    type: `qbo.${entity.toLowerCase()}.${pastTense[operation] ?? operation.toLowerCase()}.v1`,
    datacontenttype: "application/json",
    time: new Date(atMs).toISOString(),
    intuitentityid: id,
    intuitaccountid: realm,
    data: other === null ? {} : { deletedid: other },
  };
}

/** What stands in `intuit-signature`: over the very bytes that are sent. */
export function signatureOf(verifierToken: string, body: string): string {
  return createHmac("sha256", verifierToken).update(body, "utf8").digest("base64");
}
