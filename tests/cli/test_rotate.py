"""``lyo-dr rotate``: where it starts, what it says first, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import yaml

from lyo_dr.adapters.aws.session import client
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.model.rotation import RotationRequest
from tests.cli.aws import ADA, IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type
from tests.plans import raw_plan

SECRET = "lyo-saas/production/app-secrets"


def started(aws: TwoRegions, region: str) -> list[Any]:
    states, names = client("stepfunctions", region), ResourceNames(aws.plan, region)
    found = states.list_executions(stateMachineArn=names.machine("secret_rotation"))["executions"]
    return [
        json.loads(states.describe_execution(executionArn=execution["executionArn"])["input"]) for execution in found
    ]


def test_it_starts_in_the_active_region_with_an_order_the_machine_understands(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("rotate", "--by", "ada", "--yes")
    assert said.exit_code == 0, said.output
    [order] = started(aws, IRELAND)
    assert msgspec.convert(order, RotationRequest) == RotationRequest(by=ADA)
    assert started(aws, OREGON) == []
    assert "lyo-dr timeline rotation-operator-" in said.output


def test_after_a_failover_it_starts_where_the_app_lives_even_if_the_other_region_is_silent(
    lyo_dr: Type, aws: TwoRegions, impatient: None
) -> None:
    aws.system(OREGON).change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    aws.silent = {IRELAND}
    said = lyo_dr("rotate", "--secret", SECRET, "--yes")
    assert said.exit_code == 0, said.output
    assert [order["secrets"] for order in started(aws, OREGON)] == [[SECRET]]


def test_it_says_what_will_happen_and_asks(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("rotate", answer="n\n")
    assert said.exit_code == 1
    assert "the old user's password is replaced by a random one, not stored" in said.output
    assert started(aws, IRELAND) == []


def test_a_secret_that_cannot_be_rotated_is_refused_with_those_that_can(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("rotate", "--secret", "nothing", "--yes")
    assert said.exit_code == 2
    assert f"'nothing' cannot be rotated; choose {SECRET}" in " ".join(said.output.split())


def test_a_plan_with_one_user_only_is_refused(lyo_dr: Type, aws: TwoRegions, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump(raw_plan(databases__0__app_roles=["lyo_app"])))
    said = lyo_dr("rotate", "--yes", plan=path)
    assert said.exit_code == 2
    assert "two app_roles" in " ".join(said.output.split())
