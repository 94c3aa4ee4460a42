"""AnnounceBreachFailure: notify legal and responders of what was not done."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.messages import breach_failed
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident and the error that ended its response."""

    incident: Incident
    error: dict[str, Any]


@step("AnnounceBreachFailure", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Sent even if everything else fails."""
    name, cause = innermost(request.error)
    return notify(ctx, request.incident.id, breach_failed(request.incident.id, f"{name}: {cause}"))
