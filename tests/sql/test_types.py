"""Rows of every kind of type go from one database to another byte for byte, or are refused by name."""

# ruff: noqa: S608
# Statements are made of this file's own tables.
from __future__ import annotations

import pytest

from lyo_dr.model.plan import Table
from tests.sql.story import Database

T = Table(name="t", key="id", written_at="at")
COLUMNS = {
    "hstore": ("hstore", ['\'a=>1, "b c"=>NULL, ""=>"q\\""\'', "''"]),
    "array": ("text[]", ["array['a, \"b\"', null, '', '\\', 'NULL', '{}']", "'{}'", "'[2:3]={x,y}'"]),
    "arrays in arrays": ("int[][]", ["'{{1,2},{3,NULL}}'"]),
    "bytea": ("bytea", ["'\\xdeadbeef00'", "''"]),
    "numeric": ("numeric", ["'NaN'", "'Infinity'", "1.10", "1e100", "-0.000"]),
    "numeric with a scale": ("numeric(12,4)", ["1", "'NaN'"]),
    "double precision": (
        "float8",
        ["'NaN'", "'-Infinity'", "0.1::float8 + 0.2::float8", "5e-324", "1.7976931348623157e308", "-0.0"],
    ),
    "real": ("float4", ["1e-45", "3.4028235e38", "0.1"]),
    "timestamptz": (
        "timestamptz",
        ["'infinity'", "'-infinity'", "'4713-01-01 00:00:00 BC'", "'2026-03-29 01:59:59.999999+01'"],
    ),
    "timestamp, date": ("timestamp", ["'infinity'", "'294276-12-31 23:59:59.999999'"]),
    "date": ("date", ["'infinity'", "'0001-01-01 BC'"]),
    "time of day with a zone": ("timetz", ["'24:00:00-15:59:59'"]),
    "interval": ("interval", ["'1 year -2 months +3 days -04:05:06.789'", "'-178000000 years'", "'infinity'"]),
    "composite": ("address", ["row('a \"b\", (c)', null)", "row('', array[1,2])"]),
    "enum": ("mood", ["'so, \"so\"'", "'fine'"]),
    "range": ("tstzrange", ["'empty'", "'(,infinity)'", "tstzrange(now(), null, '(]')"]),
    "multirange": ("int4multirange", ["'{[1,3),[5,8)}'", "'{}'"]),
    "json": ("json", ['\'{ "z": 1,  "a" : [1.0, 1e2], "z": 2 }\'', "'null'", "'\"\\u0041\"'"]),
    "jsonb": ("jsonb", ['\'{"z": 1, "a": [1.0, 1e2]}\'', "'null'", "'12345678901234567890.10'"]),
    "char(n)": ("char(5)", ["'ab'", "''"]),
    '"char"': ('"char"', ["'x'", "''"]),
    "text": ("text", ["''", "' '", "E'\\n\\t\\\\'", "'\u00e9\U0001f600'", "'(1,\"a\")'", "'NULL'"]),
    "bits": ("bit varying(9)", ["B'0101'", "B''"]),
    "network": ("inet", ["'10.0.0.1/8'", "'::ffff:1.2.3.4/96'"]),
    "geometry": ("polygon", ["'((0,0),(1,1.5),(1e-300,0))'"]),
    "search": ("tsvector", ["'a:1A ''b c'':2'"]),
    "money": ("money", ["'-1234.56'"]),
    "domain": ("positive", ["7"]),
    "transaction ids": ("pg_lsn", ["'16/B374D848'"]),
}
MADE = (
    "create type address as (street text, numbers int[])",
    "create type mood as enum ('fine', 'so, \"so\"')",
    "create domain positive as int check (value > 0)",
)


def _extended(database: Database, kind: str) -> bool:
    """Extensions are not in every build of PostgreSQL."""
    if kind != "hstore":
        return True
    if not database.sql("select 1 from pg_available_extensions where name = 'hstore'"):
        return False
    database.sql("create extension hstore")
    return True


