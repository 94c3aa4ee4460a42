"""Triage: weigh the observers; act, look again, hold or stand down."""

from __future__ import annotations

import msgspec

from lyo_dr.decisions.triage import Rules, triage
from lyo_dr.doorman import Here, step
from lyo_dr.model.facts import Facts
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.verdict import Triage


class Request(msgspec.Struct, frozen=True):
    """The incident, what the observers said, and who opened it."""

    incident: Incident
    facts: Facts
    signal: Signal


@step("Triage", Request)
def handler(request: Request, here: Here) -> Triage:
    """The finding with its evidence; doubt is looked at again until the triage budget is spent."""
    incident, plan = request.incident, here.plan
    verdict = triage(
        request.facts,
        region=incident.lost_region,
        rules=Rules.of(plan, here.poll),
        now=here.now(),
        look_until=incident.opened_at + plan.budgets.triage,
        source=request.signal.source,
    )
    here.tell(incident.id, verdict.sentence)
    return verdict
