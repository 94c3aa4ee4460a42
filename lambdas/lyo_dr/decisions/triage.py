"""What happened? Weighs the observers into one finding, each with its evidence.

Automatic action needs all of: the app and an AWS endpoint of the region silent to us, a neutral region
and our own answering, and every replica saying it receives nothing. Unknown abstains, a contradiction
holds, a fresh heartbeat on any replica vetoes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.facts import Facts, Probe, ReplicaReading
from lyo_dr.model.verdict import Triage


def triage(
    facts: Facts, *, region: str, stale_after: timedelta, now: datetime, look_until: datetime, poll: int
) -> Triage:
    """The finding and what to do. While there is time, doubt means looking again; afterwards it means holding."""
    evidence = _evidence(facts, region, stale_after)
    recovered = _recovered(facts, region)
    if recovered:
        return Triage(finding="recovered", decision="stood_down", sentence=recovered, evidence=evidence)
    doubt = _doubt(facts, region, stale_after)
    if doubt is None:
        sentence = f"{region} is lost: its app and its AWS endpoint are silent, others answer, no replica receives"
        return Triage(finding="region_lost", decision="act", sentence=sentence, evidence=evidence)
    finding, reason = doubt
    if now < look_until:
        return Triage(
            finding=finding,  # type: ignore[arg-type]
            decision="look_again",
            sentence=f"Not certain yet: {reason}; looking again",
            evidence=evidence,
            wait_seconds=poll,
        )
    return Triage(
        finding=finding,  # type: ignore[arg-type]
        decision="held",
        sentence=f"Nothing is promoted: {reason}; a person has to look",
        evidence=evidence,
    )


def _recovered(facts: Facts, region: str) -> str | None:
    apps = facts.probes.apps
    if apps and all(app.ready for app in apps):
        return f"{region} serves reads and writes again; it is left alone"
    return None


def _doubt(facts: Facts, region: str, stale_after: timedelta) -> tuple[str, str] | None:
    """The first reason not to act, or None."""
    probes = facts.probes
    if not (probes.neutral.answered and probes.own.answered):
        return "cut_off", "we cannot reach a neutral AWS endpoint either, so it may be us who are cut off"
    for reading in facts.replicas:
        if fresh(reading, stale_after):
            return "service_broken", f"the replica of {reading.database} still receives fresh heartbeats"
    if probes.witness.answered:
        return "service_broken", f"an AWS endpoint of {region} answers, so the region lives"
    if any(app.answered for app in probes.apps):
        return "service_broken", f"the app in {region} still answers"
    return _unknown(facts.replicas)


def _unknown(replicas: list[ReplicaReading]) -> tuple[str, str] | None:
    for reading in replicas:
        if reading.error is not None:
            return "unclear", f"the replica of {reading.database} cannot be read ({reading.error})"
        if reading.in_recovery is False:
            return "unclear", f"the replica of {reading.database} is no replica any more"
        if reading.heartbeat_at is None:
            return "unclear", f"the replica of {reading.database} never received a heartbeat"
    return None if replicas else ("unclear", "no replica could be asked")


def fresh(reading: ReplicaReading, stale_after: timedelta) -> bool:
    """Whether the replica heard from a living primary within ``stale_after``."""
    if reading.read_at is None or reading.error is not None:
        return False
    heard = [moment for moment in (reading.heartbeat_at, reading.received_at if reading.receiving else None) if moment]
    return any(reading.read_at - moment < stale_after for moment in heard)


def _evidence(facts: Facts, region: str, stale_after: timedelta) -> list[str]:
    lines = [f"app {_said(app)}" for app in facts.probes.apps]
    lines += [
        f"AWS endpoint in {region} {_said(facts.probes.witness)}",
        f"AWS endpoint here {_said(facts.probes.own)}",
        f"AWS endpoint in a neutral region {_said(facts.probes.neutral)}",
    ]
    return lines + [_replica_said(reading, stale_after) for reading in facts.replicas]


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
