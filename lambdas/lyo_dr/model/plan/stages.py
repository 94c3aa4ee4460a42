"""The stages of a failover that users wait for, and the budget of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.hooks import STAGES


@dataclass(frozen=True)
class BudgetedStage:
    """One stage; ``lever`` is the field of the plan that makes it longer or shorter."""

    name: str
    lasts: timedelta
    lever: str
    times: int = 1

    def __str__(self) -> str:
        each = humanize(self.lasts / self.times)
        return f"{self.name} {f'{self.times} x {each}' if self.times > 1 else each}"


def failover_stages(plan: Plan) -> list[BudgetedStage]:
    """In order. Promotion, restore and capacity run side by side; three checks may each use up that of validation.

    Services that run once are raised in a stage of their own.
    """
    budgets = plan.budgets
    later = any(service.runs_once and service.critical for service in plan.services)
    beside = {"promotion": budgets.promotion, "capacity": budgets.capacity}
    if any(database.critical and not database.has_replica for database in plan.databases):
        beside["restore"] = budgets.restore
    longer = max(beside, key=lambda name: beside[name])
    hooks = hooks_time(plan)
    return [
        BudgetedStage("triage", budgets.triage, "budgets.triage"),
        BudgetedStage("fence", budgets.fence, "budgets.fence"),
        BudgetedStage(longer, beside[longer], f"budgets.{longer}"),
        BudgetedStage("switch", budgets.switch, "budgets.switch"),
        *([BudgetedStage("capacity of what runs once", budgets.capacity, "budgets.capacity")] if later else []),
        BudgetedStage("validation", 3 * budgets.validation, "budgets.validation", 3),
        *([BudgetedStage("hooks", hooks, "hooks[].budget")] if hooks else []),
    ]


def hooks_time(plan: Plan) -> timedelta:
    """The hooks of every stage, one after the other; what is called on failure keeps no user waiting."""
    return sum((hook.budget for stage in STAGES for hook in plan.hooks_at(stage)), timedelta())


def failover_time(plan: Plan) -> timedelta:
    """From the alarm to users who are served again, if every stage uses up its budget."""
    return sum((stage.lasts for stage in failover_stages(plan)), timedelta())
