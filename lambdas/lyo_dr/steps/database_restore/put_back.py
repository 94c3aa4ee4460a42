"""PutBack: roll back a failed restore: the previous secrets, task counts and write access."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.guards import containment
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.restore.delayed_replica import let_go_on
from lyo_dr.services.restore.secret_endpoints import put_secrets_back
from lyo_dr.services.restore.write_access import let_write_again


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PutBack", Request, timeline=True)
@containment
def handler(request: Request, ctx: StepContext) -> Any:
    """By the records the other steps wrote; what was not changed is not touched."""
    incident = request.incident
    pointed = ctx.store.incidents.read_note(incident.id, "POINTED", request.database)
    secrets = [] if pointed is None else _secrets_back(pointed, request, ctx)
    stopped = ctx.store.incidents.notes(incident.id, "STOPPED")
    # Not by what this run has changed: a retry finds the secrets rolled back, and the tasks still with the others.
    services = [_service_back(note, incident.id, redeploy=pointed is not None, ctx=ctx) for note in stopped]
    opened = let_write_again(ctx, incident, request.database)
    replays = let_go_on(ctx, incident, request.database)
    back = [*secrets, *services, *([opened] if opened else []), *([replays] if replays else [])]
    sentence = f"Rolled back: {', '.join(back)}" if back else "Nothing was changed, so nothing is rolled back"
    return {"status": "ready", "sentence": sentence}


def _secrets_back(pointed: dict[str, Any], request: Request, ctx: StepContext) -> list[str]:
    incident, name = request.incident, request.database
    found = Backups(ctx.region).find(pointed["instance"])
    if found is None or "Endpoint" not in found:
        return []
    new = (found["Endpoint"]["Address"], int(found["Endpoint"]["Port"]))
    back = put_secrets_back(ctx, name, incident.id, new)
    damaged = ctx.store.incidents.read_note(incident.id, "DAMAGED", name)
    if damaged is not None:
        ctx.store.databases.move(name, damaged["instance"])
        # From here on the restored instance answered what the damaged one is asked again.
        ctx.store.databases.disown_runs(name, datetime.fromisoformat(pointed["at"]), ctx.now())
    return back


def _service_back(note: dict[str, Any], incident_id: str, *, redeploy: bool, ctx: StepContext) -> str:
    """Redeployed once, and recorded after the call: one that failed is made again."""
    name = str(note["sk"]).rpartition("#")[2]
    place, ecs = ctx.plan.service(name).places[ctx.region], Ecs(ctx.region)
    refused = ecs.scale(place, minimum=note["minimum"], maximum=note["maximum"], desired=note["desired"])
    if redeploy and ctx.store.incidents.read_note(incident_id, "PUT_BACK", name) is None:
        ecs.deploy_again(place)
        ctx.store.incidents.record_once(incident_id, "PUT_BACK", name)
    return f"{name}{refused}"
