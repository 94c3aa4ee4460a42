"""PutBackRestore: roll back a restore that was timed out or stopped, and so could not do it itself."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.rollback import is_left_as_it_was
from lyo_dr.guards import check_not_paused, hold_lease
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.lost_lease import regained
from lyo_dr.services.restore.rollback import roll_back


class Request(msgspec.Struct, frozen=True):
    """The incident, its database, and how the restore ended."""

    incident: Incident
    database: str
    error: dict[str, Any]


@step("PutBackRestore", Request)
def handler(request: Request, ctx: StepContext) -> Progress:
    """A restore that ended by itself has rolled back already; one that was concluded serves users, and stays.

    A lease that was lost while the restore hung is taken again where that is allowed, as in PutBack.
    """
    if not is_left_as_it_was(request.error):
        return Progress(status="ready", sentence="")
    progress = _progress(request, ctx)
    if progress.status == "ready":
        ctx.record(request.incident.id, f"The restore did not end by itself. {progress.sentence}")
    return progress


def _progress(request: Request, ctx: StepContext) -> Progress:
    concluded = (ctx.store.incidents.head(request.incident.id) or {}).get("instance")
    if concluded:
        return Progress(status="ready", sentence=f"Not rolled back: users are served by {concluded}, which is restored")
    progress, incident = regained(ctx, request.incident)
    if progress is not None:
        return progress
    hold_lease(ctx, incident)
    check_not_paused(ctx, incident.id)
    return Progress(status="ready", sentence=roll_back(ctx, incident, request.database))
