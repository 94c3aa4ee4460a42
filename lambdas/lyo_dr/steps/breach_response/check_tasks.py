"""CheckTasks: do the fresh tasks run, and does the application answer on them?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.doorman import Here, step
from lyo_dr.guard import working
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.redeploying import all_ready


class Request(msgspec.Struct, frozen=True):
    """The incident, and the moment from which sessions are fresh."""

    incident: Incident
    before: datetime


@step("CheckTasks", Request)
@working
def handler(request: Request, here: Here) -> Progress:
    """Every service of this region."""
    verdict = all_ready(request.before, here)
    here.tell(request.incident.id, verdict.sentence)
    return verdict
