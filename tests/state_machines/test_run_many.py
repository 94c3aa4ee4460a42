"""Three databases and five services in one failover, of which one database does not come up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from drills.world.onboard import master_dsn
from drills.world.plan_variants import many
from drills.world.world import World
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan
from tests.state_machines.failover import (
    IRELAND,
    OREGON,
    Followed,
    calls,
    follow,
    start_by_hand,
    with_budgets,
    without_detection,
)

pytestmark = [pytest.mark.drill, pytest.mark.long]
Partly = tuple[World, Followed, dict[str, str]]


@pytest.fixture(scope="module")
def partly() -> Iterator[Partly]:
    """The promotion of ``archive``, which is not critical, never ends; a step is throttled at every second call."""
    adjust: Callable[[Plan], Plan] = with_budgets(promotion=8)
    with World(many(lyo_plan()), adjust=adjust, warm=False) as world:
        # The master's secret is in Ireland, so it is read beforehand.
        dsn = {database.name: master_dsn(world, world.plan, database, OREGON) for database in world.plan.databases}
        world.host.set_faults(promotion_stuck=[world.plan.database("archive").instances[OREGON]])
        busy = {"region": OREGON, "app": "PromoteReplica|RaiseCapacity", "kind": "throttle", "rate": 0.5, "times": 20}
        without_detection(world)
        world.lose_region(IRELAND, [busy])
        yield world, follow(world, start_by_hand(world, "many")), dsn


def test_the_service_recovers_without_what_is_not_critical(partly: Partly) -> None:
    world, incident, _ = partly
    assert incident.status == "SUCCEEDED", incident.lines
    assert incident.head["ending"] == "recovered"
    assert world.leads_to(OREGON)


def test_fault_55_what_failed_is_named_beside_what_came_up(partly: Partly) -> None:
    _, incident, _ = partly
    (sentence,) = incident.said_by("JudgeComponents")
    assert sentence.startswith(
        "Databases promoted: 2, services stable: 5; not critical, left as is: database archive: "
    )
    assert "is still modifying after the whole promotion budget" in sentence


def test_fault_18_a_promotion_that_is_stuck_is_called_once_like_the_others(partly: Partly) -> None:
    world, _, _ = partly
    accepted = [call for call in calls(world, op="PromoteReadReplica") if call["status"] == 200]
    assert len(accepted) == 3


def test_fault_09_throttled_calls_are_made_again_and_nothing_is_done_twice(partly: Partly) -> None:
    world, _, _ = partly
    assert calls(world, fault="throttle")
    updates = [call for call in calls(world, app="RaiseCapacity", op="UpdateService") if call["status"] == 200]
    assert len(updates) == 5


def test_every_critical_database_obeys_the_new_epoch(partly: Partly) -> None:
    _, incident, dsn = partly
    for name in ("bookings", "customers"):
        with psycopg.connect(dsn[name]) as connection:
            assert connection.execute("select region, epoch from lyo_dr.authority").fetchone() == (OREGON, 1)
            assert connection.execute("select incident from lyo_dr.proof").fetchall() == [(incident.id,)]


def test_every_service_has_the_tasks_its_plan_wants(partly: Partly) -> None:
    world, _, _ = partly
    running = {s["service"]: s["running"] for s in world.host.state()["services"] if s["region"] == OREGON}
    assert running == {service.places[OREGON].service: service.desired for service in world.plan.services}
