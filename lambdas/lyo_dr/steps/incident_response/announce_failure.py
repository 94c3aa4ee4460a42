"""AnnounceFailure: notify the responders that a person has to take over."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import incident_failed
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.handler import step
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The execution's name and its state; the failure may not have been recorded."""

    incident_id: str
    so_far: dict[str, Any]


@step("AnnounceFailure", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Responders, with what is known."""
    failure = request.so_far.get("failure") or _unrecorded(request.so_far.get("error"))
    messages = incident_failed(request.incident_id, failure["ending"], failure["sentence"])
    return notify(ctx, request.incident_id, messages)


def _unrecorded(error: Any) -> dict[str, str]:
    """If the table is unavailable, this message is the only record, so it says what failed."""
    name, cause = innermost(error) if isinstance(error, dict) else ("Unknown", "no cause on record")
    return {
        "ending": "failed",
        "sentence": f"The incident failed and the failure could not be recorded: {name}: {cause}",
    }
