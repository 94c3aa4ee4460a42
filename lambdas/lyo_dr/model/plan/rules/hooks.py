"""Hooks: what they name can be called, and they stop nothing that can no longer be stopped."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.hooks import BEFORE_PROMOTION, Hook
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.shape.twice import twice


@reads("regions", "account")
def rules(plan: Plan) -> Iterator[str]:
    """One target in each region of the pair, in this account; and no abort after the point of no return."""
    names = [hook.name for hook in plan.hooks]
    for name in twice(names):
        yield f"hooks: the name {name!r} is used twice; give each its own"
    for index, hook in enumerate(plan.hooks):
        path = f"hooks[{index}]"
        if (hook.function is None) == (hook.state_machine is None):
            yield f"{path}: give either function or state_machine, so that it is known what to call"
        else:
            yield from _places(plan, path, hook)
        yield from _stops(path, hook)


def _places(plan: Plan, path: str, hook: Hook) -> Iterator[str]:
    kind = "function" if hook.function else "state_machine"
    if set(hook.places) != set(plan.regions.pair):
        given, pair = ", ".join(sorted(hook.places)) or "no region", " and ".join(sorted(plan.regions.pair))
        yield f"{path}.{kind}: given for {given}; either region may have to recover, so give it for {pair}"
    for region, found in hook.places.items():
        if not found.startswith("arn:"):
            continue
        _, _, _, there, account, *_ = found.split(":")
        if account != plan.account:
            yield (
                f"{path}.{kind}.{region}: account {account}; a recovery calls nothing in another account, "
                f"write one of {plan.account} that does"
            )
        if there != region:
            yield f"{path}.{kind}.{region}: it is in {there}, which may be lost; write one in {region}"


def _stops(path: str, hook: Hook) -> Iterator[str]:
    if hook.may_abort and hook.stage not in BEFORE_PROMOTION:
        yield (
            f"{path}.may_abort: a promotion cannot be undone, so nothing is aborted at {hook.stage}; "
            f"remove it, or choose one of the stages {', '.join(BEFORE_PROMOTION)}"
        )
    if hook.required and hook.stage == "on_failure":
        yield f"{path}.required: the recovery has failed at that stage, and nothing is left to stop; remove it"
