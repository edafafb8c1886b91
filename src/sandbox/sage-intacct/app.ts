import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readSetting, writeSetting, type Storage } from "../storage.ts";

/** The one registered integrator: an app for OAuth and a sender for XML. */
export interface App {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly senderId: string;
  readonly senderPassword: string;
}

export function registeredApp(storage: Storage): App {
  const kept = readSetting(storage, "intacct_app") as App | undefined;
  if (kept !== undefined) return kept;
  const secret = (bytes: number) => randomBytes(bytes).toString("base64url");
  const app = {
    clientId: `${randomBytes(10).toString("hex")}.app.sage.com`,
    clientSecret: secret(20),
    senderId: "ledgerlane_dev",
    senderPassword: secret(12),
  };
  writeSetting(storage, "intacct_app", app);
  return app;
}

export function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
