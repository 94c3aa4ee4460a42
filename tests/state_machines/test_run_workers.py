"""Workers in one failover: in order, by authority, and without holding traffic back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drills.world.plan_variants import with_workers
from drills.world.world import World
from tests.plans import lyo_plan
from tests.state_machines.failover import IRELAND, OREGON, Followed, follow, start_by_hand, without_detection

pytestmark = [pytest.mark.drill, pytest.mark.long]
Worked = tuple[World, Followed]


@pytest.fixture(scope="module")
def worked() -> Iterator[Worked]:
    """Ireland is lost; ``jobs`` and ``reports`` have no port."""
    with World(with_workers(lyo_plan()), warm=False) as world:
        without_detection(world)
        world.lose_region(IRELAND)
        yield world, follow(world, start_by_hand(world, "workers"))


def test_the_service_recovers_with_its_workers(worked: Worked) -> None:
    world, incident = worked
    assert (incident.status, incident.head.get("ending")) == ("SUCCEEDED", "recovered"), incident.lines
    running = {s["service"]: s["running"] for s in world.host.state()["services"] if s["region"] == OREGON}
    assert running == {service.places[OREGON].service: service.desired for service in world.plan.services}


def test_what_runs_once_is_raised_after_authority_is_taken(worked: Worked) -> None:
    _, incident = worked
    said = [line.sentence for line in incident.lines if line.step in ("RaiseCapacity", "TakeAuthority")]
    early = said.index("jobs runs once: it is raised when us-west-2 has taken authority")
    taken = next(number for number, sentence in enumerate(said) if sentence.startswith("us-west-2 is active at epoch"))
    raised = said.index("Service jobs is scaled up from 0 to 1 task")
    assert early < taken < raised


def test_a_worker_comes_after_the_service_it_names(worked: Worked) -> None:
    _, incident = worked
    raised = incident.said_by("RaiseCapacity")
    assert raised.index("Service assistant is scaled up from 0 to 2 tasks") < raised.index(
        "Service reports is scaled up from 0 to 1 task"
    )


def test_traffic_waits_for_the_critical_service_alone_and_the_rest_is_checked_at_the_end(worked: Worked) -> None:
    _, incident = worked
    (judged,) = incident.said_by("JudgeComponents")
    assert judged == "Databases promoted: 1, services stable: 1; raised after authority is taken: jobs"
    assert incident.said_by("CheckEndpoints")[-1].endswith("running as planned: jobs, reports")
