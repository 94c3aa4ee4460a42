"""Fault 25: Route 53 refuses, or the record says something else. Compared before it is set; never deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.failover.traffic import kinds_to_change, record_objection
from lyo_dr.errors import AwsCallFailed, NotFound, Throttled
from lyo_dr.model.facts import FrontRecord
from lyo_dr.model.plan import Plan, Target
from lyo_dr.services.failover.front_names import RecordNotExpected
from lyo_dr.steps.switch_traffic import change_record
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


LB_THERE = "app-1.eu-west-1.elb.amazonaws.com"
ALIAS_HERE = Target(load_balancer="App-2.us-west-2.elb.amazonaws.com", hosted_zone="Z1H1FL5HABSF5")
V6_THERE, V6_HERE = Target(address="2001:db8::7"), Target(address="2001:db8::1")


def records(**leads_to: str) -> list[FrontRecord]:
    return [FrontRecord(leads_to=[value], kind=kind) for kind, value in leads_to.items()]  # type: ignore[arg-type]


MOVED: dict[str, tuple[list[FrontRecord], Target, Target, list[str]]] = {
    "both of a dual stack": (records(A=LB_THERE, AAAA=LB_THERE), ALIAS, ALIAS_HERE, ["A", "AAAA"]),
    "AAAA was changed before": (
        records(A=LB_THERE, AAAA="app-2.us-west-2.elb.amazonaws.com"),
        ALIAS,
        ALIAS_HERE,
        ["A", "AAAA"],
    ),
    "IPv4 alone": (records(A=LB_THERE), ALIAS, ALIAS_HERE, ["A"]),
    "a CNAME": (records(CNAME=LB_THERE), ALIAS, ALIAS_HERE, ["CNAME"]),
    "an IPv6 address": (records(AAAA="2001:DB8:0::7"), V6_THERE, V6_HERE, ["AAAA"]),
    "an HTTPS record that follows the name": (
        records(A=LB_THERE, HTTPS='1 . alpn="h2,h3"'),
        ALIAS,
        ALIAS_HERE,
        ["A"],
    ),
    "nothing": ([], ALIAS, ALIAS_HERE, ["A"]),
    "nothing, for an IPv6 address": ([], V6_THERE, V6_HERE, ["AAAA"]),
}
LEFT: dict[str, tuple[list[FrontRecord], Target, Target, str]] = {
    "AAAA beside an IPv4 address": (records(A="198.51.100.7", AAAA="2001:db8::9"), THERE, HERE, "AAAA"),
    "AAAA of somebody else": (records(A=LB_THERE, AAAA="2001:db8::9"), ALIAS, ALIAS_HERE, "changed by someone else"),
    "a CNAME to somebody else": (records(CNAME="cdn.example.net"), ALIAS, ALIAS_HERE, "points to cdn.example.net"),
    "a CNAME where the plan has an address": (records(CNAME="cdn.example.net"), THERE, HERE, "of type CNAME"),
    "HTTPS with addresses": (records(A=LB_THERE, HTTPS="1 . ipv4hint=192.0.2.1"), ALIAS, ALIAS_HERE, "of type HTTPS"),
    "HTTPS with a target": (records(A=LB_THERE, HTTPS=f"0 {LB_THERE}."), ALIAS, ALIAS_HERE, "of type HTTPS"),
    "AAAA with a routing policy": (
        [*records(A=LB_THERE), FrontRecord(leads_to=[LB_THERE], kind="AAAA", routed=True)],
        ALIAS,
        ALIAS_HERE,
        "routing policy",
    ),
}


@pytest.mark.parametrize(("found", "previous", "wanted", "kinds"), MOVED.values(), ids=MOVED.keys())
def test_t2_every_record_that_leads_to_the_lost_region_moves(
    found: list[FrontRecord], previous: Target, wanted: Target, kinds: list[str]
) -> None:
    assert record_objection(NAME, found, previous=previous, wanted=wanted) is None
    assert kinds_to_change(found, wanted) == kinds


@pytest.mark.parametrize(("found", "previous", "wanted", "why"), LEFT.values(), ids=LEFT.keys())
def test_t2_a_record_that_would_stay_behind_leaves_all_of_them_to_people(
    found: list[FrontRecord], previous: Target, wanted: Target, why: str
) -> None:
    objection = record_objection(NAME, found, previous=previous, wanted=wanted)
    assert objection is not None
    assert why in objection


@pytest.fixture(autouse=True)
def ids_as_route_53_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto's ids of zones do not begin with Z, and a plan with such a one is refused."""
    monkeypatch.setattr("moto.route53.models.create_route53_zone_id", lambda **_: "Z0123456789EXAMPLE00")


