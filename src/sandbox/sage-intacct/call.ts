import type { Work } from "./kind.ts";
import type { Element } from "../xml.ts";

/** One function of a request, under way. */
export interface Call {
  readonly work: Work;
  readonly element: Element;
  /** Token of the session; results of `readByQuery` belong to it. */
  readonly session: string;
}
