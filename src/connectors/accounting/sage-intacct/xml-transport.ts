import { randomUUID } from "node:crypto";
import { Fault } from "../../../core/errors.ts";
import { send } from "../../../net/http.ts";
import type { CallKind, ConnectionSettings, Gate } from "../connector.ts";
import { readAnswer, requestText, type FunctionResult, type Reading } from "./envelope.ts";
import { asUnsent, unreadable } from "./errors.ts";
import { controlIdLengthMax, readTimeoutMs, writeTimeoutMs } from "./limits.ts";
import type { BooksOptions } from "./options.ts";
import { senderOf, xmlHeaders, type Session } from "./session.ts";
import type { Outcome, Task, Transport } from "./tasks.ts";
import type { Counter } from "./usage.ts";
import { childOf, field, tag, textIn, type Element, type Markup } from "./xml.ts";
import { queryFunction, rowsIn } from "./xml-query.ts";
import { writeFunction } from "./xml-writes.ts";

/** What a way to the XML gateway needs. */
export interface XmlParts {
  readonly settings: ConnectionSettings;
  readonly options: BooksOptions;
  readonly gate: Gate;
  readonly counter: Counter;
  /** A session to use; asked again, with `true`, after one was refused. */
  readonly session: (refused: boolean) => Promise<Session>;
}

/** Many functions in one request, each answered by itself. */
export function xmlTransport(parts: XmlParts): Transport {
  return {
    run: (tasks) => runTasks(parts, tasks),
    ask: async (markup) => {
      const id = randomUUID();
      const { result, fault } = required(await exchange(parts, [{ id, markup }], { unique: false, kind: "read" }), id);
      if (fault) throw fault;
      parts.counter.read(1);
      return result;
    },
  };
}

async function runTasks(parts: XmlParts, tasks: readonly Task[]): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const functions: { id: string; task: Task; markup: Markup }[] = [];
  for (const task of tasks) {
    try {
      // Only a write has an identity over there; a question is a new one each time, or it would be refused as a repeat.
      const id = "write" in task ? task.id.slice(0, controlIdLengthMax) : randomUUID();
      functions.push({ id, task, markup: "write" in task ? writeFunction(task.write) : queryFunction(task.query) });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      outcomes.set(task.id, { fault: error });
    }
  }
  if (functions.length === 0) return outcomes;
  const writes = functions.filter(({ task }) => "write" in task).length;
  const kind = writes === 0 ? "read" : writes > 1 ? "batch" : "single";
  const results = await exchange(parts, functions, { unique: writes > 0, kind });
  for (const { id, task } of functions) outcomes.set(task.id, outcomeOf(task, results.get(id)));
  const done = (test: (task: Task) => boolean): number =>
    functions.filter(({ task }) => test(task) && !("fault" in (outcomes.get(task.id) ?? missing))).length;
  parts.counter.wrote(
    done((task) => "write" in task),
    kind === "batch",
  );
  parts.counter.read(done((task) => "query" in task));
  return outcomes;
}

const missing: Outcome = { fault: unreadable(200, "no answer to one function of a request") };

/** A function without an answer, or with two, has an unknown outcome. */
function outcomeOf(task: Task, answer: FunctionResult | undefined): Outcome {
  if (answer === undefined) return missing;
  if (answer.fault) return { fault: answer.fault };
  return "query" in task ? rowsIn(answer.result) : { key: keyIn(answer.result) };
}

/** The record number of what was written: a plain key from the older functions, else that of the object; none after a removal. */
function keyIn(result: Element): string {
  const plain = textIn(result, "key");
  if (plain !== "") return plain;
  const [object] = childOf(result, "data")?.children ?? [];
  return textIn(object, "RECORDNO");
}

function required(results: ReadonlyMap<string, FunctionResult>, id: string): FunctionResult {
  const result = results.get(id);
  if (result === undefined) throw unreadable(200, "no answer to the function");
  return result;
}

interface Manner {
  readonly unique: boolean;
  readonly kind: CallKind;
}

async function exchange(
  parts: XmlParts,
  functions: readonly { readonly id: string; readonly markup: Markup }[],
  manner: Manner,
): Promise<ReadonlyMap<string, FunctionResult>> {
  const first = await attempt(parts, functions, { ...manner, refused: false });
  if ("answer" in first) return first.answer.results;
  if (!first.signInRefused) throw first.fault;
  // A refused sign-in surely ran nothing: one new session, one more try.
  const second = await attempt(parts, functions, { ...manner, refused: true });
  if ("answer" in second) return second.answer.results;
  throw second.fault;
}

async function attempt(
  { settings, options, gate, counter, session }: XmlParts,
  functions: readonly { readonly id: string; readonly markup: Markup }[],
  { unique, kind, refused }: Manner & { readonly refused: boolean },
): Promise<Reading> {
  const sender = senderOf(settings, options);
  const { id, endpoint } = await session(refused).catch((error: unknown) => {
    throw asUnsent(error);
  });
  const body = requestText({
    sender,
    controlId: randomUUID(),
    unique,
    authentication: tag("authentication", [field("sessionid", id)]),
    functions,
  });
  const timeoutMs = kind === "read" ? readTimeoutMs : writeTimeoutMs;
  return gate(kind, async () => {
    const response = await send({ method: "POST", url: endpoint, headers: xmlHeaders, body, timeoutMs });
    counter.asked();
    const reading = readAnswer(response);
    const company = "answer" in reading ? reading.answer.company : "";
    return company === "" || isSame(company, settings.company) ? reading : { fault: otherCompany(company, settings), signInRefused: false };
  });
}

/** Capitals do not count at their sign-in. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The person who agreed picks the company on their page, and nothing of the consent says which. */
function otherCompany(theirs: string, { company }: Pick<ConnectionSettings, "company">): Fault {
  return new Fault(
    "credentials_refused",
    `This sign-in is for the Intacct company ${theirs.slice(0, 100)}, but the books are ${company}. Connect again and choose ${company}.`,
    { company: theirs.slice(0, 100) },
  );
}
