-- Run once on the primary, by the master user, before the first deployment; the replica receives it:
--   psql -v region=eu-west-1 -v app_roles=lyo_app,lyo_app_b -f database/onboarding.sql
-- Creates what Lyo DR needs inside a database: a user that writes nothing of the application, six tables of
-- one row or a few, and seven functions: they shut the application out of a deposed database, let it in again, let it
-- read only, change its passwords, and hold the replay of a delayed replica.
-- The password is set by the person who runs it:  \password lyo_dr
create role lyo_dr login;
grant pg_monitor to lyo_dr; -- the state of the WAL receiver is hidden from other users
grant pg_read_all_data to lyo_dr; -- the plan's integrity questions count rows; nothing of the app can be written

create schema lyo_dr;

-- Who is active, by the word of the database itself. The app may show it (docs/app-contract.md).
create table lyo_dr.authority (
    only_row boolean primary key default true check (only_row),
    region text not null,
    epoch bigint not null,
    since timestamptz not null default clock_timestamp()
);

-- The newest sign of life; on a replica it tells how much could be missing.
create table lyo_dr.heartbeat (
    only_row boolean primary key default true check (only_row),
    epoch bigint not null,
    seq bigint not null,
    at timestamptz not null
);

-- One row for each promotion that was proven by a write.
create table lyo_dr.proof (
    incident text primary key,
    epoch bigint not null,
    at timestamptz not null default clock_timestamp()
);

-- The counters of the plan's tables at the last look, and jumps in their deletions: deleted rows leave no trace in a
-- table, and whoever looks for the moment of a damage needs one. `at` is the commit, where it is known exactly.
create table lyo_dr.counter (
    name name primary key,
    at timestamptz not null,
    deleted bigint not null,
    live bigint not null,
    scans bigint not null,
    look_ups bigint not null,
    looked_up bigint not null,
    oldest bigint not null
);
create table lyo_dr.deletion (
    name name not null,
    since timestamptz not null,
    until timestamptz not null,
    counted bigint not null,
    live bigint not null,
    at timestamptz
);

-- The users the application logs in as (databases[].app_roles of the plan). Only the owner may change this list.
create table lyo_dr.app_role (
    name name primary key
);
insert into lyo_dr.app_role (name)
select trim(role)::name from unnest(string_to_array(:'app_roles', ',')) as role where trim(role) <> '';

-- Shut the application out. Refused where this database is not deposed: its own authority must be older than the
-- epoch under which another region is active. Runs with its owner's rights, on the roles of the list alone.
create function lyo_dr.close_to_app(given bigint) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    role name;
begin
    if pg_is_in_recovery() then
        return 'in recovery';
    end if;
    if not exists (select from lyo_dr.authority where epoch < given) then
        return 'not deposed: its own authority is not older';
    end if;
    if not exists (select from lyo_dr.app_role) then
        return 'no app roles are listed';
    end if;
    for role in
        select r.rolname from lyo_dr.app_role a join pg_roles r on r.rolname = a.name where r.rolcanlogin
    loop
        execute format('alter role %I nologin', role);
    end loop;
    return 'closed';
end
$$;

-- End the sessions that are open; how many. In a transaction after the one above, so that none slips in between.
create function lyo_dr.end_app_sessions(given bigint) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp
as $$
    select count(pg_terminate_backend(s.pid))
    from pg_stat_activity s join lyo_dr.app_role a on a.name = s.usename
    where not pg_is_in_recovery() and exists (select from lyo_dr.authority where epoch < given)
$$;

-- Let the application in again: only under the epoch that is this database's own authority.
create function lyo_dr.open_to_app(given bigint) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    role name;
    opened integer := 0;
begin
    if pg_is_in_recovery() or not exists (select from lyo_dr.authority where epoch = given) then
        return 'left alone: not the authority';
    end if;
    for role in
        select r.rolname from lyo_dr.app_role a join pg_roles r on r.rolname = a.name where not r.rolcanlogin
    loop
        execute format('alter role %I login', role);
        opened := opened + 1;
    end loop;
    return case opened when 0 then 'it could already' else 'opened' end;
end
$$;

-- Let the application's users write, or only read: the default of their new sessions in this database. Refused to whoever
-- acts under an epoch older than this database's own authority.
create function lyo_dr.let_app_write(allowed boolean, given bigint) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    role name;
begin
    if pg_is_in_recovery() then
        return 'in recovery';
    end if;
    if not exists (select from lyo_dr.authority where epoch <= given) then
        return 'a newer epoch is on record';
    end if;
    for role in select r.rolname from lyo_dr.app_role a join pg_roles r on r.rolname = a.name
    loop
        execute format(
            'alter role %I in database %I %s default_transaction_read_only%s', role, current_database(),
            case when allowed then 'reset' else 'set' end, case when allowed then '' else ' = on' end);
    end loop;
    return 'set';
end
$$;

-- Give one of the application's users a new password, handed over as a SCRAM verifier: the password itself never
-- reaches this server. Refused to whoever acts under an epoch older than this database's own authority.
create function lyo_dr.set_app_password(app_user name, verifier text, given bigint) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if pg_is_in_recovery() then
        return 'in recovery';
    end if;
    if not exists (select from lyo_dr.authority where epoch <= given) then
        return 'a newer epoch is on record';
    end if;
    if not exists (select from lyo_dr.app_role a where a.name = app_user) then
        return 'not a user of the application';
    end if;
    if verifier !~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' then
        return 'not a SCRAM verifier';
    end if;
    execute format('alter role %I password %L', app_user, verifier);
    return 'set';
end
$$;

-- End the sessions of one of the application's users, after its password was changed; how many.
create function lyo_dr.end_sessions_of(app_user name, given bigint) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp
as $$
    select count(pg_terminate_backend(s.pid))
    from pg_stat_activity s join lyo_dr.app_role a on a.name = s.usename
    where a.name = app_user and exists (select from lyo_dr.authority where epoch <= given)
$$;

-- Hold the replay of a delayed replica, or let it go on (pg_wal_replay_pause, pg_wal_replay_resume). Whoever runs this
-- file must have the right to; rds_superuser has it where Amazon RDS offers delayed replicas. Refused on a primary, and to
-- whoever acts under an epoch older than this database's own authority.
create function lyo_dr.hold_replay(held boolean, given bigint) returns text
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if not pg_is_in_recovery() then
        return 'not in recovery';
    end if;
    if not exists (select from lyo_dr.authority where epoch <= given) then
        return 'a newer epoch is on record';
    end if;
    if held then
        perform pg_wal_replay_pause();
        return 'held';
    end if;
    perform pg_wal_replay_resume();
    return 'goes on';
end
$$;

grant usage on schema lyo_dr to public;
grant select on lyo_dr.authority to public;
grant usage on schema lyo_dr to lyo_dr;
grant select, insert, update on lyo_dr.authority, lyo_dr.heartbeat, lyo_dr.proof, lyo_dr.counter to lyo_dr;
grant select, insert on lyo_dr.deletion to lyo_dr;
revoke execute on all functions in schema lyo_dr from public;
grant execute on all functions in schema lyo_dr to lyo_dr;
-- Not in here, since it names your tables: the right to read key and time of each table in databases[].tables, so
-- that rows of a deposed database can be counted (docs/how-to/onboard-a-database.md, step 2).

-- The region that is active on the first day; from then on it changes with every failover.
insert into lyo_dr.authority (region, epoch) values (:'region', 0);
