"""Databases without a replica in the templates: no alarm, no right and no instance where there is nothing."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from drills.world.plan_variants import with_ways
from drills.world.synth import ROOT
from lyo_dr.decisions.incident.signals import signal_from_event
from lyo_dr.errors import BadSignal
from lyo_dr.model.resource_names import ResourceNames
from stacks.database_alarms import database_alarms
from stacks.grants import grants_for
from stacks.grants.table import TABLE
from stacks.signals import own_alarms
from stacks.site import Site, Sources
from stacks.workload.database import Restorable
from tests.plans import lyo_plan, plan_of_ways
from tests.unit.builders import an_alarm

IRELAND, OREGON = "eu-west-1", "us-west-2"


def site(region: str) -> Site:
    return Site(plan_of_ways(), region, Sources(ROOT))


def alarms(region: str, database: str) -> set[str]:
    stack, at = cdk.Stack(cdk.App(), "Test"), site(region)
    database_alarms(stack, at, at.plan.database(database))
    resources: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return {
        str(each["Properties"]["AlarmName"]).removeprefix("lyo-dr-").rsplit("-", 1)[0] for each in resources.values()
    }


def test_no_alarm_on_an_instance_that_does_not_exist() -> None:
    assert alarms(OREGON, "reports") == {"connections", "errors"}
    assert alarms(IRELAND, "reports") == {"connections", "errors", "storage"}
    assert alarms(OREGON, "bookings") == {"connections", "errors", "storage"}


def granted(region: str, process: str, step: str, action: str) -> list[str]:
    plan = plan_of_ways()
    grants = grants_for(plan, ResourceNames(plan, region), process, step)
    return [arn.rsplit(":", 1)[1] for grant in grants if action in grant.actions for arn in grant.resources]


def test_only_replicas_may_be_promoted() -> None:
    replica = lyo_plan().databases[0].instances[OREGON]
    assert granted(OREGON, "promote_database", "PromoteReplica", "rds:PromoteReadReplica") == [replica]


def test_what_is_restored_may_be_made_by_the_plans_name_and_nothing_of_what_is_left() -> None:
    made = granted(OREGON, "restore_replicated", "RestoreToNewInstance", "rds:RestoreDBInstanceToPointInTime")
    assert "lyo-reports-oregon-r-*" in made
    assert not any("scratch" in name for name in made)
    assert any(
        name == "lyo-scratch"
        for name in granted(IRELAND, "database_restore", "RestoreToNewInstance", "rds:RestoreDBInstanceToPointInTime")
    )


@pytest.mark.parametrize("region", [IRELAND, OREGON])
def test_no_step_has_a_right_without_a_resource_or_on_a_database_that_is_left_elsewhere(region: str) -> None:
    plan = plan_of_ways()
    names = ResourceNames(plan, region)
    for process, steps in TABLE.items():
        for step in steps:
            for grant in grants_for(plan, names, process, step):
                assert grant.resources, (process, step)
                here = [arn for arn in grant.resources if f":{OREGON}:" in arn and "scratch" in arn]
                assert not here, (process, step, here)


def test_the_standby_may_see_whether_backups_are_there_only_where_a_plan_needs_it() -> None:
    def sees(plan: Any) -> bool:
        grants = grants_for(plan, ResourceNames(plan, IRELAND), "operator", "AnswerOperator")
        return any("rds:DescribeDBInstanceAutomatedBackups" in grant.actions for grant in grants)

    assert sees(plan_of_ways())
    assert not sees(lyo_plan())


def test_alarms_of_what_is_left_open_incidents_in_its_own_region_alone() -> None:
    def arns(region: str) -> str:
        return str(own_alarms(site(region)).resources)

    assert "lyo-dr-integrity-scratch" in arns(IRELAND)
    assert "lyo-dr-integrity-scratch" not in arns(OREGON)
    plan = plan_of_ways()
    for region in (IRELAND, OREGON):
        event = an_alarm(region)
        event |= {"region": region, "resources": [ResourceNames(plan, region).integrity_alarm_arn("scratch")]}
        if region == IRELAND:
            assert signal_from_event(event, plan).database == "scratch"
        else:
            with pytest.raises(BadSignal):
                signal_from_event(event, plan)


def test_the_reference_workload_has_the_group_that_a_restore_needs_and_no_instance() -> None:
    plan = with_ways(lyo_plan())
    stack = cdk.Stack(cdk.App(), "Test")
    Restorable(stack, Site(plan, OREGON, Sources(ROOT)), plan.database("reports"))
    (group,) = Template.from_stack(stack).to_json()["Resources"].values()
    assert group["Type"] == "AWS::RDS::DBParameterGroup"
    assert group["Properties"]["DBParameterGroupName"] == "lyo-dr-reports"
    assert group["Properties"]["Parameters"] == {"track_commit_timestamp": "1"}
