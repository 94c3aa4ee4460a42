"""JudgeProbe: was the data still good at the moment of this restore?"""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.integrity import answered_faults, last_good, without_verdict
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import DatabaseEvidence, NewInstance
from lyo_dr.model.search import Probe
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.search_restores import Probes


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, the probe, where it is, its answers, and when the search began."""

    incident: Incident
    database: str
    probe: Probe
    beside: NewInstance
    answers: DatabaseEvidence
    started_at: datetime


@step("JudgeProbe", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """Held against the last good run before it. What is not answered says nothing about the data: it is asked again.

    A probe without an answer by the end of its time is one without a result, and moves nothing.
    """
    incident, probe, answers = request.incident, request.probe, request.answers
    database = ctx.plan.database(request.database)
    runs = ctx.store.databases.runs(database.name, ctx.now())
    baseline = last_good(runs, probe.at) or last_good(runs)
    faults = answered_faults(database.integrity, answers.readings, baseline)
    unread = without_verdict(database.integrity, answers.readings, baseline)
    silent = [answers.error] if answers.error else unread
    said = "; ".join(faults) or ", ".join(silent) or "passes every integrity query"
    sentence = f"As of {probe.at:%H:%M:%S} UTC: {said}"
    if silent and not faults and not _late(request, ctx):
        return Progress(status="pending", sentence=f"{sentence}; asking again", wait_seconds=ctx.poll)
    Probes(ctx, incident.id, database.name).judge(probe, None if silent and not faults else faults)
    return Progress(status="ready", sentence=f"{sentence}: no result" if silent and not faults else sentence)


def _late(request: Request, ctx: StepContext) -> bool:
    """Whether the time of this probe is over, or that of the whole search."""
    begun = request.beside.available_at or request.started_at
    search = ctx.deadline(request.started_at, ctx.plan.database(request.database).restore.search_budget)
    return search.expired or ctx.deadline(begun, ctx.plan.budgets.first_reading).expired
