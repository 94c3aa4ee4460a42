"""Triage of a database instance: dead, data damaged, or neither; decided before anything is changed.

A restore loses what the backups do not hold, so RDS's own repair goes first: a Multi-AZ failover takes one or two
minutes, a reboot or maintenance takes its time. Only an endpoint that is unresponsive for longer, on an instance
that RDS is not working on, with a second witness and no contradiction, counts as dead.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import floor
from typing import Any

import msgspec

from lyo_dr.decisions.common.agreement import fresh
from lyo_dr.decisions.common.instance_status import instance_status
from lyo_dr.decisions.incident.maintenance import in_maintenance
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import Probe
from lyo_dr.model.instance import InstanceFacts, UnresponsivePeriod
from lyo_dr.model.plan import Plan
from lyo_dr.model.plurals import counted
from lyo_dr.model.verdict import Triage

_DEAD = "failed"
"""RDS cannot bring it back and says to restore it (RDS user guide, "Viewing DB instance status")."""
_LONGEST_LOOK = timedelta(seconds=30)
"""Longest run time of the function that observes."""
_Finding = tuple[str, str, str]
"""Finding, decision and reason."""


class InstanceRules(msgspec.Struct, frozen=True, kw_only=True):
    """Thresholds: ``turn`` is the time left to RDS, ``gap`` the longest between observations, ``poll`` in seconds."""

    turn: timedelta
    stale_after: timedelta
    gap: timedelta
    poll: int

    @classmethod
    def of(cls, plan: Plan, poll: int) -> InstanceRules:
        """Build the rules from the plan."""
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
    """The finding and the decision. Within the budget doubt means checking again, after that a person investigates."""
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
    """A long gap between observations restarts the period: unobserved time proves nothing."""
    unbroken = before is not None and at - before.last <= gap
    return UnresponsivePeriod(since=before.since if before is not None and unbroken else at, last=at)


def _settled(facts: InstanceFacts) -> _Finding | None:
    """A finding that further observations would not change, or None."""
    answers = facts.count is not None and facts.count.answered
    if facts.faults:
        return "data_damaged", "act", f"it responds, and its data is wrong: {'; '.join(facts.faults)}"
    if _beyond_us(facts):
        return "service_broken", "held", f"{_beyond_us(facts)}, which a restore cannot fix"
    if answers and not _without_database(facts.apps):
        return "recovered", "stood_down", "it responds, and its data shows no deviation"
    if not answers and any(app.ready for app in facts.apps):
        return "cut_off", "stood_down", "the app reads and writes, so the problem is our own connection"
    return None


def _beyond_us(facts: InstanceFacts) -> str | None:
    if facts.instance is None:
        return None if facts.rds_error else "RDS has no such instance"
    status = facts.instance.status
    broken = instance_status(status) == "broken" and status != _DEAD
    return f"RDS calls {facts.instance.identifier} {status}" if broken else None


def _doubted(
    facts: InstanceFacts, silence: UnresponsivePeriod | None, rules: InstanceRules, time_left: bool
) -> _Finding | None:
    doubt = _our_view(facts, rules) or _at_work(facts) or _alone(facts) or _too_short(silence, rules)
    return None if doubt is None else (doubt[0], "look_again" if time_left else "held", doubt[1])


def _our_view(facts: InstanceFacts, rules: InstanceRules) -> tuple[str, str] | None:
    """Why the problem may be our own, or on the network path from the app to the database."""
    if facts.count is None:
        return "cut_off", "our own function could not check it"
    if facts.count.answered:
        return "service_broken", "it responds to us, but the app reports that it has no database"
    if fresh(facts.replica, rules.stale_after):
        return "cut_off", "its replica still receives from it"
    return None


def _at_work(facts: InstanceFacts) -> tuple[str, str] | None:
    """Whether RDS is, or may be, working on the instance."""
    if facts.instance is None:
        return "unclear", f"RDS does not report its status ({facts.rds_error})"
    status = facts.instance.status
    if instance_status(status) == "pending":
        return "unclear", f"RDS is working on it ({status})"
    if status != _DEAD and in_maintenance(facts.instance.maintenance, facts.at):
        return "unclear", f"it is the maintenance window of RDS ({facts.instance.maintenance})"
    return None


def _alone(facts: InstanceFacts) -> tuple[str, str] | None:
    """A second witness is required: the app, RDS or the replica has to confirm our own observation."""
    failed = facts.instance is not None and facts.instance.status == _DEAD
    if failed or _without_database(facts.apps) or _replica_hears_nothing(facts):
        return None
    return "unclear", "only our own function finds it unresponsive"


def _too_short(silence: UnresponsivePeriod | None, rules: InstanceRules) -> tuple[str, str] | None:
    seconds = (silence.last - silence.since).total_seconds() if silence else 0.0
    needed = rules.turn.total_seconds()
    if seconds >= needed:
        return None
    # Rounded down: a time that is too short never reads like the one that is required.
    spent = f"{humanize(floor(seconds))} of the {humanize(needed)}"
    return "unclear", f"it has been unresponsive for {spent} a Multi-AZ failover may take"


def _dead(facts: InstanceFacts, silence: UnresponsivePeriod | None) -> _Finding:
    status = facts.instance.status if facts.instance else "unknown"
    seconds = (silence.last - silence.since).total_seconds() if silence else 0.0
    spent = f"unresponsive for {humanize(seconds)}, longer than a Multi-AZ failover takes"
    return "instance_dead", "act", f"{spent}; RDS status {status}"


def _without_database(apps: list[Probe]) -> bool:
    return any(app.database in ("down", "read_only") for app in apps)


def _replica_hears_nothing(facts: InstanceFacts) -> bool:
    return facts.replica.error is None and facts.replica.receiving is False


def _sentence(database: str, finding: str, decision: str, reason: str) -> str:
    if decision == "look_again":
        return f"Not confirmed for {database}: {reason}; checking again"
    if decision == "held":
        return f"Nothing is restored: {reason}; a person has to investigate {database}"
    if decision == "stood_down":
        return f"No action for {database}: {reason}"
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
        lines.append(f"unresponsive since {silence.since:%H:%M:%S} UTC, in every check")
    return [*lines, *facts.faults]


def _counted(facts: InstanceFacts) -> str:
    count: Any = facts.count
    if count is None:
        return "our own function could not check it"
    if count.error is not None:
        return f"endpoint: {count.error}"
    sessions = "app sessions unknown" if count.app is None else counted(count.app, "app session")
    return f"endpoint responds, {sessions}"


def _rds_said(facts: InstanceFacts) -> str:
    if facts.instance is None:
        return f"RDS: unknown ({facts.rds_error or 'no such instance'})"
    zones = "several zones" if facts.instance.multi_az else "one zone"
    return f"RDS: {facts.instance.identifier} is {facts.instance.status}, in {zones}"


def _app_said(app: Probe) -> str:
    return f"says database {app.database}" if app.database else f"answered {app.status}" if app.answered else "is down"


def _replica_said(facts: InstanceFacts, rules: InstanceRules) -> str:
    if facts.replica.error is not None:
        return f"replica: unknown ({facts.replica.error})"
    return "replica receives from it" if fresh(facts.replica, rules.stale_after) else "replica receives nothing from it"
