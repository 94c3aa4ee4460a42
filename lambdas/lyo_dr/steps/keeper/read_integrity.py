"""The plan's integrity questions, asked of one database. SQL only; asked by CheckIntegrity, which judges."""

from __future__ import annotations

import msgspec

from lyo_dr.doorman import Here, step
from lyo_dr.model.restore import Evidence
from lyo_dr.steps.asking_questions import ask_present


class Request(msgspec.Struct, frozen=True):
    """The database's name in the plan."""

    database: str


@step("ReadIntegrity", Request)
def handler(request: Request, here: Here) -> Evidence:
    """A database that does not answer is somebody else's alarm."""
    return ask_present(here, request.database)
