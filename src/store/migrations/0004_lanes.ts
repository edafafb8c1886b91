/**
 * Lanes that many processes share fairly.
 *
 * `paces` is one row for each books: what was called in the last minute, what is under way and what the provider taught us.
 * Whoever calls those books asks here first. `lane_turns` says when a lane wants a turn and how much it has had; it is apart
 * from `lanes`, whose row is held during every step of a turn.
 *
 * `period` is the month of a posting's document: what belongs to the month that closes first goes first. Parties have none
 * and go before all.
 */
export const lanes = `
create table paces (
  organization_id uuid not null references organizations,
  books_id uuid not null,
  state jsonb not null default '{}',
  published jsonb,
  primary key (organization_id, books_id)
);

create table lane_turns (
  organization_id uuid not null references organizations,
  books_id uuid not null,
  due_at timestamptz,
  served bigint not null default 0,
  primary key (organization_id, books_id)
);
create index lane_turns_due on lane_turns (due_at) where due_at is not null;

alter table lanes no force row level security;
insert into paces (organization_id, books_id) select organization_id, books_id from lanes;
insert into lane_turns (organization_id, books_id, due_at) select organization_id, books_id, now() from lanes;
alter table lanes force row level security;

alter table postings add column period date not null default '0001-01-01';
alter table postings no force row level security;
alter table documents no force row level security;
update postings p set period = date_trunc('month', d.date)::date
  from documents d where d.organization_id = p.organization_id and d.document_id = p.document_id and d.date is not null
    and p.state in ('ready', 'sending', 'uncertain', 'refused');
alter table postings force row level security;
alter table documents force row level security;
create index postings_ready on postings (organization_id, books_id, period, posting_id) where state = 'ready';
create index postings_again on postings (organization_id, books_id, period, posting_id) where state = 'ready' and attempts > 0;
create index postings_unsure on postings (organization_id, books_id, posting_id) where state in ('sending', 'uncertain');
create index postings_due on postings (organization_id, books_id, next_at) where state in ('ready', 'sending', 'uncertain');
`;

/** Tables of these that may be read across organizations: to find lanes that want a turn. */
export const laneDirectoryTables = ["lane_turns"] as const;
