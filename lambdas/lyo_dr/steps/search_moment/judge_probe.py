"""JudgeProbe: was the data still good at the moment of this restore?"""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.integrity import integrity_faults, last_good
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.incident import Incident
from lyo_dr.model.restore import Evidence
from lyo_dr.model.search import Probe
from lyo_dr.steps.probes import Probes


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, the probe, and its answers."""

    incident: Incident
    database: str
    probe: Probe
    answers: Evidence


@step("JudgeProbe", Request)
@guard
def handler(request: Request, here: Here) -> Any:
    """Held against the last good run before it. A restore that does not answer says nothing about the data."""
    incident, probe, answers = request.incident, request.probe, request.answers
    database = here.plan.database(request.database)
    runs = here.databases.runs(database.name, here.now())
    baseline = last_good(runs, probe.at) or last_good(runs)
    faults = None if answers.error else integrity_faults(database.integrity, answers.readings, baseline)
    Probes(here, incident.id, database.name).judge(probe, faults)
    said = answers.error if faults is None else "; ".join(faults) or "every integrity question is answered as it should"
    sentence = f"As of {probe.at:%H:%M:%S} UTC: {said}"
    here.tell(incident.id, sentence)
    return {"sentence": sentence}
