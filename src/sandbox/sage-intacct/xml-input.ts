import type { Input, Kind, Values, Work } from "./kind.ts";
import type { Element } from "../xml.ts";

/** Reads the element of an object as what it says: groups are flattened, known lists become lines. Names are read in any case. */
export function inputOf(work: Work, kind: Kind, element: Element): Input {
  const values: Values = {};
  const lists: Record<string, Input[]> = {};
  collect({ work, kind, values, lists }, element, "");
  return { values, lists };
}

interface Collecting {
  readonly work: Work;
  readonly kind: Kind;
  readonly values: Values;
  readonly lists: Record<string, Input[]>;
}

function collect(into: Collecting, element: Element, prefix: string): void {
  for (const child of element.children) {
    const name = `${prefix}${child.name.toUpperCase()}`;
    const list = prefix === "" ? into.kind.lists.find((shape) => shape.list === name) : undefined;
    const lineKind = list === undefined ? null : into.work.kindOf(list.object);
    // A split stands in its line without an element around it.
    if (list !== undefined && lineKind !== null) {
      const lines = list.list === list.object ? [child] : child.children;
      into.lists[list.list] = [...(into.lists[list.list] ?? []), ...lines.map((line) => inputOf(into.work, lineKind, line))];
    } else if (child.children.length > 0) collect(into, child, `${name}.`);
    else into.values[name] = child.text;
  }
}
