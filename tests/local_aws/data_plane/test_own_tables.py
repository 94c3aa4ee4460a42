"""Tables that are not the sample's: made of a file or of the plan, booked into by their keys, refused in a sentence."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest

from drills.booking_app.served import Served
from drills.booking_app.statements import UnfitTable, statements
from drills.world.onboard import _create_app_users, _grant, _make_tables
from drills.world.own_system import OwnSystem, UnfitSystem
from lyo_dr.model.plan import Database
from lyo_dr.model.plan.rehearsal import Rehearsal, RehearsedDatabase
from tests.local_aws.data_plane.data_plane_world import World
from tests.plans import lyo_plan

ACME = Path(__file__).parents[3] / "examples" / "acme-shop"
HOME = "eu-south-1"
ORDERS = {"name": "sales.orders", "key": "id", "written_at": "updated_at"}
LINES = {"name": "LineItems", "key": ["orderId", "lineNo"], "written_at": "updatedAt"}


def database(*tables: dict[str, Any]) -> Database:
    return lyo_plan(databases__0__tables=list(tables), databases__0__integrity=[]).databases[0]


def files(schema: Path, seed: Path | None = None) -> OwnSystem:
    named = RehearsedDatabase(schema=str(schema), seed=None if seed is None else str(seed))
    return OwnSystem(Path("/"), Rehearsal(databases={"bookings": named}))


@pytest.fixture(scope="module")
def instance(world: World) -> str:
    world.given_database(HOME, "own-tables")
    with world.sql(HOME, "own-tables") as connection:
        connection.execute("create role lyo_dr login; create schema lyo_dr")
        _create_app_users(connection, database(ORDERS))
        _make_tables(connection, database(ORDERS, LINES), files(ACME / "orders.sql", ACME / "orders-seed.sql"))
        _grant(connection, database(ORDERS, LINES))
    return "own-tables"


def booked(connection: psycopg.Connection[Any], served: Served, identifier: str) -> tuple[int, int, Any]:
    """Rows written at the first and the second time of asking, and what is read back."""
    made = statements(connection, served)
    values = {"id": identifier, "customer": "Ada", "slot": "now"}
    first, again = (connection.execute(made.insert, values).rowcount for _ in range(2))
    return first, again, connection.execute(made.select, {"id": identifier}).fetchone()


def test_the_app_books_into_a_table_of_a_schema_by_its_number(world: World, instance: str) -> None:
    served = Served(schema="sales", table="orders", time="updated_at")
    with world.sql(HOME, instance) as connection:
        connection.execute("grant lyo_app to current_user; set role lyo_app")
        first, again, row = booked(connection, served, "1000000001")
        assert (first, again, row[0]) == (1, 0, 1_000_000_001)


def test_a_composite_key_takes_what_it_refers_to_from_the_other_table(world: World, instance: str) -> None:
    served = Served(schema="public", table="LineItems", keys=("orderId", "lineNo"), id="lineNo", time="updatedAt")
    with world.sql(HOME, instance) as connection:
        first, again, row = booked(connection, served, "1000000002")
        assert (first, again, row[0]) == (1, 0, 1_000_000_002)


def test_a_table_made_of_the_plan_is_booked_into_by_a_uuid(world: World, instance: str) -> None:
    made = {"name": 'shop."odd name"', "key": ["ref", "part"], "written_at": "writtenAt"}
    served = Served(schema="shop", table="odd name", keys=("ref", "part"), id="ref", time="writtenAt")
    with world.sql(HOME, instance) as connection:
        for _ in range(2):
            _make_tables(connection, database(made), OwnSystem())
        first, again, row = booked(connection, served, str(uuid.uuid4()))
        assert (first, again, row[3] is not None) == (1, 0, True)


def test_a_table_nothing_can_be_booked_into_is_a_sentence(world: World, instance: str) -> None:
    with world.sql(HOME, instance) as connection:
        connection.execute("create table shapes (id bigint primary key, outline circle not null)")
        with pytest.raises(UnfitTable, match=r"^shapes\.outline is circle, and has no default$"):
            statements(connection, Served(table="shapes"))


@pytest.mark.parametrize(
    ("tables", "sql", "sentence"),
    [
        ([{"name": "none", "key": "id"}], "select 1", "database bookings has no table none, which the plan names"),
        ([{"name": "sales.orders", "key": "no"}], "select 1", "has no column 'no' in table sales.orders"),
        ([ORDERS], "select 1;\nselect form x y z;", r"own\.sql, line 2: PostgreSQL refuses it: syntax error"),
    ],
)
def test_files_that_do_not_fit_the_plan_are_a_sentence(
    world: World, instance: str, tmp_path: Path, tables: list[dict[str, Any]], sql: str, sentence: str
) -> None:
    file = tmp_path / "own.sql"
    file.write_text(sql, encoding="utf-8")
    with world.sql(HOME, instance) as connection, pytest.raises(UnfitSystem, match=sentence):
        _make_tables(connection, database(*tables), files(file))


def test_a_dump_is_taken_as_pg_dump_writes_it(world: World, instance: str, tmp_path: Path) -> None:
    file = tmp_path / "dump.sql"
    lines = [
        "\\restrict abc",
        "select pg_catalog.set_config('search_path', '', false);",
        "create table public.dumped (id",
    ]
    file.write_text("\n".join([*lines, "bigint primary key);", "\\unrestrict abc"]), encoding="utf-8")
    with world.sql(HOME, instance) as connection:
        _make_tables(connection, database({"name": "dumped", "key": "id"}), files(file))
        assert connection.execute("show search_path").fetchone() == ('"$user", public',)
