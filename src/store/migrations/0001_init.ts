/**
 * The first shape. Every table's key starts with the organization and every table is under forced row-level security:
 * a query that forgot to say whose rows it wants sees none. Amounts are minor units.
 */
export const init = `
create table organizations (
  organization_id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table users (
  organization_id uuid not null references organizations,
  user_id uuid not null,
  email text not null unique,
  name text not null,
  role text not null check (role in ('admin', 'controller', 'clerk', 'auditor')),
  password_hash text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);

create table user_sessions (
  organization_id uuid not null references organizations,
  token_hash bytea not null,
  user_id uuid not null,
  expires_at timestamptz not null,
  primary key (organization_id, token_hash)
);

create table sources (
  organization_id uuid not null references organizations,
  source_id text not null,
  name text not null,
  books_id uuid not null,
  options jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (organization_id, source_id)
);

create table api_keys (
  organization_id uuid not null references organizations,
  key_id uuid not null,
  secret_hash bytea not null,
  name text not null,
  role text not null check (role in ('admin', 'controller', 'clerk', 'auditor', 'machine')),
  source_id text,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (organization_id, key_id),
  unique (organization_id, secret_hash)
);

create table books (
  organization_id uuid not null references organizations,
  books_id uuid not null,
  name text not null,
  system text not null,
  company text not null,
  settings jsonb not null,
  rule_set text not null,
  state text not null default 'connected' check (state in ('connected', 'paused', 'reconnect')),
  state_reason text,
  preferences jsonb,
  reference_version bigint not null default 0,
  reference_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, books_id)
);

create table books_records (
  organization_id uuid not null,
  books_id uuid not null,
  kind text not null,
  external_id text not null,
  name text not null,
  number text,
  active boolean not null,
  facts jsonb not null,
  primary key (organization_id, books_id, kind, external_id)
);

create table secrets (
  organization_id uuid not null references organizations,
  owner text not null,
  field text not null,
  version integer not null,
  wrapped_key bytea not null,
  sealed bytea not null,
  refreshing_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (organization_id, owner, field)
);

create table rule_sets (
  organization_id uuid not null references organizations,
  name text not null,
  version integer not null,
  body jsonb not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, name, version)
);

create table events (
  organization_id uuid not null,
  event_id uuid not null,
  source_id text not null,
  type text not null,
  id text not null,
  revision integer not null,
  content_hash bytea not null,
  body text not null,
  state text not null,
  books_id uuid not null,
  number text,
  date date not null,
  currency text not null,
  total_minor bigint not null,
  is_void boolean not null,
  received_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, event_id),
  unique (organization_id, source_id, type, id, revision)
);
create index events_waiting on events (organization_id, books_id, event_id) where state = 'received';
create index events_stopped on events (organization_id, event_id) where state in ('review', 'held');

create table documents (
  organization_id uuid not null,
  document_id uuid not null,
  event_id uuid,
  books_id uuid not null,
  version integer not null,
  kind text not null,
  number text not null,
  date date,
  currency text not null,
  total_minor bigint not null,
  party_id text,
  rule_set text,
  rule_set_version integer,
  content_hash bytea not null,
  body text not null,
  reverses uuid,
  created_at timestamptz not null default now(),
  primary key (organization_id, document_id)
);
create index documents_of_event on documents (organization_id, event_id);
create index documents_by_number on documents (organization_id, books_id, kind, number);

create table postings (
  organization_id uuid not null,
  posting_id uuid not null,
  document_id uuid not null,
  event_id uuid,
  books_id uuid not null,
  state text not null check (state in ('ready', 'sending', 'posted', 'uncertain', 'refused', 'superseded', 'voided')),
  key text not null,
  waits_for uuid,
  attempts integer not null default 0,
  epoch bigint,
  sent_at timestamptz,
  next_at timestamptz not null default now(),
  provider_id text,
  provider_version text,
  url text,
  adopted boolean not null default false,
  fault_code text,
  fault_message text,
  posted_at timestamptz,
  opened_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, posting_id),
  unique (organization_id, books_id, key)
);
create index postings_open on postings (organization_id, books_id, posting_id) where state in ('ready', 'sending', 'uncertain');
create index postings_newest on postings (organization_id, posted_at desc) where state = 'posted';
create index postings_of_document on postings (organization_id, document_id);
create index postings_of_event on postings (organization_id, event_id);
create index postings_waiting on postings (organization_id, waits_for) where waits_for is not null;

create table party_links (
  organization_id uuid not null,
  books_id uuid not null,
  kind text not null,
  party_id text not null,
  posting_id uuid,
  external_id text,
  primary key (organization_id, books_id, kind, party_id)
);

create table attempts (
  organization_id uuid not null,
  posting_id uuid not null,
  attempt integer not null,
  key text not null,
  body_hash bytea not null,
  number text not null,
  epoch bigint not null,
  started_at timestamptz not null default now(),
  deadline_at timestamptz not null,
  ended_at timestamptz,
  outcome text,
  detail text,
  primary key (organization_id, posting_id, attempt)
);

create table findings (
  organization_id uuid not null,
  finding_id uuid not null,
  event_id uuid,
  posting_id uuid,
  code text not null,
  severity text not null check (severity in ('block', 'hold', 'warn')),
  field text,
  message text not null,
  fix text not null,
  cause text not null,
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  primary key (organization_id, finding_id)
);
create index findings_open on findings (organization_id, cause) where resolved_at is null;
create index findings_of_posting on findings (organization_id, posting_id) where resolved_at is null and posting_id is not null;
create index findings_of_event on findings (organization_id, event_id);

create table lanes (
  organization_id uuid not null,
  books_id uuid not null,
  holder uuid,
  lease_until timestamptz,
  epoch bigint not null default 0,
  paused_until timestamptz,
  primary key (organization_id, books_id)
);

create table files (
  organization_id uuid not null,
  sha256 bytea not null,
  source_id text not null,
  name text not null,
  format text not null,
  size bigint not null,
  counts jsonb not null,
  received_at timestamptz not null default now(),
  primary key (organization_id, source_id, sha256)
);

create table audit_leaves (
  organization_id uuid not null,
  leaf_id bigint generated always as identity,
  at timestamptz not null,
  actor text not null,
  action text not null,
  object_type text not null,
  object_id text not null,
  facts text not null,
  leaf_hash bytea not null,
  primary key (organization_id, leaf_id)
);
create index audit_of_object on audit_leaves (organization_id, object_id);

create table outbox (
  organization_id uuid not null,
  outbox_id bigint generated always as identity,
  topic text not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, outbox_id)
);

create table idempotency_keys (
  organization_id uuid not null,
  key text not null,
  request_hash bytea not null,
  status integer,
  response text,
  created_at timestamptz not null default now(),
  primary key (organization_id, key)
);
`;

/** Tables that may be read across organizations, and only to sign somebody in or to find lanes with work. */
export const directoryTables = ["organizations", "users", "lanes"] as const;
/** Append-only for the application: it may insert and read, never change or delete. */
export const appendOnlyTables = ["audit_leaves"] as const;
