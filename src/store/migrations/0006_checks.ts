/**
 * What an organization made of the checks, the checks it wrote itself, and what is remembered of events so that later ones can be
 * compared with them. A trace is the first half of a SHA-256 over its kind and key: equal keys meet, whatever their length.
 */
export const checks = `
create table check_settings (
  organization_id uuid not null references organizations,
  code text not null,
  source_id text not null,
  type text not null,
  severity text check (severity in ('block', 'hold', 'warn', 'off')),
  thresholds jsonb not null default '{}',
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (organization_id, code, source_id, type)
);

create table own_checks (
  organization_id uuid not null references organizations,
  name text not null,
  body jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (organization_id, name)
);

create table event_traces (
  organization_id uuid not null,
  trace uuid not null,
  at timestamptz not null,
  event_id uuid not null,
  facts text not null,
  primary key (organization_id, trace, at, event_id)
);
`;
