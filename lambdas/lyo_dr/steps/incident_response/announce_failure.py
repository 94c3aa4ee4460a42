"""AnnounceFailure: notify the responders that a person has to take over."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import incident_failed
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.services.common.notify import notify
from lyo_dr.services.incident.resume import incident_id_of


class Request(msgspec.Struct, frozen=True):
    """The execution's name and its state; the failure may not have been recorded."""

    incident_id: str
    so_far: dict[str, Any]


@step("AnnounceFailure", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Responders, with what is known."""
    failure = request.so_far.get("failure") or _unrecorded(request.so_far.get("error"))
    execution, incident_id = request.incident_id, _incident_id(request.incident_id, ctx)
    again = "" if incident_id == execution else execution
    incident = request.so_far.get("incident") or {}
    resumable = incident.get("admission") == "open" and not incident.get("database") and not incident.get("breach")
    messages = incident_failed(incident_id, failure["ending"], failure["sentence"], resumable=resumable, about=again)
    return notify(ctx, incident_id, messages)


def _incident_id(execution: str, ctx: StepContext) -> str:
    """If the table is unavailable, the execution's name is what people find."""
    try:
        return incident_id_of(ctx, execution)
    except LyoDrError:
        return execution


def _unrecorded(error: Any) -> dict[str, str]:
    """If the table is unavailable, this message is the only record, so it says what failed."""
    name, cause = innermost(error) if isinstance(error, dict) else ("Unknown", "no cause on record")
    return {
        "ending": "failed",
        "sentence": f"The incident failed and the failure could not be recorded: {name}: {cause}",
    }
