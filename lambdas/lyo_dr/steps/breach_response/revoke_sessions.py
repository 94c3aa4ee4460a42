"""RevokeSessions: deny everything to sessions of the plan's roles that started before the new tasks."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.iam import revoke_older_sessions
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.response import breach_of
from lyo_dr.errors import LyoDrError
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.breach import Part
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.breach_context import record_part


class Request(msgspec.Struct, frozen=True):
    """The incident, and the moment from which sessions are fresh."""

    incident: Incident
    before: datetime


@step("RevokeSessions", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> Part:
    """A role that fails does not stop the others."""
    roles, failed = breach_of(ctx.plan).roles, []
    for role in roles:
        try:
            revoke_older_sessions(role, request.before)
        except LyoDrError as failure:
            failed.append(str(failure))
    if failed:
        part = Part(part="sessions", status="failed", sentence="; ".join(failed))
    else:
        sentence = f"Sessions of {', '.join(roles)} from before {request.before:%Y-%m-%d %H:%M:%S} UTC are refused"
        part = Part(part="sessions", status="done", sentence=sentence)
    return record_part(ctx, request.incident, part)
