"""Is the instance behind a database dead, is its data wrong, or is it neither? Weighs who can know, before anything.

A restore leaves behind what the backups do not hold, so RDS's own repair goes first: a failover between zones takes one
or two minutes, a reboot or a maintenance its time. Only an endpoint that stays silent for longer, on an instance nobody
works on, with a second witness and nobody who says otherwise, is dead.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from lyo_dr.decisions.common.agreement import fresh
from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.decisions.incident.maintenance import in_maintenance
from lyo_dr.model.facts import Probe
from lyo_dr.model.instance import InstanceFacts, UnresponsivePeriod
from lyo_dr.model.plan import Plan
from lyo_dr.model.verdict import Triage

_DEAD = "failed"
"""RDS cannot bring it back and says to restore it (RDS user guide, "Viewing DB instance status")."""
_LONGEST_LOOK = timedelta(seconds=30)
"""How long the function that looks may run."""
_Finding = tuple[str, str, str]
"""Finding, decision and reason."""


class InstanceRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan asks: ``turn`` is RDS's own, ``gap`` what may lie between two looks. ``poll`` in seconds."""

    turn: timedelta
    stale_after: timedelta
    gap: timedelta
    poll: int

    @classmethod
    def of(cls, plan: Plan, poll: int) -> InstanceRules:
        """As the plan has them."""
        return cls(
            turn=plan.policy.agreement,
            stale_after=plan.timing.heartbeat_stale,
            gap=timedelta(seconds=poll) + 2 * _LONGEST_LOOK,
            poll=poll,
        )


def triage_instance(
    facts: InstanceFacts,
    *,
    rules: InstanceRules,
    before: UnresponsivePeriod | None,
    now: datetime,
    look_until: datetime,
) -> Triage:
    """What happened and what to do. While there is time doubt means looking again, afterwards a person has to look."""
    silent = facts.count is not None and not facts.count.answered
    silence = _silence(before, facts.at, rules.gap) if silent else None
    finding, decision, reason = (
        _settled(facts) or _doubted(facts, silence, rules, now < look_until) or _dead(facts, silence)
    )
    return Triage(
        finding=finding,  # type: ignore[arg-type]
        decision=decision,  # type: ignore[arg-type]
        sentence=_sentence(facts.database, finding, decision, reason),
        evidence=_evidence(facts, silence, rules),
        wait_seconds=rules.poll,
        silence=silence,
    )


def _silence(before: UnresponsivePeriod | None, at: datetime, gap: timedelta) -> UnresponsivePeriod:
    """A run of looks that was interrupted for long begins anew: what nobody saw proves nothing."""
    unbroken = before is not None and at - before.last <= gap
    return UnresponsivePeriod(since=before.since if before is not None and unbroken else at, last=at)


def _settled(facts: InstanceFacts) -> _Finding | None:
    """What no further look would change, or None."""
    answers = facts.count is not None and facts.count.answered
    if facts.faults:
        return "data_damaged", "act", f"it answers, and its data is wrong: {'; '.join(facts.faults)}"
    if _beyond_us(facts):
        return "service_broken", "held", f"{_beyond_us(facts)}, which no restore puts right"
    if answers and not _without_database(facts.apps):
        return "recovered", "stood_down", "it answers, and nothing deviates"
    if not answers and any(app.ready for app in facts.apps):
        return "cut_off", "stood_down", "the app reads and writes, so it is our own view that fails"
    return None


def _beyond_us(facts: InstanceFacts) -> str | None:
    if facts.instance is None:
        return None if facts.rds_error else "RDS knows no such instance"
    status = facts.instance.status
    broken = instance_status(status) == "broken" and status != _DEAD
    return f"RDS calls {facts.instance.identifier} {status}" if broken else None


def _doubted(
    facts: InstanceFacts, silence: UnresponsivePeriod | None, rules: InstanceRules, time_left: bool
) -> _Finding | None:
    doubt = _our_view(facts, rules) or _at_work(facts) or _alone(facts) or _too_short(silence, rules)
    return None if doubt is None else (doubt[0], "look_again" if time_left else "held", doubt[1])


