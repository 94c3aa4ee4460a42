"""The cases of ``gather_facts``."""

from __future__ import annotations

from typing import Any

from tests.killed.given import an_event, login
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.builders import given_replica, observers


def _replica(stage: Stage) -> dict[str, Any]:
    login(stage)
    stage.sql = lambda _statement, _values: [[True, stage.now, stage.now, stage.now, 0, False, stage.now]]
    return {"database": "bookings"}


def _observed(_stage: Stage) -> dict[str, Any]:
    return {"probes": observers().probes, "replicas": [given_replica()]}


CASES = {
    "probe_regions": Case(an_event, reads_only=True),
    "read_replica": Case(_replica, reads_only=True),
    "record_look": Case(_observed),
}
