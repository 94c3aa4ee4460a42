"""Hooks: exactly the functions and state machines that the plan names in this region."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def call(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Call the plan's hooks, and follow the executions of those that are state machines."""
    return [*_functions(plan, names), *_machines(plan, names)]


def _functions(plan: Plan, names: ResourceNames) -> list[Grant]:
    arns = tuple(sorted({hook.arn(names.region, plan.account) for hook in plan.hooks if hook.function}))
    return [Grant(("lambda:InvokeFunction",), arns, "the hooks of the plan that are functions")] if arns else []


def _machines(plan: Plan, names: ResourceNames) -> list[Grant]:
    hooks = [hook for hook in plan.hooks if hook.state_machine]
    if not hooks:
        return []
    machines = sorted({hook.arn(names.region, plan.account) for hook in hooks})
    executions = sorted({hook.execution(names.region, plan.account, "lyo-dr-*") for hook in hooks})
    return [
        Grant(("states:StartExecution",), tuple(machines), "the hooks of the plan that are state machines"),
        Grant(
            ("states:DescribeExecution",),
            tuple(executions),
            "how a hook ends; the machine is named, and the name of an execution comes from its incident",
        ),
    ]
