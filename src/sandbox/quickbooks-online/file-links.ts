import { createHmac } from "node:crypto";
import type { Company } from "./company.ts";

// Links need no secret of their own: whoever reaches the sandbox may read it. The signature shows a client that they expire.
export function sealOf(company: Company, id: string, expires: number): string {
  return createHmac("sha256", `${company.key}`).update(`${company.id} ${id} ${expires}`).digest("base64url");
}

/** An address that serves the file for some minutes without a bearer. */
export function temporaryUrl({ company, origin, atMs }: { company: Company; origin: string; atMs: number }, id: string): string {
  const expires = atMs + company.switches.attachmentLinkMinutes * 60_000;
  return `${origin}/quickbooks-online/files/${company.id}/${id}?expires=${expires}&signature=${sealOf(company, id, expires)}`;
}
