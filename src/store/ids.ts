import { randomFillSync } from "node:crypto";

// Random bytes are drawn a page at a time: one draw an id is most of what an id costs.
const pool = Buffer.allocUnsafe(4_096);
let used = pool.length;
let lastMs = 0;
let sequence = 0;

/**
 * A new id, ordered by time (UUID version 7), so that rows written together lie together. Ids of one process are
 * strictly ascending: the 12 bits after the version count within a millisecond.
 */
export function newId(): string {
  const ms = Math.max(Date.now(), lastMs);
  sequence = ms === lastMs ? sequence + 1 : 0;
  lastMs = sequence > 0xfff ? ms + 1 : ms;
  sequence &= 0xfff;
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, (used += 16));
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
