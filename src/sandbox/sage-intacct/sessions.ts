import { randomBytes } from "node:crypto";
import type { Storage } from "../storage.ts";

/** Who asks, and for which entity. */
export interface Session {
  readonly token: string;
  readonly company: string;
  readonly sender: string;
  readonly user: string;
  readonly entity: string;
  readonly startedMs: number;
  readonly expiresMs: number;
}

export interface Sessions {
  open(order: { company: string; sender: string; user: string; entity: string; minutes: number }): Session;
  /** The session as this call leaves it: every use moves its end. Null when it is unknown or over. */
  use(token: string): Session | null;
  end(token: string): void;
}

export function createSessions(storage: Storage, now: () => number): Sessions {
  return {
    open({ company, sender, user, entity, minutes }) {
      const token = `S${randomBytes(18).toString("base64url")}..`;
      const startedMs = now();
      const seconds = minutes * 60;
      storage.run(
        "INSERT INTO intacct_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        token,
        company,
        sender,
        user,
        entity,
        startedMs,
        startedMs + seconds * 1000,
        seconds,
      );
      storage.run("DELETE FROM intacct_sessions WHERE expires < ?", startedMs - 86_400_000);
      return { token, company, sender, user, entity, startedMs, expiresMs: startedMs + seconds * 1000 };
    },
    use(token) {
      const row = storage.get("SELECT * FROM intacct_sessions WHERE token = ? AND expires > ?", token, now());
      if (row === undefined) return null;
      const expiresMs = now() + Number(row["seconds"]) * 1000;
      storage.run("UPDATE intacct_sessions SET expires = ? WHERE token = ?", expiresMs, token);
      const text = (name: string) => String(row[name]);
      return {
        token,
        company: text("company"),
        sender: text("sender"),
        user: text("user"),
        entity: text("entity"),
        startedMs: now(),
        expiresMs,
      };
    },
    end: (token) => storage.run("DELETE FROM intacct_sessions WHERE token = ?", token),
  };
}