def test_l8_every_type_is_written_back_byte_for_byte_in_new_rows_and_in_changed_ones(database: Database) -> None:
    """All types at once: a value of each in a table of its own, once as a new row and once over another one."""
    columns = {name: made for name, made in COLUMNS.items() if _extended(database, made[0])}
    tables = {f"t{number}": made for number, made in enumerate(columns.values())}
    database.given(
        *MADE,
        *(
            f"create table {name} (id int primary key, v {kind}, at timestamptz default clock_timestamp())"
            for name, (kind, _) in tables.items()
        ),
        *(
            f"insert into {name} (id) select n from generate_series(1, {len(values)}) n"
            for name, (_, values) in tables.items()
        ),
    )
    # Whatever the users' own defaults are, texts are alike.
    database.sql(
        "alter role app set datestyle = 'German'",
        "alter role app set intervalstyle = 'sql_standard'",
        "alter role app set timezone = 'Asia/Tokyo'",
        "alter role app set bytea_output = 'escape'",
        "alter role app set extra_float_digits = -3",
    )
    try:
        database.restore()
        for name, (_, values) in tables.items():
            for number, value in enumerate(values, start=1):
                database.sql(
                    f"update {name} set v = {value} where id = {number}",
                    f"insert into {name} (id, v) values ({100 + number}, {value})",
                )
        for name, (kind, values) in tables.items():
            table = Table(name=name, key="id", written_at="at")
            entries, _ = database.compare(table)
            assert len(entries) == 2 * len(values), kind
            first, second = (database.replay(table, list(entries.values())) for _ in range(2))
            assert (sorted(first.written), first.why) == (sorted(entries), ""), kind
            assert sorted(second.already) == sorted(entries), kind
            same = f"select r::text from {name} r order by id"
            assert database.sql(same, at=database.restored) == database.sql(same), kind
    finally:
        database.sql("alter role app reset all")


def test_l8_generated_columns_and_identities_read_as_before_or_are_refused_by_name(database: Database) -> None:
    database.given(
        "create table t (id int generated always as identity primary key, v text, "
        "loud text generated always as (upper(v)) stored, at timestamptz default clock_timestamp())",
        "create table u (id int primary key, no int generated always as identity, v text, at timestamptz)",
        "insert into t (v) values ('a')",
        "insert into u (id, v) values (1, 'a'), (2, 'b')",
    )
    other = Table(name="u", key="id")
    database.restore()
    database.sql(
        "update t set v = 'b'",
        "insert into t (v) values ('c')",
        "update u set v = 'c', no = default where id = 1",
        "update u set v = 'd' where id = 2",
    )
    entries, _ = database.compare(T)
    assert sorted(database.replay(T, list(entries.values())).written) == ["1", "2"]
    same = "select t::text from t order by id"
    assert database.sql(same, at=database.restored) == database.sql(same)
    entries, _ = database.compare(other)
    outcome = database.replay(other, list(entries.values()))
    assert (outcome.written, outcome.refused) == (["2"], ["1"])
    assert outcome.why == "a trigger, an identity or a generated column of u changes what is written: no"


def _touched(database: Database, touch: str, kind: str = "timestamptz") -> None:
    """A table with a trigger before each write, a row from before, and two of users from after the recovery point."""
    database.given(
        f"create table t (id int primary key, v text, changed {kind}, at timestamptz default clock_timestamp())",
        f"create function touch() returns trigger language plpgsql as $$ begin {touch}; return new; end $$",
        "create trigger touch before insert or update on t for each row execute function touch()",
        "insert into t (id, v) values (1, 'a')",
    )
    database.restore()
    database.sql("update t set v = 'b' where id = 1", "insert into t (id, v) values (2, 'c'), (3, 'plain')")


