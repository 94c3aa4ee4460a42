"""Fault 24: the write that moves traffic fails. It is tried again, and then a person is told what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.failover.traffic import traffic_progress
from lyo_dr.errors import LyoDrError, ServiceUnreachable, Throttled
from lyo_dr.services.failover import front_names
from lyo_dr.steps.switch_traffic import check_traffic, throw_latch
from tests.state_machines.asl import machine
from tests.unit.aws import World, refusal
from tests.unit.builders import OREGON, a_deadline

PUT = "cloudwatch:PutMetricData"
FAILURES: dict[str, tuple[Exception, type[LyoDrError]]] = {
    "throttled": (refusal("ThrottlingException"), Throttled),
    "unavailable": (refusal("ServiceUnavailable", status=503), ServiceUnreachable),
    "internal": (refusal("InternalFailure", status=500), ServiceUnreachable),
}


def switching(world: World, **more: Any) -> dict[str, Any]:
    return {"incident": msgspec.to_builtins(world.given_incident()), **more}


@pytest.mark.parametrize(("error", "ours"), FAILURES.values(), ids=FAILURES.keys())
def test_fault_24_a_write_that_fails_is_an_error_the_machine_tries_again(
    world: World, error: Exception, ours: type[LyoDrError]
) -> None:
    event = switching(world)
    world.calls.fail(PUT, error)
    with pytest.raises(ours):
        throw_latch.handler(event)
    retried = {
        name for retry in machine("switch_traffic")["States"]["ThrowLatch"]["Retry"] for name in retry["ErrorEquals"]
    }
    assert ours.__name__ in retried
    world.calls.before = lambda _number, _name: None
    throw_latch.handler(event)
    assert world.latch() == [("primary", 1.0)]


def test_fault_24_the_latch_is_thrown_again_at_every_look_until_traffic_has_arrived(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_names, "addresses", lambda *_asked: [])
    event = switching(world, started_at=world.ctx().now().isoformat())
    assert [check_traffic.handler(event)["status"] for _ in range(3)] == ["pending"] * 3
    assert world.latch() == [("primary", 1.0)] * 3


def test_fault_24_when_nothing_helps_a_person_is_told_where_the_break_glass_step_is() -> None:
    verdict = traffic_progress(
        name="api.lyo-booking.com",
        region=OREGON,
        expected=["192.0.2.1"],
        resolved=["198.51.100.7"],
        answer=None,
        deadline=a_deadline(timedelta(minutes=10), spent=600),
    )
    assert verdict.status == "broken"
    assert "see the runbook for the break-glass step" in verdict.sentence
