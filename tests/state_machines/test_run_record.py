"""Traffic strategy ``record`` in a whole world: the record is changed under the role that may do just that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drills.results.calls import figures
from drills.results.path_steps import path_steps
from drills.world.plan_variants import by_record
from drills.world.world import World
from lyo_dr.model.resource_names import DETECTION_REGION
from tests.plans import lyo_plan
from tests.state_machines.failover import IRELAND, OREGON, Followed, calls, follow, start_by_hand, without_detection

pytestmark = [pytest.mark.drill, pytest.mark.long]
CHANGE = "ChangeResourceRecordSets"


@pytest.fixture(scope="module")
def recovery() -> Iterator[tuple[World, Followed, float]]:
    """Ireland is lost, and Route 53 refuses the first change because an earlier one is under way."""
    with World(by_record(lyo_plan()), warm=False) as world:
        busy = {"service": "route53", "op": CHANGE, "kind": "throttle", "times": 4}
        without_detection(world)
        at = world.lose_region(IRELAND, [busy])
        yield world, follow(world, start_by_hand(world, "by-record")), at


Recovery = tuple[World, Followed, float]


def test_the_incident_recovers_and_the_name_leads_to_the_recovery_region(recovery: Recovery) -> None:
    world, incident, _ = recovery
    assert incident.status == "SUCCEEDED", incident.lines
    assert incident.head["ending"] == "recovered"
    assert world.leads_to(OREGON)


def test_fault_25_a_change_that_is_refused_for_now_is_made_once(recovery: Recovery) -> None:
    world, incident, at = recovery
    changes = [call for call in calls(world, app="ChangeRecord", op=CHANGE) if call["time"] >= at]
    assert [call["status"] for call in changes] == [400, 400, 400, 400, 200]
    assert [line for line in incident.said_by("ChangeRecord") if "is changed to point to" in line]


def test_fault_26_traffic_is_looked_for_after_every_name_server_has_the_change(recovery: Recovery) -> None:
    _, incident, _ = recovery
    assert incident.said_by("CheckChange")[-1] == "The change is in sync on all Route 53 name servers"
    switch = ["TakeAuthority", "ChangeRecord", "CheckChange", "CheckTraffic"]
    assert [step for step in incident.steps if step in switch] == switch
    assert "ThrowLatch" not in incident.steps


def test_the_zone_holds_one_record_of_the_name_and_nothing_was_deleted(recovery: Recovery) -> None:
    world, _, _ = recovery
    traffic = world.plan.main_front()
    sets = world.client("route53", DETECTION_REGION).list_resource_record_sets(HostedZoneId=traffic.hosted_zone)
    found = [each for each in sets["ResourceRecordSets"] if each["Name"].rstrip(".") == traffic.name]
    assert [each["ResourceRecords"] for each in found] == [[{"Value": traffic.targets[OREGON].address}]]
    assert found[0]["TTL"] == traffic.ttl.total_seconds()


def test_only_the_steps_of_the_record_call_the_control_plane_of_route_53(recovery: Recovery) -> None:
    world, _, at = recovery
    found = figures(world.aws.calls(), path_steps(), IRELAND, at, float("inf"))
    assert set(found.offenders) == {
        "ChangeRecord called route53:ChangeResourceRecordSets in us-east-1",
        "ChangeRecord called route53:ListResourceRecordSets in us-east-1",
        "CheckChange called route53:GetChange in us-east-1",
    }
