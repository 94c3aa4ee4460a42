"""One data host for all tests of this folder."""

from collections.abc import Iterator

import pytest

from local_aws.data_plane.host import DataHost
from tests.local_aws.data_plane.data_plane_world import IMAGES, World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    # Longer than in a drill: a busy machine stalls a test, and it has to see a phase all the same.
    with DataHost(least_phase_seconds=0.75, images=IMAGES) as host:
        yield World(host)
