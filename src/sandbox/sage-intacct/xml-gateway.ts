import { tableEntry } from "../json.ts";
import type { Answer, SandboxRequest } from "../http.ts";
import { isSame } from "./app.ts";
import type { Company } from "./company.ts";
import {
  authenticationFailure,
  controlFailure,
  gatewayLoginFailure,
  noControl,
  results,
  xmlAnswer,
  type Control,
  type FunctionResult,
} from "./envelope.ts";
import { functions, readings } from "./functions.ts";
import { checkShape } from "./legacy-shapes.ts";
import { Refusal, type Trouble } from "./refusal.ts";
import { isEntity, meter, publishedLimits, system, workFor, type Service } from "./service.ts";
import type { Session } from "./sessions.ts";
import { childOf, readXml, textIn, XmlTrouble, type Element } from "../xml.ts";

/** Answers one request of the XML gateway. */
export function answerXml(service: Service, request: SandboxRequest): Answer {
  if (request.method !== "POST")
    return controlFailure(noControl, { errorno: "GW-0011", text: "The request is invalid: POST is expected" }, 400);
  let root: Element;
  try {
    root = readXml(request.body);
  } catch (error) {
    if (!(error instanceof XmlTrouble)) throw error;
    return controlFailure(noControl, { errorno: "XL03000003", text: `The XML is not well-formed: ${error.message}` });
  }
  const control = controlOf(root);
  const trouble = checkControl(service, root, control);
  if (trouble !== null) {
    const company = companyAsked(service, root);
    return controlFailure(control, trouble, company?.switches.controlFailureStatus ?? 200);
  }
  return answerOperation(service, request, { control, operation: childOf(root, "operation") });
}

function controlOf(root: Element): Control {
  const control = childOf(root, "control");
  return {
    senderId: textIn(control, "senderid") ?? "",
    controlId: textIn(control, "controlid") ?? "",
    // Absent is true: a client that does not care gets the check all the same.
    isUnique: (textIn(control, "uniqueid") ?? "true").toLowerCase() === "true",
    version: textIn(control, "dtdversion") ?? "3.0",
    showsMore: textIn(control, "showadditionalerrorinfo")?.toLowerCase() === "true",
  };
}

/** What goes wrong before anybody is signed in. */
function checkControl({ app }: Service, root: Element, control: Control): Trouble | null {
  const element = childOf(root, "control");
  if (root.name !== "request" || element === undefined || childOf(root, "operation") === undefined)
    return { errorno: "XL03000003", text: "The XML is not valid: request, control and operation are expected" };
  if (control.controlId === "" || control.controlId.length > 256)
    return { errorno: "XL03000003", text: "The XML is not valid: controlid has 1 to 256 characters" };
  const password = childOf(element, "password")?.text.trim() ?? "";
  if (!isSame(`${control.senderId} ${password}`, `${app.senderId} ${app.senderPassword}`))
    return { errorno: "XL03000006", text: "Incorrect Intacct XML Partner ID or password." };
  const policy = textIn(element, "policyid");
  if (policy !== null) return { errorno: "XL03000006", text: `${policy} is not a valid transport policy.` };
  return checkFunctions(childOf(childOf(root, "operation"), "content"));
}

function checkFunctions(content: Element | undefined): Trouble | null {
  const calls = content?.children ?? [];
  if (calls.length === 0 || calls.some((call) => call.name !== "function" || call.children.length !== 1))
    return { errorno: "XL03000003", text: "The XML is not valid: content holds functions, each with one element" };
  for (const call of calls) {
    const [element] = call.children;
    const id = call.attributes["controlid"] ?? "";
    if (id === "" || id.length > 256)
      return { errorno: "XL03000003", text: "The XML is not valid: a function has a controlid of 1 to 256 characters" };
    const wrong = element === undefined ? null : checkShape(element);
    if (wrong !== null) return { errorno: "XL03000003", text: `The XML is not valid: ${wrong}` };
  }
  return null;
}

