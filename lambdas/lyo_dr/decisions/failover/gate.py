"""The gate of a failover: open, approval needed, or closed, which no consent can open.

Consent covers matters of judgement: how much work may be lost, whether the observers are trusted, the cooldown. It
does not change facts: an instance that is not a replica cannot be promoted, and one that receives from its primary
must not be.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lyo_dr.decisions.common.agreement import fresh
from lyo_dr.decisions.common.consent import facts_hash, waiting
from lyo_dr.decisions.common.instance_status import instance_status, member_of_cluster
from lyo_dr.decisions.common.loss import loss_window
from lyo_dr.decisions.failover.objective import Loss, is_over, loss_doubts, stated, within_rpo
from lyo_dr.decisions.failover.recovery_method import choose_way, left_sentence, restore_blockers, way_loss
from lyo_dr.model.consent import Consent
from lyo_dr.model.facts import Instance, LossWindow, ReplicaReading
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database, Plan
from lyo_dr.model.recovery_method import Kind as Way
from lyo_dr.model.recovery_method import RecoveryMethod, ReplicaFacts
from lyo_dr.model.verdict import Gate


class GateInputs(msgspec.Struct, frozen=True, kw_only=True):
    """Further inputs: the finding, the doubt of triage, a cooldown, the standby on record, a region that is back."""

    finding: str = "region_lost"
    doubt: str | None = None
    cooldown: str | None = None
    standby_on_record: bool = True
    consent: Consent | None = None
    returned: str | None = None
    adopted: dict[str, Way] = {}
    """How this incident, taken up again, has recovered databases before, by name: ``promote`` or ``restore``."""
    predicted: float | None = None
    """The loss in seconds its gate stated then."""


def check_gate(
    plan: Plan,
    incident: Incident,
    readings: list[ReplicaReading],
    instances: dict[str, Instance | None],
    around: GateInputs | None = None,
    replicas: dict[str, ReplicaFacts] | None = None,
) -> Gate:
    """Open, ask or closed. ``instances`` maps a database's name to its instance here, None if RDS has none.

    Databases that are not critical are reported and never block. ``replicas`` are the reasons for a restore. Databases
    that are left have no way at all.
    """
    around, known = around or GateInputs(), replicas or {}
    here = plan.recovered()
    critical = [database for database in here if database.critical]
    by_name = {reading.database: reading for reading in readings}
    open_ = [database for database in here if database.name not in around.adopted]
    facts_of = {d.name: known.get(d.name, ReplicaFacts()) for d in open_}
    blockers = {d.name: _blockers(d, instances.get(d.name), facts_of[d.name], incident) for d in open_}
    ways = {d.name: choose_way(d, blockers[d.name], facts_of[d.name]) for d in open_}
    undecided = [database for database in critical if database in open_]
    adopted = around.adopted if critical and not undecided else None
    decided = adopted is not None
    losses = [Loss(database=d, window=_window(ways[d.name], by_name.get(d.name), incident)) for d in undecided]
    window = stated(plan, losses)
    if decided:
        window = LossWindow(seconds=around.predicted, basis="as this incident stated before its promotions")
    facts = [b for d in undecided if ways[d.name].way == "promote" or not d.has_replica for b in blockers[d.name]]
    facts += _since_consent(plan, around, [by_name[d.name] for d in critical if d.name in by_name])
    doubts = [doubt for d in undecided if (doubt := ways[d.name].doubt) is not None]
    # What was judged before the promotions cannot be judged again after them.
    doubts += [] if decided else [*_judgement(plan, incident, around), *(loss_doubts(plan, losses) if critical else ())]
    gate = Gate(
        status="closed" if facts else "ask" if doubts else "open",
        sentence=_with_left(plan, incident, _sentence(plan, facts, doubts, losses, adopted)),
        blockers=[*facts, *doubts],
        loss_seconds=window.seconds,
        finding=around.finding,
        over_rpo=any(is_over(plan, loss) for loss in losses),
        facts=facts_hash(incident, around.finding, window.seconds, [*facts, *doubts]),
        wait_seconds=waiting(plan.budgets.consent),
        ways=[ways.get(d.name) or _as_before(d.name, around.adopted[d.name]) for d in here],
    )
    return _with_consent(gate, around.consent)


def _with_left(plan: Plan, incident: Incident, sentence: str) -> str:
    left = left_sentence(plan.left_by(incident.region), incident.lost_region)
    return f"{sentence}; {left}" if left else sentence


def _with_consent(gate: Gate, consent: Consent | None) -> Gate:
    """Apply a consent if it is to exactly these facts; otherwise approval is needed again."""
    if gate.status != "ask" or consent is None:
        return gate
    if consent.facts != gate.facts:
        changed = f"The facts are no longer those {consent.by} approved ({consent.facts}): {gate.sentence}"
        return msgspec.structs.replace(gate, sentence=changed)
    agreed = f"{consent.by} approved {gate.facts}: {'; '.join(gate.blockers)}"
    return msgspec.structs.replace(gate, status="open", sentence=agreed)


def _as_before(database: str, way: Way) -> RecoveryMethod:
    """The way this incident has gone already: its machine finds what is done, and does the rest."""
    return RecoveryMethod(database=database, way=way)


def _sentence(
    plan: Plan, facts: list[str], doubts: list[str], losses: list[Loss], adopted: dict[str, Way] | None
) -> str:
    if facts:
        return f"Gate closed: {'; '.join([*facts, *doubts])}"
    if doubts:
        return f"Approval needed: {'; '.join(doubts)}"
    if adopted is not None:
        return f"{', '.join(sorted(adopted))} was recovered by this incident before; going on loses nothing more"
    if not any(database.critical for database in plan.databases):
        return "No database of the plan is critical, so none blocks the failover"
    return within_rpo(plan, losses)


def _window(way: RecoveryMethod, reading: ReplicaReading | None, incident: Incident) -> LossWindow:
    if way.way == "restore":
        return way_loss(way, incident.outage_start)
    if reading is None:
        return LossWindow(seconds=None, basis="its replica was not read")
    return loss_window(reading, incident.outage_start)


def _judgement(plan: Plan, incident: Incident, around: GateInputs) -> Iterator[str]:
    if plan.policy.failover == "approve":
        yield "the plan sets policy.failover: approve"
    if around.doubt is not None:
        yield f"the observers are inconclusive: {around.doubt}"
    if around.cooldown is not None:
        yield f"still in cooldown: {around.cooldown}"
    if not around.standby_on_record:
        yield f"no standby is on record, so it is not confirmed that {incident.region} may take over"


def _blockers(database: Database, instance: Instance | None, facts: ReplicaFacts, incident: Incident) -> list[str]:
    if database.has_replica:
        return replica_blockers(database, instance, incident)
    return restore_blockers(database, facts, incident.region)


def replica_blockers(database: Database, instance: Instance | None, incident: Incident) -> list[str]:
    """Why the replica cannot be promoted; empty when it can."""
    return list(_replica(database, instance, incident))


def _replica(database: Database, instance: Instance | None, incident: Incident) -> Iterator[str]:
    name = database.instance_in(incident.region)
    if instance is None:
        yield f"database {database.name}: RDS in {incident.region} has no instance {name}"
        return
    yield from (f"database {database.name}: {why}" for why in _unusable(instance))
    expected = database.instance_in(incident.lost_region)
    if instance.source is not None and not database.lives_in(instance.source.split(":")[-1], incident.lost_region):
        yield f"database {database.name}: {name} replicates {instance.source}, not {expected}"
    if instance.source is None:
        yield f"database {database.name}: {name} is not a replica; it was promoted earlier, outside this incident"


def _unusable(instance: Instance) -> Iterator[str]:
    if instance.cluster:
        yield member_of_cluster(instance)
    if instance_status(instance.status) == "broken":
        yield f"instance {instance.identifier} is {instance.status}"


def _since_consent(plan: Plan, around: GateInputs, readings: list[ReplicaReading]) -> list[str]:
    """Facts that changed since triage: no consent outweighs a region that is back."""
    if around.consent is None:
        return []
    back = [] if around.returned is None else [around.returned]
    heard = [reading.database for reading in readings if fresh(reading, plan.timing.heartbeat_stale)]
    return back + [f"database {name}: its replica receives fresh heartbeats, so its primary is up" for name in heard]
