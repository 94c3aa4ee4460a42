"""The cases of ``promote_database``."""

from __future__ import annotations

from typing import Any

from tests.killed.given import login, of_database
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.builders import REPLICA, a_proof

ACCEPTED = {"PROMOTION_ACCEPTED": "what RDS accepted unheard counts once the source is gone: nothing more is recorded"}


def _promotable(stage: Stage) -> dict[str, Any]:
    stage.kept["rds"] = stage.world.calls.rds
    return of_database(stage)


def _promoted(stage: Stage) -> dict[str, Any]:
    stage.world.calls.rds[REPLICA].source = None
    return _promotable(stage)


def _backing_up(stage: Stage) -> dict[str, Any]:
    stage.world.calls.rds[REPLICA].after_promotion = "backing-up"
    return _promotable(stage)


def _writable(stage: Stage) -> dict[str, Any]:
    login(stage)
    written: dict[str, Any] = {}
    pending: dict[str, Any] = {}
    stage.kept["written"] = written

    def sql(statement: str, values: dict[str, Any]) -> Any:
        if statement.startswith("insert into lyo_dr."):
            pending[statement.split(" ")[2]] = values
        if statement in ("begin", "commit"):
            written.update(pending if statement == "commit" else {})
            pending.clear()
        if statement.startswith("select p.epoch"):
            return [[1, 1]] if written else []
        return [[False]] if statement == "select pg_is_in_recovery()" else [["open"]]

    stage.sql = sql
    return {"incident": stage.world.given_incident(), "database": "bookings"}


CASES = {
    "promote_replica": [Case(_promotable, blurred=ACCEPTED), Case(_backing_up, blurred=ACCEPTED)],
    "check_promotion": Case(_promoted, reads_only=True),
    "prove_by_write": Case(_writable),
    "accept_proof": Case(lambda stage: of_database(stage, proof=a_proof()), reads_only=True),
}