function companyAsked({ companies, sessions }: Service, root: Element): Company | null {
  const authentication = childOf(childOf(root, "operation"), "authentication");
  const asked = textIn(childOf(authentication, "login"), "companyid")?.split("|").at(-1);
  const token = textIn(authentication, "sessionid");
  return companies.find(asked ?? (token === null ? "" : (sessions.use(token)?.company ?? "")));
}

interface Operation {
  readonly control: Control;
  readonly operation: Element | undefined;
}

function answerOperation(service: Service, request: SandboxRequest, { control, operation }: Operation): Answer {
  const authentication = childOf(operation, "authentication");
  const who = signIn(service, control, authentication);
  if ("trouble" in who) {
    const company = service.companies.find(who.company);
    if (company?.switches.loginFailure === "401" && who.isLogin) return gatewayLoginFailure(control);
    return authenticationFailure(control, who, who.trouble);
  }
  const { session, company } = who;
  const outage = troubleOf(service, company);
  if (outage !== null) return outage;
  const done = runAll(service, { session, company, control, request }, operation);
  if ("status" in done) return done;
  return results(control, { ...session, company: company.id }, done);
}

function troubleOf(service: Service, company: Company): Answer | null {
  const isAdmitted = service.limits.admit({ system, company: company.id, isBatch: false, published: publishedLimits(company) });
  if (!isAdmitted)
    return controlFailure(noControl, { errorno: "GW-0010", text: "The request was throttled: too many requests at a time" }, 429);
  const { outage } = company.switches;
  if (outage === "offline") return xmlAnswer("The Service is Temporarily Off-line");
  return outage === "rate limit in a 200" ? xmlAnswer("API rate limit exceeded") : null;
}

type SignedIn = { session: Session; company: Company } | { trouble: Trouble; user: string; company: string; isLogin: boolean };

const wrongSignIn: Trouble = { errorno: "XL03000006", text: "Sign-in information is incorrect" };
const notLetIn: Trouble = { errorno: "XL03000006", text: "Invalid Web Services Authorization" };

function signIn(service: Service, control: Control, authentication: Element | undefined): SignedIn {
  const login = childOf(authentication, "login");
  const token = textIn(authentication, "sessionid");
  if (login !== undefined) return signInByLogin(service, control, login);
  const session = token === null ? null : service.sessions.use(token);
  const company = session === null ? null : service.companies.find(session.company);
  const failure = { user: session?.user ?? "", company: session?.company ?? "", isLogin: false };
  if (session === null || company === null || company.switches.outage === "login expired") return { ...failure, trouble: wrongSignIn };
  if (!company.rules.senders.includes(control.senderId)) return { ...failure, trouble: notLetIn };
  return { session: { ...session, sender: control.senderId }, company };
}

function signInByLogin(service: Service, control: Control, login: Element): SignedIn {
  const user = textIn(login, "userid") ?? "";
  // `console|client|entity` is the short form of a console.
  const parts = (textIn(login, "companyid") ?? "").split("|");
  const id = parts.length >= 2 ? (textIn(login, "clientid") ?? parts[1] ?? "") : (textIn(login, "clientid") ?? parts[0] ?? "");
  const entity = textIn(login, "locationid") ?? parts[2] ?? "";
  const failure = { user, company: id, isLogin: true };
  const company = service.companies.find(id);
  const known = company?.rules.users.find((one) => one.id === user);
  const isRight = known !== undefined && isSame(known.password, childOf(login, "password")?.text.trim() ?? "");
  if (company === null || !isRight || !isEntity(service, company, entity)) return { ...failure, trouble: wrongSignIn };
  if (!company.rules.senders.includes(control.senderId)) return { ...failure, trouble: notLetIn };
  const startedMs = service.now();
  const expiresMs = startedMs + company.switches.sessionMinutes * 60_000;
  return {
    session: { token: `login ${id} ${user} ${entity}`, company: id, sender: control.senderId, user, entity, startedMs, expiresMs },
    company,
  };
}

