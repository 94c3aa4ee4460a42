"""Faults 7 and 8 at our own table: the fence ends within its budget, whatever the table in front of it does."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import session
from lyo_dr.errors import EpochStale, ServiceUnreachable
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.steps.fence_region import fence_services
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, OREGON

_SLOW_MACHINE_SECONDS = 4.0
"""Far less than a table of ordinary timeouts takes: four times five seconds for its first call alone."""


@contextmanager
def black_hole() -> Iterator[str]:
    """Accepts nothing: its queue is full, so that connecting hangs as it does where packets are dropped."""
    with socket.socket() as server, socket.socket() as filler:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        filler.connect(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def never_answers() -> Iterator[str]:
    """Accepts (the kernel does) and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(autouse=True)
def _forget_clients() -> Iterator[None]:
    yield
    session.client.cache_clear()


def lead_table_to(endpoint: str, patch: pytest.MonkeyPatch) -> None:
    """Lead this region's DynamoDB to a socket; moto lets go of addresses that are not Amazon's."""
    real = session._session().create_client

    class Session:
        def create_client(self, service: str, region_name: str, config: Any) -> Any:
            ours = (service, region_name) == ("dynamodb", OREGON)
            return real(service, region_name=region_name, config=config, **({"endpoint_url": endpoint} if ours else {}))

    session.client.cache_clear()
    patch.setattr(session, "_session", Session)


def given(world: World) -> dict[str, Any]:
    event = {"incident": msgspec.to_builtins(world.given_incident())}
    world.prepare("ecs")
    return event


@pytest.mark.parametrize("silence", [black_hole, never_answers])
def test_fault_07_a_table_that_hangs_ends_the_fence_within_its_budget_and_leaves_it_unknown(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch, silence: Callable[[], Any]
) -> None:
    plan = lyo_plan()
    plan = msgspec.structs.replace(plan, budgets=msgspec.structs.replace(plan.budgets, fence=timedelta(seconds=2)))
    world = build(plan)
    event = given(world)
    with silence() as endpoint:
        lead_table_to(endpoint, monkeypatch)
        started = time.monotonic()
        verdict = fence_services.handler(event)
        took = time.monotonic() - started
    assert took <= plan.budgets.fence.total_seconds() + _SLOW_MACHINE_SECONDS
    assert verdict["status"] == "unknown"
    assert "reading SYSTEM from table lyo-dr-incidents in us-west-2: no answer" in verdict["sentence"]
    assert world.calls.count("ecs:UpdateService") == 0, "without the guard nothing is fenced"


def ticking(world: World, monkeypatch: pytest.MonkeyPatch, seconds: float, service: str) -> list[float]:
    """A clock that every call of a service moves on, answered or not."""
    clock = [0.0]
    monkeypatch.setattr("lyo_dr.adapters.clock.monotonic", lambda: clock[0])

    def takes(_number: int, name: str) -> None:
        if name.startswith(service):
            clock[0] += seconds

    world.calls.before = takes
    return clock


@pytest.mark.parametrize("share", [0.2, 0.6, 1.0])
def test_fault_08_a_table_that_answers_slowly_cannot_outlast_the_budget_either(
    world: World, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    event, budget = given(world), world.plan.budgets.fence.total_seconds()
    clock = ticking(world, monkeypatch, share * budget / 6, "dynamodb:")
    fence_services.handler(event)
    assert clock[0] <= budget


def test_fault_07_a_table_that_says_503_once_costs_nothing_but_a_second_try(world: World) -> None:
    event = given(world)
    failing = [refusal("InternalServerError", status=500)]

    def once(_number: int, name: str) -> None:
        if name == "dynamodb:GetItem" and failing:
            raise failing.pop()

    world.calls.before = once
    assert fence_services.handler(event)["sentence"] == "eu-west-1 answered; stopped assistant"
    assert world.service(IRELAND)[0] == 0


def test_fault_07_services_that_were_stopped_count_as_heard_though_the_table_falls_silent(world: World) -> None:
    event = given(world)

    def after_the_note(number: int, name: str) -> None:
        if name.startswith("dynamodb:") and any(call.startswith("ecs:Update") for call in world.calls.made[:number]):
            raise refusal("InternalServerError", status=500)

    world.calls.before = after_the_note
    verdict = fence_services.handler(event)
    assert verdict == {"status": "answered", "sentence": "eu-west-1 answered; stopped assistant"}


def test_must_not_fire_a_guard_that_refuses_is_no_silence(world: World) -> None:
    event = given(world)
    world.ctx().store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=9))
    with pytest.raises(EpochStale):
        fence_services.handler(event)
    assert world.calls.count("ecs:UpdateService") == 0


def test_must_not_fire_other_steps_keep_their_patience_with_the_table(world: World) -> None:
    ctx = world.ctx()
    world.calls.fail("dynamodb:GetItem", refusal("InternalServerError", status=500))
    with pytest.raises(ServiceUnreachable):
        ctx.store.control.record()
    assert session.client("dynamodb", OREGON).meta.config.read_timeout == 5.0
