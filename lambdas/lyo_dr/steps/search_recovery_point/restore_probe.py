"""RestoreProbe: one temporary restore next to the damaged instance."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups, made_by
from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.new_instance import beside_progress, may_restore, refused_for_now
from lyo_dr.errors import WrongState
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import NewInstance, Target
from lyo_dr.model.search import Probe
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.search_restores import Probes


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, the probe, and when the search began."""

    incident: Incident
    database: str
    probe: Probe
    started_at: datetime


@step("RestoreProbe", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> NewInstance:
    """Called again until it is available, or the budget of the whole search is used up."""
    incident, probe, backups = request.incident, request.probe, Backups(ctx.region)
    probes, target = Probes(ctx, incident.id, request.database), Target(kind="moment", at=probe.at)
    name = probes.name(probe)
    deadline = ctx.deadline(request.started_at, ctx.plan.database(request.database).restore.search_budget)
    found = backups.find(name)
    if found is not None:
        return beside_progress(found, ours=made_by(found, incident.id), target=target, deadline=deadline)
    probes.begin(probe)
    damaged = Attempts(ctx, incident.id).damaged(request.database)
    waiting = may_restore(target, backups.window(damaged), name, deadline)
    if waiting is not None:
        return waiting
    try:
        backups.restore(backups.describe(damaged), name, target, incident.id, throw_away=True)
    except WrongState as refusal:
        return refused_for_now(str(refusal), name, deadline)
    sentence = f"{name} is being restored next to {damaged}, to {target}, as a temporary restore"
    ctx.record(incident.id, sentence)
    return NewInstance(status="pending", sentence=sentence, identifier=name, wait_seconds=ctx.poll)
