/** One part of a form. */
export interface Part {
  readonly name: string;
  readonly fileName: string | null;
  readonly type: string | null;
  readonly bytes: Buffer;
}

/** Takes a multipart form apart; null when it is none, or is cut short. */
export function readParts(contentType: string, body: Buffer): Part[] | null {
  const boundary = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return null;
  const delimiter = Buffer.from(`--${mark}`);
  const parts: Part[] = [];
  for (let at = body.indexOf(delimiter); at >= 0; ) {
    const start = at + delimiter.length;
    if (body.toString("latin1", start, start + 2) === "--") return parts;
    const next = body.indexOf(delimiter, start);
    if (next < 0) return null;
    const part = readPart(body.subarray(start, next));
    if (part !== null) parts.push(part);
    at = next;
  }
  return null;
}

function readPart(piece: Buffer): Part | null {
  const gap = piece.indexOf("\r\n\r\n");
  if (gap < 0) return null;
  const head = piece.toString("utf8", 0, gap);
  const name = /;\s*name="([^"]*)"/i.exec(head)?.[1];
  if (name === undefined) return null;
  return {
    name,
    fileName: /;\s*filename="([^"]*)"/i.exec(head)?.[1] ?? null,
    type: /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim() ?? null,
    bytes: decoded(head, piece.subarray(gap + 4, piece.length - 2)),
  };
}

/** Senders that can only write text send the bytes as base64 and say so in the part's head. */
function decoded(head: string, bytes: Buffer): Buffer {
  const encoding = /^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1]?.toLowerCase();
  return encoding === "base64" ? Buffer.from(bytes.toString("latin1"), "base64") : bytes;
}
