"""Several front names in a plan: what can be said, and the sentences about what cannot."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cli.plan_reader.advice import warnings
from lyo_dr.decisions.incident.signals import execution_name, signal_from_event
from lyo_dr.model.plan.file import PlanFaults, read_plan
from lyo_dr.model.resource_names import ResourceNames
from tests.plans import lyo_plan, raw_plan, raw_plan_of_two
from tests.unit.builders import IRELAND, OREGON

CDN = {IRELAND: {"cname": "d1.cloudfront.net"}, OREGON: {"cname": "d2.cloudfront.net"}}


def raw_names(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> dict[str, Any]:
    """``assistant`` behind the first name and ``worker`` behind a second, with these words of their own."""
    raw = raw_plan_of_two()
    shop = copy.deepcopy(raw["traffic"])
    shop |= {"name": "shop.lyo-booking.com", "url": "https://shop.lyo-booking.com", "service": "worker"}
    raw["traffic"] = [raw["traffic"] | (first or {}), shop | (second or {})]
    return raw


def faults(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(PlanFaults) as refused:
        read_plan(raw)
    return refused.value.faults


def renamed(name: str, **words: Any) -> dict[str, Any]:
    return {"name": name, "url": f"https://{name}", **words}


def one(**words: Any) -> dict[str, Any]:
    raw = raw_plan()
    raw["traffic"] |= words
    return raw


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "two names alike": (
        raw_names(second=renamed("api.lyo-booking.com")),
        "traffic[1].name: api.lyo-booking.com is traffic[0] already; give each name once",
    ),
    "a name outside the zone": (
        raw_names(second=renamed("shop.example.org", zone="lyo-booking.com")),
        "traffic[1].name: shop.example.org is not in the zone lyo-booking.com; name the zone that holds it",
    ),
    "a name that only ends like the zone": (
        raw_names(second=renamed("shop.my-lyo-booking.com", zone="lyo-booking.com")),
        "traffic[1].name: shop.my-lyo-booking.com is not in the zone lyo-booking.com; name the zone that holds it",
    ),
    "two names no zone can hold": (
        raw_names(second=renamed("shop.example.com")),
        (
            "traffic[1].hosted_zone: shop.example.com and api.lyo-booking.com cannot be in one zone, "
            "Z0123456789EXAMPLE00; write the zone that holds this name, or the zone's own name under zone"
        ),
    ),
    "a service nobody knows": (
        raw_names(second={"service": "web"}),
        "traffic[1].service: there is no service 'web'; write one of assistant, worker",
    ),
    "one of several services nobody knows": (
        raw_names(second={"service": None, "services": ["worker", "web"]}),
        "traffic[1].services: there is no service 'web'; write one of assistant, worker",
    ),
    "nobody says what is behind a name": (
        raw_names(second={"service": None}),
        "traffic[1].service: missing; name the service behind shop.lyo-booking.com: assistant, worker",
    ),
    "both words": (
        raw_names(second={"services": ["assistant"]}),
        "traffic[1].services: given beside service; name all of them under services",
    ),
    "a TTL of a second name": (
        raw_names(second={"ttl": "PT24H"}),
        (
            "traffic[1].ttl: 24 h is longer than budgets.switch (10 min): users would be sent to the lost region for "
            "so long; write PT60S"
        ),
    ),
    "a target of one region": (
        raw_names(second={"targets": {IRELAND: {"address": "192.0.2.1"}}}),
        "traffic[1].targets: given for eu-west-1; give it for eu-west-1 and us-west-2",
    ),
    "no name": ({**raw_plan(), "traffic": []}, "traffic: empty; name at least one"),
    "an unknown key": (raw_names(second={"nam": "x"}), "traffic[1].nam: unknown key; did you mean 'name'?"),
    "a CNAME at the apex, by the zone": (
        one(**renamed("api.lyo-booking.com", zone="api.lyo-booking.com"), targets=CDN),
        (
            "traffic.targets.eu-west-1.cname: api.lyo-booking.com is the apex of its zone, where DNS allows no CNAME; "
            "give load_balancer with its hosted_zone instead, or a name below"
        ),
    ),
    "a CNAME at the apex, by the look of it": (
        one(**renamed("lyo-booking.com"), targets=CDN),
        (
            "traffic.targets.eu-west-1.cname: lyo-booking.com is the apex of its zone, where DNS allows no CNAME; "
            "give load_balancer with its hosted_zone instead, or a name below"
        ),
    ),
    "a CNAME for one region": (
        one(targets={IRELAND: CDN[IRELAND], OREGON: {"address": "192.0.2.7"}}),
        (
            "traffic.targets.eu-west-1: a cname, and none for the other region; DNS has no other record beside one, "
            "give both"
        ),
    ),
    "one CNAME for both regions": (
        one(targets={IRELAND: CDN[IRELAND], OREGON: CDN[IRELAND]}),
        (
            "traffic.targets.eu-west-1.cname: d1.cloudfront.net is given for both regions, so nothing would move; "
            "give two"
        ),
    ),
    "a name that leads to itself": (
        one(targets={IRELAND: CDN[IRELAND], OREGON: {"cname": "api.lyo-booking.com"}}),
        (
            "traffic.targets.eu-west-1.cname: api.lyo-booking.com would lead to itself; write the host name it "
            "stands for"
        ),
    ),
    "a CNAME and an address": (
        one(targets={IRELAND: CDN[IRELAND], OREGON: {**CDN[OREGON], "address": "192.0.2.7"}}),
        (
            "traffic.targets.us-west-2: give either load_balancer with its hosted_zone, or cname, or address, so that "
            "the record has one place to lead to"
        ),
    ),
}


@pytest.mark.parametrize(("raw", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_broken_alone_is_named_alone(raw: dict[str, Any], sentence: str) -> None:
    assert faults(raw) == [sentence]


TAKEN: dict[str, dict[str, Any]] = {
    "two names": raw_names(),
    "two strategies": raw_names(second={"strategy": "record"}),
    "a list of one": {**raw_plan(), "traffic": [raw_plan()["traffic"]]},
    "one service behind two names": raw_names(second={"service": "assistant"}),
    "two services behind one name": raw_names(second={"service": None, "services": ["assistant", "worker"]}),
    "names of different zones": raw_names(second=renamed("shop.example.com", hosted_zone="Z0OTHER")),
    "a private zone of one word": raw_names(renamed("api.corp", zone="corp"), renamed("shop.corp", zone="corp")),
    "the apex of a zone with an alias": one(**renamed("lyo-booking.com", zone="lyo-booking.com")),
    "a CNAME": one(targets=CDN),
    "a CNAME of two words in a private zone": one(**renamed("api.corp", zone="corp"), targets=CDN),
    "a CNAME beside an alias of another name": raw_names(second={"targets": CDN}),
}


@pytest.mark.parametrize("raw", TAKEN.values(), ids=TAKEN.keys())
def test_must_not_fire_on_what_route_53_can_hold(raw: dict[str, Any]) -> None:
    assert read_plan(raw).fronts()


def test_a_name_nobody_waits_for_needs_a_critical_one_beside_it() -> None:
    raw = raw_names()
    raw["services"][1]["critical"] = False
    plan = read_plan(raw)
    assert [plan.is_critical(front) for front in plan.fronts()] == [True, False]
    raw["services"][0]["critical"] = False
    assert faults(raw) == [
        "traffic: no service that traffic waits for is behind any name; make one of those named critical"
    ]


def test_a_mapping_is_a_plan_with_one_name() -> None:
    plan = lyo_plan()
    assert [front.name for front in plan.fronts()] == [plan.main_front().name] == ["api.lyo-booking.com"]
    assert plan.front_label() == "api.lyo-booking.com"


def test_every_service_behind_a_name_that_traffic_waits_for_may_open_an_incident() -> None:
    plan = read_plan(raw_names())
    names = ResourceNames(plan, IRELAND)
    alarms = names.watched_alarm_arns(IRELAND)
    assert [arn.rpartition(":")[2] for arn in alarms] == [
        "lyo-dr-endpoint-eu-west-1-down",
        "lyo-dr-service-worker-eu-west-1-down",
    ]
    signals = [signal_from_event(_gone_off(arn, plan.account), plan) for arn in alarms]
    assert {(signal.kind, signal.source, signal.region) for signal in signals} == {("region", "route53", IRELAND)}
    assert len({execution_name(signal) for signal in signals}) == 1, "one second, one incident"


def test_must_not_fire_of_one_name_only_the_service_behind_it_opens_an_incident() -> None:
    plan = read_plan(raw_plan_of_two())
    arns = ResourceNames(plan, IRELAND).watched_alarm_arns(IRELAND)
    assert arns == [ResourceNames(plan, IRELAND).endpoint_alarm_arn(IRELAND)]


def test_a_critical_service_behind_no_name_is_a_warning() -> None:
    raw = raw_names(second={"service": "assistant"})
    said = "services[1]: worker is behind no name of traffic, so nothing asks it as users do"
    assert said in warnings(read_plan(raw))
    assert said not in warnings(read_plan(raw_names()))
    assert said not in warnings(read_plan(raw_plan_of_two())), "a plan as before says the same"


def _gone_off(arn: str, account: str) -> dict[str, Any]:
    return {
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "account": account,
        "region": "us-east-1",
        "resources": [arn],
        "detail": {"state": {"value": "ALARM", "timestamp": "2026-05-01T12:00:00.000+0000"}},
    }
