"""Evidence with the real machine, handlers and bucket: what is preserved, what is missing, and who may delete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.drill.world import World
from tests.machines.failover import IRELAND
from tests.machines.preserving import STACK, given_breach, preserve
from tests.plans import lyo_plan

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(lyo_plan(), warm=False) as world:
        world.deploy(world.names(IRELAND).stack(STACK))
        yield world


def test_everything_is_preserved(world: World) -> None:
    found = preserve(world, given_breach(world, "breach-1"))
    assert found.status == "SUCCEEDED"
    assert found.output["gaps"] == 0
