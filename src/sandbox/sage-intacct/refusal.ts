/** One line of an error list. XML shows number and text, REST the stable id and a category. */
export interface Trouble {
  readonly errorno: string;
  readonly text: string;
  readonly correction?: string;
  /** Stable id such as `GL-0493`, shown in XML only on request. */
  readonly errorId?: string;
  /** REST's lower-camel category. */
  readonly category?: string;
  /** The field that is meant, where there is one. */
  readonly target?: string;
}

/** What the business logic refuses. The most specific trouble stands first. */
export class Refusal extends Error {
  readonly troubles: readonly Trouble[];
  /** HTTP status of the REST answer. */
  readonly status: number;
  constructor(troubles: readonly Trouble[], status = 422) {
    super(troubles[0]?.text ?? "Refused");
    this.troubles = troubles;
    this.status = status;
  }
}

type More = Omit<Trouble, "errorno" | "text"> & { readonly status?: number };

export function refuse(errorno: string, text: string, { status, ...more }: More = {}): never {
  throw new Refusal([{ errorno, text, ...more }], status);
}

/** A business rule without a number of its own: Sage wraps all of them in the same one. */
export function refuseRule(text: string, more: More = {}): never {
  return refuse("BL01001973", text, { category: "invalidConfiguration", ...more });
}

const requestFailed = "There was an error processing the request.";

/** Reads that name what is not there. */
export function refuseRead(detail: string): never {
  return refuse("DL02000001", `${requestFailed} ${detail}`, { category: "invalidRequest", status: 400 });
}

/** The same refusal with the wrapper of the record that could not be written, last. */
export function wrapped(refusal: Refusal, verb: "create" | "update" | "delete", label: string): Refusal {
  const wrapper: Trouble = {
    errorno: "BL01001973",
    text: `Could not ${verb} ${label} record!`,
    errorId: label === "GLBatch" ? "GL-0951" : label === "glaccount" ? "GL-0504" : "CORE-1973",
    category: `unableTo${verb[0]?.toUpperCase()}${verb.slice(1)}RecordError`,
  };
  return new Refusal([...refusal.troubles, wrapper], refusal.status);
}
