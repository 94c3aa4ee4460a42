"""Triage of a region: weighs the observers into one finding, with the evidence of each.

Automatic action requires all of: the app and an AWS endpoint of the region not responding to us, a neutral
region and our own responding, every replica receiving nothing, and all of that for longer than a Multi-AZ
failover takes. Unknown abstains, a contradiction holds, a fresh heartbeat on any replica vetoes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil, floor

import msgspec

from lyo_dr.decisions.common.agreement import Agreement, agreement, fresh, longest_gap
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import Facts, Probe, Probes, ReplicaReading
from lyo_dr.model.plan import Plan
from lyo_dr.model.plurals import counted
from lyo_dr.model.verdict import Triage

_ROUTE53 = {
    "route53": "Route 53 health checkers in several regions get no response (their alarm opened this incident)",
    "watcher": "Route 53 health checkers: unknown (our own watcher opened this incident)",
    "operator": "Route 53 health checkers: unknown (a person opened this incident)",
}
"""Querying them would need us-east-1, so only their alarm counts; unknown abstains."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Thresholds of the plan for the observers. ``poll`` in whole seconds."""

    stale_after: timedelta
    agreement: timedelta
    gap: timedelta
    poll: int

    @classmethod
    def of(cls, plan: Plan, poll: int) -> Rules:
        """Build the rules from the plan; ``poll`` in whole seconds."""
        return cls(
            stale_after=plan.timing.heartbeat_stale,
            agreement=plan.policy.agreement,
            gap=longest_gap(plan),
            poll=poll,
        )


def triage(
    facts: Facts, *, region: str, rules: Rules, now: datetime, look_until: datetime, source: str | None = None
) -> Triage:
    """The finding and the decision. Within the triage budget, doubt means checking again.

    After that, a region that is partly up is left to repair itself (held); any other doubt needs approval.
    """
    agreed = agreement(facts.samples, now=now, gap=rules.gap)
    evidence = evidence_of(facts, region, rules, agreed, source)
    recovered = _recovered(facts, region)
    if recovered:
        return Triage(finding="recovered", decision="stood_down", sentence=recovered, evidence=evidence)
    contradiction = _doubt(facts, region, rules.stale_after)
    doubt = contradiction or _too_short(agreed, rules)
    if doubt is None:
        sentence = f"{region} is down: its app and AWS endpoint have not responded for {_seconds(agreed)}"
        return Triage(
            finding="region_lost",
            decision="act",
            sentence=f"{sentence}, other regions respond, no replica receives WAL",
            evidence=evidence,
        )
    finding, reason = doubt
    if _only_its_database(facts):
        decision = "stood_down"
        sentence = f"{region} is up but reports its database as down; that has its own alarms, nothing is promoted"
    elif now < look_until:
        decision, sentence = "look_again", f"Not confirmed: {reason}; checking again"
    elif finding == "service_broken":
        decision, sentence = "held", f"Nothing is promoted: {reason}; a person has to investigate"
    else:
        decision, sentence = "ask", f"Nothing is promoted: {reason}; asking for approval"
    return Triage(
        finding=finding,  # type: ignore[arg-type]
        decision=decision,  # type: ignore[arg-type]
        sentence=sentence,
        evidence=evidence,
        wait_seconds=rules.poll if contradiction else _pause(facts, agreed, rules),
    )


def _too_short(agreed: Agreement, rules: Rules) -> tuple[str, str] | None:
    """A region unresponsive for less time than a Multi-AZ failover takes may recover without us."""
    needed = rules.agreement.total_seconds()
    if agreed.seconds >= needed:
        return None
    return "unclear", f"observers have agreed for {_seconds(agreed)} of the required {humanize(needed)}"


def _seconds(agreed: Agreement) -> str:
    """In whole seconds: this is part of the facts a person consents to, and those do not change with a tenth.

    Rounded down, so that a time that is too short never reads like the one that is required.
    """
    return humanize(floor(agreed.seconds))


