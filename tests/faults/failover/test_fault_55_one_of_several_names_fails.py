"""Fault 55: one of several names cannot be moved. The others move, and the timeline says which is where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.errors import Throttled
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.services.failover import front_names
from lyo_dr.services.failover.front_names import RecordNotExpected
from lyo_dr.steps.switch_traffic import change_record, check_traffic, take_authority
from tests.state_machines.asl import machine
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, OREGON, serving
from tests.unit.model.test_plan_names import CDN, raw_names

ZONE = "Z0123456789EXAMPLE00"
API, SHOP = "api.lyo-booking.com", "shop.lyo-booking.com"
THERE, HERE = "198.51.100.7", "192.0.2.1"
TARGETS = {IRELAND: {"address": THERE}, OREGON: {"address": HERE}}
Zone = tuple[World, dict[str, Any]]


@pytest.fixture(autouse=True)
def ids_as_route_53_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto's ids of zones do not begin with Z, and a plan with such a one is refused."""
    monkeypatch.setattr("moto.route53.models.create_route53_zone_id", lambda **_: ZONE)


def two_records(*, critical: bool = True, **shop: Any) -> Plan:
    by_record = {"strategy": "record", "targets": TARGETS}
    raw = raw_names(by_record, {**by_record, **shop})
    raw["services"][1]["critical"] = critical
    return read_plan(raw)


@pytest.fixture
def zone(build: Callable[[Plan], World]) -> Callable[..., Zone]:
    """A zone whose records lead to Ireland, and the event of a switch."""

    def made(plan: Plan, **leads_to: str) -> Zone:
        client("route53", "us-east-1").create_hosted_zone(Name="lyo-booking.com", CallerReference="x")
        world = build(plan)
        put(API, "A", leads_to.get("api", THERE))
        put(SHOP, leads_to.get("kind", "A"), leads_to.get("shop", THERE))
        world.calls.made.clear()
        return world, {"incident": msgspec.to_builtins(world.given_incident())}

    return made


def put(name: str, kind: str, value: str) -> None:
    record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
    client("route53", "us-east-1").change_resource_record_sets(
        HostedZoneId=ZONE, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    )


def led_to() -> dict[str, str]:
    sets = client("route53", "us-east-1").list_resource_record_sets(HostedZoneId=ZONE)["ResourceRecordSets"]
    return {
        each["Name"].rstrip("."): each["ResourceRecords"][0]["Value"] for each in sets if each["Type"] in ("A", "CNAME")
    }


def test_both_names_move_and_moving_them_again_changes_nothing(zone: Callable[..., Zone]) -> None:
    _, event = zone(two_records())
    for _ in range(2):
        changes = change_record.handler(event)["changes"]
        assert [change["name"] for change in changes] == [API, SHOP]
        assert led_to() == {API: HERE, SHOP: HERE}


def test_fault_55_the_others_move_although_somebody_changed_the_first(zone: Callable[..., Zone]) -> None:
    world, event = zone(two_records(), api="203.0.113.9")
    with pytest.raises(RecordNotExpected, match=r"points to 203\.0\.113\.9"):
        change_record.handler(event)
    assert led_to() == {API: "203.0.113.9", SHOP: HERE}
    assert [line for line in world.said() if "is changed to point to us-west-2" in line and SHOP in line]


def test_fault_55_after_it_was_put_right_a_retry_moves_the_rest(zone: Callable[..., Zone]) -> None:
    _, event = zone(two_records(), api="203.0.113.9")
    with pytest.raises(RecordNotExpected):
        change_record.handler(event)
    put(API, "A", THERE)
    change_record.handler(event)
    assert led_to() == {API: HERE, SHOP: HERE}


def test_fault_55_must_not_fire_a_name_nobody_waits_for_fails_no_step(zone: Callable[..., Zone]) -> None:
    world, event = zone(two_records(critical=False), shop="203.0.113.9")
    changes = change_record.handler(event)["changes"]
    assert [change["name"] for change in changes] == [API]
    assert led_to() == {API: HERE, SHOP: "203.0.113.9"}
    assert [line for line in world.said() if line.startswith("The record is not changed: ") and SHOP in line]


