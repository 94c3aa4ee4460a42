"""Fault 9: AWS asks to slow down. Every refusal of that kind is retried, and nothing is done twice by it."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import calling
from lyo_dr.errors import Throttled
from lyo_dr.handler import Handler
from lyo_dr.steps.deploy_service import raise_capacity
from lyo_dr.steps.promote_database import promote_replica
from lyo_dr.steps.switch_traffic import take_authority, throw_latch
from tests.state_machines.asl import of_type
from tests.unit.aws import World, refusal
from tests.unit.builders import OREGON

CODES = [
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
]
STARTED = "2026-03-29T12:00:00Z"
GUARDED: dict[str, tuple[Handler, dict[str, Any]]] = {
    "PromoteReplica": (promote_replica.handler, {"database": "bookings", "started_at": STARTED}),
    "RaiseCapacity": (raise_capacity.handler, {"service": "assistant", "started_at": STARTED}),
    "TakeAuthority": (take_authority.handler, {}),
    "ThrowLatch": (throw_latch.handler, {}),
}


@pytest.mark.parametrize("code", CODES)
def test_fault_09_every_word_of_aws_for_slow_down_becomes_one_error(code: str) -> None:
    with pytest.raises(Throttled, match="AWS asks to slow down"), calling("asking"):
        raise refusal(code)


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_fault_09_every_step_is_retried_when_throttled_within_bounds(scope: Any, name: str) -> None:
    task = scope.states[name]
    if not task["Resource"].startswith("${"):
        return
    (retry,) = [retry for retry in task["Retry"] if "Throttled" in retry["ErrorEquals"]]
    assert retry["MaxAttempts"] >= 2
    assert retry["MaxDelaySeconds"] <= 30


@pytest.mark.parametrize("step", GUARDED)
def test_fault_09_a_step_throttled_at_any_call_and_run_again_ends_as_if_it_never_was(world: World, step: str) -> None:
    """The first run is refused at its first call, the second at its second, and so on until one comes through."""
    handler, more = GUARDED[step]
    event = {"incident": msgspec.to_builtins(world.given_incident()), **more}
    world.prepare("ecs")
    for patience in itertools.count():
        started = len(world.calls.made)

        def refuse(number: int, name: str, last: int = started + patience) -> None:
            if number == last:
                raise refusal("ThrottlingException", operation=name)

        world.calls.before = refuse
        try:
            handler(event)
        except Throttled:
            assert patience < 30
            continue
        break
    world.calls.before = lambda _number, _name: None
    assert patience >= 3, "the guard alone makes that many calls"
    assert world.calls.rds["lyo-saas-production-postgres-replica"].promotions == (step == "PromoteReplica")
    assert world.service(OREGON)[0] == (2 if step == "RaiseCapacity" else 0)
    assert set(world.latch()) == ({("primary", 1.0)} if step == "ThrowLatch" else set())
