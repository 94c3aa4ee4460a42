"""CheckTasks: do the fresh tasks run, and does the application answer on them?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.redeployments import all_ready


class Request(msgspec.Struct, frozen=True):
    """The incident, and the moment from which sessions are fresh."""

    incident: Incident
    before: datetime


@step("CheckTasks", Request, timeline=True)
@polling
def handler(request: Request, ctx: StepContext) -> Progress:
    """Every service of this region."""
    return all_ready(request.before, ctx)
