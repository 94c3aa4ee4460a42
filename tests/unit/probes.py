"""Triage as an incident runs it, for tests that tell what the observers saw over time."""

from __future__ import annotations

from typing import Any

from lyo_dr.decisions.failover.triage import Rules, triage
from lyo_dr.model.verdict import Triage
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, NOON, at, observers

RULES = Rules.of(lyo_plan(), 15)


def judged(*, time_left: float = 0.0, **seen: Any) -> Triage:
    """The verdict on Ireland at noon, with so many seconds left to look again."""
    return triage(observers(**seen), region=IRELAND, rules=RULES, now=NOON, look_until=at(time_left), source="route53")
