import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Static } from "typebox";
import { didYouMean } from "../core/nearest.ts";
import type { Budget, BudgetLine } from "../gateway/routes/budgets.ts";
import { type Client, connect } from "./client.ts";
import { type Call, clientFlags, type Command, type ExitCode, Failed, WrongUse } from "./command.ts";
import { amount, localTime, many } from "./format.ts";
import { allPages } from "./pages.ts";
import { wholeNumber } from "./rules-file.ts";
import { table } from "./table.ts";

const verbs: Readonly<Record<string, (call: Call, what: string) => Promise<ExitCode>>> = {
  show,
  import: importFile,
  policy,
  delete: remove,
};

export const budgets: Command = {
  name: "budgets",
  summary: "Shows budgets with what is used, reserved and left; imports, sets and deletes them",
  usage: "[show BUDGET | import FILE | policy BUDGET | delete BUDGET | refresh]",
  about: [
    "  (nothing)       lists the budgets",
    "  show BUDGET     its lines with what is used, on its way and left; --on DAY only those of that day",
    "  import FILE     CSV: account,period,amount and a column for each dimension; replaces the budget of that name",
    "  policy BUDGET   when it speaks up (--warn, --limit) and what it does beyond the limit (--over warn, hold or block)",
    "  delete BUDGET   takes an imported budget away",
    "  refresh         reads the books' own budgets again; they are read once a day otherwise",
  ],
  flags: {
    name: { value: "NAME", about: "import: name of the budget; that of the file when absent" },
    books: { value: "BOOKS", about: "import, refresh: name or id of the books, where there are several" },
    warn: { value: "PERCENT", about: "import, policy: told of when this much is used; 90 when absent" },
    limit: { value: "PERCENT", about: "import, policy: used up at this much; 100 when absent" },
    over: { value: "POLICY", about: "import, policy: warn, hold or block; hold when absent" },
    on: { value: "DAY", about: "show: only lines whose period holds this day" },
    ...clientFlags,
  },
  args: [0, 2],
  run: async (call) => {
    const [verb, what] = call.args;
    if (verb === undefined) return list(call);
    if (verb === "refresh") return refresh(call);
    const chosen = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (chosen === undefined) throw new WrongUse(`There is no "budgets ${verb}".${didYouMean(verb, [...Object.keys(verbs), "refresh"])}`);
    if (what === undefined) throw new WrongUse(`"budgets ${verb}" needs ${verb === "import" ? "a FILE" : "the name or id of a BUDGET"}.`);
    return chosen(call, what);
  },
};

async function list(call: Call): Promise<ExitCode> {
  const answer = await connect(call).get<{ items: Static<typeof Budget>[] }>("/v1/budgets");
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else if (answer.items.length === 0) call.io.print("There are no budgets. Import one: ledgerlane budgets import FILE");
  else {
    const rows = answer.items.map(({ name, booksName, origin, active, lines, warnPercent, limitPercent, over, updatedAt }) => [
      ...[name, booksName, active ? origin : `${origin}, inactive`, String(lines)],
      ...[`${warnPercent} %`, `${limitPercent} %`, over, localTime(updatedAt)],
    ]);
    for (const line of table(["Budget", "Books", "From", "Lines", "Warns at", "Ends at", "Then", "Updated"], rows, [3]))
      call.io.print(line);
  }
  return 0;
}

async function find(client: Client, which: string): Promise<Static<typeof Budget>> {
  const { items } = await client.get<{ items: Static<typeof Budget>[] }>("/v1/budgets");
  const found = items.filter(({ id, name }) => id === which || name === which);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new Failed(`Several books have a budget "${which}". Name it by its id: ledgerlane budgets --json`);
  throw new Failed(
    `There is no budget "${which}".${didYouMean(
      which,
      items.map(({ name }) => name),
    )}`,
  );
}

async function show(call: Call, which: string): Promise<ExitCode> {
  const client = connect(call);
  const { id, currency } = await find(client, which);
  const items = await allPages<Static<typeof BudgetLine>>(client, `/v1/budgets/${id}/lines`, { on: call.text("on") });
  if (call.has("json")) call.io.print(JSON.stringify({ items }, null, 2));
  else {
    const rows = items.map(({ account, dimensions, starts, ends, side, ...money }) => [
      account,
      Object.entries(dimensions)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
      `${starts} to ${ends}`,
      ...[money.amount, money.used, money.reserved, money.left].map(amount),
      side === "credit" ? "target" : "",
    ]);
    const heads = ["Account", "Of", "Days", `Planned ${currency}`, "Used", "On its way", "Left", ""];
    for (const line of table(heads, rows, [3, 4, 5, 6])) call.io.print(line);
  }
  return 0;
}

async function importFile(call: Call, file: string): Promise<ExitCode> {
  if (/\.xlsx?$/i.test(file)) throw new WrongUse(`${file} is a workbook; save its sheet as CSV and import that.`);
  const csv = await readFile(file, "utf8").catch(() => {
    throw new WrongUse(`There is no file ${file} that can be read.`);
  });
  const name = call.text("name") ?? basename(file, extname(file));
  const answer = await connect(call).send<{ id: string; lines: number }>("POST", "/v1/budgets", {
    ...{ name, csv, books: call.text("books"), warnPercent: wholeNumber(call, "warn") },
    ...{ limitPercent: wholeNumber(call, "limit"), over: call.text("over") },
  });
  call.io.print(
    call.has("json") ? JSON.stringify(answer) : `The budget ${name} has ${many(answer.lines, "line")}; what was posted already is counted.`,
  );
  return 0;
}

async function policy(call: Call, which: string): Promise<ExitCode> {
  const client = connect(call);
  const { id, name, warnPercent, limitPercent, over } = await find(client, which);
  const body = {
    warnPercent: wholeNumber(call, "warn") ?? warnPercent,
    limitPercent: wholeNumber(call, "limit") ?? limitPercent,
    over: call.text("over") ?? over,
  };
  const answer = await client.send<Static<typeof Budget>>("PUT", `/v1/budgets/${id}`, body);
  if (call.has("json")) call.io.print(JSON.stringify(answer, null, 2));
  else call.io.print(`${name} warns at ${answer.warnPercent} %, ends at ${answer.limitPercent} %, then: ${answer.over}.`);
  return 0;
}

async function remove(call: Call, which: string): Promise<ExitCode> {
  const client = connect(call);
  const { id, name } = await find(client, which);
  const answer = await client.send<unknown>("POST", `/v1/budgets/${id}/delete`, {});
  call.io.print(call.has("json") ? JSON.stringify(answer) : `The budget ${name} is gone.`);
  return 0;
}

async function refresh(call: Call): Promise<ExitCode> {
  const answer = await connect(call).send<unknown>("POST", "/v1/budgets/refresh", { books: call.text("books") });
  call.io.print(call.has("json") ? JSON.stringify(answer) : "The budgets of the books are read at the next turn.");
  return 0;
}
