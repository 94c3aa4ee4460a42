"""Triage, held against situations written down as data: one file each, most of them of what must not fire."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from lyo_dr.decisions.failover.triage import Rules, triage
from lyo_dr.model.facts import Facts, Probe, ReplicaReading, Sample
from lyo_dr.model.verdict import Triage
from tests.plans import lyo_plan
from tests.unit.builders import (
    IRELAND,
    NOON,
    a_look,
    a_probe,
    at,
    given_replica,
    observers,
    serving,
    silent_looks,
    unread_replica,
)

SITUATIONS = sorted(Path(__file__).with_name("situations").glob("*.yaml"))
RULES = Rules.of(lyo_plan(), 15)
_SAYS: dict[str, dict[str, Any]] = {
    "silent": {},
    "alive": {"app": True, "witness": True, "seconds": 0.1},
    "blind": {"own": False, "neutral": False},
}


class Looks(msgspec.Struct, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """Looks from so many seconds before noon to so many before noon, that all say the same.

    ``heard``: so many seconds before noon a replica last heard its primary, by the word of the last of them.
    """

    begin: float
    end: float
    says: str
    every: float = 10.0
    heard: float | None = None

    def samples(self) -> list[Sample]:
        """One look every so often, and one that ends with the span."""
        count = int((self.begin - self.end) / self.every)
        begun = [self.begin - number * self.every for number in range(count + 1)]
        heard = {} if self.heard is None else {"heard_at": at(-self.heard)}
        changes = {**heard, "seconds": min(5.0, begun[-1]) if begun[-1] > 0 else 5.0, **_SAYS[self.says]}
        looks = [a_look(ago, **{"seconds": 5.0, **_SAYS[self.says]}) for ago in begun[:-1]]
        last = a_look(begun[-1], **changes)
        return [*looks, last] if self.end > 1 or self.end < 0 else [*looks, last, a_look(0.0, seconds=0.0)]


class Situation(msgspec.Struct, forbid_unknown_fields=True):
    """What one file says. What it does not say is as in a region that has been lost for five minutes."""

    situation: str
    expect: dict[str, str]
    sees: dict[str, Any] = {}
    looks: list[Looks] | None = None
    time_left: float = 0.0
    source: str = "route53"

    def facts(self) -> Facts:
        """The facts of this situation, at noon."""
        seen: dict[str, Any] = {
            name: _probe(self.sees[name]) for name in ("witness", "own", "neutral") & self.sees.keys()
        }
        if "apps" in self.sees:
            seen["apps"] = [_probe(app) for app in self.sees["apps"]]
        if "replicas" in self.sees:
            seen["replicas"] = [_replica(**replica) for replica in self.sees["replicas"]]
        looks = silent_looks() if self.looks is None else [each for looks in self.looks for each in looks.samples()]
        return observers(samples=looks, **seen)


def _probe(said: Any) -> Probe:
    """``ready``, a status (0 for silence), or fields of a probe."""
    if said == "ready":
        return serving()
    return a_probe(**said) if isinstance(said, dict) else a_probe(said)


def _replica(received_ago: float | None = None, never: bool = False, error: str = "", **said: Any) -> ReplicaReading:
    if error:
        return unread_replica(said.get("database", "bookings"), error)
    changes: dict[str, Any] = {"heartbeat_at": None} if never else {}
    if received_ago is not None:
        changes["received_at"] = at(-received_ago)
    return given_replica(**said, **changes)


def read(path: Path) -> Situation:
    return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Situation)


def judged(situation: Situation) -> Triage:
    look_until = NOON + timedelta(seconds=situation.time_left)
    facts = situation.facts()
    return triage(facts, region=IRELAND, rules=RULES, now=NOON, look_until=look_until, source=situation.source)


@pytest.mark.parametrize("path", SITUATIONS, ids=lambda path: path.stem)
def test_a_situation_is_judged_as_its_file_says(path: Path) -> None:
    situation = read(path)
    verdict = judged(situation)
    assert {name: getattr(verdict, name) for name in ("finding", "decision", "sentence")} == situation.expect
    assert len(verdict.evidence) >= 5, "every verdict names its evidence"


def test_most_of_the_situations_are_of_what_must_not_fire() -> None:
    fires = [path for path in SITUATIONS if read(path).expect["decision"] == "act"]
    assert len(SITUATIONS) >= 40
    assert 2 * len(fires) < len(SITUATIONS)


def test_no_situation_is_told_twice() -> None:
    told = [read(path).situation for path in SITUATIONS]
    assert len(set(told)) == len(told)