interface Run {
  readonly session: Session;
  readonly company: Company;
  readonly control: Control;
  readonly request: SandboxRequest;
}

/** A function that failed inside `transaction="true"`: everything is undone. */
class RolledBack extends Error {}

const rolledBack: Trouble = {
  errorno: "XL03000009",
  text: "The entire transaction in this operation has been rolled back due to an error.",
};

function runAll(service: Service, run: Run, operation: Element | undefined): FunctionResult[] | Answer {
  const calls = childOf(operation, "content")?.children ?? [];
  const isWhole = operation?.attributes["transaction"]?.toLowerCase() === "true";
  if (!isWhole) {
    const done: FunctionResult[] = [];
    for (const call of calls) {
      const result = runOne(service, run, call);
      if ("body" in result) return result;
      done.push(result);
    }
    return done;
  }
  let done: FunctionResult[] = [];
  try {
    service.storage.transaction(() => {
      for (const call of calls) {
        const result = runOne(service, run, call, true);
        if ("body" in result) throw new Error("A bare result inside a transaction");
        done.push(result);
        if (result.status === "failure") throw new RolledBack();
      }
    });
    return done;
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  const failed = done.length - 1;
  done = calls.map((call, index): FunctionResult => {
    const result = done[index];
    if (index === failed && result !== undefined) return { ...result, troubles: [...result.troubles, rolledBack] };
    const name = call.children[0]?.name ?? "";
    return { status: "aborted", name, controlId: call.attributes["controlid"] ?? "", content: "", troubles: [rolledBack] };
  });
  return done;
}

function runOne(service: Service, run: Run, call: Element, isInside = false): FunctionResult | Answer {
  const { session, company, control, request } = run;
  const element = call.children[0];
  const controlId = call.attributes["controlid"] ?? "";
  const name = element?.name ?? "";
  const key = `xml ${control.senderId} ${controlId}`;
  const isRemembered = control.isUnique && !request.ignoreKey;
  const work = workFor(service, { company, entity: session.entity, user: session.user, key: controlId, origin: request.origin });
  const failed = (troubles: readonly Trouble[]): FunctionResult => {
    const content = name === "create" ? '<data listtype="objects" count="0"/>' : "";
    return { status: "failure", name, controlId, content, troubles };
  };
  if (isRemembered && wasRun(service, company, key))
    return failed([
      {
        errorno: company.switches.replayCode,
        text: `The function with the control id '${controlId}' was already executed.`,
        category: "duplicateRequest",
      },
    ]);
  const perform = tableEntry(functions, name);
  if (element === undefined || perform === undefined)
    return failed([{ errorno: "XL03000006", text: `The function '${name}' is not known.`, category: "invalidRequest" }]);
  try {
    const carryOut = (): FunctionResult | Answer => {
      const content = perform({ work, element, session: session.token, service, login: session });
      if (isRemembered) remember(service, company, key);
      meter(service, company.id, Math.max(work.meter.transactions, readings.has(name) ? 1 : 0));
      if (typeof content !== "string") return { ...xmlAnswer(content.body), headers: { "content-type": content.type }, body: content.body };
      return { status: "success", name, controlId, content, troubles: [] };
    };
    return isInside ? service.storage.part(carryOut) : service.storage.transaction(carryOut);
  } catch (error) {
    if (error instanceof Refusal) return failed(error.troubles);
    throw error;
  }
}

function wasRun({ storage, now }: Service, company: Company, key: string): boolean {
  const since = now() - company.switches.keyHours * 3_600_000;
  return storage.get("SELECT 1 FROM intacct_replies WHERE company = ? AND key = ? AND at > ?", company.key, key, since) !== undefined;
}

function remember({ storage, now }: Service, company: Company, key: string): void {
  storage.run("INSERT OR REPLACE INTO intacct_replies VALUES (?, ?, 200, '', ?)", company.key, key, now());
}
