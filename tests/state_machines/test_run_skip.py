"""A region is lost, and an endpoint of the plan is down for good: what only observes is skipped, what protects is not.

Our own runner of hooks is gone, too: a hook that the plan does not require stops nothing.

One world, one incident: a person types `lyo-dr skip` while the check fails.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import pytest
from rich.console import Console

from drills.engine import operators
from drills.engine.context import DrillContext
from drills.engine.screen import Screen
from drills.results.record import TimelineLine
from drills.scenarios.region_loss.skipped_check import WHY, with_search
from drills.world.world import World
from lyo_dr.model.plan import Hook, Plan
from tests.plans import lyo_plan
from tests.state_machines.failover import (
    IRELAND,
    OREGON,
    Followed,
    follow,
    start_by_hand,
    with_budgets,
    without_detection,
)

pytestmark = [pytest.mark.drill, pytest.mark.timeout(480)]
_ID = "skip-by-hand"
_HOOK = {
    "name": "consumers",
    "stage": "before_traffic",
    "budget": "PT1M",
    "function": {IRELAND: "shop-start-consumers", OREGON: "shop-start-consumers"},
}


def _adjust(plan: Plan) -> Plan:
    hooks = msgspec.convert([_HOOK], list[Hook])
    return msgspec.structs.replace(with_budgets(validation=90)(plan), hooks=hooks)


@dataclass
class Story:
    """The incident, and what the person was told."""

    incident: Followed
    said: dict[str, operators.Said] = field(default_factory=dict)


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """At the first word of the check a person skips a step that protects, and one that does not."""
    with World(with_search(lyo_plan()), adjust=_adjust, warm=False) as world:
        without_detection(world)
        ctx = DrillContext(world, Screen(Console(file=io.StringIO())))
        said: dict[str, operators.Said] = {}

        def at(line: TimelineLine) -> None:
            if line.step == "CheckEndpoints" and not said:
                for step in ("ThrowLatch", "CheckEndpoints"):
                    said[step] = operators.lyo_dr(ctx, "skip", _ID, step, "--why", WHY)

        runner = world.names(OREGON).function("run_hooks", "CallHook")
        world.client("lambda", OREGON).delete_function(FunctionName=runner)
        world.lose_region(IRELAND)
        yield Story(follow(world, start_by_hand(world, _ID), at), said)


def test_a_check_that_fails_is_skipped_with_a_reason_and_the_incident_goes_on(story: Story) -> None:
    incident, said = story.incident, story.said["CheckEndpoints"]
    assert said.code == 0, said.text
    assert "CheckEndpoints will be skipped; the incident goes on without it" in " ".join(said.text.split())
    checks = incident.said_by("CheckEndpoints")
    assert "/health" in checks[0]
    assert checks[-1].startswith("Skipped, not checked: ")
    assert checks[-1].endswith(f"said: {WHY}")
    assert incident.status == "SUCCEEDED"
    assert incident.head["ending"] == "recovered"


def test_the_ending_names_what_was_skipped(story: Story) -> None:
    (closed,) = story.incident.said_by("CloseIncident")
    assert closed.startswith(f"Recovered in {OREGON}")
    assert "skipped, not checked: CheckEndpoints (by " in closed
    assert WHY in closed


def test_a_hook_whose_runner_fails_is_named_in_the_ending_and_stops_nothing(story: Story) -> None:
    (closed,) = story.incident.said_by("CloseIncident")
    assert "hooks without success: consumers" in closed
    assert "CallHook" not in story.incident.steps


def test_the_twin_a_step_that_protects_is_refused_in_a_sentence_and_runs(story: Story) -> None:
    incident, said = story.incident, story.said["ThrowLatch"]
    assert said.code == 1, said.text
    assert "ThrowLatch cannot be skipped: the latch keeps traffic from going back" in " ".join(said.text.split())
    assert any("tried to skip ThrowLatch without effect" in each for each in incident.said_by("AnswerOperator"))
    assert any(each.startswith("Latch set") for each in incident.said_by("ThrowLatch"))
