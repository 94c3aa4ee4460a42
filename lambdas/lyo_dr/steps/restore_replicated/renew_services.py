"""RenewServices: tasks that read their secret before it led to the restored instance are replaced, and waited for."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.decisions.capacity import capacity_progress
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Service
from lyo_dr.model.restore import Evidence
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.attempts import keep_as_good


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and what the restored instance answered."""

    incident: Incident
    database: str
    restored: Evidence


@step("RenewServices", Request)
@guard
def handler(request: Request, here: Here) -> Progress:
    """Side by side with this the services are raised; each is deployed anew once, whichever comes first."""
    told = [_renew(service, request, here) for service in here.plan.services]
    broken = [each for each in told if each.status == "broken"]
    pending = [each for each in told if each.status == "pending"]
    verdict = (broken or pending or told)[0]
    if verdict.status == "ready":
        keep_as_good(here, request.database, request.restored)
    here.tell(request.incident.id, verdict.sentence)
    return verdict


def _renew(service: Service, request: Request, here: Here) -> Progress:
    place, ecs, incident = service.places[here.region], Ecs(here.region), request.incident
    name, now = f"{request.database}#{service.name}", here.now()
    if here.incidents.note(incident.id, "RENEWED", name, begun=now.isoformat()):
        ecs.deploy_again(place)
        sentence = f"Service {service.name} is deployed anew, with the secrets as they are now"
        return Progress(status="pending", sentence=sentence, wait_seconds=here.poll)
    begun = datetime.fromisoformat((here.incidents.read_note(incident.id, "RENEWED", name) or {})["begun"])
    state, budget = ecs.counts(place), here.plan.budgets.capacity
    if state.desired < service.minimum and now - begun < budget:
        return Progress(status="pending", sentence=f"{service.name} is not raised yet", wait_seconds=here.poll)
    return capacity_progress(service, state, started_at=begun, budget=budget, now=now, poll=here.poll)
