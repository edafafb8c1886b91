import type { FastifyReply } from "fastify";
import type { IncomingMessage } from "node:http";
import { createSignIn, endSignIn, findUserForSignIn, organizationOfSignIn, signInHours } from "../../store/access.ts";
import { inDirectory, inOrganization } from "../../store/database.ts";
import { isPassword } from "../../store/passwords.ts";
import { readCookie, refuseCrossSite, setCookie } from "../auth.ts";
import { readBody } from "../body.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import { escapeHtml, htmlPage } from "../html.ts";
import { createRateLimit } from "../rate-limit.ts";

const formBytesMax = 8 * 1024;

/** Signing in and out. Wrong guesses are slowed by address and e-mail together, and by address alone. */
export function signInRoutes(gateway: Gateway, { database, publicUrl }: GatewayOptions): void {
  const guesses = createRateLimit({ perSecond: 1 / 60, burst: 6 });
  const fromOneAddress = createRateLimit({ perSecond: 1 / 20, burst: 40 });
  const hours = signInHours;

  gateway.register(async (app: Gateway) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("application/x-www-form-urlencoded", async (_request: unknown, payload: IncomingMessage) => readForm(payload));

    app.get("/login", async (_request, reply) => sendPage(reply, 200, signInPage({ email: "", problem: null })));

    app.post("/login", { config: { bodyBytesMax: formBytesMax } }, async (request, reply) => {
      refuseCrossSite(request, publicUrl, false);
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const email = (form.get("email") ?? "").slice(0, 320);
      const password = (form.get("password") ?? "").slice(0, 1_000);
      const wait = Math.max(guesses.take(`${request.ip} ${email.trim().toLowerCase()}`), fromOneAddress.take(request.ip));
      if (wait > 0) {
        const problem = `Too many tries. Wait ${wait < 90 ? `${wait} seconds` : `${Math.ceil(wait / 60)} minutes`} and try again.`;
        return sendPage(reply.header("retry-after", String(wait)), 429, signInPage({ email, problem }));
      }
      const user = await inDirectory(database, (tx) => findUserForSignIn(tx, email));
      const isRight = await isPassword(password, user?.passwordHash ?? null);
      if (user === null || !isRight) {
        request.log.warn({ ip: request.ip }, "sign-in refused");
        return sendPage(reply, 401, signInPage({ email, problem: "E-mail or password is wrong." }));
      }
      const token = await inOrganization(database, user.organizationId, (tx) => createSignIn(tx, user.userId));
      guesses.forgive(`${request.ip} ${email.trim().toLowerCase()}`);
      setCookie(reply, token, { publicUrl, hours });
      return reply.redirect("/", 303);
    });

    app.post("/logout", { config: { bodyBytesMax: formBytesMax } }, async (request, reply) => {
      refuseCrossSite(request, publicUrl, true);
      const token = readCookie(request);
      const organizationId = token === null ? null : organizationOfSignIn(token);
      if (token !== null && organizationId !== null) await inOrganization(database, organizationId, (tx) => endSignIn(tx, token));
      setCookie(reply, null, { publicUrl, hours });
      return reply.redirect("/login", 303);
    });
  });
}

async function readForm(payload: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(payload, formBytesMax)) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).type("text/html; charset=utf-8").send(html);
}

function signInPage({ email, problem }: { email: string; problem: string | null }): string {
  const shown = problem === null ? "" : `<p class="notice bad" role="alert" id="problem">${escapeHtml(problem)}</p>`;
  const first = email === "" ? ["autofocus", ""] : ["", "autofocus"];
  const described = problem === null ? "" : ' aria-describedby="problem"';
  return htmlPage({
    title: "Sign in · Ledgerlane",
    bodyClass: "sign-in",
    body: `<main class="card narrow">
<h1 class="brand">Ledgerlane</h1>
<p class="quiet">Sign in to see where every dollar stands.</p>
${shown}
<form method="post" action="/login">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required value="${escapeHtml(email)}" ${first[0]}${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required ${first[1]}${described}>
<button class="primary" type="submit">Sign in</button>
</form>
</main>`,
  });
}
