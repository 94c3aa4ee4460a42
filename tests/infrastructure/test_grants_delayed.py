"""Rights on a delayed replica: only where the plan names one, and on that one alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.delayed import describe, inherit_settings, invoke_replay, promote, set_delay
from stacks.grants.grant import Grant
from stacks.grants.instances import describe_current
from tests.plans import lyo_plan
from tests.unit.delayed import DELAYED, with_delayed

IRELAND, OREGON = "eu-west-1", "us-west-2"
PARTS = {
    describe: ("rds:DescribeDBInstances", f"db:{DELAYED}"),
    promote: ("rds:PromoteReadReplica", f"db:{DELAYED}"),
    set_delay: ("rds:ModifyDBParameterGroup", f"pg:{DELAYED}"),
    invoke_replay: ("lambda:InvokeFunction", "function:lyo-dr-database-restore-hold-replay"),
    inherit_settings: ("rds:ModifyDBInstance", "pg:*"),
}


@pytest.mark.parametrize(("part", "granted"), PARTS.items(), ids=lambda item: getattr(item, "__name__", ""))
def test_one_action_on_one_thing(part: Callable[[Plan, ResourceNames], list[Grant]], granted: tuple[str, str]) -> None:
    plan = with_delayed(lyo_plan())
    (grant,) = part(plan, ResourceNames(plan, OREGON))
    action, resource = granted
    assert grant.actions == (action,)
    (arn,) = grant.resources
    assert arn.endswith(f":123456789012:{resource}")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_nothing_where_the_plan_names_none(part: Callable[[Plan, ResourceNames], list[Grant]]) -> None:
    named = with_delayed(lyo_plan())
    assert part(lyo_plan(), ResourceNames(lyo_plan(), OREGON)) == []
    assert part(named, ResourceNames(named, IRELAND)) == []


def test_once_it_is_the_database_it_is_seen_as_one() -> None:
    plan = with_delayed(lyo_plan())
    (before,), (after,) = (describe_current(each, ResourceNames(each, OREGON)) for each in (lyo_plan(), plan))
    assert set(after.resources) - set(before.resources) == {ResourceNames(plan, OREGON).instance(DELAYED)}
