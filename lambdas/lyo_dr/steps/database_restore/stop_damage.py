"""StopDamage: stop writes on damaged data; previous counts are recorded for the rollback."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.stopping import read_only_progress, stopping_progress
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Service
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.redeployments import check_replaceable
from lyo_dr.services.common.users_outage import record_stopped
from lyo_dr.services.restore.write_access import let_read_only


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when the restore began."""

    incident: Incident
    database: str
    started_at: datetime


@step("StopDamage", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """Scale every service to zero. Lower the autoscaling minimum first, or it restarts the tasks.

    Raises TasksNotReplaceable where tasks are to stay, and could not be replaced once the secrets have changed.
    """
    stop = ctx.plan.database(request.database).restore.stop
    if stop != "zero":
        check_replaceable(ctx, "; or set restore.stop to zero, which starts its tasks anew")
    if stop == "nothing":
        return Progress(status="ready", sentence="The services stay up, as planned")
    record_stopped(ctx, request.incident)
    if stop == "read_only":
        return _read_only(request, ctx)
    states = {service.name: _stop(service, request.incident, ctx) for service in ctx.plan.stopping_order()}
    return stopping_progress(states, deadline=ctx.deadline(request.started_at, ctx.plan.budgets.capacity))


def _read_only(request: Request, ctx: StepContext) -> Progress:
    """Their counts are noted all the same: a restore that fails late starts their tasks anew."""
    for service in ctx.plan.services:
        _note(service, request.incident, ctx)
    answer = let_read_only(ctx, request.incident, request.database)
    return read_only_progress(request.database, answer)


def _stop(service: Service, incident: Incident, ctx: StepContext) -> ServiceState:
    place, ecs = service.places[ctx.region], Ecs(ctx.region)
    state = _note(service, incident, ctx)
    refused = ecs.scale(
        place,
        minimum=0 if state.minimum_capacity else None,
        maximum=state.maximum_capacity,
        desired=0 if state.desired else None,
    )
    if refused:
        ctx.record(incident.id, f"Service {service.name} is stopped{refused}")
    return state


def _note(service: Service, incident: Incident, ctx: StepContext) -> ServiceState:
    """Write down what runs, once."""
    state = Ecs(ctx.region).state(service.places[ctx.region])
    ctx.store.incidents.record_once(
        incident.id,
        "STOPPED",
        service.name,
        desired=state.desired,
        minimum=state.minimum_capacity,
        maximum=state.maximum_capacity,
    )
    return state
