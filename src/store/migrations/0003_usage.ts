/**
 * What each books' provider was asked, by month: providers meter reads, and an app that used its share up is shut out until
 * the next month. Kept here because a process forgets.
 */
export const usage = `
create table usage_months (
  organization_id uuid not null references organizations,
  books_id uuid not null,
  month date not null,
  writes bigint not null default 0,
  metered_reads bigint not null default 0,
  primary key (organization_id, books_id, month)
);
`;
