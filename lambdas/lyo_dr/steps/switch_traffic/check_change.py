"""CheckChange: are the record changes in sync on all Route 53 name servers?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.adapters.aws.route53 import change_status
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.front_names import NOT_SUBMITTED, changes_progress, waited_for
from lyo_dr.errors import ServiceUnreachable, Throttled
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import RecordChange, SubmittedChange, SubmittedChanges

Status = Literal["PENDING", "INSYNC"] | None


class Request(msgspec.Struct, frozen=True):
    """The incident, its changes, and when its switch began."""

    incident: Incident
    change: SubmittedChanges
    started_at: datetime


@step("CheckChange", Request, timeline=True, stage="switch")
@polling
def handler(request: Request, ctx: StepContext) -> RecordChange:
    """Query Route 53 and evaluate its answers: about the changes that are waited for, all at once."""
    waited = waited_for(request.change, ctx.plan)
    with ThreadPoolExecutor(max_workers=max(1, len(waited))) as pool:
        statuses = dict(zip((each.name for each in waited), pool.map(_status, waited), strict=True))
    deadline = ctx.deadline(request.started_at, ctx.plan.budgets.switch)
    return changes_progress(request.change, statuses, deadline, waited)


def _status(change: SubmittedChange) -> Status:
    """Silence is no answer: afterwards the name itself is resolved."""
    try:
        return "PENDING" if change.id == NOT_SUBMITTED else change_status(change.id)
    except (ServiceUnreachable, Throttled):
        return "PENDING"
