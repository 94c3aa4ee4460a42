"""RenewTasks: start new tasks with new sessions before older sessions are refused."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.response import breach_of
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.redeployments import check_replaceable


class Request(msgspec.Struct, frozen=True):
    """The incident."""

    incident: Incident


class Renewed(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions that began before ``before`` will be refused."""

    status: str
    sentence: str
    before: datetime


@step("RenewTasks", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> Renewed:
    """Record the time once before the first redeployment: a retry must not refuse the new sessions.

    Raises TasksNotReplaceable: without new tasks nobody has a session that is not refused.
    """
    incident, ecs = request.incident, Ecs(ctx.region)
    roles = breach_of(ctx.plan).roles
    if not roles:
        return Renewed(status="nothing", sentence="The plan names no roles", before=incident.opened_at)
    check_replaceable(ctx)
    ctx.store.incidents.record_once(incident.id, "CUTOFF", "sessions", at=ctx.now().isoformat())
    note = ctx.store.incidents.read_note(incident.id, "CUTOFF", "sessions") or {}
    for service in ctx.plan.services:
        if ctx.store.incidents.read_note(incident.id, "RENEWED", service.name) is None:
            ecs.deploy_again(service.places[ctx.region])
            ctx.store.incidents.record_once(incident.id, "RENEWED", service.name)
    sentence = f"Starting new tasks; sessions of {', '.join(roles)} from before {note['at'][:19]} UTC will end"
    ctx.record(incident.id, sentence)
    return Renewed(status="ready", sentence=sentence, before=datetime.fromisoformat(note["at"]))
