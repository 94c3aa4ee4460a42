"""PutBackRestore: roll back a restore that was timed out or stopped, and so could not do it itself."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.rollback import is_left_as_it_was
from lyo_dr.guards import containment
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.restore.rollback import roll_back


class Request(msgspec.Struct, frozen=True):
    """The incident, its database, and how the restore ended."""

    incident: Incident
    database: str
    error: dict[str, Any]


@step("PutBackRestore", Request)
@containment
def handler(request: Request, ctx: StepContext) -> Any:
    """A restore that ended by itself has rolled back already; one that was concluded serves users, and stays."""
    incident = request.incident
    if not is_left_as_it_was(request.error):
        return {"sentence": ""}
    concluded = (ctx.store.incidents.head(incident.id) or {}).get("instance")
    if concluded:
        sentence = f"Not rolled back: users are served by {concluded}, which is restored"
    else:
        sentence = roll_back(ctx, incident, request.database)
    ctx.record(incident.id, f"The restore did not end by itself. {sentence}")
    return {"sentence": sentence}
