"""FindDatabases: what is compared after a restore, and what is waited for first."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import Target
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.steps.compare_damaged import find_databases
from tests.unit.aws import World
from tests.unit.builders import REPLICA, at
from tests.unit.restores import FakeRds, given_rds

RESTORED = f"{REPLICA}-r-0a1b2c3d-1"


@pytest.fixture
def rds(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeRds:
    """What was restored is there; the damaged one as each test says."""
    return given_rds(world, monkeypatch, RESTORED)


@pytest.fixture
def incident(world: World) -> Incident:
    found = world.given_incident()
    ctx = world.ctx()
    ctx.store.incidents.record_once(found.id, "DAMAGED", "bookings", instance=REPLICA)
    ctx.store.incidents.record_once(found.id, "POINTED", "bookings", instance=RESTORED)
    Attempts(ctx, found.id).add(1, Target(kind="moment", at=at(-300)))
    return found


def find(world: World, incident: Incident) -> Any:
    event = {"incident": incident, "database": "bookings", "started_at": world.ctx().now()}
    return find_databases.handler(msgspec.to_builtins(event))


def test_the_damaged_instance_is_compared_under_its_new_name(world: World, rds: FakeRds, incident: Incident) -> None:
    ctx = world.ctx()
    rds.given(ctx.names.damaged(ctx.plan.database("bookings").instances[ctx.region], incident.id))
    places = find(world, incident)
    assert (places["status"], places["restored"]) == ("ready", {"host": "h", "port": 5432})


@pytest.mark.parametrize("status", ["available", "renaming", "storage-full"])
def test_until_it_has_that_name_it_is_waited_for(world: World, rds: FakeRds, incident: Incident, status: str) -> None:
    rds.given(REPLICA, status=status)
    assert find(world, incident)["status"] == "pending"


def test_one_that_is_dead_gets_no_other_name_and_nothing_is_waited_for(
    world: World, rds: FakeRds, incident: Incident
) -> None:
    rds.given(REPLICA, status="failed")
    places = find(world, incident)
    assert places["status"] == "gone"
    assert places["sentence"] == f"{REPLICA} is failed and cannot be read: nothing is compared with it"
