import { resolve } from "node:path";
import { Fault } from "./core/errors.ts";
import { demoSystems, type DemoSystem } from "./demo-company.ts";

/** Everything that can be configured, read once at start. Paths are absolute. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** null: an embedded PostgreSQL in the data directory. */
  readonly databaseUrl: string | null;
  /** 32 bytes that wrap every secret's key; null only where the demo may generate one. */
  readonly masterKey: Buffer | null;
  readonly sandboxPort: number;
  readonly publicUrl: string | null;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly demoKey: string | null;
  /** The emulated system that a new demo posts to. */
  readonly demoBooks: DemoSystem;
}

interface Setting {
  readonly name: string;
  readonly field: keyof Config;
  readonly fallback: string | null;
  readonly about: string;
  /** Throws an Error whose message completes "NAME …". */
  readonly parse: (text: string) => unknown;
}

const port = (text: string): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new Error(`must be a port from 0 to 65535, not "${text}"`);
  return value;
};
const text = (value: string): string => value;
const oneOf =
  (...names: string[]) =>
  (value: string): string => {
    if (!names.includes(value)) throw new Error(`must be one of ${names.join(", ")}, not "${value}"`);
    return value;
  };
const webUrl = (value: string): string => {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new Error(`must be an http or https address, not "${value}"`);
  return value.replace(/\/+$/, "");
};
const postgresUrl = (value: string): string => {
  if (!URL.canParse(value) || !/^postgres(ql)?:$/.test(new URL(value).protocol)) throw new Error("must be a postgres:// address");
  return value;
};
const key32 = (value: string): Buffer => {
  const bytes = Buffer.from(value, "base64");
  if (bytes.length !== 32) throw new Error("must be 32 bytes in base64, as `openssl rand -base64 32` prints them");
  return bytes;
};
const demoKey = (value: string): string => {
  if (!/^[A-Za-z0-9_-]{32,200}$/.test(value)) throw new Error("must be 32 to 200 letters, digits, - or _");
  return value;
};

const settings: readonly Setting[] = [
  { name: "LEDGERLANE_PORT", field: "port", fallback: "4400", parse: port, about: "Port of the gateway; 0 takes a free one." },
  { name: "LEDGERLANE_HOST", field: "host", fallback: "127.0.0.1", parse: text, about: "Address the gateway listens on." },
  {
    name: "LEDGERLANE_DATA_DIR",
    field: "dataDir",
    fallback: "./.ledgerlane",
    parse: (value) => resolve(value),
    about: "Where the embedded database, keys and logs live.",
  },
  {
    name: "DATABASE_URL",
    field: "databaseUrl",
    fallback: null,
    parse: postgresUrl,
    about: "PostgreSQL 15 or newer; unset: an embedded one in the data directory.",
  },
  {
    name: "LEDGERLANE_MASTER_KEY",
    field: "masterKey",
    fallback: null,
    parse: key32,
    about: "Wraps every stored secret. 32 bytes, base64. The demo generates one into the data directory.",
  },
  {
    name: "LEDGERLANE_SANDBOX_PORT",
    field: "sandboxPort",
    fallback: "4500",
    parse: port,
    about: "Port of the emulated accounting systems.",
  },
  {
    name: "LEDGERLANE_PUBLIC_URL",
    field: "publicUrl",
    fallback: null,
    parse: webUrl,
    about: "Address people and providers reach the gateway by, when a proxy stands before it.",
  },
  {
    name: "LEDGERLANE_LOG_LEVEL",
    field: "logLevel",
    fallback: "info",
    parse: oneOf("debug", "info", "warn", "error"),
    about: "How much is logged.",
  },
  {
    name: "LEDGERLANE_DEMO_KEY",
    field: "demoKey",
    fallback: null,
    parse: demoKey,
    about: "API key of the demo organization; unset: generated and printed.",
  },
  {
    name: "LEDGERLANE_DEMO_BOOKS",
    field: "demoBooks",
    fallback: "quickbooks-online",
    parse: oneOf(...demoSystems),
    about:
      "Emulated books of a new demo: quickbooks-online, sage-intacct or netsuite. A demo that has books keeps them; another system starts in another data directory.",
  },
];

/**
 * Reads the environment. Faults: `configuration_invalid`, with every unknown name and bad value in one message.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set(settings.map((setting) => setting.name));
  const problems = Object.keys(env)
    .filter((name) => name.startsWith("LEDGERLANE_") && !known.has(name))
    .map((name) => `${name} is not a setting; \`ledgerlane --help\` and docs/configuration.md list them`);
  const config: Record<string, unknown> = {};
  for (const setting of settings) {
    const value = env[setting.name] || setting.fallback;
    try {
      config[setting.field] = value === null ? null : setting.parse(value);
    } catch (error) {
      problems.push(`${setting.name} ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new Fault("configuration_invalid", `The configuration is wrong:\n  ${problems.join("\n  ")}`);
  return config as unknown as Config;
}

/** The settings as the markdown of docs/configuration.md, so that the page cannot drift. */
export function configurationTable(): string {
  const rows = settings.map(
    ({ name, fallback, about }) => `| \`${name}\` | ${fallback === null ? "unset" : `\`${fallback}\``} | ${about} |`,
  );
  return [
    "# Configuration",
    "",
    "Every setting is an environment variable. Unknown `LEDGERLANE_*` names and bad values stop the start. This page is generated from `src/config.ts`.",
    "",
    "| name | default | what it does |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
