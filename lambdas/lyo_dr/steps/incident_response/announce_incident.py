"""AnnounceIncident: the first message, while the work goes on."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.messages import incident_opened
from lyo_dr.doorman import Here, step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Triage
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The incident and the finding people are told."""

    incident: Incident
    triage: Triage


@step("AnnounceIncident", Request)
def handler(request: Request, here: Here) -> Any:
    """Stakeholders and responders."""
    messages = incident_opened(here.plan, request.incident, request.triage.sentence, request.triage.evidence)
    return tell_people(here, request.incident.id, messages)
