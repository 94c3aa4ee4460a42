"""CheckChange: is the record change in sync on all Route 53 name servers?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.route53 import change_status
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.traffic import change_progress
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import RecordChange


class Change(msgspec.Struct, frozen=True):
    """A change of the record and when it was submitted."""

    id: str
    submitted_at: datetime


class Request(msgspec.Struct, frozen=True):
    """The incident, its change, and when its switch began."""

    incident: Incident
    change: Change
    started_at: datetime


@step("CheckChange", Request, timeline=True, stage="switch")
@polling
def handler(request: Request, ctx: StepContext) -> RecordChange:
    """Query Route 53 and evaluate its answer."""
    return change_progress(
        change_status(request.change.id),
        submitted_at=request.change.submitted_at,
        deadline=ctx.deadline(request.started_at, ctx.plan.budgets.switch),
    )
