"""CheckGate: the loss, the replicas, the policy, a consent on record; one sentence per blocker."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.decisions.agreement import longest_gap, outage_no_later_than
from lyo_dr.decisions.confirmation import reason_of
from lyo_dr.decisions.cooldown import cooling
from lyo_dr.decisions.gate import Circumstances, check_gate
from lyo_dr.doorman import Here, step
from lyo_dr.errors import NotFound
from lyo_dr.guard import check_epoch, check_not_paused
from lyo_dr.model.facts import Facts, Instance
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database
from lyo_dr.model.verdict import Gate, Triage
from lyo_dr.steps.consenting import consent_of
from lyo_dr.steps.replicated import replica_facts


class Request(msgspec.Struct, frozen=True):
    """The incident, the facts triage decided on (or those read after a person's answer), and its verdict."""

    incident: Incident
    facts: Facts
    triage: Triage


@step("CheckGate", Request)
def handler(request: Request, here: Here) -> Gate:
    """An open gate is recorded on the incident: without it the guard lets nothing pass."""
    check_not_paused(here)
    check_epoch(here, request.incident)
    instances = {database.name: _instance(database, here) for database in here.plan.databases}
    replicas = {d.name: replica_facts(here, request.incident, d, instances[d.name]) for d in here.plan.databases}
    since, around = _since(request, here), _around(request, here)
    verdict = check_gate(here.plan, since, request.facts.replicas, instances, around, replicas)
    loss = None if verdict.loss_seconds is None else round(verdict.loss_seconds * 1000)
    here.incidents.set(request.incident.id, gate=verdict.status, predicted_loss_ms=loss)
    here.tell(request.incident.id, verdict.sentence)
    return verdict


def _around(request: Request, here: Here) -> Circumstances:
    asked = request.triage.decision == "ask"
    cooldown = here.plan.policy.cooldown
    return Circumstances(
        finding=request.triage.finding,
        doubt=reason_of(request.triage) if asked else None,
        cooldown=cooling(here.brakes.recovery(), now=request.incident.opened_at, cooldown=cooldown),
        standby_on_record=here.system.record().standby_region is not None,
        consent=consent_of(here, request.incident),
        returned=f"{request.incident.lost_region} serves reads and writes again" if _serves(request.facts) else None,
    )


def _serves(facts: Facts) -> bool:
    return bool(facts.probes.apps) and all(app.ready for app in facts.probes.apps)


def _instance(database: Database, here: Here) -> Instance | None:
    try:
        return Rds(here.region).describe(database.instances[here.region])
    except NotFound:
        return None


def _since(request: Request, here: Here) -> Incident:
    """The incident with the earliest moment by which its region is known to have been silent."""
    incident, gap = request.incident, longest_gap(here.plan)
    began = outage_no_later_than(incident.outage_start, request.facts.samples, now=here.now(), gap=gap)
    return msgspec.structs.replace(incident, outage_start=began)
