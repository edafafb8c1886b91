/** Which of the provider's worlds a company lives in. Tokens of one are refused by the other. */
export type Environment = "production" | "sandbox";

/** The provider's addresses. */
export interface SignInPages {
  readonly apiUrl: string;
  readonly appUrl: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
  readonly discoveryUrl: string;
}

/** How we are known to the provider. */
export interface SignInClient {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A consent that was started. */
export interface Consent {
  /** Send the browser here. */
  readonly url: string;
  /** Comes back with the browser; bind it to the session and use it once. */
  readonly state: string;
  /** Proves at the exchange that we started it (RFC 7636). Never leaves us before. */
  readonly codeVerifier: string;
}

/** What a consent gives. */
export interface Callback {
  readonly code: string;
  /** The company file that was chosen. */
  readonly company: string;
}

/** Something changed over there: read the record to see what. May come late, twice and out of order. */
export interface Hint {
  readonly company: string;
  /** In the provider's spelling, as in `Change`. */
  readonly entity: string;
  readonly providerId: string;
  readonly operation: "created" | "changed" | "deleted" | "voided" | "merged";
  /** On a merge: the record that is gone, its links now lead to `providerId`. */
  readonly mergedId: string | null;
  /** ISO 8601, their clock; null when it cannot be read. */
  readonly at: string | null;
}

/** A token pair as a provider hands it out. Times are milliseconds since 1970. */
export interface Tokens {
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  readonly refreshToken: string;
  readonly refreshExpiresAt: number;
}

/** How a company is connected and let go. */
export interface SignIn {
  /** The provider's addresses, by environment. */
  readonly environments: Readonly<Record<Environment, SignInPages>>;
  /** The addresses as the provider publishes them now. Faults: `upstream_*`; `credentials_refused` when they are not its own. */
  readonly discover: (discoveryUrl: string) => Promise<Pick<SignInPages, "authorizeUrl" | "tokenUrl" | "revokeUrl">>;
  /**
   * Where the provider does not say which company was chosen: our redirect address with that company in it. Pure. Left out where
   * it says so. Fault: `request_invalid` without a company.
   */
  readonly redirectTo?: (redirectUri: string, company: string | undefined) => string;
  /** Starts a consent. Pure: `random` is 64 fresh random bytes. Keep `state` and `codeVerifier` with the browser's session. */
  readonly begin: (client: SignInClient, redirectUri: string, random: Uint8Array) => Consent;
  /**
   * Reads what the browser brings back. Pure. Faults: `unauthorized` when `state` is not the session's, `forbidden` when
   * the person said no, `request_invalid` when something is missing.
   */
  readonly callback: (query: URLSearchParams, state: string) => Callback;
  /** Exchanges the callback's code for the first token pair. Faults: as `refresh`. */
  readonly exchange: (
    client: SignInClient,
    answer: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
  ) => Promise<Tokens>;
  /** Ends the grant over there: both tokens of the pair are dead afterwards. A pair that is dead already is no failure. */
  readonly revoke: (client: SignInClient & { readonly revokeUrl: string }, token: string) => Promise<void>;
}

/** Messages of the provider that something changed. Pure. */
export interface Notifications {
  /** Whether the provider signed these very bytes. Check before reading them. */
  readonly verify: (
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    rawBody: Uint8Array,
    verifierToken: string,
  ) => boolean;
  /** What changed, in the order told. Fault: `body_malformed` when it is no notification. */
  readonly read: (rawBody: Uint8Array) => Hint[];
  /**
   * True when a change is only our own write coming back: it shows the version we wrote, or an older one. `written` is the
   * version of our last write, null when we removed the record.
   */
  readonly isEcho: (
    change: { readonly operation: "changed" | "deleted"; readonly version: string | null },
    written: string | null,
  ) => boolean;
}
