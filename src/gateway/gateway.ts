import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { Static, TSchema } from "typebox";
import type { Actor, Engine } from "../engine/engine.ts";
import type { Database } from "../store/database.ts";

/** Types of a route's parameters, query and body follow from its schema. */
export interface SchemaTypes extends FastifyTypeProvider {
  readonly validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
}

/** The server as routes see it. */
export type Gateway = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  SchemaTypes
>;

/** What the gateway is made from. */
export interface GatewayOptions {
  readonly database: Database;
  readonly engine: Engine;
  /** Shown by `/healthz`, `/docs` and the status page. */
  readonly version: string;
  /** Address people reach the gateway by when a proxy stands before it; null: the address asked for. */
  readonly publicUrl: string | null;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** Keys of any shape, by the SHA-256 of the token in hex, with their organization: for keys chosen by hand. */
  readonly knownKeys?: ReadonlyMap<string, string>;
  /** Requests a second that one key or user may make; bursts of twice as many. */
  readonly requestsPerSecond?: number;
  /** Largest body of `POST /v1/events`. */
  readonly messageBytesMax?: number;
  /** Largest file. */
  readonly fileBytesMax?: number;
}

/** A gateway that is listening or about to. */
export interface RunningGateway {
  /** Answers the address it listens on. Port 0 takes a free one. */
  readonly listen: (host: string, port: number) => Promise<string>;
  /** Stops listening, lets answers under way finish, and closes what stays open. */
  readonly close: () => Promise<void>;
}

/** What a caller may do. Everybody who is known may read. */
export type Permission = "read" | "send" | "retry" | "publish" | "connect";

declare module "fastify" {
  interface FastifySchema {
    summary?: string;
    description?: string;
    tags?: readonly string[];
    /** Content types of a body that is read as a stream. */
    consumes?: readonly string[];
    /** An example body for the docs. */
    example?: string;
  }
  interface FastifyContextConfig {
    /** What the route needs; absent: anybody may ask. */
    permission?: Permission;
    /** A page of the browser: sent to the sign-in page instead of refused. */
    page?: boolean;
    bodyBytesMax?: number;
  }
  interface FastifyRequest {
    /** Set on every route that has a permission. */
    actor: Actor;
  }
}
