/**
 * Which database a lane was last worked on in. A restored copy is another one: it has forgotten what was sent after the copy
 * was taken, so that for a while everything is looked up in the books before it is sent.
 */
export const origins = `
create table lane_origins (
  organization_id uuid not null references organizations,
  books_id uuid not null,
  database text not null,
  restored_at timestamptz,
  doubt_until timestamptz,
  primary key (organization_id, books_id)
);
`;
