"""PreserveDatabases: a snapshot of every database of this region, begun before anything else is done to it."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.doorman import Here, step
from lyo_dr.errors import WrongState
from lyo_dr.model.evidence import Branch
from lyo_dr.model.incident import Incident
from lyo_dr.steps.vault import Vault, as_json

_PART = "databases"


class Request(msgspec.Struct, frozen=True):
    """The incident."""

    incident: Incident


@step("PreserveDatabases", Request)
def handler(request: Request, here: Here) -> Branch:
    """Not waited for: a snapshot holds the moment at which it was begun, and a restart of tasks does not touch it."""
    kept = Vault(here, request.incident)
    for database in here.plan.databases:
        kept.attempt(
            _PART,
            f"databases/{database.name}.json",
            f"database {database.name}",
            lambda name=database.name: _preserve(request.incident, name, kept, here),  # type: ignore[misc]
        )
    return Branch(part=_PART)


def _preserve(incident: Incident, database: str, kept: Vault, here: Here) -> None:
    backups, planned = Backups(here.region), here.plan.database(database).instances[here.region]
    instance, name = here.databases.instance(database, planned), here.names.evidence(planned, incident.id)
    described = backups.describe(instance)
    if name not in {snapshot.identifier for snapshot in backups.snapshots(instance)}:
        try:
            backups.take_snapshot(instance, name, incident.id)
        except WrongState as refusal:
            kept.miss(_PART, f"snapshots/{name}", f"snapshot of {instance}", str(refusal))
            name = ""
    what = f"database {database}: snapshot {name} begun" if name else f"database {database}, without a snapshot"
    arn = here.names.arn("rds", f"snapshot:{name}") if name else None
    kept.keep(_PART, f"databases/{database}.json", what, as_json(described), arn)
    here.tell(incident.id, f"Evidence: {what}")
