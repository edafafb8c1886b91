/**
 * Budgets with what is used of them, periods closed by hand, and approvals.
 *
 * Three promises are kept here, so that no program can forget them: whatever holds an event asks for an approval, nobody approves what he
 * made, and a posting that ends without standing in the books gives back what it had taken of a budget.
 */
export const budgets = `
create table approval_policies (
  organization_id uuid not null references organizations,
  expiry_days integer not null check (expiry_days between 1 and 365),
  limits jsonb not null,
  primary key (organization_id)
);

create table approvals (
  organization_id uuid not null references organizations,
  approval_id uuid not null,
  kind text not null check (kind in ('hold', 'rules', 'period')),
  code text not null,
  subject text not null,
  event_id uuid,
  content_hash bytea,
  revision integer,
  books_id uuid,
  details jsonb not null default '{}',
  message text not null,
  currency text,
  amount_minor bigint,
  makers text[] not null,
  state text not null default 'open' check (state in ('open', 'approved', 'rejected', 'withdrawn')),
  choice text,
  asked_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_by text,
  decided_for text,
  decided_at timestamptz,
  note text,
  primary key (organization_id, approval_id),
  constraint approvals_decided check ((state in ('approved', 'rejected')) = (decided_by is not null and decided_at is not null)),
  constraint approvals_other_person check (
    state <> 'approved' or (decided_by <> all (makers) and (decided_for is null or decided_for <> all (makers)))
  )
);
create unique index approvals_once on approvals (organization_id, kind, subject, coalesce(event_id, '00000000-0000-0000-0000-000000000000'))
  where state = 'open';
create index approvals_of_event on approvals (organization_id, event_id) where event_id is not null;
create index approvals_newest on approvals (organization_id, asked_at desc, approval_id desc);

create table approval_delegations (
  organization_id uuid not null references organizations,
  delegation_id uuid not null,
  from_actor text not null,
  to_actor text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (organization_id, delegation_id),
  check (from_actor <> to_actor),
  check (ends_at > starts_at)
);
create index approval_delegations_to on approval_delegations (organization_id, to_actor);

create function approval_made_by() returns trigger language plpgsql as $$ begin
  if new.event_id is not null then
    new.makers := array(
      select distinct maker from unnest(new.makers || array(
        select a.actor from audit_leaves a
        where a.organization_id = new.organization_id and a.object_id = new.event_id::text and a.action in ('event.accepted', 'event.edited')
      )) as maker
    );
  end if;
  return new;
end $$;
create trigger approvals_made_by before insert on approvals for each row execute function approval_made_by();

create function approval_changes() returns trigger language plpgsql as $$ begin
  if old.state <> 'open' then
    raise exception 'A decision about an approval is never changed' using errcode = 'check_violation', constraint = 'approvals_stay';
  end if;
  if not new.makers @> old.makers or (new.kind, new.code, new.subject, new.event_id, new.content_hash, new.revision, new.amount_minor)
      is distinct from (old.kind, old.code, old.subject, old.event_id, old.content_hash, old.revision, old.amount_minor) then
    raise exception 'What is asked for, and who made it, stays as it is' using errcode = 'check_violation', constraint = 'approvals_stay';
  end if;
  if new.state = 'approved' and old.expires_at <= now() then
    raise exception 'The time to approve this is over' using errcode = 'check_violation', constraint = 'approvals_in_time';
  end if;
  return new;
end $$;
create trigger approvals_change before update on approvals for each row execute function approval_changes();

create function approvals_ask_for_holds() returns trigger language plpgsql as $$ begin
  if exists (select 1 from fresh where severity = 'hold' and event_id is not null) then
    insert into approvals (organization_id, approval_id, kind, code, subject, event_id, content_hash, revision, books_id, message, currency,
        amount_minor, makers, expires_at)
      select f.organization_id, gen_random_uuid(), 'hold', f.code, f.cause, f.event_id, e.content_hash, e.revision, e.books_id, f.message, e.currency,
        abs(e.total_minor), '{}', now() + make_interval(days => coalesce(p.expiry_days, 30))
      from (select distinct on (organization_id, event_id, cause) * from fresh where severity = 'hold' and event_id is not null) f
      cross join lateral (
        select k.content_hash, k.revision, k.books_id, k.currency, k.total_minor from events k
        where k.organization_id = f.organization_id and k.event_id = f.event_id offset 0
      ) e
      left join approval_policies p on p.organization_id = f.organization_id
      on conflict do nothing;
  end if;
  return null;
end $$;
create trigger findings_ask after insert on findings referencing new table as fresh for each statement execute function approvals_ask_for_holds();

create function approvals_withdraw() returns trigger language plpgsql as $$ begin
  if exists (select 1 from fresh where severity = 'hold' and event_id is not null and resolved_at is not null) then
    update approvals a set state = 'withdrawn' from fresh f
      where a.organization_id = f.organization_id and a.event_id = f.event_id and a.subject = f.cause and a.state = 'open'
        and f.severity = 'hold' and f.resolved_at is not null;
  end if;
  return null;
end $$;
create trigger findings_withdraw after update on findings referencing new table as fresh for each statement execute function approvals_withdraw();

create function approvals_ask_for_rules() returns trigger language plpgsql as $$ begin
  if tg_op = 'DELETE' then
    update approvals set state = 'withdrawn'
      where organization_id = old.organization_id and kind = 'rules' and subject = old.name and state = 'open';
    return null;
  end if;
  if new.approved_by is not null then
    update approvals set state = 'approved', decided_by = new.approved_by, decided_at = new.approved_at
      where organization_id = new.organization_id and kind = 'rules' and subject = new.name and revision = new.revision and state = 'open';
    return null;
  end if;
  update approvals set state = 'withdrawn'
    where organization_id = new.organization_id and kind = 'rules' and subject = new.name and state = 'open';
  if exists (select 1 from rule_set_policies p where p.organization_id = new.organization_id and p.four_eyes) then
    insert into approvals (organization_id, approval_id, kind, code, subject, revision, message, makers, expires_at)
      values (new.organization_id, gen_random_uuid(), 'rules', 'rules_publication', new.name, new.revision,
        'Revision ' || new.revision || ' of the draft of rule set "' || new.name || '"' || case when new.note = '' then '' else ': ' || new.note end,
        new.authors,
        now() + make_interval(days => coalesce((select p.expiry_days from approval_policies p where p.organization_id = new.organization_id), 30)));
  end if;
  return null;
end $$;
create trigger rule_set_drafts_ask after insert or update or delete on rule_set_drafts for each row execute function approvals_ask_for_rules();

create table period_states (
  organization_id uuid not null references organizations,
  books_id uuid not null,
  module text not null check (module in ('AP', 'AR', 'GL')),
  period text not null check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  state text not null check (state in ('open', 'closed')),
  note text not null default '',
  set_by text not null,
  set_at timestamptz not null default now(),
  primary key (organization_id, books_id, module, period)
);
create index findings_late on findings (organization_id, event_id) where code = 'period_closed' and event_id is not null;

create table budgets (
  organization_id uuid not null references organizations,
  budget_id uuid not null,
  books_id uuid not null,
  name text not null,
  provider_id text,
  currency text not null,
  warn_percent integer not null check (warn_percent between 1 and 1000),
  limit_percent integer not null check (limit_percent between 1 and 1000),
  over text not null check (over in ('warn', 'hold', 'block')),
  active boolean not null default true,
  made_by text not null,
  updated_at timestamptz not null default now(),
  primary key (organization_id, budget_id),
  unique (organization_id, books_id, name)
);

create table budget_lines (
  organization_id uuid not null,
  line_id uuid not null,
  budget_id uuid not null,
  account_id text not null,
  account text not null,
  dimensions jsonb not null,
  starts date not null,
  ends date not null,
  side text not null check (side in ('debit', 'credit')),
  amount_minor bigint not null,
  taken_minor bigint not null default 0,
  primary key (organization_id, line_id),
  foreign key (organization_id, budget_id) references budgets on delete cascade
);
create unique index budget_lines_place on budget_lines (organization_id, budget_id, account_id, dimensions, starts);

create table budget_uses (
  organization_id uuid not null,
  posting_id uuid not null,
  line_id uuid not null,
  event_id uuid not null,
  amount_minor bigint not null,
  primary key (organization_id, posting_id, line_id),
  foreign key (organization_id, line_id) references budget_lines on delete cascade
);
create index budget_uses_of_line on budget_uses (organization_id, line_id);
create index budget_uses_of_event on budget_uses (organization_id, event_id);

alter table books add column budgets_at timestamptz;

create function budget_turns() returns trigger language plpgsql as $$
declare direction integer := case when new.state in ('refused', 'superseded', 'voided') then -1 else 1 end;
begin
  if exists (select 1 from budget_uses u where u.organization_id = new.organization_id and u.posting_id = new.posting_id) then
    perform 1 from budgets b where b.organization_id = new.organization_id and b.books_id = new.books_id order by b.budget_id for update;
    update budget_lines l set taken_minor = l.taken_minor + direction * u.amount_minor from budget_uses u
      where u.organization_id = new.organization_id and u.posting_id = new.posting_id
        and l.organization_id = u.organization_id and l.line_id = u.line_id;
  end if;
  return null;
end $$;
create trigger postings_budgets after update on postings for each row
  when ((new.state in ('refused', 'superseded', 'voided')) <> (old.state in ('refused', 'superseded', 'voided')))
  execute function budget_turns();
`;
