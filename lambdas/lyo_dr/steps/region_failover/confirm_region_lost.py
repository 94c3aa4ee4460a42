"""ConfirmRegionLost: facts again, right before the fence and once more before the promotion."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.agreement import fresh
from lyo_dr.decisions.confirmation import Confirmation, confirm, rules_of_second_look
from lyo_dr.decisions.triage import Rules, triage
from lyo_dr.doorman import Here, step
from lyo_dr.model.facts import Facts
from lyo_dr.model.incident import Incident
from lyo_dr.steps.consenting import consent_of


class Request(msgspec.Struct, frozen=True):
    """The incident, the fresh facts, and the state of the execution (its fence, once there is one)."""

    incident: Incident
    facts: Facts
    so_far: dict[str, Any]


@step("ConfirmRegionLost", Request)
def handler(request: Request, here: Here) -> Confirmation:
    """No time for a third look: anything but a clear loss, or the doubt a person has seen, calls the failover off."""
    now, consent = here.now(), consent_of(here, request.incident)
    second_look = triage(
        request.facts,
        region=request.incident.lost_region,
        rules=rules_of_second_look(
            Rules.of(here.plan, here.poll), opened_at=request.incident.opened_at, now=now, consent=consent
        ),
        now=now,
        look_until=now,
    )
    verdict = confirm(
        second_look,
        fence=request.so_far.get("fence", {}).get("status"),
        consent=consent,
        heard=any(fresh(reading, here.plan.timing.heartbeat_stale) for reading in request.facts.replicas),
    )
    here.tell(request.incident.id, verdict.sentence)
    return verdict
