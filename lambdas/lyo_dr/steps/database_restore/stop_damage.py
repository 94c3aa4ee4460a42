"""StopDamage: nobody writes on top of wrong data; what ran is written down, so that it can be put back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.decisions.stopping import read_only_progress, stopping_progress
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Service
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.reading_only import let_read_only


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when the restore began."""

    incident: Incident
    database: str
    started_at: datetime


@step("StopDamage", Request)
@guard
def handler(request: Request, here: Here) -> Progress:
    """Every service of the plan works on its databases; autoscaling first, it would bring the tasks back."""
    if here.plan.database(request.database).restore.stop == "nothing":
        sentence = "The services go on, as the plan says"
        here.tell(request.incident.id, sentence)
        return Progress(status="ready", sentence=sentence)
    if here.plan.database(request.database).restore.stop == "read_only":
        return _read_only(request, here)
    states = {service.name: _stop(service, request.incident, here) for service in here.plan.services}
    verdict = stopping_progress(
        states,
        started_at=request.started_at,
        budget=here.plan.budgets.capacity,
        now=here.now(),
        poll=here.poll,
    )
    here.tell(request.incident.id, verdict.sentence)
    return verdict


def _read_only(request: Request, here: Here) -> Progress:
    """Their counts are noted all the same: a restore that fails late starts their tasks anew."""
    for service in here.plan.services:
        _note(service, request.incident, here)
    answer = let_read_only(here, request.incident, request.database)
    verdict = read_only_progress(request.database, answer)
    here.tell(request.incident.id, verdict.sentence)
    return verdict


def _stop(service: Service, incident: Incident, here: Here) -> ServiceState:
    place, ecs = service.places[here.region], Ecs(here.region)
    state = _note(service, incident, here)
    refused = ecs.scale(
        place,
        minimum=0 if state.minimum_capacity else None,
        maximum=state.maximum_capacity,
        desired=0 if state.desired else None,
    )
    if refused:
        here.tell(incident.id, f"Service {service.name} is stopped{refused}")
    return state


def _note(service: Service, incident: Incident, here: Here) -> ServiceState:
    """Write down what runs, once."""
    state = Ecs(here.region).state(service.places[here.region])
    here.incidents.note(
        incident.id,
        "STOPPED",
        service.name,
        desired=state.desired,
        minimum=state.minimum_capacity,
        maximum=state.maximum_capacity,
    )
    return state
