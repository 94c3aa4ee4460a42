"""One data host for all tests of this folder."""

from collections.abc import Iterator

import pytest

from rehearsal.data.host import DataHost
from tests.rehearsal.data.data_world import World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with DataHost() as host:
        yield World(host)
