"""The front name under traffic strategy ``record``: one simple record, and nothing that could switch it."""

from __future__ import annotations

from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from drills.world.plan_variants import by_record
from lyo_dr.model.plan import Plan
from stacks.site import Site, Sources
from stacks.traffic import Traffic
from tests.plans import lyo_plan

_NO_SOURCES = cast("Sources", None)


def resources(plan: Plan) -> list[dict[str, Any]]:
    """What the construct makes."""
    stack = cdk.Stack(cdk.App(), "Test")
    Traffic(stack, Site(plan, "us-east-1", _NO_SOURCES))
    found: dict[str, dict[str, Any]] = Template.from_stack(stack).to_json()["Resources"]
    return list(found.values())


@pytest.fixture(scope="module", params=["A", "AAAA"])
def record(request: pytest.FixtureRequest) -> dict[str, Any]:
    both = resources(by_record(lyo_plan()))
    assert len(both) == 2
    (found,) = (each for each in both if each["Properties"].get("Type") == request.param)
    return found


def test_t2_there_is_one_record_of_each_type_and_no_health_check(record: dict[str, Any]) -> None:
    assert record["Type"] == "AWS::Route53::RecordSet"
    assert (record["DeletionPolicy"], record["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_it_leads_to_the_primary_and_has_no_routing_policy(record: dict[str, Any]) -> None:
    plan = lyo_plan()
    properties = record["Properties"]
    assert properties["AliasTarget"]["DNSName"] == plan.main_front().targets[plan.regions.primary].load_balancer
    assert not {"SetIdentifier", "Failover", "HealthCheckId"} & set(properties)


@pytest.mark.parametrize(("address", "kind"), [("192.0.2.1", "A"), ("2001:db8::1", "AAAA")])
def test_t2_an_address_has_the_one_type_of_its_version(address: str, kind: str) -> None:
    plan = lyo_plan()
    plan = lyo_plan(traffic__targets={region: {"address": address} for region in plan.regions.pair})
    records = [each["Properties"] for each in resources(plan) if each["Type"] == "AWS::Route53::RecordSet"]
    assert [record["Type"] for record in records] == [kind, kind]


def test_its_twin_the_latch_has_two_records_of_each_type_with_a_check_each() -> None:
    found = resources(lyo_plan())
    records = [each["Properties"] for each in found if each["Type"] == "AWS::Route53::RecordSet"]
    pairs = {(record["Failover"], record["Type"]) for record in records}
    assert pairs == {(one, kind) for one in ("PRIMARY", "SECONDARY") for kind in ("A", "AAAA")}
    for one in ("PRIMARY", "SECONDARY"):
        checks = [record["HealthCheckId"] for record in records if record["Failover"] == one]
        assert checks[0] == checks[1], "one latch moves both"
    assert all({"SetIdentifier", "HealthCheckId"} <= set(record) for record in records)