def _pause(facts: Facts, agreed: Agreement, rules: Rules) -> int:
    """Wait until the next check, so that it ends just when the agreement is long enough. Whole seconds, rounded up.

    A check takes about as long as the last one. The States Language allows a wait of 0; probes that time out take
    long enough.
    """
    took = max(facts.samples, key=lambda sample: sample.at).seconds if facts.samples else 0.0
    missing = rules.agreement.total_seconds() - agreed.seconds - took
    return min(rules.poll, max(0, ceil(missing)))


def _recovered(facts: Facts, region: str) -> str | None:
    apps = facts.probes.apps
    if apps and all(app.ready for app in apps):
        return f"{region} serves reads and writes; no action taken"
    return None


def _only_its_database(facts: Facts) -> bool:
    """Whether the region responds, and every app responds without a database.

    Checking again would keep the lease from the incident that restores the database. If the region fails after all,
    the watcher detects it: its alarm has not fired yet.
    """
    apps = facts.probes.apps
    return facts.probes.witness.answered and bool(apps) and all(app.database == "down" for app in apps)


def _doubt(facts: Facts, region: str, stale_after: timedelta) -> tuple[str, str] | None:
    """First reason not to act, or None."""
    probes = facts.probes
    blind = _own_view(probes)
    if blind is not None:
        return "cut_off", blind
    for reading in facts.replicas:
        if fresh(reading, stale_after):
            return "service_broken", f"the replica of {reading.database} still receives fresh heartbeats"
    if probes.witness.answered:
        return "service_broken", f"an AWS endpoint of {region} responds, so the region is up"
    if any(app.answered for app in probes.heard):
        return "service_broken", f"the app in {region} still responds"
    return _unknown(facts.replicas)


def _own_view(probes: Probes) -> str | None:
    """Why our own observations are inconclusive, or None."""
    if probes.own.answered and probes.neutral.answered:
        return None
    if probes.neutral.answered:
        return (
            "our own AWS endpoint does not respond but a neutral one does, so the recovery region has a problem itself"
        )
    return "a neutral AWS endpoint is unreachable too, so this region may be cut off"


def _unknown(replicas: list[ReplicaReading]) -> tuple[str, str] | None:
    for reading in replicas:
        if reading.error is not None:
            return "unclear", f"the replica of {reading.database} cannot be read ({reading.error})"
        if reading.in_recovery is False:
            return "unclear", f"the replica of {reading.database} is no longer a replica"
        if reading.heartbeat_at is None:
            return "unclear", f"the replica of {reading.database} never received a heartbeat"
    return None if replicas else ("unclear", "no replica could be read")


def evidence_of(facts: Facts, region: str, rules: Rules, agreed: Agreement, source: str | None) -> list[str]:
    """What each observer said, one sentence each."""
    lines = [f"app {_said(app)}" for app in facts.probes.heard]
    lines += [
        f"AWS endpoint in {region} {_said(facts.probes.witness)}",
        f"AWS endpoint here {_said(facts.probes.own)}",
        f"AWS endpoint in a neutral region {_said(facts.probes.neutral)}",
    ]
    lines += [_replica_said(reading, rules.stale_after) for reading in facts.replicas]
    looks = f"{agreed.looks} of {counted(len(facts.samples), 'observation')}"
    lines.append(f"unresponsive together for {humanize(agreed.seconds)}, in {looks}")
    return [*lines, _ROUTE53[source]] if source in _ROUTE53 else lines


def _said(probe: Probe) -> str:
    if not probe.answered:
        return f"did not respond ({probe.error})"
    if probe.database is not None:
        return f"answered {probe.status}, database {probe.database}"
    return f"answered {probe.status}"


def _replica_said(reading: ReplicaReading, stale_after: timedelta) -> str:
    if reading.error is not None or reading.read_at is None:
        return f"replica of {reading.database} unknown ({reading.error})"
    if reading.heartbeat_at is None:
        return f"replica of {reading.database} has no heartbeat"
    age = (reading.read_at - reading.heartbeat_at).total_seconds()
    state = "fresh" if fresh(reading, stale_after) else "stale"
    return f"replica of {reading.database}: last heartbeat {humanize(age)} old ({state})"
