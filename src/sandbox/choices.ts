import type { JsonObject } from "./json.ts";

/** Behaviours by name with the values they can have; the first value of each list is what happens unless told otherwise. */
export type Choices = Readonly<Record<string, readonly unknown[]>>;
export type Chosen<Known extends Choices> = { readonly [Name in keyof Known]: Known[Name][number] };

/** The first value of each list. */
export function firstChoices<Known extends Choices>(choices: Known): Chosen<Known> {
  return Object.fromEntries(Object.entries(choices).map(([name, [first]]) => [name, first])) as Chosen<Known>;
}

/** Applies changes by name; a RangeError names what is unknown or not among the choices. */
export function choose<Known extends Choices>(choices: Known, current: Chosen<Known>, changes: JsonObject): Chosen<Known> {
  for (const [name, value] of Object.entries(changes)) {
    const allowed = Object.hasOwn(choices, name) ? choices[name] : undefined;
    if (allowed === undefined) throw new RangeError(`No switch "${name}"; there are ${Object.keys(choices).join(", ")}`);
    if (!allowed.includes(value)) throw new RangeError(`${name} is one of ${allowed.join(", ")}`);
  }
  return { ...current, ...(changes as Partial<Chosen<Known>>) };
}
