"""An incident taken up again after it promoted a database: there is no way back, so the question is another one.

Whether the region is lost was decided before the promotion. Since then its database is no longer a replica, and its
heartbeats are its own: the observers that triage weighs are gone. What still counts is whether users are served there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from lyo_dr.decisions.common.agreement import agreement, fresh
from lyo_dr.decisions.failover.triage import Rules, evidence_of
from lyo_dr.model.facts import Facts, ReplicaReading
from lyo_dr.model.verdict import Triage


def adopted_by(readings: Iterable[ReplicaReading], called: Collection[str]) -> list[str]:
    """Databases this incident has promoted or restored: it ``called`` for it, and the server is no longer a replica."""
    return [reading.database for reading in readings if reading.database in called and reading.in_recovery is False]


def triage_after_promotion(
    facts: Facts, *, adopted: list[str], authority: bool, region: str, rules: Rules, now: datetime
) -> Triage:
    """Go on, unless the region serves users again or another replica still receives from its primary.

    ``authority``: this incident has made its region the active one already; then the other region is deposed, and
    what it serves does not count any more.
    """
    evidence = evidence_of(facts, region, rules, agreement(facts.samples, now=now, gap=rules.gap), None)
    done = f"{', '.join(adopted)} was promoted by this incident"
    if not authority:
        held = _serves(facts, region) or _heard(facts, adopted, rules)
        if held is not None:
            finding, reason = held
            return Triage(
                finding=finding,  # type: ignore[arg-type]
                decision="held",
                sentence=f"{reason}, although {done}: traffic stays there; make new replicas here",
                evidence=evidence,
            )
    return Triage(
        finding="region_lost",
        decision="act",
        sentence=f"{done}, so there is no way back; {region} does not serve users: going on",
        evidence=evidence,
    )


def _serves(facts: Facts, region: str) -> tuple[str, str] | None:
    apps = facts.probes.apps
    if apps and all(app.ready for app in apps):
        return "recovered", f"{region} serves reads and writes"
    return None


def _heard(facts: Facts, adopted: list[str], rules: Rules) -> tuple[str, str] | None:
    for reading in facts.replicas:
        if reading.database not in adopted and fresh(reading, rules.stale_after):
            return "service_broken", f"the replica of {reading.database} still receives fresh heartbeats"
    return None