@pytest.mark.parametrize("kind", ["timestamptz", "timestamp", "timestamptz(3)"])
def test_l8_a_column_a_trigger_sets_at_each_write_keeps_no_row_from_its_users(database: Database, kind: str) -> None:
    _touched(database, "new.changed := now()", kind)
    entries, _ = database.compare(T)
    before = database.sql("select clock_timestamp()")[0][0]
    first, second = (database.replay(T, list(entries.values())) for _ in range(2))
    assert (sorted(first.written), first.refused, first.stamped) == (["1", "2", "3"], [], ["changed"])
    assert (second.written, sorted(second.already), second.conflicting) == ([], ["1", "2", "3"], [])
    same = "select id, v, at from t order by id"
    assert database.sql(same, at=database.restored) == database.sql(same)
    older = f"select count(*) from t where changed::timestamptz < timestamptz '{before}' - interval '2 seconds'"
    assert database.sql(older, at=database.restored) == [(0,)]


@pytest.mark.parametrize(
    ("touch", "kind"),
    [
        ("new.changed := greatest(new.changed, now())", "timestamptz"),
        (
            "if new.v <> 'plain' then new.changed := coalesce(new.changed, now()) + interval '1 hour'; end if",
            "timestamp",
        ),
        ("if new.v <> 'plain' then new.changed := coalesce(new.changed, 0) + 1; end if", "int"),
    ],
    ids=["a limit", "an hour more", "a count"],
)
def test_l8_the_twin_a_row_a_trigger_changes_is_refused_by_the_name_of_the_column(
    database: Database, touch: str, kind: str
) -> None:
    _touched(database, touch, kind)
    entries, _ = database.compare(T)
    outcome = database.replay(T, list(entries.values()))
    assert {"1", "2"} <= set(outcome.refused)
    assert outcome.stamped == []
    assert outcome.why.endswith("column of t changes what is written: changed")


def test_l8_the_twin_without_a_trigger_a_row_users_have_written_since_is_left_alone(database: Database) -> None:
    database.given(
        "create table t (id int primary key, v text, changed timestamptz, at timestamptz default clock_timestamp())",
        "insert into t (id, v) values (1, 'a')",
    )
    database.restore()
    database.sql("update t set v = 'b', changed = now() where id = 1")
    entries, _ = database.compare(T)
    database.sql("update t set v = 'b', at = at, changed = now() where id = 1", at=database.restored)
    outcome = database.replay(T, list(entries.values()))
    assert (outcome.written, outcome.already, outcome.conflicting) == ([], [], ["1"])


def test_l8_a_constraint_that_is_checked_at_the_end_leaves_out_only_its_own_row(database: Database) -> None:
    database.given(
        "create table p (id int primary key)",
        "insert into p values (1)",
        "create table t (id int primary key, p int references p deferrable initially deferred, at timestamptz "
        "default clock_timestamp())",
    )
    database.restore()
    database.sql("insert into p values (2)", "insert into t (id, p) values (1, 1), (2, 2)")
    entries, _ = database.compare(T)
    outcome = database.replay(T, list(entries.values()))
    assert (outcome.written, outcome.refused, outcome.why) == (["1"], ["2"], "SQLSTATE 23503")


@pytest.mark.parametrize("kind", ["uuid", "text", "timestamptz", "numeric(20,2)", "char(4)", "mood", "bytea"])
def test_l1_a_key_of_any_type_finds_its_row(database: Database, kind: str) -> None:
    values = {
        "uuid": "gen_random_uuid()",
        "text": "'a \"b\", [c]'",
        "timestamptz": "'2026-01-01 00:00:00.000001+05'",
        "numeric(20,2)": "12.50",
        "char(4)": "'ab'",
        "mood": "'so, \"so\"'",
        "bytea": "'\\x00ff'",
    }
    table = Table(name="t", key=["k", "n"])
    database.given(
        *MADE,
        f"create table t (k {kind}, n int, v int, primary key (k, n))",
        f"insert into t values ({values[kind]}, 1, 1)",
    )
    database.restore()
    database.sql("update t set v = 2")
    entries, _ = database.compare(table)
    assert [entry.change for entry in entries.values()] == ["update"]
    assert len(database.replay(table, list(entries.values())).written) == 1
