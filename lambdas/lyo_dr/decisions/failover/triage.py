"""What happened? Weighs the observers into one finding, each with its evidence.

Automatic action needs all of: the app and an AWS endpoint of the region silent to us, a neutral region
and our own answering, every replica saying it receives nothing, and all of that for longer than a failover
between zones takes. Unknown abstains, a contradiction holds, a fresh heartbeat on any replica vetoes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

import msgspec

from lyo_dr.decisions.common.agreement import Agreement, agreement, fresh, longest_gap
from lyo_dr.model.facts import Facts, Probe, Probes, ReplicaReading
from lyo_dr.model.plan import Plan
from lyo_dr.model.verdict import Triage

_ROUTE53 = {
    "route53": "Route 53's checkers in several regions get no answer (their alarm opened this incident)",
    "watcher": "Route 53's checkers: unknown (our own watcher opened this incident)",
    "operator": "Route 53's checkers: unknown (a person opened this incident)",
}
"""Asking them would need us-east-1, so they speak through their alarm or not at all; unknown abstains."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan asks of the observers. ``poll`` in whole seconds."""

    stale_after: timedelta
    agreement: timedelta
    gap: timedelta
    poll: int

    @classmethod
    def of(cls, plan: Plan, poll: int) -> Rules:
        """As the plan has them; ``poll`` in whole seconds."""
        return cls(
            stale_after=plan.timing.heartbeat_stale,
            agreement=plan.policy.agreement,
            gap=longest_gap(plan),
            poll=poll,
        )


def triage(
    facts: Facts, *, region: str, rules: Rules, now: datetime, look_until: datetime, source: str | None = None
) -> Triage:
    """The finding and what to do. While there is time, doubt means looking again.

    Afterwards a region of which something lives is left to its own repair (held); of any other doubt a person is asked.
    """
    agreed = agreement(facts.samples, now=now, gap=rules.gap)
    evidence = _evidence(facts, region, rules, agreed, source)
    recovered = _recovered(facts, region)
    if recovered:
        return Triage(finding="recovered", decision="stood_down", sentence=recovered, evidence=evidence)
    contradiction = _doubt(facts, region, rules.stale_after)
    doubt = contradiction or _too_short(agreed, rules)
    if doubt is None:
        sentence = f"{region} is lost: its app and its AWS endpoint are silent, others answer, no replica receives"
        return Triage(
            finding="region_lost",
            decision="act",
            sentence=f"{sentence}, for {agreed.seconds:.0f} s now",
            evidence=evidence,
        )
    finding, reason = doubt
    if _only_its_database(facts):
        decision = "stood_down"
        sentence = (
            f"{region} lives and says that its database is down, which has alarms of its own; nothing is promoted"
        )
    elif now < look_until:
        decision, sentence = "look_again", f"Not certain yet: {reason}; looking again"
    elif finding == "service_broken":
        decision, sentence = "held", f"Nothing is promoted: {reason}; a person has to look"
    else:
        decision, sentence = "ask", f"Nothing is promoted: {reason}; a person is asked"
    return Triage(
        finding=finding,  # type: ignore[arg-type]
        decision=decision,  # type: ignore[arg-type]
        sentence=sentence,
        evidence=evidence,
        wait_seconds=rules.poll if contradiction else _pause(facts, agreed, rules),
    )


def _too_short(agreed: Agreement, rules: Rules) -> tuple[str, str] | None:
    """A region that has been silent for less time than a failover between zones takes may come back by itself."""
    needed = rules.agreement.total_seconds()
    if agreed.seconds >= needed:
        return None
    return "unclear", f"the observers have agreed for {agreed.seconds:.0f} s, {needed:.0f} s are asked for"


def _pause(facts: Facts, agreed: Agreement, rules: Rules) -> int:
    """Until the next look, so that it ends just when silence has lasted long enough. In whole seconds, rounded up.

    It takes about as long as the last one did. 0 is a wait the States Language knows: a silent look takes its time.
    """
    took = max(facts.samples, key=lambda sample: sample.at).seconds if facts.samples else 0.0
    missing = rules.agreement.total_seconds() - agreed.seconds - took
    return min(rules.poll, max(0, ceil(missing)))


def _recovered(facts: Facts, region: str) -> str | None:
    apps = facts.probes.apps
    if apps and all(app.ready for app in apps):
        return f"{region} serves reads and writes again; it is left alone"
    return None


def _only_its_database(facts: Facts) -> bool:
    """The region answers for itself, and so does every app, without a database.

    Looking again would keep the lease from the incident that restores the database. A region that dies after all is
    found by the watcher, whose alarm has not gone off yet.
    """
    apps = facts.probes.apps
    return facts.probes.witness.answered and bool(apps) and all(app.database == "down" for app in apps)


def _doubt(facts: Facts, region: str, stale_after: timedelta) -> tuple[str, str] | None:
    """The first reason not to act, or None."""
    probes = facts.probes
    blind = _own_view(probes)
    if blind is not None:
        return "cut_off", blind
    for reading in facts.replicas:
        if fresh(reading, stale_after):
            return "service_broken", f"the replica of {reading.database} still receives fresh heartbeats"
    if probes.witness.answered:
        return "service_broken", f"an AWS endpoint of {region} answers, so the region lives"
    if any(app.answered for app in probes.apps):
        return "service_broken", f"the app in {region} still answers"
    return _unknown(facts.replicas)


def _own_view(probes: Probes) -> str | None:
    """Why our own view proves nothing, or None."""
    if probes.own.answered and probes.neutral.answered:
        return None
    if probes.neutral.answered:
        return "our own AWS endpoint is silent and a neutral one answers, so the region to recover into ails itself"
    return "we cannot reach a neutral AWS endpoint either, so it may be us who are cut off"


def _unknown(replicas: list[ReplicaReading]) -> tuple[str, str] | None:
    for reading in replicas:
        if reading.error is not None:
            return "unclear", f"the replica of {reading.database} cannot be read ({reading.error})"
        if reading.in_recovery is False:
            return "unclear", f"the replica of {reading.database} is no replica any more"
        if reading.heartbeat_at is None:
            return "unclear", f"the replica of {reading.database} never received a heartbeat"
    return None if replicas else ("unclear", "no replica could be asked")


def _evidence(facts: Facts, region: str, rules: Rules, agreed: Agreement, source: str | None) -> list[str]:
    lines = [f"app {_said(app)}" for app in facts.probes.apps]
    lines += [
        f"AWS endpoint in {region} {_said(facts.probes.witness)}",
        f"AWS endpoint here {_said(facts.probes.own)}",
        f"AWS endpoint in a neutral region {_said(facts.probes.neutral)}",
    ]
    lines += [_replica_said(reading, rules.stale_after) for reading in facts.replicas]
    lines.append(f"silent together for {agreed.seconds:.1f} s, in {agreed.looks} of {len(facts.samples)} looks")
    return [*lines, _ROUTE53[source]] if source in _ROUTE53 else lines


def _said(probe: Probe) -> str:
    if not probe.answered:
        return f"silent ({probe.error})"
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
    return f"replica of {reading.database}: last heartbeat {age:.1f} s old ({state})"
