"""CheckEndpoints: every endpoint of the plan, directly at the standby or through the public DNS name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.validation import validation_progress
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.users_outage import record_served
from lyo_dr.services.failover.recovery_checks import checks_at_front_door, checks_at_standby
from lyo_dr.services.incident.skips import skippable


class Request(msgspec.Struct, frozen=True):
    """The incident, the way to ask, and when asking began."""

    incident: Incident
    through: Literal["standby", "front_door"]
    started_at: datetime


@step("CheckEndpoints", Request, timeline=True, stage="validation")
@polling
@skippable
def handler(request: Request, ctx: StepContext) -> Progress:
    """All checks run in parallel, each within the probe timeout or that of a call."""
    checks = checks_at_standby(ctx) if request.through == "standby" else checks_at_front_door(ctx)
    with ThreadPoolExecutor(max_workers=max(1, min(16, len(checks)))) as pool:
        found = list(pool.map(lambda check: check.ask(), checks))
    faults = [fault for fault in found if fault is not None]
    verdict = validation_progress(
        [fault.sentence for fault in faults if fault.blocks],
        asked=sum(check.kind == "endpoint" and check.service.critical for check in checks),
        through=request.through,
        deadline=ctx.deadline(request.started_at, ctx.plan.budgets.validation),
        tolerated=[fault.sentence for fault in faults if not fault.blocks],
        running=[c.service.name for c, fault in zip(checks, found, strict=True) if c.kind == "tasks" and fault is None],
    )
    if verdict.status == "ready" and request.through == "front_door":
        record_served(ctx, request.incident)
    return verdict
