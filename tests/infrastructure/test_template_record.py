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


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    (only,) = resources(by_record(lyo_plan()))
    return only


def test_there_is_one_record_and_no_health_check(record: dict[str, Any]) -> None:
    assert record["Type"] == "AWS::Route53::RecordSet"
    assert (record["DeletionPolicy"], record["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_it_leads_to_the_primary_and_has_no_routing_policy(record: dict[str, Any]) -> None:
    plan = lyo_plan()
    properties = record["Properties"]
    assert properties["AliasTarget"]["DNSName"] == plan.traffic.targets[plan.regions.primary].load_balancer
    assert not {"SetIdentifier", "Failover", "HealthCheckId"} & set(properties)


def test_its_twin_the_latch_has_two_records_with_a_check_each() -> None:
    found = resources(lyo_plan())
    records = [each["Properties"] for each in found if each["Type"] == "AWS::Route53::RecordSet"]
    assert {record["Failover"] for record in records} == {"PRIMARY", "SECONDARY"}
    assert all({"SetIdentifier", "HealthCheckId"} <= set(record) for record in records)
