-- Run once on the primary, by the master user, before the first deployment; the replica receives it:
--   psql -v region=eu-west-1 -f database/onboarding.sql
-- Creates what Lyo DR needs inside a database: a user that may do nothing else, and three tables of one row or a few.
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

grant usage on schema lyo_dr to public;
grant select on lyo_dr.authority to public;
grant usage on schema lyo_dr to lyo_dr;
grant select, insert, update on all tables in schema lyo_dr to lyo_dr;

-- The region that is active on the first day; from then on it changes with every failover.
insert into lyo_dr.authority (region, epoch) values (:'region', 0);
