"""CheckGate: the loss, the replicas, the policy, a consent on record; one sentence per blocker."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters import metrics
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.hooks.stages import stages_with_hooks
from lyo_dr.decisions.failover.gate import check_gate
from lyo_dr.guards import check_epoch, check_not_paused, hold_lease
from lyo_dr.handler import step
from lyo_dr.model.facts import Facts
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Gate, Triage
from lyo_dr.services.common.hooks import has_promoted
from lyo_dr.services.failover.gate_inputs import gather_gate_inputs


class Request(msgspec.Struct, frozen=True):
    """The incident, the facts triage decided on (or those read after a person's answer), and its verdict."""

    incident: Incident
    facts: Facts
    triage: Triage


@step("CheckGate", Request, timeline=True, stage="triage")
def handler(request: Request, ctx: StepContext) -> Gate:
    """Record an open gate on the incident: without it the guard blocks every irreversible step."""
    hold_lease(ctx, request.incident)
    check_not_paused(ctx, request.incident.id)
    check_epoch(ctx, request.incident)
    found = gather_gate_inputs(ctx, request)
    verdict = check_gate(
        ctx.plan, found.incident, request.facts.replicas, found.instances, found.around, found.replicas
    )
    if verdict.loss_seconds is not None:
        metrics.loss_predicted(verdict.status, verdict.loss_seconds)
    loss = None if verdict.loss_seconds is None else round(verdict.loss_seconds * 1000)
    ctx.store.incidents.set(request.incident.id, gate=verdict.status, predicted_loss_ms=loss)
    promoted = bool(ctx.plan.hooks) and has_promoted(ctx, request.incident)
    return msgspec.structs.replace(verdict, hooks=stages_with_hooks(ctx.plan, promoted=promoted))
