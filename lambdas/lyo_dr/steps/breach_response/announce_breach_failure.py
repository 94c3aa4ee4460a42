"""AnnounceBreachFailure: legal side and responders hear what was not done."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.breach_messages import breach_failed
from lyo_dr.decisions.outcome import innermost
from lyo_dr.doorman import Here, step
from lyo_dr.model.incident import Incident
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The incident and the error that ended its response."""

    incident: Incident
    error: dict[str, Any]


@step("AnnounceBreachFailure", Request)
def handler(request: Request, here: Here) -> Any:
    """Told whatever else does not answer."""
    name, cause = innermost(request.error)
    return tell_people(here, request.incident.id, breach_failed(request.incident.id, f"{name}: {cause}"))
