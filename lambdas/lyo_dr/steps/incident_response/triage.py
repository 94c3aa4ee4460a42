"""Triage: weigh the observers; act, check again, hold or stand down."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.adopted import triage_after_promotion
from lyo_dr.decisions.failover.triage import Rules, triage
from lyo_dr.handler import step
from lyo_dr.model.facts import Facts
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.verdict import Triage
from lyo_dr.services.failover.adopted import adopted_databases, has_authority


class Request(msgspec.Struct, frozen=True):
    """The incident, what the observers said, and who opened it."""

    incident: Incident
    facts: Facts
    signal: Signal


@step("Triage", Request, timeline=True)
def handler(request: Request, ctx: StepContext) -> Triage:
    """The finding with its evidence; doubt is looked at again until the triage budget is spent."""
    incident, plan = request.incident, ctx.plan
    rules, now = Rules.of(plan, ctx.poll), ctx.now()
    adopted = adopted_databases(ctx, incident, request.facts.replicas)
    if adopted:
        return triage_after_promotion(
            request.facts,
            adopted=adopted,
            authority=has_authority(ctx, incident),
            region=incident.lost_region,
            rules=rules,
            now=now,
        )
    return triage(
        request.facts,
        region=incident.lost_region,
        rules=rules,
        now=now,
        look_until=incident.opened_at + plan.budgets.triage,
        source=request.signal.source,
    )