def test_fault_25_a_refusal_of_one_name_keeps_no_other_from_being_tried(
    zone: Callable[..., Zone], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, event = zone(two_records())
    real = world.calls.call

    def busy(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        changes = asked.get("ChangeBatch", {}).get("Changes", [])
        if any(change["ResourceRecordSet"]["Name"] == API for change in changes):
            raise refusal("PriorRequestNotComplete")
        return real(client, operation, asked)

    monkeypatch.setattr(world.calls, "call", busy)
    with pytest.raises(Throttled):
        change_record.handler(event)
    assert led_to() == {API: THERE, SHOP: HERE}


def test_a_cname_is_changed_to_the_host_of_this_region(zone: Callable[..., Zone]) -> None:
    _, event = zone(two_records(targets=CDN), kind="CNAME", shop="d1.cloudfront.net.")
    change_record.handler(event)
    assert led_to() == {API: HERE, SHOP: "d2.cloudfront.net"}


def test_must_not_fire_a_cname_to_somebody_else_is_left_to_people(zone: Callable[..., Zone]) -> None:
    _, event = zone(two_records(targets=CDN), kind="CNAME", shop="cdn.example.net")
    with pytest.raises(RecordNotExpected, match=r"points to cdn\.example\.net by its CNAME record"):
        change_record.handler(event)
    assert led_to() == {API: HERE, SHOP: "cdn.example.net"}


def resolving(monkeypatch: pytest.MonkeyPatch, found: dict[str, str], alias: bool = True) -> None:
    def addresses(_ctx: Any, _front: Any, name: str) -> list[str]:
        return [found.get(name, name)]

    monkeypatch.setattr(front_names, "addresses", addresses)
    monkeypatch.setattr(front_names, "ask_front_door", lambda *_asked: serving(OREGON))
    monkeypatch.setattr(front_names, "leads_by_cname", lambda *_asked: alias)


@pytest.mark.parametrize(
    ("shop", "critical", "status"),
    [(HERE, True, "ready"), (THERE, True, "pending"), (THERE, False, "ready")],
    ids=["both here", "one still there", "the one nobody waits for still there"],
)
def test_traffic_has_arrived_when_every_name_that_is_waited_for_has(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch, shop: str, critical: bool, status: str
) -> None:
    raw = raw_names({"targets": TARGETS}, {"targets": TARGETS})
    raw["services"][1]["critical"] = critical
    world = build(read_plan(raw))
    resolving(monkeypatch, {API: HERE, SHOP: shop})
    event = {"incident": msgspec.to_builtins(world.given_incident()), "started_at": world.ctx().now().isoformat()}
    verdict = check_traffic.handler(event)
    assert verdict["status"] == status
    assert (f"{SHOP} still resolves to {THERE}" in verdict["sentence"]) is (shop == THERE)
    assert world.latch() == ([("primary", 1.0)] if status == "pending" else [])


@pytest.mark.parametrize(("alias", "status"), [(True, "ready"), (False, "pending")])
def test_a_cname_has_arrived_by_its_host(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch, alias: bool, status: str
) -> None:
    world = build(read_plan(raw_names({"targets": TARGETS}, {"targets": CDN})))
    resolving(monkeypatch, {API: HERE, SHOP: "203.0.113.50"}, alias)
    event = {"incident": msgspec.to_builtins(world.given_incident()), "started_at": world.ctx().now().isoformat()}
    assert check_traffic.handler(event)["status"] == status


def test_with_both_strategies_the_latch_is_set_before_any_record_is_changed(build: Callable[[Plan], World]) -> None:
    world = build(read_plan(raw_names(second={"strategy": "record"})))
    event = {"incident": msgspec.to_builtins(world.given_incident())}
    assert take_authority.handler(event)["strategy"] == "both"
    states = machine("switch_traffic")["States"]
    assert [choice["StringEquals"] for choice in states["WhichStrategy"]["Choices"]] == ["record"]
    assert (states["WhichStrategy"]["Default"], states["ThrowLatch"]["Next"]) == ("ThrowLatch", "AreThereRecords")
    (records,) = states["AreThereRecords"]["Choices"]
    assert (records["StringEquals"], records["Next"]) == ("both", "ChangeRecord")
    assert states["AreThereRecords"]["Default"] == "CheckTraffic"
