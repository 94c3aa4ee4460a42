"""RecordFailure: what failed, how far it had come, and what that means for the lease."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.outcome import judge_failure
from lyo_dr.doorman import Here, step
from lyo_dr.model.verdict import Failure


class Request(msgspec.Struct, frozen=True):
    """The execution's name and its state; nothing more is certain to exist."""

    incident_id: str
    so_far: dict[str, Any]


@step("RecordFailure", Request)
def handler(request: Request, here: Here) -> Failure:
    """Judged by the notes the steps left before they acted, not by how far the state machine believes it came."""
    incident_id = request.incident_id
    head = here.incidents.head(incident_id)
    failure = judge_failure(
        request.so_far.get("error"),
        promotion_called=bool(here.incidents.notes(incident_id, "PROMOTION")) or _led_elsewhere(request, here),
        authority_taken=head is not None and head.get("authority") == "taken",
        breach=bool((head or {}).get("breach")),
    )
    if head is not None:
        here.incidents.set(incident_id, state="failed", ending=failure.ending, closed_at=here.now().isoformat())
    here.tell(incident_id, failure.sentence)
    return failure


def _led_elsewhere(request: Request, here: Here) -> bool:
    """Whether the secrets of a region that takes over lead to a restored database: nobody has put them back."""
    incident = request.so_far.get("incident") or {}
    return not incident.get("database") and bool(here.incidents.notes(request.incident_id, "POINTED"))