@pytest.fixture
def zone(build: Callable[[Plan], World]) -> tuple[World, dict[str, Any]]:
    """A zone whose front record leads to Ireland, and the event of a switch."""
    made = client("route53", "us-east-1").create_hosted_zone(Name="lyo-booking.com", CallerReference="x")
    plan = lyo_plan(traffic__strategy="record", traffic__hosted_zone=made["HostedZone"]["Id"].rsplit("/", 1)[-1])
    targets = {IRELAND: THERE, OREGON: HERE}
    world = build(msgspec.structs.replace(plan, traffic=msgspec.structs.replace(plan.main_front(), targets=targets)))
    event = {"incident": msgspec.to_builtins(world.given_incident())}
    put(world, "198.51.100.7")
    world.calls.made.clear()
    return world, event


def put(world: World, address: str) -> None:
    record = {"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}]}
    client("route53", "us-east-1").change_resource_record_sets(
        HostedZoneId=world.plan.main_front().hosted_zone,
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )


def led_to(world: World) -> list[str]:
    sets = client("route53", "us-east-1").list_resource_record_sets(HostedZoneId=world.plan.main_front().hosted_zone)
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
        assert all(change["id"] for change in change_record.handler(event)["changes"])
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


def dual_stack(world: World, kinds: tuple[str, ...], target: Target) -> World:
    """The same world with load balancers, and records of these types that lead to one."""
    client("route53", "us-east-1").change_resource_record_sets(
        HostedZoneId=world.plan.main_front().hosted_zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": "DELETE",
                    "ResourceRecordSet": {
                        "Name": NAME,
                        "Type": "A",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": "198.51.100.7"}],
                    },
                },
                *(
                    {"Action": "UPSERT", "ResourceRecordSet": {"Name": NAME, "Type": kind, **_leads_to(kind, target)}}
                    for kind in kinds
                ),
            ]
        },
    )
    return world


def _leads_to(kind: str, target: Target) -> dict[str, Any]:
    if kind == "CNAME":
        return {"TTL": 60, "ResourceRecords": [{"Value": target.load_balancer}]}
    alias = {
        "DNSName": target.load_balancer,
        "HostedZoneId": target.hosted_zone,
        "EvaluateTargetHealth": False,
    }
    return {"AliasTarget": alias}


@pytest.fixture
def balanced(build: Callable[[Plan], World]) -> tuple[World, dict[str, Any]]:
    """A zone without a front record yet, and load balancers in both regions."""
    made = client("route53", "us-east-1").create_hosted_zone(Name="lyo-booking.com", CallerReference="x")
    plan = lyo_plan(traffic__strategy="record", traffic__hosted_zone=made["HostedZone"]["Id"].rsplit("/", 1)[-1])
    targets = {IRELAND: ALIAS, OREGON: ALIAS_HERE}
    world = build(msgspec.structs.replace(plan, traffic=msgspec.structs.replace(plan.main_front(), targets=targets)))
    put(world, "198.51.100.7")
    return world, {"incident": msgspec.to_builtins(world.given_incident())}


@pytest.mark.parametrize("kinds", [("A", "AAAA"), ("AAAA",), ("CNAME",)], ids="-".join)
def test_t2_all_records_of_a_name_are_changed_in_one_batch(balanced: Any, kinds: tuple[str, ...]) -> None:
    world, event = balanced
    dual_stack(world, kinds, ALIAS)
    world.calls.made.clear()
    assert change_record.handler(event)["changes"][0]["id"]
    assert world.calls.count(CHANGE) == 1
    sets = client("route53", "us-east-1").list_resource_record_sets(HostedZoneId=world.plan.main_front().hosted_zone)
    found = {each["Type"]: each for each in sets["ResourceRecordSets"] if each["Name"].rstrip(".") == NAME}
    assert set(found) == set(kinds)
    for each in found.values():
        led = each["AliasTarget"]["DNSName"] if "AliasTarget" in each else each["ResourceRecords"][0]["Value"]
        assert led.rstrip(".").lower() == "app-2.us-west-2.elb.amazonaws.com"
    assert " and ".join(kinds) in world.said()[-1]
