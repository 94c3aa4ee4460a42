"""AnnounceUncompared: nobody knows yet what is in the damaged database alone, and a person should."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.ledger_messages import not_compared
from lyo_dr.decisions.outcome import innermost
from lyo_dr.doorman import Here, step
from lyo_dr.model.incident import Incident
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and the state of the execution."""

    incident: Incident
    database: str
    so_far: dict[str, Any]


@step("AnnounceUncompared", Request)
def handler(request: Request, here: Here) -> Any:
    """Responders, with the last thing that was seen; the damaged instance is kept all the same."""
    error, places = request.so_far.get("error"), request.so_far.get("places") or {}
    cause = ": ".join(part for part in innermost(error) if part) if isinstance(error, dict) else None
    reason = str(cause or places.get("sentence") or "The reason was not recorded")
    here.tell(request.incident.id, f"{request.database} was not compared with its damaged instance: {reason}")
    return tell_people(here, request.incident.id, not_compared(request.incident.id, request.database, reason))
