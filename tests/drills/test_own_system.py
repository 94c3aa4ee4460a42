"""Whose tables, paths and programs a drill works with, and what it says when there are none."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli.plan_reader import check, load_with_rehearsal
from drills.booking_app.served import Served
from drills.client.booking import Booking
from drills.run import perform
from drills.scenarios.catalogue import DRILLS
from drills.world.addresses import Addresses
from drills.world.images import images, served
from drills.world.own_system import DEMONSTRATION, OwnSystem, UnfitSystem, drill_table
from drills.world.plan_tables import creations
from drills.world.rehearsal_plan import for_rehearsal
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rehearsal import Load, Rehearsal, RehearsedDatabase, RehearsedService
from lyo_dr.model.plan.rules import broken_rules
from lyo_dr.model.tables.names import TableName
from tests.plans import lyo_plan

ACME = Path(__file__).parents[2] / "examples" / "acme-shop" / "plan.yaml"
FOREIGN: list[dict[str, Any]] = [
    {"name": "LineItems", "key": ["orderId", "lineNo"]},
    {"name": "sales.orders", "key": "id", "written_at": "updatedAt"},
]


def acme() -> tuple[Plan, OwnSystem]:
    plan, rehearsal = load_with_rehearsal(ACME)
    return plan, OwnSystem(ACME.parent, rehearsal)


def foreign(**changes: Any) -> Plan:
    return lyo_plan(databases__0__tables=FOREIGN, databases__0__integrity=[], **changes)


# -- the table ---------------------------------------------------------------------------------------------
def test_the_sample_books_into_its_appointments() -> None:
    table = drill_table(lyo_plan(), OwnSystem())
    assert (table.place, table.keys, table.time, table.planned) == (DEMONSTRATION, ("id",), "created_at", True)


def test_a_plan_without_tables_has_the_samples_which_no_restore_looks_at() -> None:
    table = drill_table(lyo_plan(databases__0__tables=[], databases__0__integrity=[]), OwnSystem())
    assert (table.place, table.planned) == (DEMONSTRATION, False)


def test_of_foreign_tables_the_first_with_a_time_is_taken_or_the_one_that_is_named() -> None:
    assert drill_table(foreign(), OwnSystem()).place == TableName("sales", "orders")
    named = drill_table(foreign(), OwnSystem(rehearsal=Rehearsal(table="LineItems", id="lineNo")))
    assert (named.place, named.id, named.id_of(["7", "8"])) == (TableName("public", "LineItems"), "lineNo", "8")


def test_a_schema_without_a_table_in_the_plan_is_refused_in_a_sentence() -> None:
    plan = lyo_plan(databases__0__tables=[], databases__0__integrity=[])
    own = OwnSystem(rehearsal=Rehearsal(databases={"bookings": RehearsedDatabase(schema="a.sql")}))
    with pytest.raises(UnfitSystem, match="name one under databases"):
        drill_table(plan, own)


def test_the_tables_of_a_plan_are_made_under_their_names() -> None:
    made = creations(foreign().databases[0])
    assert made[1] == (
        'create table if not exists "public"."LineItems" ("orderId" uuid default gen_random_uuid(), '
        '"lineNo" bigint default 1, "content" text not null default \'\', primary key ("orderId", "lineNo"))'
    )
    assert 'create schema if not exists "sales"' in made
    assert '"updatedAt" timestamptz not null default clock_timestamp()' in made[3]


# -- what is started ---------------------------------------------------------------------------------------
def test_the_booking_app_is_told_every_path_of_the_plan_and_its_table() -> None:
    endpoints = [{"name": "shop", "path": "/"}, {"name": "login", "path": "/account", "status": 401}]
    plan = foreign(services__0__ready_path="/internal/ready", endpoints=endpoints)
    told = Served.from_json(json.dumps(served(plan, OwnSystem(rehearsal=Rehearsal(load=Load(path="/checkout"))))))
    assert told.ready == {"/health/ready", "/internal/ready"}
    assert told.answers == {"/": 200, "/account": 401}
    assert (told.bookings, told.schema, told.table, told.time) == ("/checkout", "sales", "orders", "updatedAt")
    assert not told.demonstration


def test_the_sample_is_served_as_ever() -> None:
    assert Served.from_json(json.dumps(served(lyo_plan(), OwnSystem()))) == Served()


def test_a_program_of_the_plan_is_started_in_its_folder_without_our_modules() -> None:
    own = OwnSystem(Path("/srv/shop"), Rehearsal(services={"assistant": RehearsedService(command=["bin/app", "-v"])}))
    image = images(lyo_plan(), own)["lyo/assistant"]
    assert image["command"][:5] == ["/usr/bin/env", "-u", "PYTHONPATH", "-C", "/srv/shop"]
    assert image["command"][-2:] == ["bin/app", "-v"]
    assert image["listens"]


def test_a_program_without_a_url_is_not_asked_whether_it_answers() -> None:
    plan, own = acme()
    made = images(plan, own)
    assert not made["acme-shop/worker"]["listens"]
    assert made["acme-shop/web"]["listens"]


def test_ids_that_are_numbers_are_different_and_fit_into_four_bytes() -> None:
    ids = {Booking.number(number, "number").id for number in range(1000)}
    assert len(ids) == 1000
    assert all(10**9 <= int(each) < 2**31 for each in ids)


# -- what a drill needs ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", DRILLS)
def test_every_drill_takes_the_sample(name: str) -> None:
    assert DRILLS[name].missing(lyo_plan(), OwnSystem()) == []


@pytest.mark.parametrize("name", ["region-loss", "bad-migration", "rotation"])
def test_acme_shop_has_what_these_drills_need(name: str) -> None:
    plan, own = acme()
    assert DRILLS[name].missing(plan, own) == []
    rehearsed = for_rehearsal(DRILLS[name].customer(plan), Addresses(0))
    assert broken_rules(DRILLS[name].rehearsed(rehearsed.plan)) == []


@pytest.mark.parametrize(
    ("name", "plan", "sentence"),
    [
        (
            "bad-migration",
            lyo_plan(databases__0__tables=[], databases__0__integrity=[]),
            "drill bad-migration needs a table with users' work; name one under databases[0].tables of bookings",
        ),
        (
            "bad-migration",
            lyo_plan(databases__0__tables=FOREIGN),
            "drill bad-migration asks the integrity queries of bookings, which read its own tables",
        ),
        ("no-evidence", foreign(), "drill no-evidence is about the sample's own data"),
        ("rotation", lyo_plan(databases__0__app_roles=["lyo_app"]), "drill rotation needs a login that can be rotated"),
        ("breach", lyo_plan(breach=None), "drill breach needs the section breach of the plan"),
    ],
)
def test_what_a_drill_lacks_is_said_before_anything_is_started(
    tmp_path: Path, name: str, plan: Plan, sentence: str
) -> None:
    console = Console(file=io.StringIO(), width=300)
    finished = perform(DRILLS[name], plan, tmp_path, console)
    assert isinstance(console.file, io.StringIO)
    assert (finished.code, finished.seconds) == (2, 0.0)
    assert sentence in console.file.getvalue()
    assert list(tmp_path.iterdir()) == []


def test_region_loss_takes_foreign_tables_whatever_they_are() -> None:
    assert DRILLS["region-loss"].missing(lyo_plan(databases__0__tables=FOREIGN), OwnSystem()) == []


# -- the example -------------------------------------------------------------------------------------------
def test_acme_shop_passes_plan_check() -> None:
    found = check(ACME)
    assert [database.name for database in found.plan.databases] == ["orders", "analytics"]
    assert found.plan.front_service().name == "web"
