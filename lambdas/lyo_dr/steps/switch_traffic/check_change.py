"""CheckChange: are the record changes in sync on all Route 53 name servers?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.adapters.aws.route53 import change_status
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.front_names import NOT_SUBMITTED, changes_progress
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import RecordChange, SubmittedChanges


class Request(msgspec.Struct, frozen=True):
    """The incident, its changes, and when its switch began."""

    incident: Incident
    change: SubmittedChanges
    started_at: datetime


@step("CheckChange", Request, timeline=True, stage="switch")
@polling
def handler(request: Request, ctx: StepContext) -> RecordChange:
    """Query Route 53 and evaluate its answers."""
    statuses: dict[str, Literal["PENDING", "INSYNC"] | None] = {
        each.name: "PENDING" if each.id == NOT_SUBMITTED else change_status(each.id) for each in request.change.changes
    }
    return changes_progress(request.change, statuses, ctx.deadline(request.started_at, ctx.plan.budgets.switch))
