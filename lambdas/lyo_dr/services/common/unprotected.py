"""Saying that a database is left without the protection its plan asks for."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import unprotected
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.notify import notify


class Unprotected(msgspec.Struct, frozen=True):
    """The incident, the database, and the state of the execution."""

    incident: Incident
    database: str
    so_far: dict[str, Any]


def announce_unprotected(ctx: StepContext, request: Unprotected, *parts: str) -> dict[str, list[str]]:
    """Notify responders of the error, or of the sentence of the first of these parts of the state that is there."""
    last: dict[str, Any] = next((part for name in parts if (part := request.so_far.get(name))), {})
    error = request.so_far.get("error")
    cause = ": ".join(part for part in innermost(error) if part) if isinstance(error, dict) else None
    sentence = cause or last.get("sentence") or "No reason on record"
    return notify(ctx, request.incident.id, unprotected(request.incident.id, request.database, str(sentence)))
