"""One real PostgreSQL server for all tests of this folder, and stories of a damaged and a restored database on it."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.data_plane.processes import Spawner
from local_aws.rds.postgres_home import PostgresHome
from local_aws.rds.postgres_server import Server
from tests.sql.story import Database, prepare

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """With the times of commits, as onboarding asks for, and the extension that is no type of the core."""
    # Not pytest's own folder: PostgreSQL may run as another user, who cannot enter that one.
    folder = Path(tempfile.mkdtemp(prefix="lyo-sql-"))
    folder.chmod(0o755)
    server = Server(PostgresHome(folder, Spawner()), "one")
    server.parameters["track_commit_timestamp"] = "on"
    server.create()
    try:
        prepare(server)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """An onboarded database of its own."""
    made = Database(server, f"story_{next(_NUMBERS)}")
    made.create()
    try:
        yield made
    finally:
        made.drop()
