"""A change of records is checked by zone, name, type and action, under the very policy of the step that makes it."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest

from drills.world.plan_variants import by_record
from local_aws.local import LocalAws
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import Grant, grants_for
from tests.local_aws.builders import EAST, WEST, acting_as, given_role
from tests.plans import lyo_plan

PLAN: Plan = by_record(lyo_plan())
NAME, ZONE = PLAN.main_front().name, PLAN.main_front().hosted_zone


def policy_of(step: str) -> dict[str, Any]:
    """What the step may do at Route 53, by the table of grants."""
    grants: list[Grant] = grants_for(PLAN, ResourceNames(PLAN, WEST), "switch_traffic", step)
    statements = [
        {
            "Effect": grant.effect,
            "Action": list(grant.actions),
            "Resource": list(grant.resources),
            "Condition": grant.conditions,
        }
        for grant in grants
        if grant.actions[0].startswith("route53:")
    ]
    return {"Version": "2012-10-17", "Statement": statements}


@pytest.fixture
def zone(aws: LocalAws) -> str:
    """The zone of the plan."""
    client = aws.client("route53", EAST)
    if not any(found["Id"].endswith(ZONE) for found in client.list_hosted_zones()["HostedZones"]):
        client.create_hosted_zone(Name=NAME.split(".", 1)[1], CallerReference=f"id:{ZONE}")
    return ZONE


def change(client: Any, zone: str, action: str, name: str, kind: str) -> str:
    """The id of a change."""
    value = '"x"' if kind == "TXT" else "192.0.2.1"
    record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    made: str = client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)["ChangeInfo"]["Id"]
    return made


def test_the_step_reads_the_zone_and_puts_its_record_in_place_and_its_change_can_be_watched(
    aws: LocalAws, zone: str
) -> None:
    client = acting_as(aws, given_role(aws, policy_of("ChangeRecord")), "route53", EAST)
    client.list_resource_record_sets(HostedZoneId=zone)
    made = change(client, zone, "UPSERT", NAME, "A")
    watching = acting_as(aws, given_role(aws, policy_of("CheckChange")), "route53", EAST)
    assert watching.get_change(Id=made)["ChangeInfo"]["Status"] in ("PENDING", "INSYNC")


@pytest.mark.parametrize(
    ("action", "name", "kind"),
    [
        ("DELETE", NAME, "A"),
        ("CREATE", NAME, "A"),
        ("UPSERT", f"www.{NAME}", "A"),
        ("UPSERT", NAME, "TXT"),
        ("UPSERT", NAME, "MX"),
    ],
)
def test_the_step_may_neither_delete_nor_touch_another_record(
    aws: LocalAws, zone: str, action: str, name: str, kind: str
) -> None:
    client = acting_as(aws, given_role(aws, policy_of("ChangeRecord")), "route53", EAST)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        change(client, zone, action, name, kind)
    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


def test_the_step_may_not_touch_another_zone(aws: LocalAws, zone: str) -> None:
    client = acting_as(aws, given_role(aws, policy_of("ChangeRecord")), "route53", EAST)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        change(client, f"{zone}X", "UPSERT", NAME, "A")
    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


@pytest.mark.parametrize("step", ["ThrowLatch", "ChangeRecord", "CheckChange", "CheckTraffic"])
def test_a_step_has_the_rights_of_its_strategy_and_not_of_the_other(step: str) -> None:
    def services(plan: Plan) -> set[str]:
        found = grants_for(plan, ResourceNames(plan, WEST), "switch_traffic", step)
        return {action.split(":")[0] for grant in found for action in grant.actions} & {"route53", "cloudwatch"}

    by_name = {"route53"} if step in ("ChangeRecord", "CheckChange") else set()
    by_latch = {"cloudwatch"} if step in ("ThrowLatch", "CheckTraffic") else set()
    assert services(PLAN) == by_name
    assert services(lyo_plan()) == by_latch
