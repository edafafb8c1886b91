/**
 * Connections: consents under way, and what the books tell of changes made over there.
 *
 * `companies` repeats which books a company file is, and nothing else, so that a notification finds its organizations
 * without sight of their books. A trigger keeps it: no writer of books can forget it.
 */
export const connections = `
alter table books
  add column changes_cursor text,
  add column changes_at timestamptz,
  add column changes_behind boolean not null default false,
  add column notified_at timestamptz;

create table companies (
  organization_id uuid not null references organizations,
  system text not null,
  company text not null,
  books_id uuid not null,
  primary key (organization_id, books_id)
);
create index companies_by_name on companies (system, company);

create function keep_companies() returns trigger language plpgsql as $$ begin
  insert into companies (organization_id, system, company, books_id) values (new.organization_id, new.system, new.company, new.books_id)
  on conflict (organization_id, books_id) do update set system = excluded.system, company = excluded.company;
  return null;
end $$;
create trigger books_keep_companies after insert or update of system, company on books for each row execute function keep_companies();

alter table books no force row level security;
insert into companies (organization_id, system, company, books_id) select organization_id, system, company, books_id from books;
alter table books force row level security;

create table consents (
  organization_id uuid not null references organizations,
  consent_id uuid not null,
  system text not null,
  state_hash bytea not null unique,
  started_by text not null,
  books_id uuid,
  started_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (organization_id, consent_id)
);

create table book_notifications (
  organization_id uuid not null,
  books_id uuid not null,
  notification_id uuid not null,
  entity text not null,
  provider_id text not null,
  operation text not null check (operation in ('created', 'changed', 'deleted', 'voided', 'merged')),
  merged_id text,
  version text,
  at timestamptz,
  received_at timestamptz not null default now(),
  handled_at timestamptz,
  outcome text check (outcome in ('echo', 'known', 'reference', 'drift', 'told')),
  primary key (organization_id, books_id, notification_id)
);
create unique index book_notifications_once on book_notifications (organization_id, books_id, entity, provider_id, operation, at, coalesce(merged_id, ''));
create unique index book_notifications_timeless on book_notifications (organization_id, books_id, entity, provider_id, operation, coalesce(merged_id, ''))
  where at is null and handled_at is null;
create index book_notifications_waiting on book_notifications (organization_id, books_id, notification_id) where handled_at is null;

create index postings_by_provider_id on postings (organization_id, books_id, provider_id) where provider_id is not null;
`;

/**
 * Tables of this shape that may be read across organizations: a consent by the hash of its state, for the browser that
 * comes back; a company file, for the notification that names it. Neither holds a secret or a setting.
 */
export const connectionDirectoryTables = ["companies", "consents"] as const;
