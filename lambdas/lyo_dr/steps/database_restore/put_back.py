"""PutBack: roll back a failed restore: the previous secrets, task counts and write access."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.guards import check_not_paused, hold_lease
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.delayed_replica import let_go_on
from lyo_dr.services.restore.lost_lease import regain_lease
from lyo_dr.services.restore.secret_endpoints import put_secrets_back
from lyo_dr.services.restore.write_access import let_write_again


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PutBack", Request)
def handler(request: Request, ctx: StepContext) -> Progress:
    """Also after another incident took the lease over: once that has ended, and if it did not take this region over."""
    regained, incident = regain_lease(ctx, request.incident)
    if regained.status == "waits":
        if ctx.store.incidents.record_once(incident.id, "WAITS", "PUT_BACK"):
            ctx.record(incident.id, regained.sentence)
        return Progress(status="pending", sentence=regained.sentence, wait_seconds=ctx.poll)
    sentence = regained.sentence
    if regained.status != "handed_over":
        hold_lease(ctx, incident)
        check_not_paused(ctx, incident.id)
        sentence = _put_back(msgspec.structs.replace(request, incident=incident), ctx)
    ctx.record(incident.id, sentence)
    return Progress(status="ready", sentence=sentence)


def _put_back(request: Request, ctx: StepContext) -> str:
    """By the records the other steps wrote; what was not changed is not touched."""
    incident = request.incident
    secrets = _secrets_back(request, ctx)
    services = [_service_back(note, bool(secrets), ctx) for note in ctx.store.incidents.notes(incident.id, "STOPPED")]
    opened = let_write_again(ctx, incident, request.database)
    replays = let_go_on(ctx, incident, request.database)
    back = [*secrets, *services, *([opened] if opened else []), *([replays] if replays else [])]
    return f"Rolled back: {', '.join(back)}" if back else "Nothing was changed, so nothing is rolled back"


def _secrets_back(request: Request, ctx: StepContext) -> list[str]:
    incident, name = request.incident, request.database
    pointed = ctx.store.incidents.read_note(incident.id, "POINTED", name)
    found = Backups(ctx.region).find(pointed["instance"]) if pointed else None
    if pointed is None or found is None or "Endpoint" not in found:
        return []
    new = (found["Endpoint"]["Address"], int(found["Endpoint"]["Port"]))
    back = put_secrets_back(ctx, name, incident.id, new)
    damaged = ctx.store.incidents.read_note(incident.id, "DAMAGED", name)
    if damaged is not None:
        ctx.store.databases.move(name, damaged["instance"])
        # From here on the restored instance answered what the damaged one is asked again.
        ctx.store.databases.disown_runs(name, datetime.fromisoformat(pointed["at"]), ctx.now())
    return back


def _service_back(note: dict[str, Any], redeploy: bool, ctx: StepContext) -> str:
    name = str(note["sk"]).rpartition("#")[2]
    place, ecs = ctx.plan.service(name).places[ctx.region], Ecs(ctx.region)
    refused = ecs.scale(place, minimum=note["minimum"], maximum=note["maximum"], desired=note["desired"])
    if redeploy:
        ecs.deploy_again(place)
    return f"{name}{refused}"
