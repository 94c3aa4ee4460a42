"""The words of the stories about one database instance of Ireland. Without a word to the contrary it is dead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lyo_dr.decisions.incident.instance_triage import InstanceRules, triage_instance
from lyo_dr.model.facts import Instance, Probe
from lyo_dr.model.instance import ConnectionCount, InstanceFacts, UnresponsivePeriod
from lyo_dr.model.verdict import Triage
from tests.unit.builders import NOON, PRIMARY, a_probe, at, given_replica, serving

RULES = InstanceRules(
    turn=timedelta(seconds=150), stale_after=timedelta(seconds=30), gap=timedelta(seconds=75), poll=15
)


def the_primary(status: str = "failed", **changes: Any) -> Instance:
    """The instance as RDS has it."""
    return Instance(identifier=PRIMARY, status=status, multi_az=True, **changes)


def silent(state: str | None = None) -> ConnectionCount:
    """The endpoint does not answer; with a SQLSTATE the server says so itself."""
    return ConnectionCount(database="bookings", error="database at x:5432: TimeoutError", state=state)


def answering(app: int = 4) -> ConnectionCount:
    """The endpoint answers."""
    return ConnectionCount(database="bookings", app=app)


def without_database(word: str = "down") -> Probe:
    """The app answers, and has no database."""
    return a_probe(503, database=word)


def seen(**changes: Any) -> InstanceFacts:
    """One look at noon."""
    facts: dict[str, Any] = {
        "database": "bookings",
        "at": NOON,
        "instance": the_primary(),
        "count": silent(),
        "apps": [without_database()],
        "replica": given_replica(silent_for=170),
    }
    return InstanceFacts(**{**facts, **changes})


def silent_for(seconds: float, last_look: float = 15) -> UnresponsivePeriod:
    """Every look since so long ago found it silent."""
    return UnresponsivePeriod(since=at(-seconds), last=at(-last_look))


def judged(
    facts: InstanceFacts | None = None,
    *,
    before: UnresponsivePeriod | None = None,
    time_left: float = 60,
    rules: Any = RULES,
) -> Triage:
    """What triage says at noon, after 150 s of silence if nothing else is said."""
    since = silent_for(150) if before is None else before
    return triage_instance(facts or seen(), rules=rules, before=since, now=NOON, look_until=at(time_left))


__all__ = [
    "RULES", "a_probe", "answering", "judged", "seen", "serving", "silent", "silent_for", "the_primary",
    "without_database",
]  # fmt: skip
