"""Rolling a restore back: the previous secrets, task counts and write access, and the replay of a delayed replica."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_logins import InstanceEndpoint
from lyo_dr.decisions.common.redeployment import not_replaceable
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Service
from lyo_dr.services.restore.delayed_replica import let_go_on
from lyo_dr.services.restore.secret_endpoints import put_secrets_back
from lyo_dr.services.restore.write_access import let_write_again
from lyo_dr.store.owed_limits import OwedLimits


def roll_back(ctx: StepContext, incident: Incident, database: str) -> str:
    """By the records the other steps wrote; what was not changed is not touched. Says what was done. Harmless twice."""
    pointed = ctx.store.incidents.read_note(incident.id, "POINTED", database)
    secrets = [] if pointed is None else _secrets_back(ctx, pointed, incident, database)
    stopped = ctx.store.incidents.notes(incident.id, "STOPPED")
    # Not by what this run has changed: a retry finds the secrets rolled back, and the tasks still with the others.
    services = [_service_back(ctx, note, incident, redeploy=pointed is not None) for note in stopped]
    opened = let_write_again(ctx, incident, database)
    replays = let_go_on(ctx, incident, database)
    back = [*secrets, *services, *([opened] if opened else []), *([replays] if replays else [])]
    return f"Rolled back: {', '.join(back)}" if back else "Nothing was changed, so nothing is rolled back"


def _secrets_back(ctx: StepContext, pointed: dict[str, Any], incident: Incident, database: str) -> list[str]:
    found = Backups(ctx.region).find(pointed["instance"])
    if found is None or "Endpoint" not in found:
        return []
    end = found["Endpoint"]
    new = InstanceEndpoint(host=end["Address"], port=int(end["Port"]), instance=pointed["instance"])
    back = put_secrets_back(ctx, database, incident.id, new)
    damaged = ctx.store.incidents.read_note(incident.id, "DAMAGED", database)
    if damaged is not None:
        ctx.store.databases.move(database, damaged["instance"])
        # From here on the restored instance answered what the damaged one is asked again.
        ctx.store.databases.disown_runs(database, datetime.fromisoformat(pointed["at"]), ctx.now())
    return back


def _service_back(ctx: StepContext, note: dict[str, Any], incident: Incident, *, redeploy: bool) -> str:
    """Redeployed once, and recorded after the call: one that failed is made again.

    Limits that could not be set are owed: with a minimum of zero autoscaling might stop what serves users again.
    """
    name = str(note["sk"]).rpartition("#")[2]
    place, ecs = ctx.plan.service(name).places[ctx.region], Ecs(ctx.region)
    redeploy = redeploy and ctx.store.incidents.read_note(incident.id, "PUT_BACK", name) is None
    before = ecs.counts(place) if redeploy else None
    refused = ecs.scale(place, minimum=note["minimum"], maximum=note["maximum"], desired=note["desired"])
    if refused:
        ctx.store.owed_limits.owe(OwedLimits(service=name, incident=incident.id, epoch=incident.epoch))
    if before is not None:
        refused += _replaced(ecs, ctx.plan.service(name), before, ctx)
        ctx.store.incidents.record_once(incident.id, "PUT_BACK", name)
    return f"{name}{refused}"


def _replaced(ecs: Ecs, service: Service, before: ServiceState, ctx: StepContext) -> str:
    """Replace the tasks that ran before, or say who has to: those that start now read the secrets of now."""
    why = not_replaceable({service.name: before.controller})
    if why is None:
        ecs.deploy_again(service.places[ctx.region])
    elif before.running or before.pending:
        return f"; its tasks still use the other secrets ({why})"
    return ""
