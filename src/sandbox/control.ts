import { formatMinor } from "../core/money.ts";
import type { Clock } from "./clock.ts";
import type { Emulator } from "./emulator.ts";
import { readRules, type Faults } from "./faults.ts";
import { jsonAnswer, type Answer, type SandboxRequest } from "./http.ts";
import { isObject, objectOf, textOf, type JsonObject } from "./json.ts";
import { accountBalances, readOracle } from "./ledger.ts";
import type { Limits } from "./limits.ts";
import type { RequestLog } from "./request-log.ts";
import type { Storage } from "./storage.ts";

interface Parts {
  readonly emulators: readonly Emulator[];
  readonly storage: Storage;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly log: RequestLog;
}

type Handler = (request: SandboxRequest, body: JsonObject) => unknown;

/** A wrong control call: its message goes to the caller. */
class WrongCall extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const loopback = /^(127\.|::1$|::ffff:127\.)/;
const loopbackOrigin = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** The control API: for tests and demos, from this machine alone. */
export function createControl(parts: Parts): (request: SandboxRequest, remoteAddress: string) => Answer {
  const routes = routesOf(parts);
  return (request, remoteAddress) => {
    const { origin } = request.headers;
    // A page on the internet must not steer the sandbox through somebody's browser.
    const isForeignPage = origin !== undefined && !loopbackOrigin.test(origin);
    if (!loopback.test(remoteAddress) || isForeignPage) return jsonAnswer(403, { error: "The control API answers this machine alone" });
    const handler = routes[`${request.method} ${request.path}`];
    if (handler === undefined) return jsonAnswer(404, { error: `No control route ${request.method} ${request.path}` });
    const body = request.body.length === 0 ? {} : request.json();
    if (!isObject(body)) return jsonAnswer(400, { error: "The body is a JSON object" });
    try {
      return jsonAnswer(200, handler(request, body));
    } catch (error) {
      if (error instanceof WrongCall) return jsonAnswer(error.status, { error: error.message });
      throw error;
    }
  };
}

function routesOf(parts: Parts): Readonly<Record<string, Handler>> {
  const { emulators, storage, log, faults } = parts;
  const write = (handler: (emulator: Emulator, body: JsonObject) => unknown): Handler => {
    return (_request, body) => storage.transaction(() => handler(emulatorOf(emulators, body["system"]), body));
  };
  return {
    "GET /_control/companies": () => ({ companies: emulators.flatMap((emulator) => emulator.companies()) }),
    "POST /_control/companies": write(createCompany),
    "POST /_control/tokens": write((emulator, body) => emulator.issueTokens(companyOf(emulator, body["id"]))),
    "POST /_control/preferences": write((emulator, body) => ({
      preferences: refusing(() => emulator.changePreferences(companyOf(emulator, body["id"]), objectOf(body["preferences"]))),
    })),
    "PUT /_control/switches": write((emulator, body) => {
      const id = companyOf(emulator, body["id"]);
      return { switches: refusing(() => emulator.changeSwitches(id, objectOf(body["switches"]))) };
    }),
    "GET /_control/ledger": (request) => readLedger(parts, request.query),
    "GET /_control/requests": ({ query }) => ({ requests: log.list({ system: query.get("system"), id: query.get("id") }) }),
    "GET /_control/webhooks": ({ query }) => {
      const emulator = emulatorOf(emulators, query.get("system") ?? "quickbooks-online");
      const id = query.get("id");
      return emulator.webhooks?.describe(id === null ? null : companyOf(emulator, id)) ?? {};
    },
    "PUT /_control/webhooks": write(setWebhooks),
    "POST /_control/merge": write((emulator, body) => {
      const id = companyOf(emulator, body["id"]);
      const order = { entity: String(body["entity"]), from: String(body["from"]), into: String(body["into"]) };
      return { merged: refusing(() => emulator.merge?.(id, order) ?? null) };
    }),
    "GET /_control/usage": ({ query }) => ({
      usage: emulatorOf(emulators, query.get("system") ?? "quickbooks-online").usage?.(query.get("id")) ?? [],
    }),
    "GET /_control/faults": () => faults.describe(),
    "PUT /_control/faults": (_request, body) => planFaults(faults, body),
    "GET /_control/limits": () => ({ limits: parts.limits.settings() }),
    "PUT /_control/limits": (_request, body) => setLimits(parts, body),
    "GET /_control/clock": () => clockNow(parts.clock),
    "PUT /_control/clock": (_request, body) => {
      const moved = changeClock(parts.clock, body);
      for (const emulator of emulators) emulator.tick?.();
      return moved;
    },
    "POST /_control/reset": (_request, body) => reset(parts, body),
  };
}

/** What an emulator refuses with a RangeError is the caller's mistake. */
function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new WrongCall(400, error.message) : error;
  }
}

function setWebhooks(emulator: Emulator, body: JsonObject): unknown {
  const { webhooks } = emulator;
  if (webhooks === undefined) throw new WrongCall(400, `${emulator.system} has no webhooks`);
  const id = body["id"] === undefined || body["id"] === null ? null : companyOf(emulator, body["id"]);
  refusing(() => webhooks.configure(id, body));
  return webhooks.describe(id);
}

