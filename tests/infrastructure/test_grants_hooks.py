"""Rights on hooks: exactly the ARNs of the plan, in this region, for the one step that calls them."""

from __future__ import annotations

from typing import Any

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.hooks import call
from stacks.grants.table import TABLE, grants_for
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, OREGON


def with_hooks() -> Plan:
    function: dict[str, Any] = {"name": "consumers", "stage": "before_traffic", "budget": "PT2M"}
    function |= {"function": {IRELAND: "shop-start:live", OREGON: "shop-start"}}
    machine: dict[str, Any] = {"name": "queues", "stage": "after_traffic", "budget": "PT2M"}
    machine |= {"state_machine": {IRELAND: "shop-ireland", OREGON: "shop-move"}}
    return lyo_plan(hooks=[function, machine])


def granted(plan: Plan, region: str) -> dict[str, tuple[str, ...]]:
    return {action: grant.resources for grant in call(plan, ResourceNames(plan, region)) for action in grant.actions}


def test_one_action_on_one_thing_in_each_region() -> None:
    assert granted(with_hooks(), OREGON) == {
        "lambda:InvokeFunction": ("arn:aws:lambda:us-west-2:123456789012:function:shop-start",),
        "states:StartExecution": ("arn:aws:states:us-west-2:123456789012:stateMachine:shop-move",),
        "states:DescribeExecution": ("arn:aws:states:us-west-2:123456789012:execution:shop-move:lyo-dr-*",),
    }
    assert granted(with_hooks(), IRELAND)["lambda:InvokeFunction"] == (
        "arn:aws:lambda:eu-west-1:123456789012:function:shop-start:live",
    )


def test_nothing_where_the_plan_has_no_hooks() -> None:
    assert granted(lyo_plan(), OREGON) == {}


def test_no_other_step_may_call_a_hook() -> None:
    plan = with_hooks()
    names = ResourceNames(plan, OREGON)
    allowed = {
        step
        for process, steps in TABLE.items()
        for step in steps
        for grant in grants_for(plan, names, process, step)
        if any("shop-" in resource for resource in grant.resources)
    }
    assert allowed == {"CallHook"}
