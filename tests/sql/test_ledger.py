"""The ledger on real PostgreSQL: names, keys, damage that hides, numbers, partitions; each with its neighbours."""

# ruff: noqa: S608
# Statements are made of this file's own tables.

from __future__ import annotations

import pytest

from lyo_dr.adapters.sql.integrity import read_integrity
from lyo_dr.adapters.sql.prewarm import read_table
from lyo_dr.model.plan import Check, Table
from tests.sql.story import Database, kinds

T = Table(name="t", key="id", written_at="at")
AT = "at timestamptz not null default clock_timestamp()"
HUNDRED = (
    f"create table t (id int primary key, price int, note text, {AT})",
    "insert into t (id, price, note) select n, n, 'row ' || n from generate_series(1, 100) n",
)
NAMES = {
    "a reserved word": ("order", '"order"', "id", "id"),
    "a function": ("user", '"user"', "id", "id"),
    "capitals": ("User", '"User"', "userId", '"userId"'),
    "a schema of its own": ("sales.orders", "sales.orders", "id", "id"),
    "both, with a space": ('sales."Line Items"', 'sales."Line Items"', "group", '"group"'),
    "a quote in it": ('"a""b"', '"a""b"', "id", "id"),
    "an alias of ours": ("_lyo_row", "_lyo_row", "k", "k"),
    "a table of ours": ("counter", "public.counter", "u", "u"),
}


@pytest.mark.parametrize(("written", "name", "column", "key"), NAMES.values(), ids=list(NAMES))
def test_l7_every_name_is_quoted_and_qualified(
    database: Database, written: str, name: str, column: str, key: str
) -> None:
    table = Table(name=written, key=column, written_at="createdAt")
    database.given(
        "create schema sales",
        f'create table {name} ({key} serial primary key, price int, "createdAt" timestamptz default clock_timestamp())',
        f"insert into {name} (price) select n from generate_series(1, 40) n",
    )
    assert database.unfit(table) is None
    database.restore()
    database.sql(f"update {name} set price = 0", f"insert into {name} (price) values (7)")
    entries, found = database.compare(table)
    assert (found.damage, found.replayable, entries["41"].what) == (40, 1, "replayable")
    assert database.replay(table, [entries["41"]]).written == ["41"]
    with database.ours() as postgres:
        said = read_table(postgres, table.place, written, lambda: 9.0, 9.0)
    assert said == f"{written} is read"


def test_l7_one_table_that_cannot_be_read_takes_no_evidence_from_the_others(database: Database) -> None:
    database.given(*HUNDRED)
    database.restore()
    database.sql("update t set price = 0")
    _, found = database.compare(T, Table(name="gone", key="id"))
    assert found.damage == 100


LINES = Table(name="lines", key=["order_id", "line"], written_at="at")
MADE = (
    f"create table lines (order_id int, line text, qty int, {AT}, primary key (order_id, line))",
    "insert into lines (order_id, line, qty) select o, l, 1 from generate_series(1, 30) o, generate_series(1, 3) l",
)


def test_l1_a_part_of_a_key_is_refused_and_the_right_key_is_named(database: Database) -> None:
    database.given(*MADE)
    said = database.unfit(Table(name="lines", key="order_id", written_at="at"))
    assert said == "lines: order_id is not a unique key; write key: [order_id, line]"
    assert database.unfit(LINES) is None


def test_l1_rows_are_told_apart_by_all_columns_of_their_key(database: Database) -> None:
    database.given(*MADE)
    database.restore()
    database.sql(
        "update lines set qty = 0",
        "insert into lines (order_id, line, qty) values (5, '4', 9), (5, 'a \"b\", c', 8)",
        "update lines set qty = 3 where order_id = 5 and line = '4'",
    )
    entries, found = database.compare(LINES)
    new = {key: entry for key, entry in entries.items() if entry.change == "insert"}
    assert set(new) == {'["5", "4"]', '["5", "a \\"b\\", c"]'}
    assert (found.damage, found.replayable) == (90, 2)
    first, second = (database.replay(LINES, list(new.values())) for _ in range(2))
    assert (sorted(first.written), sorted(second.already)) == (sorted(new), sorted(new))
    same = "select order_id, line, qty from lines where order_id = 5 and qty > 1 order by 2"
    assert database.sql(same, at=database.restored) == database.sql(same) == [(5, "4", 3), (5, 'a "b", c', 8)]
    assert database.sql("select sum(qty) from lines where qty = 1", at=database.restored) == [(90,)]


