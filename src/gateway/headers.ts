import type { Gateway } from "./gateway.ts";

/** Pages load only their own script and style, talk only to us, and stand in nobody's frame. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer. Nothing is cached but what says so itself, and no other site may read anything. */
export function protectAnswers(app: Gateway, publicUrl: string | null): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "content-security-policy": contentSecurityPolicy,
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
      "cache-control": "no-store",
      "x-request-id": request.id,
    });
    if (publicUrl?.startsWith("https:")) reply.header("strict-transport-security", "max-age=31536000");
  });
}
