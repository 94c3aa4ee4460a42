"""AcceptProof: promoted means proven by a write, not by a status."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.promotion import judge_proof
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.facts import WriteProof
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, when its promotion began, and what the write found."""

    incident: Incident
    database: str
    started_at: datetime
    proof: WriteProof


@step("AcceptProof", Request, timeline=True, stage="promotion")
@polling
def handler(request: Request, ctx: StepContext) -> Progress:
    """Judge the proof and say so."""
    return judge_proof(
        request.proof,
        epoch=request.incident.epoch,
        deadline=ctx.deadline(request.started_at, ctx.plan.budgets.promotion),
    )