UNFIT = {
    "no key": ("create table t (id int, at timestamptz)", "t has no unique key, so its rows cannot be told apart; "),
    "nulls": ("create table t (id int unique, at timestamptz)", "t: id of its key may be null"),
    "a partial index": (
        "create table t (id int not null, at timestamptz); create unique index on t (id) where id > 0",
        "t has no unique key",
    ),
    "an expression": (
        "create table t (id int not null, at timestamptz); create unique index on t (abs(id))",
        "t has no unique key",
    ),
    "a deferred key": (
        "create table t (id int primary key deferrable initially deferred, at timestamptz)",
        "t has no unique key",
    ),
    "another key": (
        "create table t (id int, no int primary key, at timestamptz)",
        "t: id is not a unique key; write key: no",
    ),
    "more than the key": ("create table t (id int not null, no int primary key, at date)", "t: id is not a unique key"),
    "a view": ("create view t as select 1 as id, now() as at", "t is a view, and its rows belong to others"),
    "heirs": (
        "create table t (id int primary key, at timestamptz); create table u () inherits (t)",
        "t has tables that inherit from it",
    ),
    "another schema": (
        "create schema sales; create table sales.t (id int primary key, at timestamptz)",
        "t: this database has no such table; did you mean sales.t",
    ),
    "another spelling": ('create table "T" (id int)', "t: this database has no such table; did you mean public.T"),
    "no column": ('create table t ("Id" int primary key, at date)', "t has no column id; did you mean Id"),
    "no time": ("create table t (id int primary key, at_ date)", "t has no column at; did you mean at_"),
    "row security": (
        "create table t (id int primary key, at date); alter table t enable row level security",
        "t has row security, and rows of it are withheld from lyo_dr; alter role lyo_dr bypassrls",
    ),
}


@pytest.mark.parametrize(("made", "said"), UNFIT.values(), ids=list(UNFIT))
def test_l1_what_cannot_be_compared_is_refused_by_what_the_catalogue_says(
    database: Database, made: str, said: str
) -> None:
    database.given(*made.split("; "))
    assert (database.unfit(T) or "nothing").startswith(said)


@pytest.mark.parametrize("key", ["primary key", "unique not null"])
def test_l1_the_twins_a_unique_key_that_is_never_null_will_do(database: Database, key: str) -> None:
    database.given(f"create table t (id int {key}, {AT})")
    assert database.unfit(T) is None
    assert database.unfit(Table(name="t", key="id")) is None


HIDING = {
    "an exception block per row": [
        """do $$ begin for n in 1..100 loop begin update t set price = 0 where id = n;
           exception when others then null; end; end loop; end $$"""
    ],
    "one transaction, several values": [
        "begin; update t set price = price * 2; update t set price = price + 1; commit"
    ],
    "a loop that commits each row": [f"update t set price = 0 where id = {n}" for n in range(1, 101)],
    "batches of four": [f"update t set price = 0 where id between {n} and {n + 3}" for n in range(1, 100, 4)],
}


@pytest.mark.parametrize("damage", HIDING.values(), ids=list(HIDING))
def test_l3_damage_is_recognised_however_it_was_committed(database: Database, damage: list[str]) -> None:
    database.given(*HUNDRED)
    database.restore()
    database.sql(*damage, "insert into t (id, price, note) values (500, 1, 'a good one')")
    entries, found = database.compare(T)
    assert (found.damage, found.unknown, found.replayable) == (100, 0, 1)
    assert kinds(entries)["500"] == "replayable"


