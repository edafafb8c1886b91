import type { FastifyReply, FastifyRequest } from "fastify";
import { Fault } from "../core/errors.ts";
import type { Actor } from "../engine/engine.ts";
import { findApiKey, findSignIn, hashToken, organizationOfSignIn, organizationOfToken, type Role } from "../store/access.ts";
import { inOrganization } from "../store/database.ts";
import { Refusal } from "./errors.ts";
import type { Gateway, GatewayOptions, Permission } from "./gateway.ts";
import { createRateLimit } from "./rate-limit.ts";

const rights: Record<Role, readonly Permission[]> = {
  admin: ["read", "send", "retry", "publish", "connect"],
  controller: ["read", "send", "retry", "publish"],
  clerk: ["read", "send", "retry"],
  auditor: ["read"],
  machine: ["read", "send"],
};

/** Whether a role may do something. */
export function mayDo(role: Role, permission: Permission): boolean {
  return rights[role].includes(permission);
}

/** Guards every route that has a permission: who is it, not too often, may they, and not from another site. */
export function guardRoutes(app: Gateway, options: GatewayOptions): void {
  const perSecond = options.requestsPerSecond ?? 200;
  const pace = createRateLimit({ perSecond, burst: perSecond * 2 });
  const strangers = createRateLimit({ perSecond: 5, burst: 50 });
  app.addHook("onRequest", async (request, reply) => {
    const { permission, page } = request.routeOptions.config;
    if (permission === undefined) return;
    const actor = await findActor(request, options);
    if (actor === null) {
      const wait = strangers.take(request.ip);
      if (wait > 0) throw tooOften(wait);
      if (page === true) return reply.redirect("/login", 303);
      throw new Fault("unauthorized", nobody(request));
    }
    const wait = pace.take(`${actor.type}:${actor.id}`);
    if (wait > 0) throw tooOften(wait);
    if (!mayDo(actor.role, permission)) {
      throw new Fault("forbidden", `The role ${actor.role} may not ${deeds[permission]}`, { role: actor.role, needed: permission });
    }
    request.actor = actor;
  });
}

const deeds: Record<Permission, string> = {
  read: "read",
  send: "send events",
  retry: "put work back in line",
  publish: "change rules",
  connect: "manage connections to the books",
};

function nobody(request: FastifyRequest): string {
  const { authorization } = request.headers;
  if (authorization === undefined) return readCookie(request) === null ? "No API key was sent" : "The sign-in has ended";
  return /^bearer /i.test(authorization) ? "The API key is unknown or was revoked" : "Authorization is not of the form `Bearer <API key>`";
}

function tooOften(seconds: number): Refusal {
  const words = { message: `Too many requests; the next one is welcome in ${seconds} s`, fix: "Wait as long as Retry-After says." };
  return new Refusal(429, "rate_limited", words, { "retry-after": String(seconds) });
}

async function findActor(request: FastifyRequest, options: GatewayOptions): Promise<Actor | null> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return ofKey(/^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? "", options);
  const cookie = readCookie(request);
  if (cookie === null) return null;
  const actor = await ofSignIn(cookie, options);
  // A browser sends the cookie whoever wrote the page, so a change must prove that it comes from a page of ours.
  if (actor !== null && !isSafe(request.method)) refuseCrossSite(request, options.publicUrl, true);
  return actor;
}

async function ofKey(token: string, { database, knownKeys }: GatewayOptions): Promise<Actor | null> {
  const organizationId = knownKeys?.get(hashToken(token).toString("hex")) ?? organizationOfToken(token);
  if (organizationId === null) return null;
  const key = await inOrganization(database, organizationId, (tx) => findApiKey(tx, token));
  return key && { organizationId, type: "key", id: key.keyId, role: key.role, sourceId: key.sourceId };
}

/** Who is signed in in this browser; null for nobody. For pages that anybody may ask for. */
export async function findBrowser(request: FastifyRequest, options: GatewayOptions): Promise<Actor | null> {
  const cookie = readCookie(request);
  return cookie === null ? null : ofSignIn(cookie, options);
}

async function ofSignIn(token: string, { database }: GatewayOptions): Promise<Actor | null> {
  const organizationId = organizationOfSignIn(token);
  if (organizationId === null) return null;
  const user = await inOrganization(database, organizationId, (tx) => findSignIn(tx, token));
  return user && { organizationId, type: "user", id: user.userId, role: user.role, sourceId: null };
}

function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** Refuses a request that a page of another site made. `strict`: one that cannot show where it comes from is refused too. */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string | null, strict: boolean): void {
  const site = request.headers["sec-fetch-site"];
  const { origin } = request.headers;
  const ours = publicUrl === null ? `http://${request.headers.host}` : new URL(publicUrl).origin;
  const isSame =
    site === undefined ? (origin === undefined ? !strict : origin === ours) : site === "same-origin" || (site === "none" && !strict);
  if (!isSame) {
    throw new Refusal(403, "cross_site", {
      message: "The request was made by a page of another site",
      fix: "Send the request from a page of this server, or use an API key.",
    });
  }
}

const cookieName = "ledgerlane_sign_in";

/** The sign-in token of the browser; null when it has none. */
export function readCookie(request: FastifyRequest): string | null {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [name, value] = part.trim().split("=");
    if (name === cookieName && value !== undefined && value !== "") return value;
  }
  return null;
}

/** Hands the browser its sign-in token, or takes it back with null. Scripts never see it; other sites' forms do not carry it. */
export function setCookie(
  reply: FastifyReply,
  token: string | null,
  { publicUrl, hours }: { publicUrl: string | null; hours: number },
): void {
  const secure = publicUrl?.startsWith("https:") === true ? "; Secure" : "";
  const age = token === null ? 0 : hours * 3600;
  reply.header("set-cookie", `${cookieName}=${token ?? ""}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${age}${secure}`);
}
