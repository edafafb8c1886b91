import { didYouMean } from "../core/nearest.ts";
import { type Call, clientFlags, type Command, type ExitCode, WrongUse } from "./command.ts";
import { backtest } from "./rules-backtest.ts";
import { addAccount, approve, discard, draft, publish, remap, rollBack, use } from "./rules-change.ts";
import { coverage, suggest } from "./rules-suggest.ts";
import { check, diff, explain, get, list } from "./rules-read.ts";

/** What a verb needs after it, and what it does with it. */
interface Verb {
  readonly needs: string | null;
  readonly run: (call: Call, what: string) => Promise<ExitCode>;
}

const verbs: Readonly<Record<string, Verb>> = {
  list: { needs: null, run: (call) => list(call) },
  get: { needs: "the NAME of a rule set", run: get },
  check: { needs: "a FILE, or the NAME of a rule set", run: check },
  diff: { needs: "a FILE, or the NAME of a rule set", run: diff },
  explain: { needs: "the NAME of a rule set", run: explain },
  backtest: { needs: "a FILE, or the NAME of a rule set", run: backtest },
  suggest: { needs: "the NAME of a rule set", run: suggest },
  coverage: { needs: "the NAME of a rule set", run: coverage },
  draft: { needs: "a FILE", run: draft },
  approve: { needs: "the NAME of a rule set", run: approve },
  publish: { needs: "a FILE, or the NAME of a rule set with a draft", run: publish },
  rollback: { needs: "the NAME of a rule set", run: rollBack },
  use: { needs: "the NAME of a rule set", run: use },
  discard: { needs: "the NAME of a rule set", run: discard },
  remap: { needs: "the NAME of a rule set", run: remap },
  "add-account": { needs: "the NAME of a rule set", run: addAccount },
};

export const rules: Command = {
  name: "rules",
  summary: "Writes, checks, tries, publishes and explains rule sets",
  usage: "list | get NAME | check FILE | diff FILE | backtest FILE --from DAY --to DAY | publish FILE | …",
  about: [
    "  list                 the rule sets, their newest versions and drafts",
    "  get NAME             prints one as YAML: the newest version, --version N, or --draft",
    "  check FILE|NAME      finds mistakes, options that exclude each other, and names the books do not have",
    "  diff FILE|NAME       what a file (or the draft) does otherwise than the newest version, in words; --from N --to N",
    "  explain NAME         what becomes of an event and why: --event TYPE --id ID, or --file EVENT.json",
    "  backtest FILE|NAME   tries a file (or the draft) on stored events: --from DAY --to DAY; --json, --csv",
    "  coverage NAME        what stored events have no mapping for, with count and money; --draft, --version N, --books NAME",
    "  suggest NAME         accounts, products, dimensions, parties and codes of the books for it: --accept 85, --take ID=VALUE, --ask",
    "  draft FILE           saves a draft; --effective DAY, --note TEXT",
    "  approve NAME         approves the draft that somebody else wrote: --revision N",
    "  publish FILE|NAME    publishes a file, or the draft, as the next version; --effective DAY",
    "  use NAME             maps what comes for books by this rule set: --books NAME",
    "  rollback NAME        brings an older version back: --version N",
    "  discard NAME         throws the draft away",
    "  remap NAME           maps events anew by the rules as they are now: --from DAY --to DAY",
    "  add-account NAME     appends one account row and publishes; then: ledgerlane retry CAUSE",
  ],
  flags: {
    version: { value: "N", about: "get, explain, backtest, coverage, rollback: an older version" },
    draft: { about: "get, check, explain, coverage: the draft" },
    from: { value: "DAY", about: "backtest, remap, suggest, coverage: first document date; diff: the older version" },
    to: { value: "DAY", about: "backtest, remap, suggest, coverage: last document date; diff: the newer version" },
    against: { value: "N", about: "backtest: the version to compare with; what is in force when absent" },
    effective: { value: "DAY", about: "draft, publish, backtest: first service date it is for; all when absent" },
    revision: { value: "N", about: "approve, publish: the revision of the draft you read" },
    event: { value: "TYPES", about: "explain: the event's type; backtest, remap, add-account: only these types, with commas" },
    id: { value: "ID", about: "explain: the event's id" },
    source: { value: "SOURCE", about: "explain: the event's source, where several have one of that id" },
    file: { value: "FILE", about: "explain: an event that is not stored, as JSON" },
    books: { value: "NAME", about: "explain, diff, suggest, coverage, use: the books that are meant" },
    accept: { value: "SCORE", about: "suggest: accept what scores at least this; 85 is safe" },
    take: { value: "ID=VALUE,…", about: "suggest: accept single ones, with a value of your own" },
    ask: { about: "suggest: ask for what is left, one by one" },
    csv: { about: "backtest: print the changed documents as CSV" },
    account: { value: "NUMBER", about: "add-account: account number in the books" },
    code: { value: "CODES", about: "add-account: codes or globs, with commas between them" },
    item: { value: "NAME", about: "add-account: product or service on invoices" },
    note: { value: "TEXT", about: "draft, publish, add-account: a word for whoever reads it" },
    ...clientFlags,
  },
  args: [1, 2],
  run: async (call) => {
    const [name, what] = call.args as [string, string?];
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined) throw new WrongUse(`There is no "rules ${name}".${didYouMean(name, Object.keys(verbs))}`);
    if (verb.needs !== null && what === undefined) throw new WrongUse(`"rules ${name}" needs ${verb.needs}.`);
    return verb.run(call, what ?? "");
  },
};
