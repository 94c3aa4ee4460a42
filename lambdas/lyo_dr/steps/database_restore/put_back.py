"""PutBack: roll back a failed restore: the previous secrets, task counts and write access."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import containment
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.restore.rollback import roll_back


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("PutBack", Request, timeline=True)
@containment
def handler(request: Request, ctx: StepContext) -> Any:
    """By the records the other steps wrote."""
    return {"status": "ready", "sentence": roll_back(ctx, request.incident, request.database)}
