"""AnnounceUnprotected: users are served by the restored database, and the next failure would hurt."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import unprotected
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and the state of the execution."""

    incident: Incident
    database: str
    so_far: dict[str, Any]


@step("AnnounceUnprotected", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Responders, with the last thing that was seen."""
    found = (request.so_far.get(name) for name in ("replica", "kept", "zone"))
    last: dict[str, Any] = next((part for part in found if part), {})
    error = request.so_far.get("error")
    cause = ": ".join(part for part in innermost(error) if part) if isinstance(error, dict) else None
    sentence = cause or last.get("sentence") or "No reason on record"
    return notify(ctx, request.incident.id, unprotected(request.incident.id, request.database, str(sentence)))
