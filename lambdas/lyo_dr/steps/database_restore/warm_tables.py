"""WarmTables: prewarm the tables before they are judged, within a budget. SQL only; never fails a restore."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.restore import NewInstance
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.prewarming import prewarm


class Request(msgspec.Struct, frozen=True):
    """The database, and where the restored instance is."""

    database: str
    beside: NewInstance


@step("WarmTables", Request)
def handler(request: Request, ctx: StepContext) -> Progress:
    """What it says is put on the timeline by PointSecrets, which has the table."""
    return prewarm(ctx, request.database, request.beside)
