"""AnnounceIncident: the first notification, sent while the work continues."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import incident_opened
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Triage
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident and the finding to announce."""

    incident: Incident
    triage: Triage


@step("AnnounceIncident", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Stakeholders and responders."""
    messages = incident_opened(ctx.plan, request.incident, request.triage.sentence, request.triage.evidence)
    return notify(ctx, request.incident.id, messages)
