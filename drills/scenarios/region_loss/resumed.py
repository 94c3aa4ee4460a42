"""A failover that fails after the promotion for a reason that goes away, and is taken up again by a person."""

from __future__ import annotations

from drills.engine import operators
from drills.engine.context import DrillContext
from drills.scenarios import faults
from lyo_dr.decisions.incident.resume import execution_of_run

_SECONDS = 120.0
_TASKS_REFUSED = {"service": "ecs", "op": "UpdateService", "app": "RaiseCapacity", "kind": "refuse"}


def lose_primary_and_the_right_to_scale(ctx: DrillContext) -> float:
    """The region is lost, and the recovery region denies the call that starts its tasks."""
    at = faults.lose_primary(ctx, ({**_TASKS_REFUSED, "region": ctx.secondary},))
    ctx.screen.stage(f"ECS in {ctx.secondary} denies every change of a service")
    return at


def take_up_again(ctx: DrillContext) -> None:
    """The reason is removed; two people type `lyo-dr resume`, and once it has recovered a third one does."""
    incident = ctx.incident_id or ""
    ctx.notes["first ending"] = ctx.view.head(incident).get("ending")
    ctx.world.aws.set_faults([{"region": ctx.primary, "kind": "blackhole"}])
    ctx.screen.stage("The permission is given back")
    ctx.notes["resumed"] = _resume(ctx, incident, "ada")
    ctx.notes["resumed by a second person"] = _resume(ctx, incident, "grace")
    again = execution_of_run(incident, 2)
    ctx.wait_until(lambda: _ended(ctx, incident, again), _SECONDS)
    ctx.notes["executions"] = len([name for name in ctx.view.executions() if name.startswith(incident)])
    ctx.notes["resumed after it recovered"] = _resume(ctx, incident, "ada")
    ctx.wait_until(ctx.books, _SECONDS)


def _resume(ctx: DrillContext, incident: str, by: str) -> int:
    return operators.lyo_dr(ctx, "resume", incident, "--why", "ECS answers again", "--by", by, "--yes").code


def _ended(ctx: DrillContext, incident: str, execution: str) -> bool:
    over = ctx.view.status(execution) != "RUNNING"
    ctx.other_lines += ctx.new_lines(incident)
    return over
