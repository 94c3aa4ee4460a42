"""JudgeProbe: was the data still good at the moment of this restore?"""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.integrity import integrity_faults, last_good
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import DatabaseEvidence
from lyo_dr.model.search import Probe
from lyo_dr.services.restore.search_restores import Probes


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, the probe, and its answers."""

    incident: Incident
    database: str
    probe: Probe
    answers: DatabaseEvidence


@step("JudgeProbe", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Any:
    """Held against the last good run before it. A restore that does not answer says nothing about the data."""
    incident, probe, answers = request.incident, request.probe, request.answers
    database = ctx.plan.database(request.database)
    runs = ctx.store.databases.runs(database.name, ctx.now())
    baseline = last_good(runs, probe.at) or last_good(runs)
    faults = None if answers.error else integrity_faults(database.integrity, answers.readings, baseline)
    Probes(ctx, incident.id, database.name).judge(probe, faults)
    said = answers.error if faults is None else "; ".join(faults) or "passes every integrity query"
    sentence = f"As of {probe.at:%H:%M:%S} UTC: {said}"
    return {"sentence": sentence}
