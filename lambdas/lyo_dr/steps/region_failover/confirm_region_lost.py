"""ConfirmRegionLost: check the facts again, before the fence and once more before the promotion."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.agreement import fresh
from lyo_dr.decisions.failover.adopted import triage_after_promotion
from lyo_dr.decisions.failover.confirmation import Confirmation, confirm, rules_of_second_look
from lyo_dr.decisions.failover.triage import Rules, triage
from lyo_dr.handler import step
from lyo_dr.model.consent import Consent
from lyo_dr.model.facts import Facts
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Triage
from lyo_dr.services.common.consents import consent_to
from lyo_dr.services.failover.adopted import adopted_databases, has_authority


class Request(msgspec.Struct, frozen=True):
    """The incident, the fresh facts, and the state of the execution (its fence, once there is one)."""

    incident: Incident
    facts: Facts
    so_far: dict[str, Any]


@step("ConfirmRegionLost", Request, timeline=True, stage="triage")
def handler(request: Request, ctx: StepContext) -> Confirmation:
    """No time for a third check: anything but a clear loss, or the approved doubt, cancels the failover."""
    consent = consent_to(ctx, request.incident, request.so_far.get("gate", {}).get("facts"))
    return confirm(
        _second_look(request, ctx, consent),
        fence=request.so_far.get("fence", {}).get("status"),
        consent=consent,
        heard=any(fresh(reading, ctx.plan.timing.heartbeat_stale) for reading in request.facts.replicas),
    )


def _second_look(request: Request, ctx: StepContext, consent: Consent | None) -> Triage:
    now, rules, lost = ctx.now(), Rules.of(ctx.plan, ctx.poll), request.incident.lost_region
    adopted = adopted_databases(ctx, request.incident, request.facts.replicas)
    if adopted:
        authority = has_authority(ctx, request.incident)
        return triage_after_promotion(
            request.facts, adopted=adopted, authority=authority, region=lost, rules=rules, now=now
        )
    rules = rules_of_second_look(rules, opened_at=request.incident.opened_at, now=now, consent=consent)
    return triage(request.facts, region=lost, rules=rules, now=now, look_until=now)
