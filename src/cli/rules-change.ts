import type { Finding } from "../core/finding.ts";
import { connect } from "./client.ts";
import { type Call, type ExitCode, WrongUse } from "./command.ts";
import { many } from "./format.ts";
import { findingLine, listed, pathOf, readRuleFile, readRules, wholeNumber } from "./rules-file.ts";

interface Published {
  readonly name: string;
  readonly version: number;
  readonly warnings: readonly Finding[];
}
interface Draft {
  readonly name: string;
  readonly revision: number;
}

export async function draft(call: Call, file: string): Promise<ExitCode> {
  const ruleSet = await readRuleFile(file);
  const saved = await saveDraft(call, ruleSet);
  if (call.has("json")) call.io.print(JSON.stringify(saved, null, 2));
  else {
    const { name, revision } = saved.draft;
    call.io.print(`Saved the draft of ${name}, revision ${revision}.`);
    for (const finding of saved.warnings) call.io.print(findingLine(finding));
  }
  return 0;
}

function saveDraft(call: Call, ruleSet: Record<string, unknown>): Promise<{ draft: Draft; warnings: Finding[] }> {
  const body = { ruleSet, effectiveFrom: call.text("effective") ?? null, note: call.text("note") };
  return connect(call).send("PUT", pathOf(ruleSet["name"] as string, "/draft"), body);
}

export async function approve(call: Call, name: string): Promise<ExitCode> {
  const revision = wholeNumber(call, "revision");
  if (revision === undefined) throw new WrongUse("approve needs --revision N, the one you read: ledgerlane rules get NAME --draft");
  const answer = await connect(call).send<Draft>("POST", pathOf(name, "/draft/approve"), { revision });
  call.io.print(call.has("json") ? JSON.stringify(answer, null, 2) : `Approved revision ${revision} of the draft of ${name}.`);
  return 0;
}

/** A file for all service dates is published at once; one with an effective date or a note goes through its draft. */
export async function publish(call: Call, what: string): Promise<ExitCode> {
  const { name, ruleSet } = await readRules(what);
  const client = connect(call);
  if (ruleSet === null)
    return told(call, await client.send("POST", pathOf(name, "/draft/publish"), { revision: wholeNumber(call, "revision") }));
  if (call.text("effective") === undefined && call.text("note") === undefined)
    return told(call, await client.send("PUT", pathOf(name), ruleSet));
  const { revision } = (await saveDraft(call, ruleSet)).draft;
  return told(call, await client.send("POST", pathOf(name, "/draft/publish"), { revision }));
}

export async function rollBack(call: Call, name: string): Promise<ExitCode> {
  const version = wholeNumber(call, "version");
  if (version === undefined) throw new WrongUse("rollback needs --version N, the one to bring back.");
  const answer = await connect(call).send<{ published: Published | null; draft: Draft | null }>("POST", pathOf(name, "/rollback"), {
    version,
  });
  if (answer.published !== null) return told(call, answer.published);
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else
    call.io.print(`Version ${version} of ${name} waits as draft, revision ${answer.draft!.revision}, for the approval of another person.`);
  return 0;
}

export async function use(call: Call, name: string): Promise<ExitCode> {
  const answer = await connect(call).send<{ books: string; before: string }>("POST", pathOf(name, "/use"), { books: call.text("books") });
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else if (answer.before === name) call.io.print(`${answer.books} uses ${name} already.`);
  else call.io.print(`${answer.books} uses ${name} from now on, and no longer ${answer.before}. What waited in review runs again.`);
  return 0;
}

export async function discard(call: Call, name: string): Promise<ExitCode> {
  const answer = await connect(call).send<unknown>("POST", pathOf(name, "/draft/discard"), {});
  call.io.print(call.has("json") ? JSON.stringify(answer, null, 2) : `The draft of ${name} is gone.`);
  return 0;
}

export async function remap(call: Call, name: string): Promise<ExitCode> {
  const [from, to] = [call.text("from"), call.text("to")];
  if (from === undefined || to === undefined) throw new WrongUse("remap needs --from DAY and --to DAY, the document dates that are meant.");
  const answer = await connect(call).send<{ events: number }>("POST", pathOf(name, "/remap"), { from, to, types: listed(call, "event") });
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else call.io.print(`${many(answer.events, "event")} back in line, to be mapped by the rules as they are now.`);
  return 0;
}

export async function addAccount(call: Call, name: string): Promise<ExitCode> {
  const account = call.text("account");
  const code = listed(call, "code");
  if (account === undefined || code === undefined) throw new WrongUse("add-account needs --account NUMBER and --code CODE.");
  const row = { account, code, event: listed(call, "event"), item: call.text("item"), note: call.text("note") };
  return told(call, await connect(call).send("POST", pathOf(name, "/accounts"), row));
}

function told(call: Call, published: Published): ExitCode {
  if (call.has("json")) call.io.print(JSON.stringify(published, null, 2));
  else {
    call.io.print(`Published ${published.name} version ${published.version}.`);
    for (const finding of published.warnings) call.io.print(findingLine(finding));
  }
  return 0;
}
