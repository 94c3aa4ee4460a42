"""Which stages of a plan have hooks; a stage without any costs no state machine and no call."""

from __future__ import annotations

from lyo_dr.model.plan import HookStage, Plan
from lyo_dr.model.plan.hooks import STAGES
from lyo_dr.model.verdict import StageWithHooks


def stages_with_hooks(plan: Plan, *, promoted: bool = False) -> dict[str, list[StageWithHooks]]:
    """By stage of a failover, the stage itself or nothing: what a Map state runs over."""
    return {
        stage: [StageWithHooks(stage, any(hook.required for hook in found), promoted)]
        if (found := plan.hooks_at(stage))
        else []
        for stage in STAGES
    }


def at_stage(plan: Plan, stage: HookStage) -> list[str]:
    """The stage where it has hooks, else nothing."""
    return [stage] if plan.hooks_at(stage) else []
