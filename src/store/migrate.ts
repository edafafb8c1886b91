import { Kysely, PostgresDialect, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import pg from "pg";
import { applicationRole } from "./database.ts";
import { appendOnlyTables, directoryTables, init } from "./migrations/0001_init.ts";
import { connectionDirectoryTables, connections } from "./migrations/0002_connections.ts";
import { usage } from "./migrations/0003_usage.ts";
import { laneDirectoryTables, lanes } from "./migrations/0004_lanes.ts";
import { origins } from "./migrations/0005_origins.ts";
import { rules } from "./migrations/0005_rules.ts";
import { checks } from "./migrations/0006_checks.ts";
import { review } from "./migrations/0008_review.ts";
import { budgets } from "./migrations/0007_budgets.ts";

const migrations: Readonly<Record<string, Migration>> = {
  "0001_init": {
    up: async (db) => {
      await sql.raw(init).execute(db);
      await guardTables(db);
    },
  },
  "0002_connections": {
    up: async (db) => {
      await sql.raw(connections).execute(db);
      await guardTables(db);
    },
  },
  "0003_usage": {
    up: async (db) => {
      await sql.raw(usage).execute(db);
      await guardTables(db);
    },
  },
  "0004_lanes": {
    up: async (db) => {
      await sql.raw(lanes).execute(db);
      await guardTables(db);
    },
  },
  "0005_origins": {
    up: async (db) => {
      await sql.raw(origins).execute(db);
      await guardTables(db);
    },
  },
  "0005_rules": {
    up: async (db) => {
      await sql.raw(rules).execute(db);
      await guardTables(db);
    },
  },
  "0006_checks": {
    up: async (db) => {
      await sql.raw(checks).execute(db);
      await guardTables(db);
    },
  },
  "0007_budgets": {
    up: async (db) => {
      await sql.raw(budgets).execute(db);
      await guardTables(db);
    },
  },
  "0008_review": {
    up: async (db) => {
      await sql.raw(review).execute(db);
      await guardTables(db);
    },
  },
};

const readAcross: readonly string[] = [...directoryTables, ...connectionDirectoryTables, ...laneDirectoryTables];

/**
 * Brings the database to the newest shape and hands it to the application role. Safe when several processes start at
 * once. Needs a login that may create roles and schemas; an existing role `ledgerlane_app` is used as it is. With `through`
 * it stops after that migration: the shape an older release left.
 */
export async function migrate(url: string, through?: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: "ledgerlane-migrate" });
  pool.on("error", () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await ensureRole(db);
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
    const { error } = await (through === undefined ? migrator.migrateToLatest() : migrator.migrateTo(through));
    if (error !== undefined) throw error instanceof Error ? error : new Error(String(error));
  } finally {
    await db.destroy();
  }
}

async function ensureRole(db: Kysely<unknown>): Promise<void> {
  // Two starters may race here: the lock makes one wait, and roles belong to the whole server, so a name may exist already.
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('ledgerlane role'))`.execute(tx);
    await sql
      .raw(
        `do $$ begin
           create role ${applicationRole} nologin nosuperuser nobypassrls;
         exception when duplicate_object or unique_violation then null; end $$;
         do $$ begin
           execute format('grant ${applicationRole} to %I', current_user);
         end $$;
         grant usage on schema public to ${applicationRole};`,
      )
      .execute(tx);
  });
}

/** Guards every table of an organization that has no guard yet: those of the migration that calls it. */
async function guardTables(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'organization_id'
      and not exists (select 1 from pg_policy p where p.polrelid = c.oid)`.execute(db);
  for (const { name } of rows) {
    // As a sub-select the setting is read once a statement; bare, it is read and cast once a row.
    const own = "organization_id = (select nullif(current_setting('ledgerlane.organization', true), '')::uuid)";
    const crosses = readAcross.includes(name) ? " or (select current_setting('ledgerlane.directory', true)) = 'on'" : "";
    const rights = (appendOnlyTables as readonly string[]).includes(name) ? "select, insert" : "select, insert, update, delete";
    await sql
      .raw(
        `alter table ${name} enable row level security;
         alter table ${name} force row level security;
         create policy ${name}_of_organization on ${name}
           using (${own}${crosses})
           with check (${own});
         grant ${rights} on ${name} to ${applicationRole};`,
      )
      .execute(db);
  }
  await sql.raw(`grant usage on all sequences in schema public to ${applicationRole}`).execute(db);
}
