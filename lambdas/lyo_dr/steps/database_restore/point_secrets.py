"""PointSecrets: point the app's and our own secrets to the restored instance; only the address changes."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_logins import InstanceEndpoint
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import NewInstance
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.secret_endpoints import point_secrets
from lyo_dr.services.restore.write_access import let_write_again


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, the restored instance, and what became of the logins in it.

    ``warm`` is what WarmTables said, or the error it ended in; None where tables are not read beforehand.
    """

    incident: Incident
    database: str
    beside: NewInstance
    logins: str
    warm: dict[str, Any] | None = None


@step("PointSecrets", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """All new texts are made before the first is written: a secret that is unfit leaves everything as it is."""
    incident, beside = request.incident, request.beside
    if request.warm is not None:
        ctx.record(incident.id, f"Prewarming: {request.warm.get('sentence', 'the tables could not be read')}")
    ctx.record(incident.id, request.logins)
    ctx.store.incidents.record_once(
        incident.id, "POINTED", request.database, instance=beside.identifier, at=ctx.now().isoformat()
    )
    target = InstanceEndpoint(host=beside.host, port=beside.port, instance=beside.identifier)
    changed = point_secrets(ctx, ctx.region, request.database, target, incident.id)
    ctx.store.databases.move(request.database, beside.identifier)
    opened = let_write_again(ctx, incident, request.database)
    names = ", ".join(changed) or "no secret changed"
    sentence = f"{names} point{'s' if len(changed) == 1 else ''} to {beside.identifier}; the previous versions are kept"
    sentence += f"; {opened}" if opened else ""
    return Progress(status="ready", sentence=sentence)
