"""FindDatabases: where the damaged and the restored database are, and from when on they may differ."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.decisions.restore.reconciliation import compare_since
from lyo_dr.guards import post_close
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.reconciliation import ComparedDatabases, Where
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.deadlines import within


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when comparing began."""

    incident: Incident
    database: str
    started_at: datetime


@step("FindDatabases", Request)
@post_close
def handler(request: Request, ctx: StepContext) -> ComparedDatabases:
    """Waits until the damaged instance has its new name: until then its address may change. A dead one gets none."""
    incident, database, backups = request.incident, ctx.plan.database(request.database), Backups(ctx.region)
    attempts = Attempts(ctx, incident.id)
    dead = _dead(backups, attempts.damaged(database.name))
    if dead:
        ctx.record(incident.id, dead)
        return ComparedDatabases(status="gone", sentence=dead)
    pointed = ctx.store.incidents.read_note(incident.id, "POINTED", database.name)
    name = ctx.names.damaged(database.instance_in(ctx.region), incident.id)
    damaged = backups.find(name)
    restored = backups.find(str(pointed["instance"])) if pointed else None
    if damaged is None or restored is None or instance_status(damaged["DBInstanceStatus"]) != "ready":
        waited = within(False, f"{name} cannot be read yet", request.started_at, ctx)
        return ComparedDatabases(status=waited.status, sentence=waited.sentence, wait_seconds=waited.wait_seconds)
    target, begun = attempts.all()[-1], attempts.begun()
    return ComparedDatabases(
        status="ready",
        sentence=f"{name} is compared with {restored['DBInstanceIdentifier']}",
        damaged=_where(damaged),
        restored=_where(restored),
        moment=target.at,
        since=compare_since(target, begun),
        begun=begun,
        tables=[table.name for table in database.tables],
    )


def _dead(backups: Backups, identifier: str) -> str:
    """An instance that RDS calls failed comes back only by a restore, and is kept under its own name (KeepDamaged)."""
    found = backups.find(identifier)
    if found is None or found["DBInstanceStatus"] != "failed":
        return ""
    return f"{identifier} is failed and cannot be read: nothing is compared with it"


def _where(instance: dict[str, Any]) -> Where:
    return Where(host=instance["Endpoint"]["Address"], port=int(instance["Endpoint"]["Port"]))
