"""ConfirmRegionLost: check the facts again, before the fence and once more before the promotion."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.agreement import fresh
from lyo_dr.decisions.failover.confirmation import Confirmation, confirm, rules_of_second_look
from lyo_dr.decisions.failover.triage import Rules, triage
from lyo_dr.handler import step
from lyo_dr.model.facts import Facts
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.consents import consent_of


class Request(msgspec.Struct, frozen=True):
    """The incident, the fresh facts, and the state of the execution (its fence, once there is one)."""

    incident: Incident
    facts: Facts
    so_far: dict[str, Any]


@step("ConfirmRegionLost", Request, timeline=True, stage="triage")
def handler(request: Request, ctx: StepContext) -> Confirmation:
    """No time for a third check: anything but a clear loss, or the approved doubt, cancels the failover."""
    now, consent = ctx.now(), consent_of(ctx, request.incident)
    second_look = triage(
        request.facts,
        region=request.incident.lost_region,
        rules=rules_of_second_look(
            Rules.of(ctx.plan, ctx.poll), opened_at=request.incident.opened_at, now=now, consent=consent
        ),
        now=now,
        look_until=now,
    )
    return confirm(
        second_look,
        fence=request.so_far.get("fence", {}).get("status"),
        consent=consent,
        heard=any(fresh(reading, ctx.plan.timing.heartbeat_stale) for reading in request.facts.replicas),
    )
