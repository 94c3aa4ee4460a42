-- The demonstration schema of the booking app. Run as the database's owner; running it again changes nothing.
create table if not exists lyo_users (
    id         uuid primary key default gen_random_uuid(),
    email      text not null unique,
    created_at timestamptz not null default clock_timestamp()
);

create table if not exists lyo_conversations (
    id         uuid primary key default gen_random_uuid(),
    user_id    uuid not null references lyo_users (id),
    transcript text not null default '',
    created_at timestamptz not null default clock_timestamp(),
    last_message_at timestamptz not null default clock_timestamp()
);

create table if not exists lyo_appointments (
    id         uuid primary key,
    customer   text not null,
    slot       text not null,
    created_at timestamptz not null default clock_timestamp()
);
