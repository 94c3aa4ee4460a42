"""May this failover go on? Answers with the blockers; none means yes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.decisions.instance_status import instance_status
from lyo_dr.decisions.loss import loss_window, worst
from lyo_dr.model.facts import Instance, LossWindow, ReplicaReading
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database, Plan
from lyo_dr.model.verdict import Gate


def check_gate(
    plan: Plan, incident: Incident, readings: list[ReplicaReading], instances: dict[str, Instance | None]
) -> Gate:
    """Open or closed. ``instances`` maps a database's name to its instance here, None where RDS knows none.

    Databases that are not critical are reported and never block.
    """
    critical = [database for database in plan.databases if database.critical]
    by_name = {reading.database: reading for reading in readings}
    window = worst([_window(by_name.get(d.name), incident) for d in critical])
    blockers = [
        *_policy(plan),
        *(b for d in critical for b in _replica(d, instances.get(d.name), incident)),
        *(_loss(window, plan) if critical else ()),
    ]
    sentence = f"At most {_span(window.seconds)} of work may be lost, within the RPO of {_span(_rpo(plan))}"
    if not critical:
        sentence = "No database of the plan is critical, so none is waited for"
    if blockers:
        sentence = f"The gate stays closed: {'; '.join(blockers)}"
    return Gate(
        status="closed" if blockers else "open",
        sentence=sentence,
        blockers=blockers,
        loss_seconds=window.seconds,
    )


def _window(reading: ReplicaReading | None, incident: Incident) -> LossWindow:
    if reading is None:
        return LossWindow(seconds=None, basis="its replica was not read")
    return loss_window(reading, incident.outage_start)


def _policy(plan: Plan) -> Iterator[str]:
    if plan.policy.failover == "approve":
        yield "the plan says policy.failover: approve, so a person has to decide"


def _replica(database: Database, instance: Instance | None, incident: Incident) -> Iterator[str]:
    name = database.instances[incident.region]
    if instance is None:
        yield f"database {database.name}: RDS in {incident.region} knows no instance {name}"
        return
    if instance_status(instance.status) == "broken":
        yield f"database {database.name}: instance {name} is {instance.status}"
    expected = database.instances[incident.lost_region]
    if instance.source is not None and instance.source.split(":")[-1] != expected:
        yield f"database {database.name}: {name} replicates {instance.source}, not {expected}"
    if instance.source is None:
        yield f"database {database.name}: {name} is not a replica; it was promoted before, by somebody else"


def _loss(window: LossWindow, plan: Plan) -> Iterator[str]:
    if window.seconds is None:
        yield f"the loss is unknown: {window.basis}"
    elif timedelta(seconds=window.seconds) > plan.objectives.rpo:
        yield f"up to {_span(window.seconds)} of work would be lost, more than the RPO of {_span(_rpo(plan))}"


def _rpo(plan: Plan) -> float:
    return plan.objectives.rpo.total_seconds()


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "an unknown time"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
