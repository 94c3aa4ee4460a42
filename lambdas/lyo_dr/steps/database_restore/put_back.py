"""PutBack: roll back a failed restore: the previous secrets, task counts and write access."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import check_not_paused, hold_lease
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.lost_lease import regained
from lyo_dr.services.restore.rollback import roll_back


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PutBack", Request)
def handler(request: Request, ctx: StepContext) -> Progress:
    """Also after another incident took the lease over: once that has ended, and if it did not take this region over."""
    progress, incident = regained(ctx, request.incident)
    if progress is None:
        hold_lease(ctx, incident)
        check_not_paused(ctx, incident.id)
        progress = Progress(status="ready", sentence=roll_back(ctx, incident, request.database))
    if progress.status == "ready":
        ctx.record(incident.id, progress.sentence)
    return progress
