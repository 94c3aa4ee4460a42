"""No test of this folder reaches a network or a real account."""

from __future__ import annotations

import socket
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from lyo_dr.adapters import environment
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan
from tests.unit.aws import Calls, World, install
from tests.unit.builders import OREGON

_CONNECT = socket.socket.connect


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere but this machine is a fault of the test."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(("127.", "::1")):
            raise AssertionError(f"a test reached for {address}")
        _CONNECT(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", OREGON)


@pytest.fixture
def publish_plan(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Plan], None]]:
    """Publish a plan as its Lambda layer would."""

    def publish(plan: Plan) -> None:
        module = types.ModuleType("lyo_dr_plan")
        module.PLAN = plan.to_json()  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "lyo_dr_plan", module)
        environment.plan.cache_clear()

    yield publish
    environment.plan.cache_clear()


@pytest.fixture
def build(publish_plan: Callable[[Plan], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Plan], World]]:
    """Both regions for a plan of the test's own."""
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    with mock_aws():

        def make(plan: Plan) -> World:
            publish_plan(plan)
            calls = Calls()
            world = World(plan, calls)
            install(calls, monkeypatch)
            return world

        yield make


@pytest.fixture
def world(build: Callable[[Plan], World]) -> World:
    """Both regions on the first day, by the committed plan."""
    return build(lyo_plan())
