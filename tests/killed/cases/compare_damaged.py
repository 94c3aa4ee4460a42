"""The cases of ``compare_damaged``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from lyo_dr.model.reconciliation import Compared, ComparedDatabases, Where
from lyo_dr.steps.compare_damaged import compare_table
from tests.killed.cases.database_restore import answer, restored
from tests.killed.cases.protect_database import FAILED
from tests.killed.given import FIT, login, of_database
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.builders import REPLICA
from tests.unit.steps.replay_rows.test_replay import BOOKINGS, USERS


def _both(stage: Stage) -> dict[str, Any]:
    event, rds = restored(stage)
    ctx, incident = stage.world.ctx(), event["incident"].id
    ctx.store.incidents.record_once(incident, "POINTED", "bookings", instance=event["beside"].identifier)
    rds.given(ctx.names.damaged(REPLICA, incident))
    return event


class _Compared:
    """Two databases that differ; how they are read is tested with real ones (tests/local_aws/data_plane)."""

    columns = ("id",)

    def __init__(self, *_databases: Any, **_times: Any) -> None:
        """Reads nothing."""

    @contextmanager
    def written(self, _header: Any) -> Iterator[tuple[BinaryIO, Compared]]:
        """A file, and its figures."""
        yield io.BytesIO(b"{}"), BOOKINGS


def _comparing(stage: Stage) -> dict[str, Any]:
    login(stage)
    stage.sql = lambda statement, _values: answer(stage, statement)
    stage.patch.setattr(compare_table, "Comparison", _Compared)
    stage.patch.setattr(compare_table, "Still", lambda *_table: None)
    stage.patch.setattr(compare_table, "read_shape", lambda *_table: FIT)
    stage.kept["files"] = files = set[str]()

    def bucket(_region: str, operation: str, asked: dict[str, Any]) -> dict[str, str]:
        assert operation == "PutObject", operation
        files.add(asked["Key"])
        return {"VersionId": "v"}

    stage.calls.services["s3"] = bucket
    places = ComparedDatabases(
        status="ready",
        sentence="s",
        damaged=Where("h", 5432),
        restored=Where("r", 5432),
        since=stage.now,
        begun=stage.now,
    )
    return of_database(stage, table="lyo_appointments", places=places)


CASES = {
    "compare_table": Case(_comparing),
    "find_databases": Case(_both, reads_only=True),
    "record_ledger": Case(lambda stage: of_database(stage, tables=[USERS, BOOKINGS])),
    "announce_uncompared": Case(lambda stage: of_database(stage, so_far=FAILED)),
}
