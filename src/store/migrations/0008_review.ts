/**
 * The review queue: what people decided about a root cause, what they did about it, and jobs over many events.
 *
 * `review_actions` is what "undo" and a card's history read; the audit log says the same and cannot be changed.
 * `links_version` tells a worker in the middle of a turn that a person linked a party. `edited_by` marks revisions that a person
 * made here, so that the TMS sending the old content again does not take the correction back.
 */
export const review = `
alter table books add column links_version bigint not null default 0;
alter table events add column edited_by text;

create table review_cards (
  organization_id uuid not null references organizations,
  cause text not null,
  owner text,
  snoozed_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (organization_id, cause)
);

create table review_actions (
  organization_id uuid not null references organizations,
  action_id uuid not null,
  cause text not null,
  kind text not null check (kind in ('retry', 'exclude', 'snooze', 'assign', 'comment', 'link', 'create_party', 'add_row', 'add_alias', 'edit')),
  actor text not null,
  reason text,
  facts jsonb not null,
  at timestamptz not null default now(),
  undone_by text,
  undone_at timestamptz,
  primary key (organization_id, action_id)
);
create index review_actions_of_cause on review_actions (organization_id, cause, action_id);

create table review_action_events (
  organization_id uuid not null references organizations,
  action_id uuid not null,
  event_id uuid not null,
  primary key (organization_id, action_id, event_id)
);

create table review_jobs (
  organization_id uuid not null references organizations,
  job_id uuid not null,
  kind text not null check (kind in ('retry', 'exclude')),
  selection jsonb not null,
  reason text,
  state text not null check (state in ('running', 'done', 'cancelled', 'failed')),
  total_events bigint not null,
  done_events bigint not null default 0,
  left_events bigint not null default 0,
  after_id uuid not null default '00000000-0000-0000-0000-000000000000',
  through_id uuid not null,
  problem text,
  runner uuid,
  runner_until timestamptz,
  started_by text not null,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (organization_id, job_id)
);
create index review_jobs_running on review_jobs (organization_id, started_at) where state = 'running';
create index review_jobs_newest on review_jobs (organization_id, started_at desc);
`;