function emulatorOf(emulators: readonly Emulator[], system: unknown): Emulator {
  const found = emulators.find((emulator) => emulator.system === system);
  if (found === undefined) throw new WrongCall(400, `system is one of ${emulators.map((emulator) => emulator.system).join(", ")}`);
  return found;
}

function companyOf(emulator: Emulator, id: unknown): string {
  if (typeof id !== "string" || emulator.ledgerKey(id) === null)
    throw new WrongCall(404, `${emulator.system} has no company "${String(id)}"`);
  return id;
}

function createCompany(emulator: Emulator, body: JsonObject): unknown {
  const { template = "trucking" } = body;
  if (template !== "trucking" && template !== "empty") throw new WrongCall(400, 'template is "trucking" or "empty"');
  const options = objectOf(body["options"]);
  const id = textOf(body["id"]) ?? textOf(options["id"]);
  if (id !== null && emulator.ledgerKey(id) !== null) throw new WrongCall(409, `${emulator.system} has a company "${id}" already`);
  return refusing(() => emulator.createCompany({ id, template, options }));
}

function readLedger({ emulators, storage }: Parts, query: URLSearchParams): unknown {
  const emulator = emulatorOf(emulators, query.get("system"));
  const id = companyOf(emulator, query.get("id"));
  const company = emulator.ledgerKey(id) ?? 0;
  const after = Number(query.get("after") ?? 0);
  const limit = Number(query.get("limit") ?? 1_000_000);
  if (!Number.isSafeInteger(after) || !Number.isSafeInteger(limit)) throw new WrongCall(400, "after and limit are whole numbers");
  const balances = accountBalances(storage, company);
  const sum = (side: "debit" | "credit") => balances.reduce((total, balance) => total + balance[side], 0n);
  const entries = query.get("entries") === "false" ? [] : readOracle(storage, { company, after, limit });
  return {
    entries,
    totals: { debit: formatMinor(sum("debit"), "USD"), credit: formatMinor(sum("credit"), "USD") },
    balances: balances.map(({ id: account, debit, credit }) => ({
      id: account,
      ...emulator.describeAccount(id, account),
      debit: formatMinor(debit, "USD"),
      credit: formatMinor(credit, "USD"),
      balance: formatMinor(debit - credit, "USD"),
    })),
  };
}

function planFaults(faults: Faults, body: JsonObject): unknown {
  const rules = readRules(body["rules"]);
  if (typeof rules === "string") throw new WrongCall(400, rules);
  faults.plan(typeof body["seed"] === "number" ? body["seed"] : 1, rules);
  return faults.describe();
}

function setLimits({ emulators, limits }: Parts, body: JsonObject): unknown {
  const emulator = emulatorOf(emulators, body["system"]);
  const { scale = 1, enabled = true } = body;
  if (typeof scale !== "number" || scale <= 0 || typeof enabled !== "boolean") {
    throw new WrongCall(400, "enabled is true or false, scale is a number above zero");
  }
  const id = body["id"] === undefined || body["id"] === null ? null : companyOf(emulator, body["id"]);
  const { meteredPerMonth = null } = body;
  if (meteredPerMonth !== null && (typeof meteredPerMonth !== "number" || meteredPerMonth < 0)) {
    throw new WrongCall(400, "meteredPerMonth is a number of calls, or null");
  }
  limits.set({ system: emulator.system, id, enabled, scale, meteredPerMonth });
  return { limits: limits.settings() };
}

function clockNow(clock: Clock): unknown {
  const nowMs = clock.now();
  return { now: new Date(nowMs).toISOString(), nowMs };
}

function changeClock(clock: Clock, body: JsonObject): unknown {
  const { now, advanceMs, frozen, reset: isReset } = body;
  const nowMs = typeof now === "string" ? Date.parse(now) : typeof now === "number" ? now : undefined;
  if (nowMs !== undefined && Number.isNaN(nowMs)) throw new WrongCall(400, "now is an ISO date-time or milliseconds");
  clock.change({
    nowMs,
    advanceMs: typeof advanceMs === "number" ? advanceMs : undefined,
    frozen: typeof frozen === "boolean" ? frozen : undefined,
    reset: isReset === true,
  });
  return clockNow(clock);
}

/** Without a company: everything goes back to the start, faults, limits, clock and request log too. */
function reset(parts: Parts, body: JsonObject): unknown {
  const { emulators, storage, clock, limits, faults, log } = parts;
  const chosen = body["system"] === undefined ? emulators : [emulatorOf(emulators, body["system"])];
  const [first] = chosen;
  const id = body["id"] === undefined || first === undefined ? null : companyOf(first, body["id"]);
  storage.transaction(() => {
    for (const emulator of chosen) emulator.reset(id);
  });
  if (id === null && body["system"] === undefined) {
    clock.change({ reset: true });
    limits.clear();
    faults.plan(1, []);
    log.clear();
  }
  return { reset: id ?? "all" };
}
