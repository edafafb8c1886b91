// A copy that was recovered to a moment has a new timeline, one that was dumped and loaded is another database or server.
export const thisDatabase = `((select system_identifier from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
  || '/' || (select oid from pg_database where datname = current_database()))`;

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
select set_config('ledgerlane.directory', 'on', true);
insert into lane_origins (organization_id, books_id, database) select organization_id, books_id, ${thisDatabase} from lanes;
`;
