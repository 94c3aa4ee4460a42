"""AnnounceRestore: notify people that the service will pause, and why."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import restore_begun
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import RecoveryPoint
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident and the recovery point."""

    incident: Incident
    moment: RecoveryPoint


@step("AnnounceRestore", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Responders and stakeholders."""
    incident, moment = request.incident, request.moment
    lost = moment.target is not None and moment.target.kind == "latest"
    return notify(ctx, incident.id, restore_begun(ctx.plan, incident, moment.sentence, instance_lost=lost))
