"""A damaged and a restored database on real PostgreSQL: what the ledger says of each row, and what a replay writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from local_aws.data_plane.processes import wait_until
from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.adapters.sql.deletions import note_deletions, read_deletions
from lyo_dr.adapters.sql.integrity import read_changes
from lyo_dr.adapters.sql.postgres import Postgres, connected
from lyo_dr.adapters.sql.row_writer import Replay
from lyo_dr.adapters.sql.table_diff import Still
from lyo_dr.decisions.restore.reconciliation import damage_of
from lyo_dr.decisions.restore.recovery_point import before
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Compared, Entry
from lyo_dr.model.tables.row_text import columns_of
from lyo_dr.services.restore.table_diff import Comparison, Header
from tests.local_aws.data_plane.data_plane_world import MASTER, PASSWORD, World
from tests.local_aws.data_plane.test_onboarding import IRELAND, SQL

NAME = "damaged"
PLACES = Table(name="places", key="id", written_at="at")
SCHEMA = """
create table places (
    id serial primary key, name text unique, tags text[], note json, price numeric(8,2), raw bytea,
    at timestamptz not null default clock_timestamp(), upper_name text generated always as (upper(name)) stored
);
insert into places (name, tags, note, price, raw)
select 'place ' || n, array['a, "b"', null], '{"z": 1,  "a": [1.0]}', 12.50, '\\xdeadbeef'
from generate_series(1, 100) n;
create role app login password 'secret';
grant select, insert, update on places to app;
grant usage on sequence places_id_seq to app;
"""


@dataclass(frozen=True)
class Story:
    """A damaged database and what its last good moment was restored to."""

    world: World
    moment: datetime
    begun: datetime

    @contextmanager
    def sql(self, database: str) -> Iterator[psycopg.Connection[Any]]:
        """As the master user."""
        endpoint = self.world.instance(IRELAND, NAME)["Endpoint"]
        with psycopg.connect(
            host=endpoint["Address"],
            port=endpoint["Port"],
            user=MASTER,
            password=PASSWORD,
            dbname=database,
            autocommit=True,
        ) as connection:
            yield connection

    def has_left(self, connection: psycopg.Connection[Any]) -> None:
        """Wait until the server has ended a session that was closed: only then what it did is counted."""
        ours, sessions = (connection.info.backend_pid,), "select pid from pg_stat_activity"
        connection.close()
        wait_until(lambda: ours not in self.ask("postgres", sessions), 30, "the end of a session")

    def ask(self, database: str, statement: str) -> list[Any]:
        """The rows of one statement, none where it answers with none."""
        with self.sql(database) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    @contextmanager
    def ours(self, database: str, user: str = MASTER, password: str = PASSWORD) -> Iterator[Postgres]:
        """As the SQL functions come."""
        endpoint = self.world.instance(IRELAND, NAME)["Endpoint"]
        login = SqlLogin(endpoint["Address"], endpoint["Port"], user, password, database, tls=False)
        with connected(login, 10) as postgres:
            yield postgres

    def compare(self) -> tuple[dict[str, Any], dict[str, Entry], Compared]:
        """The file, by key, and its figures."""
        with self.ours("bookings") as damaged, self.ours("restored") as restored:
            changes = read_changes(damaged, [PLACES])
            comparison = Comparison(
                Still(damaged, PLACES),
                Still(restored, PLACES),
                damage=damage_of(changes, "places", self.moment),
                since=self.moment,
                begun=self.begun,
            )
            header = Header(
                incident="i",
                database="bookings",
                table="places",
                key=["id"],
                moment=self.moment,
                made_at=self.begun,
                columns=comparison.columns,
            )
            with comparison.written(header) as (content, found):
                first, *lines = content.read().splitlines()
        entries = [msgspec.json.decode(line, type=Entry) for line in lines]
        return json.loads(first), {entry.key: entry for entry in entries}, found


@pytest.fixture(scope="module")
def listed(story: Story) -> dict[str, Entry]:
    """The file as a person was shown it, before anything was given back."""
    return story.compare()[1]


@pytest.fixture(scope="module")
def story(world: World) -> Story:
    """Everything that can become of a row between a moment and its replay."""
    dated = world.given_group(IRELAND, f"{NAME}-dated", track_commit_timestamp="1")
    world.given_database(IRELAND, NAME, retention=0, DBParameterGroupName=dated)
    with world.sql(IRELAND, NAME) as connection:
        assert connection.execute("show track_commit_timestamp").fetchone() == ("on",)
        connection.execute(SCHEMA.encode())
        text = SQL.read_text(encoding="utf-8").replace(":'region'", f"'{IRELAND}'").replace(":'app_roles'", "'app'")
        connection.execute(text.encode())
        row: Any = connection.execute("select clock_timestamp()").fetchone()
    story = Story(world, row[0], datetime.now(UTC))
    with story.sql("postgres") as connection:
        connection.execute("create database restored template bookings")
    story = Story(world, row[0], datetime.now(UTC))
    for statement in (
        "insert into places (name, price) values ('good, before the damage', 1.10)",  # 101
        "update places set price = 2 where id = 1",
        "update places set price = 2 where id = 2",
        "insert into places (name) values ('overwritten')",  # 102
        "update places set name = name || '?' where id between 10 and 60 or id = 102",
        "insert into places (name, note, tags, price) values ('good', '{\"b\" :1}', '{x,NULL}', 3.00)",  # 103
        "insert into places (name) values ('taken')",  # 104
        "update places set price = 5 where id = 12",
        "delete from places where id = 80",
    ):
        story.ask("bookings", statement)
    for statement in (
        "update places set price = 9 where id = 2",
        "insert into places (name) values ('taken')",  # 101, too: the sequence was restored as well
        "delete from places where id = 90",
    ):
        story.ask("restored", statement)
    return story


def test_every_row_is_classified_by_what_is_known_of_it(story: Story, listed: dict[str, Entry]) -> None:
    header, entries, found = story.compare()
    assert entries == listed
    told = {key: (entry.what, entry.change, entry.why) for key, entry in entries.items() if entry.what != "damage"}
    assert told == {
        "1": ("replayable", "update", ""),
        "2": ("conflicting", "update", "also changed in the restored database"),
        "12": ("conflicting", "update", "written on top of the damage"),
        "80": ("deleted", "delete", "deleted after the recovery point"),
        "101": ("conflicting", "update", "also changed in the restored database"),
        "102": ("conflicting", "insert", "created after the recovery point and overwritten by the damage"),
        "103": ("replayable", "insert", ""),
        "104": ("replayable", "insert", ""),
    }
    damaged = {key for key, entry in entries.items() if entry.what == "damage"}
    assert damaged == {str(key) for key in range(10, 61) if key != 12}
    assert (found.replayable, found.conflicting, found.deleted, found.damage) == (3, 4, 1, 50)
    assert (found.in_damaged, found.in_restored, found.found_by) == (103, 100, "commit times")
    assert header["table"] == "places"
    assert "note json" in header["columns"]


def test_rows_of_the_damage_are_not_copied_and_the_others_are_as_the_server_wrote_them(story: Story) -> None:
    _, entries, _ = story.compare()
    assert entries["10"].row == ""
    _, _, tags, note, *_ = columns_of(entries["103"].row)
    assert (tags, note) == ("{x,NULL}", '{"b" :1}'), "not even a space of a json column changes"


def test_fault_free_tables_that_have_changed_their_shape_leave_everything_to_a_person(story: Story) -> None:
    story.ask("restored", "alter table places add column since date")
    try:
        _, entries, found = story.compare()
        assert found.replayable == 0
        assert entries["103"].why == "the table has different columns in the restored database"
    finally:
        story.ask("restored", "alter table places drop column since")


def test_a_replay_writes_what_conflicts_with_nothing_and_the_second_one_nothing(
    story: Story, listed: dict[str, Entry]
) -> None:
    given = [entry for entry in listed.values() if entry.what == "replayable"]
    with story.ours("restored", "app", "secret") as postgres:
        first = Replay(postgres, PLACES).write(given)
        second = Replay(postgres, PLACES).write(given)
    assert sorted(first.written) == ["1", "103"]
    assert first.conflicting == ["104"], "its name was taken meanwhile: the database decides, not the ledger"
    assert (second.written, sorted(second.already), second.conflicting) == ([], ["1", "103"], ["104"])
    same = "select name, tags, note::text, price, raw, at, upper_name from places where id in (1, 103) order by id"
    assert story.ask("restored", same) == story.ask("bookings", same)


def test_a_number_that_was_given_back_is_not_given_out_again(story: Story) -> None:
    (new,) = story.ask("restored", "insert into places (name) values ('next') returning id")
    assert new[0] > 104


def test_what_users_did_with_a_row_that_was_given_back_is_not_undone_by_the_next_replay(
    story: Story, listed: dict[str, Entry]
) -> None:
    story.ask("restored", "update places set price = 77 where id = 103")
    with story.ours("restored", "app", "secret") as postgres:
        outcome = Replay(postgres, PLACES).write([listed["103"], listed["1"]])
    assert (outcome.written, outcome.already, outcome.conflicting) == ([], ["1"], ["103"])
    assert story.ask("restored", "select price from places where id = 103")[0][0] == 77


def test_a_conflict_is_overwritten_only_where_a_person_names_it(story: Story, listed: dict[str, Entry]) -> None:
    with story.ours("restored", "app", "secret") as postgres:
        outcome = Replay(postgres, PLACES).write([listed["2"]])
        again = Replay(postgres, PLACES).write([listed["2"]])
    assert (outcome.written, again.written, again.already) == (["2"], [], ["2"])
    assert story.ask("restored", "select price from places where id = 2")[0][0] == 2


def test_what_a_constraint_refuses_is_left_out_alone(story: Story) -> None:
    row = '(900,fits,,,,,"2026-11-25 00:00:00+00",FITS)'
    good = Entry(key="900", what="replayable", change="insert", row=row)
    bad = Entry(key="901", what="replayable", change="insert", row="(901,fits too,,,,,,FITS TOO)")
    with story.ours("restored", "app", "secret") as postgres:
        outcome = Replay(postgres, PLACES).write([bad, good])
    assert (outcome.written, outcome.refused, outcome.why) == (["900"], ["901"], "SQLSTATE 23502")


def test_without_the_sequence_nothing_is_written_that_would_break_the_next_booking(story: Story) -> None:
    story.ask("restored", "revoke usage on sequence places_id_seq from app")
    row = '(5000,far,,,,,"2026-11-25 00:00:00+00",FAR)'
    entry = Entry(key="5000", what="replayable", change="insert", row=row)
    with story.ours("restored", "app", "secret") as postgres:
        outcome = Replay(postgres, PLACES).write([entry])
    assert outcome.refused == ["5000"]
    assert outcome.why == "the application may not use the sequence places_id_seq of places"
    story.ask("restored", "grant usage on sequence places_id_seq to app")


def test_a_deletion_is_dated_by_the_counters_to_its_commit(story: Story) -> None:
    story.ask("bookings", "create table visits (id int primary key)")
    story.ask("bookings", "insert into visits select generate_series(1, 200)")
    visits = Table(name="visits", key="id", written_at="at")
    with story.ours("bookings") as postgres:
        assert note_deletions(postgres, [visits])
        with story.sql("bookings") as connection:
            row: Any = connection.execute("delete from visits where id > 50 returning pg_current_xact_id()").fetchone()
            story.has_left(connection)
        assert note_deletions(postgres, [visits])
        (found,) = read_deletions(postgres, [visits])
    at = story.ask("bookings", f"select pg_xact_commit_timestamp('{row[0]}'::xid)")[0][0]
    assert (found.at, found.rows, found.how, found.until) == (at, 150, "deleted", None)
    assert at - before(found.at) <= timedelta(seconds=1)


@pytest.mark.parametrize("also", ["among other scans", "in a session that went on"])
def test_a_deletion_that_cannot_be_told_apart_is_dated_between_two_looks(story: Story, also: str) -> None:
    visits = Table(name="visits", key="id", written_at="at")
    story.ask("bookings", "delete from visits")
    story.ask("bookings", "insert into visits select generate_series(1, 200)")
    with story.ours("bookings") as postgres:
        assert note_deletions(postgres, [visits])
        with story.sql("bookings") as connection:
            connection.execute("delete from visits where id > 20")
            connection.execute("select 1")
            story.has_left(connection)
        if also == "among other scans":
            for _ in range(2):
                story.ask("bookings", "select sum(id) from visits")
        assert note_deletions(postgres, [visits])
        found = read_deletions(postgres, [visits])[-1]
    assert found.rows == 180
    assert found.until is not None
    assert timedelta(seconds=10) < found.until - found.at < timedelta(seconds=20)
