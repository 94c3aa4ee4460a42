"""CheckRedeployment: have all tasks been replaced, and is the application ready on the new login?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.rotation import Rotation
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.redeployments import all_ready


class Request(msgspec.Struct, frozen=True):
    """The rotation, and when looking began."""

    rotation: Rotation
    started_at: datetime


@step("CheckRedeployment", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Progress:
    """Every service has settled and says by the contract that it reads and writes."""
    return all_ready(request.started_at, ctx)