UNKNOWN = {
    "each row its own value, in a loop": [f"update t set price = price * 3 where id = {n}" for n in range(1, 101)],
    "a few rows in one transaction": ["update t set price = 0 where id <= 9"],
    "one row": ["update t set price = 0 where id = 7"],
    "only new rows": ["insert into t (id, price, note) values (500, -1, 'phantom')"],
}


@pytest.mark.parametrize("changes", UNKNOWN.values(), ids=list(UNKNOWN))
def test_l3_what_nobody_knows_is_unknown_and_listed_and_not_given_back_by_itself(
    database: Database, changes: list[str]
) -> None:
    database.given(*HUNDRED)
    database.restore()
    database.sql(*changes)
    entries, found = database.compare(T)
    assert set(kinds(entries).values()) == {"unknown"}
    assert (found.replayable, found.damage, found.unknown) == (0, 0, len(entries))
    assert len(found.samples) == min(10, len(entries))
    assert all(entry.why and entry.row for entry in entries.values())
    outcome = database.replay(T, list(entries.values()))
    assert len(outcome.written) == len(entries), "it can be given back where somebody asks for it"


def test_l3_the_twin_beside_a_known_damage_a_users_work_is_replayable_and_what_looks_like_it_is_not(
    database: Database,
) -> None:
    database.given(
        *HUNDRED, f"create table s (id int primary key, vat int, {AT})", "insert into s values (1, 19), (2, 7)"
    )
    settings = Table(name="s", key="id", written_at="at")
    database.restore()
    database.sql(
        "update t set note = 'by a user' where id = 3",
        "update s set vat = 0",
        "update t set price = 0 where id > 10",
        "insert into t (id) values (500)",
    )
    entries, _ = database.compare(T, settings)
    assert (entries["3"].what, entries["500"].what, entries["50"].what) == ("replayable", "replayable", "damage")
    small, _ = database.compare(settings, T)
    assert set(kinds(small).values()) == {"unknown"}, "the whole of a table, however few its rows"


NUMBERED = {
    "a sequence nobody owns": ("create sequence s", "id bigint default nextval('s') primary key"),
    "one that counts in tens": ("create sequence s increment 10 start 7", "id bigint default nextval('s') primary key"),
    "one that counts down": ("create sequence s increment -1", "id bigint default nextval('s') primary key"),
    "serial": ("select 1", "id serial primary key"),
    "an identity": ("select 1", "id int generated by default as identity primary key"),
    "an identity, always": ("select 1", "id int generated always as identity primary key"),
    "one in another schema": ("create schema x; create sequence x.s", "id int default nextval('x.s') primary key"),
}


@pytest.mark.parametrize(("before", "column"), NUMBERED.values(), ids=list(NUMBERED))
def test_l5_the_next_number_is_free_after_a_replay(database: Database, before: str, column: str) -> None:
    database.given(*before.split("; "), f"create table t ({column}, v int, {AT})", "insert into t (v) values (1), (2)")
    database.restore()
    database.sql(*["insert into t (v) values (3)"] * 3)
    entries, _ = database.compare(T)
    assert len(database.replay(T, list(entries.values())).written) == 3
    numbers = [row[0] for row in database.sql("insert into t (v) values (4) returning id", at=database.restored)]
    assert str(numbers[0]) not in entries


def test_l5_a_sequence_two_tables_share_and_one_of_a_column_that_is_no_key(database: Database) -> None:
    database.given(
        "create sequence s",
        f"create table t (id int default nextval('s') primary key, {AT})",
        "create table invoices (id uuid default gen_random_uuid() primary key, no int unique default nextval('s'), "
        f"{AT})",
    )
    invoices = Table(name="invoices", key="id", written_at="at")
    database.restore()
    database.sql("insert into t default values", "insert into invoices default values")
    for table in (T, invoices):
        entries, _ = database.compare(table)
        assert len(database.replay(table, list(entries.values())).written) == 1
    assert database.sql("insert into t default values returning id", at=database.restored) == [(3,)]


