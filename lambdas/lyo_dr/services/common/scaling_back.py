"""Services as an incident has found them: their tasks at once, their autoscaling limits as soon as they are taken."""

from __future__ import annotations

from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.adapters.aws.ecs import LIMITS_AWAY, Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import limits_not_returned
from lyo_dr.decisions.keeper.scaling import is_at_rest, may_return_limits
from lyo_dr.model.plurals import counted
from lyo_dr.services.common.notify import notify
from lyo_dr.store.owed_limits import LimitsToReturn


def scale_back(ctx: StepContext, incident_id: str, note: Item, region: str) -> str:
    """Give a service what the note says it had, and say so in words. Raises what ECS refuses.

    Limits that Application Auto Scaling does not take are owed, and people are told: a minimum that stays raised brings
    tasks back, one that stays at zero lets them be taken away.
    """
    service = ctx.plan.service(note["sk"].rsplit("#", 1)[1])
    minimum, maximum = note.get("minimum"), note.get("maximum")
    refused = Ecs(region).scale(service.places[region], minimum=minimum, maximum=maximum, desired=note["desired"])
    if minimum is not None and maximum is not None:
        back = LimitsToReturn(
            service=service.name, region=region, incident=incident_id, minimum=minimum, maximum=maximum
        )
        _remember(ctx, back, owed=bool(refused))
    owed = ctx.store.owed_limits.of(service.name) if region == ctx.region else None
    if owed is not None and owed.incident == incident_id:
        ctx.store.owed_limits.settle(owed)
    return f"{service.name} to {counted(note['desired'], 'task')}{refused}"


def _remember(ctx: StepContext, back: LimitsToReturn, *, owed: bool) -> None:
    before = ctx.store.owed_limits.to_return(back.service, back.region)
    if before is not None and before.incident != back.incident:
        return  # still owed from before: this incident saw limits that were not the service's own
    if owed:
        ctx.store.owed_limits.owe_back(back)
        service = ctx.plan.service(back.service)
        messages = limits_not_returned(back.incident, service, back.region, minimum=back.minimum, maximum=back.maximum)
        notify(ctx, back.incident, messages)
    elif before is not None:
        ctx.store.owed_limits.put_back(back)


def return_limits(ctx: StepContext, back: LimitsToReturn) -> bool:
    """Put limits back that are owed, where that is still wanted; whether nothing is owed any more."""
    lease = ctx.store.control.lease()
    record, now = ctx.store.control.record(), ctx.now()
    may = may_return_limits(back.incident, record=record, lease=lease, here=ctx.region, now=now)
    where = f"{back.service} in {back.region}"
    if may == "never":
        ctx.store.owed_limits.put_back(back)
        ctx.record(back.incident, f"The autoscaling limits of {where} are not put back: {record.active_region} serves")
        return True
    if may == "wait" or not _taken(ctx, back):
        return False
    ctx.store.owed_limits.put_back(back)
    ctx.record(back.incident, f"The autoscaling limits of {where} are put back: {back.minimum} to {back.maximum} tasks")
    return True


def _taken(ctx: StepContext, back: LimitsToReturn) -> bool:
    """A minimum starts no service that somebody has stopped meanwhile."""
    ecs, place = Ecs(back.region), ctx.plan.service(back.service).places[back.region]
    try:
        if back.minimum and is_at_rest(ecs.counts(place)):
            return False
        ecs.set_minimum(place, back.minimum, back.maximum)
    except LIMITS_AWAY:
        return False
    return True
