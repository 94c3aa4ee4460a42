"""AnnounceUnprotected: the service runs, but the new primary has no backups or second zone."""

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
    last = request.so_far.get("check") or request.so_far.get("protection") or {}
    error = request.so_far.get("error")
    cause = ": ".join(part for part in innermost(error) if part) if isinstance(error, dict) else None
    sentence = cause or last.get("sentence") or "No reason on record"
    return notify(ctx, request.incident.id, unprotected(request.incident.id, request.database, str(sentence)))