def test_l5_numbers_an_application_asks_for_by_itself_are_passed_too(database: Database) -> None:
    database.given("create sequence t_seq", f"create table t (id int primary key, {AT})")
    database.restore()
    database.sql("insert into t (id) values (nextval('t_seq')), (nextval('t_seq'))")
    entries, _ = database.compare(T)
    assert len(database.replay(T, list(entries.values())).written) == 2
    assert database.sql("select nextval('t_seq')", at=database.restored) == [(3,)]


BLOCKED = {
    "not allowed": ("create sequence s", "id int default nextval('s') primary key", "may not use the sequence s of t"),
    "a cache": ("create sequence s cache 20", "id int default nextval('s') primary key", "keep 20 numbers"),
    "text": ("create sequence s", "id text default 'A' || nextval('s') primary key", "t.id is text"),
    "far ahead": ("create sequence s", "id bigint default nextval('s') primary key", "numbers behind the rows"),
    "a function": (
        "create sequence s; create function next() returns int language sql as 'select nextval(''s'')::int'",
        "id int default next() primary key",
        "a function hands them out",
    ),
}


@pytest.mark.parametrize(("before", "column", "why"), BLOCKED.values(), ids=list(BLOCKED))
def test_l5_or_nothing_is_written_and_it_is_said_why(database: Database, before: str, column: str, why: str) -> None:
    database.given(*before.split("; "), f"create table t ({column}, {AT})")
    if why.startswith("may not"):
        database.sql("revoke usage on sequence s from app")
    database.restore()
    value = "default" if why != "numbers behind the rows" else "5000000000"
    database.sql(f"insert into t (id) values ({value})")
    entries, _ = database.compare(T)
    outcome = database.replay(T, list(entries.values()))
    assert (outcome.written, outcome.refused) == ([], list(entries))
    assert why in outcome.why
    assert database.sql("select count(*) from t", at=database.restored) == [(0,)]


def test_l11_partitions_are_read_compared_and_written(database: Database) -> None:
    table = Table(name="t", key=["id", "at"], written_at="at")
    database.given(
        "create table t (id serial, v text, at timestamptz not null default clock_timestamp(), primary key (id, at)) "
        "partition by range (at)",
        "create table t_old partition of t for values from ('2000-01-01') to ('2010-01-01')",
        "create table t_new partition of t for values from ('2010-01-01') to ('2100-01-01') partition by hash (id)",
        "create table t_new_0 partition of t_new for values with (modulus 2, remainder 0)",
        "create table t_new_1 partition of t_new for values with (modulus 2, remainder 1)",
        "insert into t (v) select repeat('x', 500) from generate_series(1, 200)",
    )
    assert database.unfit(table) is None
    with database.ours() as postgres:
        assert read_table(postgres, table.place, "t", lambda: 9.0, 9.0) == "t in 4 partitions is read"
    database.restore()
    database.sql("update t set v = ''", "insert into t (v) values ('good')")
    entries, found = database.compare(table)
    assert (found.damage, found.replayable) == (200, 1)
    good = [entry for entry in entries.values() if entry.what == "replayable"]
    assert len(database.replay(table, good).written) == 1
    assert database.sql("select count(*) from t where v = 'good'", at=database.restored) == [(1,)]


def test_l2_row_security_is_an_error_wherever_rows_are_read(database: Database) -> None:
    check = Check(name="rows", sql="select count(*) from t", expect="steady")
    database.given(*HUNDRED, "alter table t enable row level security", "create policy p on t to app using (true)")
    with database.ours() as postgres:
        _, _, (reading,) = read_integrity(postgres, [check])
        assert read_table(postgres, T.place, "t", lambda: 9.0, 9.0) == "t was not read (DatabaseError)"
    assert (reading.value, reading.error) == (None, "SQLSTATE 42501 (row security withholds rows from this user)")
    database.sql("alter role lyo_dr bypassrls")
    try:
        assert database.unfit(T) is None
        with database.ours() as postgres:
            _, _, (reading,) = read_integrity(postgres, [check])
        assert reading.value == 100
    finally:
        database.sql("alter role lyo_dr nobypassrls")
