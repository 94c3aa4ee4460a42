"""AnnounceOutcome: the final message."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.messages import incident_closed
from lyo_dr.doorman import Here, step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Outcome
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The incident and how it ended."""

    incident: Incident
    outcome: Outcome


@step("AnnounceOutcome", Request)
def handler(request: Request, here: Here) -> Any:
    """Responders always; stakeholders when their service was restored."""
    outcome = request.outcome
    head = here.incidents.head(request.incident.id) or {}
    messages = incident_closed(
        here.plan,
        request.incident,
        ending=outcome.ending,
        sentence=outcome.sentence,
        reasons=outcome.reasons,
        now=here.now(),
        instance_lost=head.get("cause") == "instance",
    )
    return tell_people(here, request.incident.id, messages)
