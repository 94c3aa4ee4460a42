"""PreserveDatabases: a snapshot of every database of this region, begun before anything else is done to it."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.errors import WrongState
from lyo_dr.handler import step
from lyo_dr.model.evidence import Branch
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.evidence_store import EvidenceStore, as_json
from lyo_dr.services.common.present import databases_here

_PART = "databases"


class Request(msgspec.Struct, frozen=True):
    """The incident."""

    incident: Incident


@step("PreserveDatabases", Request)
def handler(request: Request, ctx: StepContext) -> Branch:
    """Not waited for: a snapshot holds the moment at which it was begun, and a restart of tasks does not touch it."""
    kept = EvidenceStore(ctx, request.incident)
    # Outside of the attempt: a table of ours that is silent is no gap, and the step is run again.
    for database, instance in databases_here(ctx):
        kept.attempt(
            _PART,
            f"databases/{database.name}.json",
            f"database {database.name}",
            lambda name=database.name, instance=instance: _preserve(request.incident, name, instance, kept, ctx),  # type: ignore[misc]
        )
    return Branch(part=_PART)


def _preserve(incident: Incident, database: str, instance: str, kept: EvidenceStore, ctx: StepContext) -> None:
    backups, planned = Backups(ctx.region), ctx.plan.database(database).instance_in(ctx.region)
    name = ctx.names.evidence(planned, incident.id)
    described = backups.describe(instance)
    if name not in {snapshot.identifier for snapshot in backups.snapshots(instance)}:
        try:
            backups.take_snapshot(instance, name, incident.id)
        except WrongState as refusal:
            kept.miss(_PART, f"snapshots/{name}", f"snapshot of {instance}", str(refusal))
            name = ""
    what = f"database {database}: snapshot {name} begun" if name else f"database {database}, without a snapshot"
    arn = ctx.names.arn("rds", f"snapshot:{name}") if name else None
    kept.keep(_PART, f"databases/{database}.json", what, as_json(described), arn)
    ctx.record(incident.id, f"Evidence: {what}")
