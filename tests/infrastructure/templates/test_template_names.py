"""Several front names in the template: shared latches, records of each, and nothing new for a plan with one."""

from __future__ import annotations

from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import grants_for
from stacks.site import Site, Sources
from stacks.traffic import Traffic
from tests.plans import lyo_plan
from tests.unit.builders import OREGON
from tests.unit.model.test_plan_names import CDN, raw_names

_NO_SOURCES = cast("Sources", None)
_IDS = {
    "TrafficLatchPrimary",
    "TrafficLatchSecondary",
    "TrafficPrimary",
    "TrafficPrimaryV6",
    "TrafficSecondary",
    "TrafficSecondaryV6",
}
"""The logical ids of a plan with one name, without their hashes: another id would create the same record once more."""


def resources(plan: Plan) -> dict[str, dict[str, Any]]:
    stack = cdk.Stack(cdk.App(), "Test")
    Traffic(stack, Site(plan, "us-east-1", _NO_SOURCES))
    found: dict[str, dict[str, Any]] = Template.from_stack(stack).to_json()["Resources"]
    return found


def records(plan: Plan, name: str) -> list[dict[str, Any]]:
    found = [each["Properties"] for each in resources(plan).values() if each["Type"] == "AWS::Route53::RecordSet"]
    return [each for each in found if each["Name"] == name]


def test_the_first_name_keeps_the_ids_of_a_plan_with_one() -> None:
    one, two = resources(lyo_plan()), resources(read_plan(raw_names()))
    assert {logical[:-8] for logical in one} == _IDS
    assert {logical: two[logical] for logical in one} == one
    assert len(two) == len(one) + 4


def test_two_names_share_one_latch_of_each_region() -> None:
    found = resources(read_plan(raw_names()))
    checks = [logical for logical, each in found.items() if each["Type"] == "AWS::Route53::HealthCheck"]
    assert len(checks) == 2
    for failover in ("PRIMARY", "SECONDARY"):
        used = {
            each["Properties"]["HealthCheckId"]["Fn::GetAtt"][0]
            for each in found.values()
            if each["Properties"].get("Failover") == failover
        }
        assert len(used) == 1


def test_a_cname_is_a_pair_of_failover_records_with_a_ttl_and_a_check() -> None:
    found = records(read_plan(raw_names(second={"targets": CDN})), "shop.lyo-booking.com")
    assert {(each["Type"], each["Failover"], each["ResourceRecords"][0]) for each in found} == {
        ("CNAME", "PRIMARY", "d1.cloudfront.net"),
        ("CNAME", "SECONDARY", "d2.cloudfront.net"),
    }
    assert all({"TTL", "HealthCheckId", "SetIdentifier"} <= set(each) for each in found)
    assert not any("AliasTarget" in each for each in found)


def test_a_name_by_record_beside_one_by_latch_has_no_policy_and_no_check() -> None:
    found = records(read_plan(raw_names(second={"strategy": "record", "targets": CDN})), "shop.lyo-booking.com")
    assert [(each["Type"], each["ResourceRecords"]) for each in found] == [("CNAME", ["d1.cloudfront.net"])]
    assert not {"SetIdentifier", "Failover", "HealthCheckId"} & set(found[0])


def granted(plan: Plan, step: str) -> list[Any]:
    return grants_for(plan, ResourceNames(plan, OREGON), "switch_traffic", step)


def test_each_record_has_a_statement_of_its_own_with_its_name_and_types() -> None:
    record = {"strategy": "record"}
    plan = read_plan(raw_names(record, {**record, "targets": CDN, "hosted_zone": "Z0OTHER"}))
    change = [each for each in granted(plan, "ChangeRecord") if "ChangeResourceRecordSets" in each.actions[0]]
    said = [each.conditions["ForAllValues:StringEquals"] for each in change]
    assert [
        (s["route53:ChangeResourceRecordSetsNormalizedRecordNames"], each.resources)
        for s, each in zip(said, change, strict=True)
    ] == [
        (["api.lyo-booking.com"], ("arn:aws:route53:::hostedzone/Z0123456789EXAMPLE00",)),
        (["shop.lyo-booking.com"], ("arn:aws:route53:::hostedzone/Z0OTHER",)),
    ]
    types = [s["route53:ChangeResourceRecordSetsRecordTypes"] for s in said]
    assert types == [["A", "AAAA", "CNAME"], ["CNAME"]]
    assert all(s["route53:ChangeResourceRecordSetsActions"] == ["UPSERT"] for s in said)


@pytest.mark.parametrize(
    ("second", "latch", "record"), [("latch", True, False), ("record", True, True)], ids=["latches", "both"]
)
def test_a_step_may_do_only_what_the_strategies_need(second: str, latch: bool, record: bool) -> None:
    plan = read_plan(raw_names(second={"strategy": second}))
    actions = {step: {a for g in granted(plan, step) for a in g.actions} for step in ("ThrowLatch", "ChangeRecord")}
    assert ("cloudwatch:PutMetricData" in actions["ThrowLatch"]) is latch
    assert ("route53:ChangeResourceRecordSets" in actions["ChangeRecord"]) is record
