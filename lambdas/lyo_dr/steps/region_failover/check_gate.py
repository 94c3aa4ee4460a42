"""CheckGate: the loss, the replicas, the policy, a consent on record; one sentence per blocker."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters import metrics
from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.agreement import longest_gap, outage_no_later_than
from lyo_dr.decisions.common.cooldown import cooling
from lyo_dr.decisions.failover.confirmation import reason_of
from lyo_dr.decisions.failover.gate import GateInputs, check_gate
from lyo_dr.errors import NotFound
from lyo_dr.guards import check_epoch, check_not_paused
from lyo_dr.handler import step
from lyo_dr.model.facts import Facts, Instance
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database
from lyo_dr.model.verdict import Gate, Triage
from lyo_dr.services.common.consents import consent_of
from lyo_dr.services.failover.replicated_backups import replica_facts


class Request(msgspec.Struct, frozen=True):
    """The incident, the facts triage decided on (or those read after a person's answer), and its verdict."""

    incident: Incident
    facts: Facts
    triage: Triage


@step("CheckGate", Request, timeline=True)
def handler(request: Request, ctx: StepContext) -> Gate:
    """Record an open gate on the incident: without it the guard blocks every irreversible step."""
    check_not_paused(ctx)
    check_epoch(ctx, request.incident)
    instances = {database.name: _instance(database, ctx) for database in ctx.plan.databases}
    replicas = {d.name: replica_facts(ctx, request.incident, d, instances[d.name]) for d in ctx.plan.databases}
    since, around = _since(request, ctx), _around(request, ctx)
    verdict = check_gate(ctx.plan, since, request.facts.replicas, instances, around, replicas)
    if verdict.loss_seconds is not None:
        metrics.loss_predicted(verdict.status, verdict.loss_seconds)
    loss = None if verdict.loss_seconds is None else round(verdict.loss_seconds * 1000)
    ctx.store.incidents.set(request.incident.id, gate=verdict.status, predicted_loss_ms=loss)
    return verdict


def _around(request: Request, ctx: StepContext) -> GateInputs:
    asked = request.triage.decision == "ask"
    cooldown = ctx.plan.policy.cooldown
    return GateInputs(
        finding=request.triage.finding,
        doubt=reason_of(request.triage) if asked else None,
        cooldown=cooling(ctx.store.controls.recovery(), now=request.incident.opened_at, cooldown=cooldown),
        standby_on_record=ctx.store.control.record().standby_region is not None,
        consent=consent_of(ctx, request.incident),
        returned=f"{request.incident.lost_region} serves reads and writes again" if _serves(request.facts) else None,
    )


def _serves(facts: Facts) -> bool:
    return bool(facts.probes.apps) and all(app.ready for app in facts.probes.apps)


def _instance(database: Database, ctx: StepContext) -> Instance | None:
    try:
        return Rds(ctx.region).describe(database.instances[ctx.region])
    except NotFound:
        return None


def _since(request: Request, ctx: StepContext) -> Incident:
    """The incident with the earliest moment by which its region is known to have been silent."""
    incident, gap = request.incident, longest_gap(ctx.plan)
    began = outage_no_later_than(incident.outage_start, request.facts.samples, now=ctx.now(), gap=gap)
    return msgspec.structs.replace(incident, outage_start=began)
