"""ReadProbe: the integrity questions, asked of a restore to throw away. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.restore import Beside, Evidence
from lyo_dr.services.restore.integrity_queries import ask_restored


class Request(msgspec.Struct, frozen=True):
    """The database, and where the restored instance is."""

    database: str
    beside: Beside


@step("ReadProbe", Request)
def handler(request: Request, ctx: StepContext) -> Evidence:
    """Judged by JudgeProbe."""
    return ask_restored(ctx, request.database, request.beside)
