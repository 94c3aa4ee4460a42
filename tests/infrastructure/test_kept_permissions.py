"""The kept result of the audit of permissions names every permission there is, and none that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from audits.kept import read_kept
from audits.kept_permissions import explained
from audits.roles import parts, read_roles
from cli.plan_reader import load
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import grants_for
from stacks.grants.table import TABLE
from tests.infrastructure.test_acme_shop import ACME
from tests.plans import lyo_plan, plan_of_ways, raw_plan
from tests.unit.delayed import with_delayed
from tests.unit.steps.run_hooks.test_call_hook import a_hook

RUN = "run make audits"


def kept() -> set[str]:
    """``process.step action``, whichever resource."""
    return {name.split(" (resource ")[0] for name in read_kept("permissions")["permissions"]}


def in_templates(assembly: Path) -> set[str]:
    return {f"{p.process}.{p.step} {p.action}" for role in read_roles(assembly) for p in parts(role)}


def granted(plan: Plan) -> Iterator[str]:
    """What the table grants by a plan, before CDK adds what AWS Lambda needs."""
    for process, steps in TABLE.items():
        for step in steps:
            for region in plan.regions.pair:
                for grant in grants_for(plan, ResourceNames(plan, region), process, step):
                    if grant.effect == "Allow":
                        yield from (f"{process}.{step} {action}" for action in grant.actions)


def of_other_plans() -> set[str]:
    """What a delayed replica, a changed record, a key that follows, a hook, a database without a replica and a worker
    need, of which the plan of these templates has none."""
    raw = raw_plan(hooks=[a_hook()])
    raw["secrets"][0]["follow"] = {"keys": ["OPENAI_API_KEY"]}
    others = [
        with_delayed(lyo_plan()),
        lyo_plan(traffic__strategy="record"),
        read_plan(raw),
        plan_of_ways(),
        load(ACME),
    ]
    found = {permission for plan in others for permission in granted(plan)}
    logs = ("logs:CreateLogStream", "logs:PutLogEvents")
    return found | {f"{permission.split(' ')[0]} {action}" for permission in found for action in logs}


def test_every_permission_of_the_templates_was_tried(assembly: Path) -> None:
    assert in_templates(assembly) - kept() == set(), RUN


def test_no_permission_that_was_tried_is_gone(assembly: Path) -> None:
    assert kept() - in_templates(assembly) - of_other_plans() == set(), RUN


def test_every_permission_is_needed_by_a_call_or_by_a_service_of_aws() -> None:
    odd = {
        name: told
        for name, told in read_kept("permissions")["permissions"].items()
        if not told.startswith(("proven: ", "implied: ", "not tried: "))
    }
    assert odd == {}


def test_what_was_not_tried_has_the_reason_of_its_kind() -> None:
    told = read_kept("permissions")["permissions"]
    assert told == explained(told), RUN


def test_the_grants_of_today_are_those_that_were_tried() -> None:
    """Steps whose rights changed last: a breach holds no lease, an alarm follows its database, an export is written."""
    found = kept()
    assert {"keeper.FollowStorage cloudwatch:DescribeAlarms", "keeper.FollowStorage cloudwatch:PutMetricAlarm"} <= found
    assert "finish_evidence.ExportLogs s3:PutObject" in found
