import type { Answer, SandboxRequest } from "../http.ts";
import type { Json } from "../json.ts";
import type { Company } from "./company.ts";
import type { Work } from "./kind.ts";
import type { Service } from "./service.ts";

/** One call of the REST API as it arrives, or as an item of a composite or of a bulk file. */
export interface RestCall {
  readonly service: Service;
  readonly work: Work;
  readonly company: Company;
  readonly method: string;
  /** After the base: `/objects/accounts-payable/bill/12`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
  /** The request itself, for bodies that are no JSON. */
  readonly request: SandboxRequest;
  /** Runs another call in the same way, for those that hold several. */
  readonly perform: (call: RestCall) => Answer;
}
