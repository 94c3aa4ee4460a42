"""PreserveEvidence: start a snapshot of the damaged instance before anything else is changed."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.errors import WrongState
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.attempts import Attempts


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PreserveEvidence", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """Not waited for: the damaged instance is renamed only when its snapshot is there, and never changed."""
    incident, backups = request.incident, Backups(ctx.region)
    attempts = Attempts(ctx, incident.id)
    damaged = attempts.damaged(request.database)
    name = ctx.names.evidence(ctx.plan.database(request.database).instance_in(ctx.region), attempts.origin())
    if _is_there(name, damaged, backups):
        sentence = f"Evidence: snapshot {name} already exists or is being taken"
    else:
        try:
            backups.take_snapshot(damaged, name, incident.id)
            sentence = f"Evidence: snapshot {name} of {damaged} is being taken"
        except WrongState as refusal:
            # A call that took effect and was not heard of is made again by botocore.
            taken = _is_there(name, damaged, backups)
            sentence = f"Evidence: snapshot {name} of {damaged} is being taken" if taken else _not_taken(refusal)
    return Progress(status="ready", sentence=sentence)


def _is_there(name: str, damaged: str, backups: Backups) -> bool:
    return name in {snapshot.identifier for snapshot in backups.snapshots(damaged)}


def _not_taken(refusal: WrongState) -> str:
    return f"No snapshot taken ({refusal}); the damaged instance itself is kept"