def _our_view(facts: InstanceFacts, rules: InstanceRules) -> tuple[str, str] | None:
    """Why what we see may be about us, or about the way from the app to the database."""
    if facts.count is None:
        return "cut_off", "our own function could not look"
    if facts.count.answered:
        return "service_broken", "it answers us, and the app says that it has no database"
    if fresh(facts.replica, rules.stale_after):
        return "cut_off", "its replica still hears it"
    return None


def _at_work(facts: InstanceFacts) -> tuple[str, str] | None:
    """RDS itself is at it, or may be."""
    if facts.instance is None:
        return "unclear", f"RDS does not say how it is ({facts.rds_error})"
    status = facts.instance.status
    if instance_status(status) == "pending":
        return "unclear", f"RDS is at work on it ({status})"
    if status != _DEAD and in_maintenance(facts.instance.maintenance, facts.at):
        return "unclear", f"it is the maintenance window of RDS ({facts.instance.maintenance})"
    return None


def _alone(facts: InstanceFacts) -> tuple[str, str] | None:
    """One witness is none: beside our own look the app, RDS or the replica has to say it."""
    failed = facts.instance is not None and facts.instance.status == _DEAD
    if failed or _without_database(facts.apps) or _replica_hears_nothing(facts):
        return None
    return "unclear", "nobody but our own function finds it silent"


def _too_short(silence: UnresponsivePeriod | None, rules: InstanceRules) -> tuple[str, str] | None:
    seconds = (silence.last - silence.since).total_seconds() if silence else 0.0
    needed = rules.turn.total_seconds()
    if seconds >= needed:
        return None
    return "unclear", f"it has been silent for {seconds:.0f} s of the {needed:.0f} s a failover between zones may take"


def _dead(facts: InstanceFacts, silence: UnresponsivePeriod | None) -> _Finding:
    status = facts.instance.status if facts.instance else "unknown"
    seconds = (silence.last - silence.since).total_seconds() if silence else 0.0
    spent = f"silent for {seconds:.0f} s, longer than a failover between zones takes"
    return "instance_dead", "act", f"{spent}; RDS calls it {status}"


def _without_database(apps: list[Probe]) -> bool:
    return any(app.database in ("down", "read_only") for app in apps)


def _replica_hears_nothing(facts: InstanceFacts) -> bool:
    return facts.replica.error is None and facts.replica.receiving is False


def _sentence(database: str, finding: str, decision: str, reason: str) -> str:
    if decision == "look_again":
        return f"Not certain yet about {database}: {reason}; looking again"
    if decision == "held":
        return f"Nothing is restored: {reason}; a person has to look at {database}"
    if decision == "stood_down":
        return f"{database} is left alone: {reason}"
    return (
        f"{database} is damaged: {reason}"
        if finding == "data_damaged"
        else f"{database} has lost its instance: {reason}"
    )


def _evidence(facts: InstanceFacts, silence: UnresponsivePeriod | None, rules: InstanceRules) -> list[str]:
    lines = [
        _counted(facts),
        _rds_said(facts),
        *(f"app {_app_said(app)}" for app in facts.apps),
        _replica_said(facts, rules),
    ]
    if silence is not None:
        lines.append(f"silent since {silence.since:%H:%M:%S} UTC, in every look")
    return [*lines, *facts.faults]


def _counted(facts: InstanceFacts) -> str:
    count: Any = facts.count
    if count is None:
        return "our own function could not look"
    if count.error is not None:
        return f"endpoint: {count.error}"
    return f"endpoint answers, {count.app} sessions of the app"


def _rds_said(facts: InstanceFacts) -> str:
    if facts.instance is None:
        return f"RDS: unknown ({facts.rds_error or 'no such instance'})"
    zones = "several zones" if facts.instance.multi_az else "one zone"
    return f"RDS: {facts.instance.identifier} is {facts.instance.status}, in {zones}"


def _app_said(app: Probe) -> str:
    return (
        f"says database {app.database}" if app.database else f"answered {app.status}" if app.answered else "is silent"
    )


def _replica_said(facts: InstanceFacts, rules: InstanceRules) -> str:
    if facts.replica.error is not None:
        return f"replica: unknown ({facts.replica.error})"
    return "replica hears it" if fresh(facts.replica, rules.stale_after) else "replica hears nothing of it"
