/**
 * Rule sets with a life: drafts, approval by another person, effective dates, backtests.
 *
 * That nobody approves what he made, that a draft loses its approval when it changes, and that nothing is published past the approval
 * where four eyes are asked for, holds in the database: no program can forget it.
 */
export const rules = `
alter table rule_sets
  add column effective_from date,
  add column note text not null default '',
  add column authors text[] not null default '{}',
  add column approved_by text,
  add column restored_from integer;

create table rule_set_policies (
  organization_id uuid not null references organizations,
  four_eyes boolean not null,
  primary key (organization_id)
);

create table rule_set_drafts (
  organization_id uuid not null references organizations,
  name text not null,
  revision integer not null,
  body jsonb not null,
  based_on integer not null,
  effective_from date,
  note text not null,
  restored_from integer,
  authors text[] not null check (cardinality(authors) > 0),
  approved_by text,
  approved_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (organization_id, name),
  constraint rule_set_drafts_other_person check (approved_by is null or approved_by <> all (authors))
);

create function rule_set_draft_changes() returns trigger language plpgsql as $$ begin
  if new.body is distinct from old.body or new.effective_from is distinct from old.effective_from or new.based_on <> old.based_on then
    new.approved_by := null;
    new.approved_at := null;
  end if;
  if not new.authors @> old.authors then
    raise exception 'Whoever wrote a part of a draft stays one of its authors' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger rule_set_drafts_change before update on rule_set_drafts for each row execute function rule_set_draft_changes();

create function rule_set_four_eyes() returns trigger language plpgsql as $$ begin
  if not exists (select 1 from rule_set_policies p where p.organization_id = new.organization_id and p.four_eyes) then
    return new;
  end if;
  if exists (
    select 1 from rule_set_drafts d
    where d.organization_id = new.organization_id and d.name = new.name and d.body = new.body
      and d.effective_from is not distinct from new.effective_from
      and d.approved_by = new.approved_by and new.approved_by <> all (new.authors) and new.authors @> d.authors
  ) then
    return new;
  end if;
  raise exception 'Rule set % needs the approval of another person before it is published', new.name
    using errcode = 'check_violation', constraint = 'rule_sets_four_eyes';
end $$;
create trigger rule_sets_four_eyes before insert on rule_sets for each row execute function rule_set_four_eyes();

create function rule_set_versions_stay() returns trigger language plpgsql as $$ begin
  raise exception 'A published version of a rule set is never changed' using errcode = 'check_violation';
end $$;
create trigger rule_sets_stay before update on rule_sets for each row execute function rule_set_versions_stay();

create table rule_set_backtests (
  organization_id uuid not null references organizations,
  backtest_id uuid not null,
  name text not null,
  request jsonb not null,
  state text not null check (state in ('running', 'done', 'cancelled', 'failed')),
  done_events bigint not null default 0,
  total_events bigint,
  result jsonb,
  problem text,
  cancel_asked boolean not null default false,
  started_by text not null,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (organization_id, backtest_id)
);
create index rule_set_backtests_newest on rule_set_backtests (organization_id, started_at desc);
`;
