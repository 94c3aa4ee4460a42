"""ReadIntegrity: run the plan's integrity queries on one database. SQL only; CheckIntegrity evaluates them."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.restore import DatabaseEvidence
from lyo_dr.services.restore.integrity_queries import ask_present


class Request(msgspec.Struct, frozen=True):
    """The database's name in the plan."""

    database: str


@step("ReadIntegrity", Request)
def handler(request: Request, ctx: StepContext) -> DatabaseEvidence:
    """A database that does not respond has its own alarm."""
    return ask_present(ctx, request.database)
