"""Whether the tasks of a service have been replaced and the application responds on the new ones."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.http import probe
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.redeployment import not_replaceable, redeployed, unsettled
from lyo_dr.errors import TasksNotReplaceable
from lyo_dr.model.plan import Service
from lyo_dr.model.verdict import Progress


def all_ready(started_at: datetime, ctx: StepContext) -> Progress:
    """Every service of this region is stable and reports, by the app contract, that it reads and writes."""
    reasons = {service.name: _unready(service, ctx) for service in ctx.plan.services}
    return redeployed(
        {name: reason for name, reason in reasons.items() if reason is not None},
        services=list(reasons),
        deadline=ctx.deadline(started_at, ctx.plan.budgets.capacity),
    )


def check_replaceable(ctx: StepContext, instead: str = "") -> None:
    """Before anything is changed that tasks read: whether ECS will replace them. Raises TasksNotReplaceable.

    ``instead`` adds what else a person can do.
    """
    ecs = Ecs(ctx.region)
    why = not_replaceable({each.name: ecs.counts(each.places[ctx.region]).controller for each in ctx.plan.services})
    if why is not None:
        raise TasksNotReplaceable(f"{why}{instead}")


def replace_tasks(ctx: StepContext, service: Service) -> str:
    """Replace the tasks of a service, which have read former secrets; without tasks there is nothing to replace.

    Raises TasksNotReplaceable.
    """
    place, ecs = service.places[ctx.region], Ecs(ctx.region)
    state = ecs.counts(place)
    why = not_replaceable({service.name: state.controller})
    if why is None:
        ecs.deploy_again(place)
        return f"Service {service.name} is redeployed with the current secrets"
    if state.running or state.pending:
        raise TasksNotReplaceable(why)
    return f"Service {service.name} has no tasks; its next ones read the current secrets"


def _unready(service: Service, ctx: StepContext) -> str | None:
    """What is still missing in this region, or None; a service scaled to zero on purpose is not missing."""
    place, ecs = service.places[ctx.region], Ecs(ctx.region)
    state = ecs.counts(place)
    if state.rollout != "COMPLETED":
        state = msgspec.structs.replace(state, stop_reasons=ecs.stop_reasons(place))
        return unsettled(state)
    if state.desired == 0 or not service.listens:
        return None
    answer = probe(service.ready_url(ctx.region), ctx.plan.timing.probe_timeout.total_seconds())
    return None if answer.ready else f"it is not ready ({answer.database or answer.error or answer.status})"
