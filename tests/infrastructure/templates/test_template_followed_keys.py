"""Keys that follow: each region may read the other one's secrets that the plan names, and write its own alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.world.synth import ROOT, synthesise
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import grants_for
from tests.infrastructure.assembled import Stack, read_assembly
from tests.plans import lyo_plan, raw_plan

NAMES = {"eu-west-1": "acme-prod-Keys-8sK2lQ", "us-west-2": "acme-dr-Keys"}


def _raw() -> dict[str, Any]:
    raw = raw_plan()
    raw["secrets"].append({"name": "keys", "names": NAMES, "keys": ["STRIPE"], "follow": {"keys": ["STRIPE"]}})
    return raw


def _secrets(region: str) -> dict[str, set[str]]:
    """Actions by ARN."""
    plan = read_plan(_raw())
    found: dict[str, set[str]] = {}
    for grant in grants_for(plan, ResourceNames(plan, region), "keeper", "FollowKeys"):
        for resource in grant.resources:
            if ":secretsmanager:" in resource:
                found.setdefault(resource, set()).update(action.split(":")[1] for action in grant.actions)
    return found


@pytest.mark.parametrize(("here", "there"), [("eu-west-1", "us-west-2"), ("us-west-2", "eu-west-1")])
def test_a_region_reads_the_other_ones_secret_and_writes_its_own(here: str, there: str) -> None:
    account = lyo_plan().account
    assert _secrets(here) == {
        f"arn:aws:secretsmanager:{there}:{account}:secret:{NAMES[there]}-??????": {"DescribeSecret", "GetSecretValue"},
        f"arn:aws:secretsmanager:{here}:{account}:secret:{NAMES[here]}-??????": {
            *("DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"),
        },
    }


def test_a_plan_in_which_no_key_follows_reaches_no_secret() -> None:
    plan = lyo_plan()
    grants = grants_for(plan, ResourceNames(plan, "us-west-2"), "keeper", "FollowKeys")
    assert not [action for grant in grants for action in grant.actions if action.startswith(("secretsm", "states:"))]


def _functions(stack: Stack) -> list[str]:
    return [
        str(each["Properties"]["FunctionName"])
        for each in stack.template["Resources"].values()
        if each["Type"] == "AWS::Lambda::Function"
    ]


def test_the_function_is_there_only_where_keys_follow(stacks: dict[str, Stack], tmp_path: Path) -> None:
    assert not [name for stack in stacks.values() for name in _functions(stack) if name.endswith("follow-keys")]
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump(_raw()))
    found = read_assembly(
        synthesise(path, "aws", ROOT / ".cache" / "assemblies-of-tests", {"aws:cdk:bundling-stacks": []})
    )
    where = [stack.region for stack in found.values() for name in _functions(stack) if name.endswith("follow-keys")]
    assert sorted(where) == ["eu-west-1", "us-west-2"]
