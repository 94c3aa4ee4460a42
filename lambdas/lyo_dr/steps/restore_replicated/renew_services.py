"""RenewServices: tasks that read their secret before it led to the restored instance are replaced, and waited for."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.capacity import capacity_progress
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Service
from lyo_dr.model.restore import DatabaseEvidence
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.redeployments import replace_tasks
from lyo_dr.services.common.scaling import held_back
from lyo_dr.services.restore.attempts import keep_as_good


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and what the restored instance answered."""

    incident: Incident
    database: str
    restored: DatabaseEvidence


@step("RenewServices", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """Side by side with this the services are raised; each is deployed anew once, whichever comes first."""
    renewed = [(s, _renew(s, request, ctx)) for s in ctx.plan.services if held_back(ctx, s) is None]
    found = [progress for service, progress in renewed if service.critical]
    broken = [each for each in found if each.status == "broken"]
    pending = [each for each in found if each.status == "pending"]
    verdict = (broken or pending or found)[0]
    if verdict.status == "ready":
        keep_as_good(ctx, request.database, request.restored)
    return verdict


def _renew(service: Service, request: Request, ctx: StepContext) -> Progress:
    place, ecs, incident = service.places[ctx.region], Ecs(ctx.region), request.incident
    name = f"{request.database}#{service.name}"
    note = ctx.store.incidents.read_note(incident.id, "RENEWED", name)
    if note is None:
        # Recorded after the call: one that failed is made again, since tasks with old secrets would serve nobody.
        sentence = replace_tasks(ctx, service)
        ctx.store.incidents.record_once(incident.id, "RENEWED", name, begun=ctx.now().isoformat())
        return Progress(status="pending", sentence=sentence, wait_seconds=ctx.poll)
    begun = datetime.fromisoformat(note["begun"])
    state, deadline = ecs.counts(place), ctx.deadline(begun, ctx.plan.budgets.capacity)
    if state.desired < service.minimum and not deadline.expired:
        return Progress(status="pending", sentence=f"{service.name} is not scaled up yet", wait_seconds=ctx.poll)
    return capacity_progress(service, state, deadline)
