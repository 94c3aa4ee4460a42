"""Facts of the gate: the instances and replicas here, the start of the outage, limits, and a consent on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.agreement import longest_gap, outage_no_later_than
from lyo_dr.decisions.common.cooldown import cooling
from lyo_dr.decisions.failover.confirmation import reason_of
from lyo_dr.decisions.failover.gate import GateInputs
from lyo_dr.errors import NotFound
from lyo_dr.model.facts import Facts, Instance
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database
from lyo_dr.model.recovery_method import ReplicaFacts
from lyo_dr.model.verdict import Triage
from lyo_dr.services.common.consents import consent_of
from lyo_dr.services.failover.adopted import adopted_ways
from lyo_dr.services.failover.replicated_backups import replica_facts


class GateRequest(Protocol):
    """A request that carries what triage decided, and on which facts."""

    @property
    def incident(self) -> Incident:
        """The incident whose gate is checked."""

    @property
    def facts(self) -> Facts:
        """The observations triage decided on, or those read after a person's answer."""

    @property
    def triage(self) -> Triage:
        """The verdict of triage."""


class GateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate is decided on. ``incident`` has the earliest moment by which its region is known silent."""

    incident: Incident
    instances: dict[str, Instance | None]
    replicas: dict[str, ReplicaFacts]
    around: GateInputs


def gather_gate_inputs(ctx: StepContext, request: GateRequest) -> GateFacts:
    """Read what is not in the request: RDS and its backups, the replicas' integrity, and the state stored here."""
    here = ctx.plan.recovered()
    instances = {database.name: _instance(database, ctx) for database in here}
    adopted = adopted_ways(ctx, request.incident, instances)
    left = [database for database in here if database.name not in adopted]
    replicas = {d.name: replica_facts(ctx, request.incident, d, instances[d.name]) for d in left}
    since, around = _since(request, ctx), _around(request, ctx)
    if adopted:
        predicted = (ctx.store.incidents.head(request.incident.id) or {}).get("predicted_loss_ms")
        seconds = None if predicted is None else int(predicted) / 1000
        around = msgspec.structs.replace(around, adopted=adopted, predicted=seconds)
    return GateFacts(incident=since, instances=instances, replicas=replicas, around=around)


def _around(request: GateRequest, ctx: StepContext) -> GateInputs:
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
    """The replica here; None where RDS has none, and of a database that the plan gives none."""
    if not database.has_replica:
        return None
    try:
        return Rds(ctx.region).describe(database.instance_in(ctx.region))
    except NotFound:
        return None


def _since(request: GateRequest, ctx: StepContext) -> Incident:
    """The incident with the earliest moment by which its region is known to have been silent.

    As of the last look: a pause after it makes the facts older, and the outage no shorter. They are read again before
    anything is changed.
    """
    incident, gap, samples = request.incident, longest_gap(ctx.plan), request.facts.samples
    looked = max((sample.at + timedelta(seconds=sample.seconds) for sample in samples), default=ctx.now())
    began = outage_no_later_than(incident.outage_start, samples, now=min(looked, ctx.now()), gap=gap)
    return msgspec.structs.replace(incident, outage_start=began)
