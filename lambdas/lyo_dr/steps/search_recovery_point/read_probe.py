"""ReadProbe: the integrity questions, asked of a restore to throw away. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.restore import DatabaseEvidence, NewInstance
from lyo_dr.services.restore.integrity_queries import ask_restored


class Request(msgspec.Struct, frozen=True):
    """The database, and where the restored instance is."""

    database: str
    beside: NewInstance


@step("ReadProbe", Request)
def handler(request: Request, ctx: StepContext) -> DatabaseEvidence:
    """Judged by JudgeProbe."""
    return ask_restored(ctx, request.database, request.beside)
