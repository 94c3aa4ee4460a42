"""ReadRestored: the integrity questions, asked of the restored instance. SQL only."""

from __future__ import annotations

import msgspec

from lyo_dr.doorman import Here, step
from lyo_dr.model.restore import Beside, Evidence
from lyo_dr.steps.asking_questions import ask_restored


class Request(msgspec.Struct, frozen=True):
    """The database, and where the restored instance is."""

    database: str
    beside: Beside


@step("ReadRestored", Request)
def handler(request: Request, here: Here) -> Evidence:
    """Judged by JudgeRestored."""
    return ask_restored(here, request.database, request.beside)
