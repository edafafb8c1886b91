import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { Finding } from "../core/finding.ts";
import { type Call, Failed, WrongUse } from "./command.ts";
import { sentence } from "./format.ts";

/** A rule set in a file, or the name of one on the server. */
export type Rules = { readonly name: string; readonly ruleSet: Record<string, unknown> | null };

/** Takes what was written after a verb as a file where there is one, and as a name otherwise. */
export async function readRules(what: string): Promise<Rules> {
  if (!existsSync(what)) {
    if (/[/\\]|\.(ya?ml|json)$/.test(what)) throw new WrongUse(`There is no file ${what} that can be read.`);
    return { name: what, ruleSet: null };
  }
  const ruleSet = await readRuleFile(what);
  return { name: ruleSet["name"] as string, ruleSet };
}

/** A rule set out of a file. */
export async function readRuleFile(file: string): Promise<Record<string, unknown>> {
  const ruleSet = await readData(file, "rule set");
  if (typeof ruleSet["name"] !== "string") throw new Failed(`${file} does not say its name. Put "name: trucking" on its first line.`);
  return ruleSet;
}

/** An object out of a YAML or JSON file. */
export async function readData(file: string, what: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new WrongUse(`There is no file ${file} that can be read.`);
  });
  let data: unknown;
  try {
    data = parse(text); // JSON is YAML too.
  } catch (cause) {
    throw new Failed(`${file} is neither YAML nor JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) throw new Failed(`${file} holds no ${what}: it must be an object.`);
  return data as Record<string, unknown>;
}

/** Address of a rule set, or of something of it. */
export function pathOf(name: string, of = ""): string {
  return `/v1/rule-sets/${encodeURIComponent(name)}${of}`;
}

/** A flag that must be a whole number above zero. */
export function wholeNumber(call: Call, flag: string): number | undefined {
  const text = call.text(flag);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new WrongUse(`--${flag} must be a number such as 3, not "${text}".`);
  return Number(text);
}

/** A flag with commas in it, as a list. */
export function listed(call: Call, flag: string): string[] | undefined {
  return call
    .text(flag)
    ?.split(",")
    .map((one) => one.trim());
}

/** `/accounts/3: … Do this.`, indented. */
export function findingLine({ field, message, fix }: Pick<Finding, "field" | "message" | "fix">): string {
  return `  ${field === null ? "" : `${field}: `}${sentence(message)} ${sentence(fix)}`;
}
