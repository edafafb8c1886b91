import type { Storage } from "../storage.ts";

/** Calls are counted by class: what writes is core and free, what reads is metered. */
export type CallClass = "core" | "corePlus";

export interface Usage {
  readonly realm: string;
  /** `2026-11`, by the clock of the emulators. */
  readonly month: string;
  readonly core: number;
  readonly corePlus: number;
}

const monthOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 7);

/** Counts what was answered well; each item of a batch is a call. */
export function countCalls(storage: Storage, realm: string, atMs: number, calls: Readonly<Record<CallClass, number>>): void {
  storage.run(
    `INSERT INTO qbo_meter VALUES (?, ?, ?, ?)
       ON CONFLICT (realm, month) DO UPDATE SET core = core + excluded.core, core_plus = core_plus + excluded.core_plus`,
    ...[realm, monthOf(atMs), calls.core, calls.corePlus],
  );
}

/** Metered calls of this month over all companies: they count for the app, not for one company. */
export function corePlusThisMonth(storage: Storage, atMs: number): number {
  return Number(storage.get("SELECT sum(core_plus) AS total FROM qbo_meter WHERE month = ?", monthOf(atMs))?.["total"] ?? 0);
}

export function usageOf(storage: Storage, realm: string | null): Usage[] {
  const rows = storage.all("SELECT * FROM qbo_meter WHERE ? IS NULL OR realm = ? ORDER BY month, realm", realm, realm);
  return rows.map((row) => ({
    realm: String(row["realm"]),
    month: String(row["month"]),
    core: Number(row["core"]),
    corePlus: Number(row["core_plus"]),
  }));
}
