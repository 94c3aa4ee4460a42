"""Fault 25: Route 53 refuses, or the record says something else. Compared before it is set; never deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.failover.traffic import record_objection
from lyo_dr.errors import AwsCallFailed, NotFound, Throttled
from lyo_dr.model.facts import FrontRecord
from lyo_dr.model.plan import Plan, Target
from lyo_dr.steps.switch_traffic import change_record
from lyo_dr.steps.switch_traffic.change_record import RecordNotExpected
from tests.plans import lyo_plan
from tests.state_machines.asl import machine
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, OREGON

NAME = "api.lyo-booking.com"
THERE, HERE = Target(address="198.51.100.7"), Target(address="192.0.2.1")
ALIAS = Target(load_balancer="App-1.eu-west-1.elb.amazonaws.com", hosted_zone="Z32O12XQLNTSW2")
CHANGE = "route53:ChangeResourceRecordSets"


def found(*leads_to: str, routed: bool = False) -> list[FrontRecord]:
    return [FrontRecord(leads_to=list(leads_to), routed=routed)]


EXPECTED = {
    "the lost region": (found("198.51.100.7"), THERE),
    "this region, since an earlier run changed it": (found("192.0.2.1"), THERE),
    "nothing is there": ([], THERE),
    "an alias, written as Route 53 does": (found("app-1.eu-west-1.elb.amazonaws.com"), ALIAS),
}
UNEXPECTED = {
    "somewhere else": (found("203.0.113.9"), "points to 203.0.113.9, not to 198.51.100.7 as expected"),
    "both regions": (found("192.0.2.1", "198.51.100.7"), "it was changed by someone else"),
    "a routing policy": (found("198.51.100.7", routed=True), "records with a routing policy"),
}


@pytest.mark.parametrize(("records", "previous"), EXPECTED.values(), ids=EXPECTED.keys())
def test_fault_25_a_record_that_says_what_is_expected_may_be_changed(records: Any, previous: Target) -> None:
    assert record_objection(NAME, records, previous=previous, wanted=HERE) is None


@pytest.mark.parametrize(("records", "why"), UNEXPECTED.values(), ids=UNEXPECTED.keys())
def test_fault_25_a_record_that_says_something_else_is_left_to_people(records: Any, why: str) -> None:
    objection = record_objection(NAME, records, previous=THERE, wanted=HERE)
    assert objection is not None
    assert why in objection


@pytest.fixture
def zone(build: Callable[[Plan], World]) -> tuple[World, dict[str, Any]]:
    """A zone whose front record leads to Ireland, and the event of a switch."""
    made = client("route53", "us-east-1").create_hosted_zone(Name="lyo-booking.com", CallerReference="x")
    plan = lyo_plan(traffic__strategy="record", traffic__hosted_zone=made["HostedZone"]["Id"].rsplit("/", 1)[-1])
    targets = {IRELAND: THERE, OREGON: HERE}
    world = build(msgspec.structs.replace(plan, traffic=msgspec.structs.replace(plan.traffic, targets=targets)))
    event = {"incident": msgspec.to_builtins(world.given_incident())}
    put(world, "198.51.100.7")
    world.calls.made.clear()
    return world, event


def put(world: World, address: str) -> None:
    record = {"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}]}
    client("route53", "us-east-1").change_resource_record_sets(
        HostedZoneId=world.plan.traffic.hosted_zone,
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )


def led_to(world: World) -> list[str]:
    sets = client("route53", "us-east-1").list_resource_record_sets(HostedZoneId=world.plan.traffic.hosted_zone)
    return [v["Value"] for each in sets["ResourceRecordSets"] if each["Type"] == "A" for v in each["ResourceRecords"]]


def test_fault_25_the_record_is_put_in_place_and_submitting_it_again_changes_nothing(zone: Any) -> None:
    world, event = zone
    asked: list[dict[str, Any]] = []
    real = world.calls.call

    def watch(client: Any, operation: str, given: dict[str, Any]) -> Any:
        asked.append(given)
        return real(client, operation, given)

    world.calls.call = watch
    for _ in range(2):
        assert change_record.handler(event)["id"]
        assert led_to(world) == ["192.0.2.1"]
    actions = {change["Action"] for given in asked for change in given.get("ChangeBatch", {}).get("Changes", [])}
    assert actions == {"UPSERT"}


def test_fault_25_what_somebody_else_wrote_is_not_overwritten(zone: Any) -> None:
    world, event = zone
    put(world, "203.0.113.9")
    world.calls.made.clear()
    with pytest.raises(RecordNotExpected, match="it was changed by someone else"):
        change_record.handler(event)
    assert world.calls.count(CHANGE) == 0
    assert led_to(world) == ["203.0.113.9"]
    assert world.said()[-1].startswith("The record is not changed: ")


REFUSALS = {
    "PriorRequestNotComplete": Throttled,
    "Throttling": Throttled,
    "InvalidChangeBatch": AwsCallFailed,
    "NoSuchHostedZone": NotFound,
}


@pytest.mark.parametrize(("code", "ours"), REFUSALS.items())
def test_fault_25_a_refusal_is_retried_where_that_helps_and_else_ends_before_anything_changed(
    zone: Any, code: str, ours: type[Exception]
) -> None:
    world, event = zone
    world.calls.fail(CHANGE, refusal(code))
    with pytest.raises(ours):
        change_record.handler(event)
    state = machine("switch_traffic")["States"]["ChangeRecord"]
    retried = {name for retry in state["Retry"] for name in retry["ErrorEquals"]}
    assert (ours.__name__ in retried) is (ours is Throttled)
    assert led_to(world) == ["198.51.100.7"]
