"""Rolling a restore back: the previous secrets, task counts and write access, and the replay of a delayed replica."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.model.incident import Incident
from lyo_dr.services.restore.delayed_replica import let_go_on
from lyo_dr.services.restore.secret_endpoints import put_secrets_back
from lyo_dr.services.restore.write_access import let_write_again


def roll_back(ctx: StepContext, incident: Incident, database: str) -> str:
    """By the records the other steps wrote; what was not changed is not touched. Says what was done. Harmless twice."""
    secrets = _secrets_back(ctx, incident, database)
    services = [_service_back(note, bool(secrets), ctx) for note in ctx.store.incidents.notes(incident.id, "STOPPED")]
    opened = let_write_again(ctx, incident, database)
    replays = let_go_on(ctx, incident, database)
    back = [*secrets, *services, *([opened] if opened else []), *([replays] if replays else [])]
    return f"Rolled back: {', '.join(back)}" if back else "Nothing was changed, so nothing is rolled back"


def _secrets_back(ctx: StepContext, incident: Incident, database: str) -> list[str]:
    pointed = ctx.store.incidents.read_note(incident.id, "POINTED", database)
    found = Backups(ctx.region).find(pointed["instance"]) if pointed else None
    if pointed is None or found is None or "Endpoint" not in found:
        return []
    new = (found["Endpoint"]["Address"], int(found["Endpoint"]["Port"]))
    back = put_secrets_back(ctx, database, incident.id, new)
    damaged = ctx.store.incidents.read_note(incident.id, "DAMAGED", database)
    if damaged is not None:
        ctx.store.databases.move(database, damaged["instance"])
        # From here on the restored instance answered what the damaged one is asked again.
        ctx.store.databases.disown_runs(database, datetime.fromisoformat(pointed["at"]), ctx.now())
    return back


def _service_back(note: dict[str, Any], redeploy: bool, ctx: StepContext) -> str:
    name = str(note["sk"]).rpartition("#")[2]
    place, ecs = ctx.plan.service(name).places[ctx.region], Ecs(ctx.region)
    refused = ecs.scale(place, minimum=note["minimum"], maximum=note["maximum"], desired=note["desired"])
    if redeploy:
        ecs.deploy_again(place)
    return f"{name}{refused}"
