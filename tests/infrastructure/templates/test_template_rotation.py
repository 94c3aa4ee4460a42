"""The calendar of rotations, and which function may see a key of an issuer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from drills.world.synth import ROOT, synthesise
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.model.rotation import RotationRequest
from stacks.grants.table import TABLE, grants_for
from tests.infrastructure.assembled import Stack, read_assembly

REGIONS = ("eu-west-1", "us-west-2")
SECRET = "lyo-saas/production/app-secrets"


@pytest.fixture(scope="module")
def scheduled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """The stacks of a plan that rotates its login every ninety days."""
    raw: dict[str, Any] = yaml.safe_load((ROOT / "plan.yaml").read_text())
    raw["secrets"][0]["rotate_every"] = "P90D"
    path = tmp_path_factory.mktemp("plan") / "plan.yaml"
    path.write_text(yaml.safe_dump(raw))
    return read_assembly(synthesise(Path(path), "aws", ROOT / ".cache" / "assemblies-of-tests"))


@pytest.mark.parametrize("region", REGIONS)
def test_a_rule_starts_the_rotation_of_its_secret_at_the_rate_of_the_plan(
    scheduled: dict[str, Stack], plan: Plan, region: str
) -> None:
    names = ResourceNames(plan, region)
    stack = scheduled[names.stack("secret_rotation")]
    [rule] = [r for r in stack.resources("AWS::Events::Rule") if "90" in r.properties.get("ScheduleExpression", "")]
    assert rule.properties["ScheduleExpression"] == "rate(90 days)"
    assert rule.properties.get("State", "ENABLED") == "ENABLED"
    [target] = rule.properties["Targets"]
    assert target["Arn"] == names.machine("secret_rotation")
    order = msgspec.convert(json.loads(target["Input"]), RotationRequest)
    assert order == RotationRequest(by="schedule", secrets=[SECRET]), (
        "the login alone: nobody is asked for a key by the calendar"
    )
    role = stack.template["Resources"][target["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    assert role["RoleName"] == names.role("secret_rotation", "Schedule")
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "events.amazonaws.com"}


def test_without_a_word_in_the_plan_nothing_is_rotated_by_the_calendar(regional: Any) -> None:
    for parts in regional.values():
        rules = parts["secret-rotation"].resources("AWS::Events::Rule")
        assert {rule.properties["ScheduleExpression"] for rule in rules} == {"rate(1 day)"}, "the pings alone"


def _may(plan: Plan, step: str, action: str) -> set[str]:
    grants = grants_for(plan, ResourceNames(plan, "eu-west-1"), "secret_rotation", step)
    return {resource for grant in grants if action in grant.actions for resource in grant.resources}


def test_what_shows_a_key_to_its_issuer_can_write_no_secret_and_reads_its_own_region(plan: Plan) -> None:
    for step in ("TestKey", "ProveKey"):
        assert not _may(plan, step, "secretsmanager:PutSecretValue")
        assert not _may(plan, step, "secretsmanager:UpdateSecretVersionStage")
        assert all(":eu-west-1:" in resource for resource in _may(plan, step, "secretsmanager:GetSecretValue"))


def test_what_asks_a_person_sees_no_secret_at_all(plan: Plan) -> None:
    actions = {
        a for g in grants_for(plan, ResourceNames(plan, "eu-west-1"), "secret_rotation", "AskForKey") for a in g.actions
    }
    assert not [action for action in actions if action.startswith("secretsmanager:")]


def test_a_plan_without_keys_of_issuers_grants_nothing_for_them() -> None:
    raw: dict[str, Any] = yaml.safe_load((ROOT / "plan.yaml").read_text())
    del raw["secrets"][0]["issued"]
    bare = read_plan(raw)
    for step in TABLE["secret_rotation"]:
        for grant in grants_for(bare, ResourceNames(bare, "eu-west-1"), "secret_rotation", step):
            assert grant.resources, f"{step} grants {grant.actions} on nothing"
