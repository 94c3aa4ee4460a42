"""The cases of ``protect_database``."""

from __future__ import annotations

from typing import Any

from tests.killed.given import of_database
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.builders import REPLICA

FAILED = {"error": {"Error": "Throttled", "Cause": '{"errorMessage": "AWS asks to slow down"}'}}


def _promoted(stage: Stage) -> dict[str, Any]:
    replica = stage.world.calls.rds[REPLICA]
    replica.source = None
    stage.kept["rds"] = lambda: [replica.pending, replica.status, replica.promotions]
    return of_database(stage)


CASES = {
    "apply_protection": Case(_promoted),
    "check_protection": Case(_promoted, reads_only=True),
    "announce_unprotected": Case(lambda stage: of_database(stage, so_far=FAILED)),
}
