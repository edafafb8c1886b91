import type { CheckFacts, ThresholdSpec } from "./check.ts";
import { eventChecks, historyChecks } from "./catalog.ts";
import { findingCodes, findingStages } from "./finding-codes.ts";

const stageWords: Readonly<Record<(typeof findingStages)[number], string>> = {
  intake: "When an event comes in. It is refused with these and kept nowhere: the receipt names the place.",
  file: "When a file or message is read.",
  rules: "When a rule set is checked. They come with the answer to whoever saves it.",
  mapping: "When the rules turn an event into documents.",
  books: "When a document is compared with the books' own lists and settings. The books would refuse it: these cannot be turned off.",
  duplicates: "When an event meets what was posted before.",
  "periods and budgets": "When a document meets a closed month or a budget (docs/budgets.md, docs/approvals.md).",
  posting: "When the books answer.",
  changes: "When the books tell of changes.",
};

/** docs/validation.md: every finding code of the product with its cause and remedy. */
export function validationPage(): string {
  return `${[
    ...introduction,
    "## Checks you can set",
    "",
    "### Of the event, its documents and the books' lists",
    "",
    ...eventChecks.flatMap(section),
    "### Against what came before",
    "",
    "What is remembered of an event to compare later ones with it are a few facts: unit, party, amount, day. Two that look alike and that *one",
    "source* gave different printed numbers only warn where the number is a good sign (fuel tickets, invoices), unless you set the severity.",
    "",
    ...historyChecks.flatMap(section),
    "## Checks of your own",
    "",
    ...ownWords,
    "## All other findings",
    "",
    ...findingStages.flatMap(stage),
  ]
    .join("\n")
    .trimEnd()}\n`;
}

const introduction = [
  "# What is checked, and what to do about it",
  "",
  "This page is written from the code; after a change there: `npm test -- src/core/validation/page.test.ts -u`.",
  "",
  "Whatever is wrong with an event or a document becomes a *finding*: a code, a severity, the field, a sentence, and what to do next.",
  "",
  "| severity | what happens |",
  "|---|---|",
  "| block | The event waits in review until the data, the rules or the books are mended. |",
  "| hold | The event waits until somebody releases it (`ledgerlane approvals`), or it is mended. A release is for that event and that content. |",
  "| warn | It is posted; the finding stays with the event. |",
  "| off | Nobody asks. |",
  "",
  "Findings with one cause are one card in review (`ledgerlane review`). When a check is changed, what it had stopped is checked anew by itself.",
  "",
  "```sh",
  "ledgerlane checks list",
  "ledgerlane checks show fuel_over_tank",
  "ledgerlane checks set fuel_over_tank --threshold tractor=320",
  "ledgerlane checks set repair_unapproved --severity warn --source shop",
  "ledgerlane checks reset fuel_over_tank",
  "```",
  "",
  "The same is `GET` and `PUT /v1/checks`. A setting is for all events, or for those of a source, a type, or both; the narrower one wins.",
  "Thresholds are decimals; *money* is in the event's own currency, and lists of names stand with blanks between them (`*` for all).",
  "Every change leaves an audit leaf with what it was before.",
  "",
];

const ownWords = [
  "An expression over the fields of docs/events.md, in the language of the rules' `when`. It is checked for names, types and cost when it is",
  "saved, and refused when it is wrong; a check that names `line` is asked about every line. Its findings have the code `own_<name>`.",
  "",
  "```sh",
  "ledgerlane checks write weekend_fuel --types fuel_transaction --severity hold \\",
  '  --when \'dims.terminal == "DAL" && event.netTotal > dec("900.00")\' \\',
  "  --message '{vendor.name}: {netTotal} at Dallas' --fix 'Ask the terminal manager, then release it.'",
  "```",
  "",
];

function section({ code, types, severity, thresholds, cause, remedy }: CheckFacts): string[] {
  return [
    `#### \`${code}\``,
    "",
    `${cause} *${severity}* · ${types.length === 0 ? "all types" : [...new Set(types)].join(", ")}`,
    "",
    `→ ${remedy}`,
    "",
    ...(thresholds.length === 0 ? [] : [...thresholds.map(thresholdLine), ""]),
  ];
}

function thresholdLine({ name, default: value, unit, about }: ThresholdSpec): string {
  return `- \`${name}\` = ${value === "" ? "(none)" : value.replaceAll("*", "\\*")} ${unit}: ${about.replaceAll("*", "`*`")}`;
}

function stage(name: (typeof findingStages)[number]): string[] {
  const rows = findingCodes.filter((one) => one.stage === name).map(({ code, cause, remedy }) => `| \`${code}\` | ${cause} | ${remedy} |`);
  return [
    `### ${name[0]!.toUpperCase()}${name.slice(1)}`,
    "",
    stageWords[name],
    "",
    "| code | when | what to do |",
    "|---|---|---|",
    ...rows,
    "",
  ];
}
