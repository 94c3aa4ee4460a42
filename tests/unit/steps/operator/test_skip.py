"""A person skips a step through the operator API: before it is reached, while it is retried, after it has failed."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from lyo_dr import outages
from lyo_dr.errors import LeaseLost, LyoDrError
from lyo_dr.model.incident import Incident
from lyo_dr.steps.deploy_service import check_capacity
from lyo_dr.steps.switch_traffic import check_traffic
from lyo_dr.steps.validate_recovery import check_endpoints
from tests.unit.aws import World, refusal
from tests.unit.operator_requests import ADA, knock

HANDLERS: dict[str, Any] = {
    "CheckCapacity": check_capacity,
    "CheckTraffic": check_traffic,
    "CheckEndpoints": check_endpoints,
}
STARTED = "2026-03-29T12:00:00Z"


def skip(incident: str, step: str = "CheckEndpoints", why: str = "search is down") -> tuple[int, str]:
    return knock({"action": "skip", "incident": incident, "step": step, "why": why})


def run(incident: Incident, step: str, **more: Any) -> dict[str, Any]:
    """The step as its state machine calls it."""
    given = {"incident": incident, "service": "assistant", "through": "standby", "started_at": STARTED, **more}
    found: dict[str, Any] = HANDLERS[step].handler(msgspec.to_builtins(given))
    return found


@pytest.mark.parametrize("step", HANDLERS)
def test_skipped_before_it_is_reached_it_is_ready_and_says_so_without_looking(world: World, step: str) -> None:
    incident = world.given_incident()
    assert skip(incident.id, step) == (200, f"{step} will be skipped; the incident goes on without it")
    world.calls.fail("ecs:DescribeServices", AssertionError("nothing is looked at"))
    assert run(incident, step)["status"] == "ready"
    asked, done = world.said()[-2:]
    assert asked.startswith(f"{ADA} skips {step}: search is down. Allowed, as it only ")
    assert done == f"Skipped, not checked: {ADA} said: search is down"


def test_while_it_is_retried_the_next_try_goes_past_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "_LATEST_SECONDS", math.inf)  # however slow the machine is
    incident = world.given_incident()
    world.calls.fail("ecs:DescribeServices", refusal("ServiceUnavailable", "later", status=503))
    now = world.ctx().now().isoformat()
    attempt = {"entered": now, "retries": 5, "started_at": now}
    with pytest.raises(LyoDrError):
        run(incident, "CheckCapacity", attempt=attempt)
    (failure,) = world.ctx().store.steps.failures(incident.id)
    assert (failure.step, failure.retried, failure.passed) == ("CheckCapacity", True, False)
    assert skip(incident.id, "CheckCapacity")[0] == 200
    assert run(incident, "CheckCapacity", attempt={**attempt, "retries": 6})["status"] == "ready"
    (failure,) = world.ctx().store.steps.failures(incident.id)
    assert failure.passed


def test_the_first_who_asks_counts_and_the_same_again_changes_nothing(world: World) -> None:
    incident = world.given_incident()
    skip(incident.id)
    before = world.ctx().store.incidents.notes(incident.id, "SKIP"), world.said()
    assert skip(incident.id, why="another reason") == (
        200,
        f"CheckEndpoints is skipped already, by {ADA}: search is down",
    )
    assert (world.ctx().store.incidents.notes(incident.id, "SKIP"), world.said()) == before


@pytest.mark.parametrize("step", ["FenceServices", "CheckGate", "AcceptProof", "TakeAuthority", "ThrowLatch"])
def test_the_twin_what_protects_is_refused_and_nothing_is_recorded(world: World, step: str) -> None:
    incident = world.given_incident()
    status, sentence = skip(incident.id, step)
    assert status == 409
    assert sentence.startswith(f"{step} cannot be skipped: ")
    assert world.ctx().store.incidents.notes(incident.id, "SKIP") == []
    assert world.said()[-1] == f"{ADA} tried to skip {step} without effect: {sentence}"


def test_the_twin_a_skip_recorded_by_hand_does_not_move_a_step_that_is_not_skippable(world: World) -> None:
    from lyo_dr.steps.region_failover import judge_components

    incident = world.given_incident()
    world.ctx().store.incidents.record_once(incident.id, "SKIP", "JudgeComponents", by="x", why="y", at=STARTED)
    places = {"databases": [{"name": "bookings", "recovered": False}], "services": []}
    with pytest.raises(judge_components.PlacesNotRecovered):
        judge_components.handler(msgspec.to_builtins({"incident": incident, "places": places}))
    (failure,) = world.ctx().store.steps.failures(incident.id)
    assert (failure.step, failure.retried) == ("JudgeComponents", False)


def test_the_twin_a_skipped_step_still_needs_the_lease(world: World) -> None:
    incident = world.given_incident()
    skip(incident.id)
    lease = world.ctx().store.control.lease()
    assert lease is not None
    world.ctx().store.control.release_lease(incident.id, lease.epoch, world.ctx().now())
    with pytest.raises(LeaseLost):
        run(incident, "CheckEndpoints")


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"why": " "}, "skip needs a reason (why)"),
        ({"step": ""}, "skip needs the name of a step, as the timeline shows it"),
        ({"step": "../x"}, "skip needs the name of a step, as the timeline shows it"),
    ],
)
def test_it_needs_a_step_and_a_reason(world: World, order: dict[str, str], sentence: str) -> None:
    incident = world.given_incident()
    given = {"action": "skip", "incident": incident.id, "step": "CheckTraffic", "why": "x", **order}
    assert knock(given) == (400, sentence)


def test_an_unknown_incident_is_not_made_by_naming_it(world: World) -> None:
    assert skip("nobody-knows-it") == (404, "there is no incident nobody-knows-it in us-west-2")
    assert world.said("nobody-knows-it") == []
