import type { JsonObject } from "./json.ts";

/** Switches with their choices; the first of each is what happens unless told otherwise. */
type Choices = Readonly<Record<string, readonly (string | number | boolean)[]>>;
export type Chosen<All extends Choices> = { readonly [Name in keyof All]: All[Name][number] };

export function firstOf<All extends Choices>(choices: All): Chosen<All> {
  return Object.fromEntries(Object.entries(choices).map(([name, [first]]) => [name, first])) as Chosen<All>;
}

/** Applies changes by name; a RangeError names what is unknown or not among the choices. */
export function choose<All extends Choices>(choices: All, current: Chosen<All>, changes: JsonObject): Chosen<All> {
  for (const [name, value] of Object.entries(changes)) {
    const allowed: readonly unknown[] | undefined = Object.hasOwn(choices, name) ? choices[name] : undefined;
    if (allowed === undefined) throw new RangeError(`No switch "${name}"; there are ${Object.keys(choices).join(", ")}`);
    if (!allowed.includes(value)) throw new RangeError(`${name} is one of ${allowed.join(", ")}`);
  }
  return { ...current, ...(changes as Partial<Chosen<All>>) };
}
