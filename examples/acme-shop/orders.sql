-- The schema of the shop's orders. The users acme_api and acme_api_b exist already.
create schema sales;

create type sales.state as enum ('open', 'paid', 'shipped');

create table sales.orders (
    id          bigint primary key,
    customer    text not null check (customer <> ''),
    state       sales.state not null default 'open',
    total_cents bigint not null,
    updated_at  timestamptz not null default clock_timestamp()
);

create table "LineItems" (
    "orderId"   bigint not null references sales.orders (id),
    "lineNo"    integer not null,
    article     text not null,
    "updatedAt" timestamptz not null default clock_timestamp(),
    primary key ("orderId", "lineNo")
);
