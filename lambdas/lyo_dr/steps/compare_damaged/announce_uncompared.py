"""AnnounceUncompared: notify the responders that the damaged database was not compared."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.decisions.restore.reconciliation_messages import not_compared
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and the state of the execution."""

    incident: Incident
    database: str
    so_far: dict[str, Any]


@step("AnnounceUncompared", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Responders, with the last thing that was seen; the damaged instance is kept all the same."""
    error, places = request.so_far.get("error"), request.so_far.get("places") or {}
    cause = ": ".join(part for part in innermost(error) if part) if isinstance(error, dict) else None
    reason = str(cause or places.get("sentence") or "No reason on record")
    ctx.record(request.incident.id, f"{request.database} was not compared with its damaged instance: {reason}")
    return notify(ctx, request.incident.id, not_compared(request.incident.id, request.database, reason))
