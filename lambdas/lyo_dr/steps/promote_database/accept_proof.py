"""AcceptProof: promoted means proven by a write, not by a status."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.decisions.promotion import judge_proof
from lyo_dr.doorman import Here, step
from lyo_dr.guard import working
from lyo_dr.model.facts import WriteProof
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, when its promotion began, and what the write found."""

    incident: Incident
    database: str
    started_at: datetime
    proof: WriteProof


@step("AcceptProof", Request)
@working
def handler(request: Request, here: Here) -> Progress:
    """Judge the proof and say so."""
    verdict = judge_proof(
        request.proof,
        epoch=request.incident.epoch,
        started_at=request.started_at,
        budget=here.plan.budgets.promotion,
        now=here.now(),
        poll=here.poll,
    )
    here.tell(request.incident.id, verdict.sentence)
    return verdict
