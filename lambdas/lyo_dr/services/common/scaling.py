"""Autoscaling limits that follow a service scaled up, without ever holding it up."""

from __future__ import annotations

from lyo_dr.adapters.aws.ecs import LIMITS_AWAY, Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.capacity import raise_to
from lyo_dr.decisions.common.turns import not_here
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.plan import Service
from lyo_dr.store.owed_limits import OwedLimits


def described(ecs: Ecs, service: Service) -> tuple[ServiceState, str]:
    """The counts, with the limits if Application Auto Scaling gives them; else a sentence why it does not."""
    place = service.places[ecs.region]
    counts = ecs.counts(place)
    try:
        return ecs.with_limits(counts, place), ""
    except LIMITS_AWAY as silence:
        return counts, f"; its autoscaling limits are unknown and may undo that ({silence})"


def held_back(ctx: StepContext, service: Service) -> str | None:
    """Why a service that runs once must not run in this region yet, or None."""
    if not service.runs_once:
        return None
    active = ctx.store.control.record().active_region == ctx.region
    return not_here(service, authority=active, region=ctx.region)


def settle(ctx: StepContext, owed: OwedLimits, state: ServiceState) -> bool:
    """Set the limits that are owed, if Application Auto Scaling answers by now, and say so; whether they are set."""
    service, ecs = ctx.plan.service(owed.service), Ecs(ctx.region)
    place = service.places[ctx.region]
    try:
        wanted = raise_to(service, ecs.with_limits(state, place))
        if wanted.minimum is not None and wanted.maximum is not None:
            ecs.set_minimum(place, wanted.minimum, wanted.maximum)
    except LIMITS_AWAY:
        return False
    ctx.store.owed_limits.settle(owed)
    ctx.record(owed.incident, f"The autoscaling limits of {service.name} are set: {service.desired} tasks at least")
    return True
