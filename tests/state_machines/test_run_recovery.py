"""One world, several faults at once: two regions silent, the alarm delivered five times, a function killed mid-call.

The failover has to come through all of them; each fault has its own test of what it left behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from drills.results.calls import figures
from drills.results.path_steps import path_steps
from drills.world.onboard import master_dsn
from drills.world.world import World
from lyo_dr.model.resource_names import DETECTION_REGION
from tests.plans import lyo_plan
from tests.state_machines.failover import (
    IRELAND,
    OREGON,
    SHORT,
    Followed,
    alarm_event,
    calls,
    follow,
    receive,
    without_detection,
)

pytestmark = pytest.mark.drill


@dataclass
class Recovery:
    """What happened."""

    world: World
    incident: Followed
    deliveries: list[dict[str, Any]]
    fault_at: float
    dsn: str


@pytest.fixture(scope="module")
def recovery() -> Iterator[Recovery]:
    with World(lyo_plan(), adjust=SHORT, warm=False) as world:
        dsn = master_dsn(world, world.plan, world.plan.databases[0], OREGON)
        without_detection(world)
        at = world.lose_region(IRELAND)
        world.aws.set_faults(
            [
                {"region": IRELAND, "kind": "blackhole"},
                {"region": DETECTION_REGION, "kind": "blackhole"},
                {"region": OREGON, "service": "rds", "op": "PromoteReadReplica", "kind": "crash_after", "times": 1},
            ]
        )
        moment = datetime.now(UTC)
        copies = [
            alarm_event(world, moment, id=f"copy-{number}", time=(moment + timedelta(minutes=number)).isoformat())
            for number in (3, 0, 4, 1, 2)
        ]
        with ThreadPoolExecutor(5) as pool:
            deliveries = list(pool.map(lambda event: receive(world, event), copies))
        yield Recovery(world, follow(world, deliveries[0]["incident"]), deliveries, at, dsn)


def test_the_incident_ends_recovered_and_gives_its_lease_back(recovery: Recovery) -> None:
    assert recovery.incident.status == "SUCCEEDED", recovery.incident.lines
    assert recovery.incident.head["ending"] == "recovered"
    assert recovery.world.leads_to(OREGON)


def test_the_way_of_the_incident_is_the_one_in_the_documents(recovery: Recovery) -> None:
    spoken = [step for step in recovery.incident.steps if step not in ("AnnounceIncident", "ApplyProtection")]
    side_by_side = {"PromoteReplica", "CheckPromotion", "AcceptProof", "RaiseCapacity", "CheckCapacity"}
    ordered = [step for step in spoken if step not in side_by_side]
    assert ordered[:5] == ["OpenIncident", "Triage", "CheckGate", "ConfirmRegionLost", "FenceServices"]
    assert ordered[5:11] == [
        "JudgeComponents",
        "CheckEndpoints",
        "TakeAuthority",
        "ThrowLatch",
        "CheckTraffic",
        "CloseIncident",
    ]
    assert side_by_side <= set(spoken)


def test_fault_01_five_copies_of_an_alarm_start_one_incident(recovery: Recovery) -> None:
    names = {delivery["incident"] for delivery in recovery.deliveries}
    assert len(names) == 1
    executions = recovery.world.client("stepfunctions", OREGON).list_executions(
        stateMachineArn=recovery.world.names(OREGON).machine("incident_response")
    )["executions"]
    assert [execution["name"] for execution in executions if execution["name"] in names] == [recovery.incident.id]


def test_fault_01_a_late_copy_of_a_finished_incident_is_dropped(recovery: Recovery) -> None:
    moment = datetime.strptime(recovery.incident.id.rsplit("-", 1)[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    again = receive(recovery.world, alarm_event(recovery.world, moment))
    assert again == {"incident": recovery.incident.id, "started": False}


def test_fault_07_a_black_holed_region_costs_the_fence_its_bound_and_no_more(recovery: Recovery) -> None:
    sentence = recovery.incident.said_by("FenceServices")
    assert len(sentence) == 1
    assert sentence[0].startswith("eu-west-1 could not be fenced")
    fence = calls(recovery.world, app="FenceServices", region=IRELAND)
    bound = recovery.world.plan.budgets.fence.total_seconds()
    assert fence
    assert sum(call["ms"] for call in fence) / 1000 <= bound + 1


def test_fault_10_a_function_killed_after_the_promotion_call_adopts_what_it_did(recovery: Recovery) -> None:
    promotions = calls(recovery.world, op="PromoteReadReplica")
    assert [call["fault"] for call in promotions] == ["crash_after"]
    assert "is already being promoted" in recovery.incident.said_by("PromoteReplica")[-1]


def test_fault_19_the_twin_a_database_that_takes_a_write_gets_the_traffic(recovery: Recovery) -> None:
    with psycopg.connect(recovery.dsn) as connection:
        proof = connection.execute("select incident, epoch from lyo_dr.proof").fetchall()
        authority = connection.execute("select region, epoch from lyo_dr.authority").fetchone()
    assert proof == [(recovery.incident.id, 1)]
    assert authority == (OREGON, 1)


def test_fault_37_neither_the_lost_region_nor_a_control_plane_in_us_east_1_is_called(recovery: Recovery) -> None:
    found = figures(recovery.world.aws.calls(), path_steps(), IRELAND, recovery.fault_at, float("inf"))
    assert found.on_path > 50
    assert found.offenders == ()
