"""Where hooks stand in the way of a failover, and that a plan without them pays nothing."""

from __future__ import annotations

import pytest

from lyo_dr.model.plan.hooks import BEFORE_PROMOTION, STAGES
from tests.state_machines.asl import Scope, scopes


def top(process: str) -> Scope:
    (scope,) = [scope for scope in scopes(process) if scope.top]
    return scope


def state_of(stage: str) -> str:
    return "Hooks" + "".join(part.capitalize() for part in stage.split("_"))


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_is_a_map_over_what_the_gate_found_in_the_plan(stage: str) -> None:
    state = top("region_failover").states[state_of(stage)]
    assert (state["Type"], state["ItemsPath"], state["MaxConcurrency"]) == ("Map", f"$.gate.hooks.{stage}", 1)


def test_the_facts_are_read_again_after_hooks_and_before_anything_is_promoted() -> None:
    scope = top("region_failover")
    assert scope.states["IsHeldBeforeFence"]["Default"] == "ReadFactsAgain"
    before = [choice["Next"] for choice in scope.states["HasRegionAnswered"]["Choices"]]
    assert before == ["ReadFactsAgain"] * 3
    assert {choice["Variable"] for choice in scope.states["HasRegionAnswered"]["Choices"][1:]} == {
        "$.after_fence[0]",
        "$.before_promotion[0]",
    }


def test_only_before_the_promotion_a_hook_can_hold_and_what_was_done_is_undone() -> None:
    scope = top("region_failover")
    undo = {"before_fence": "UndoPreparation", "after_fence": "LiftFence", "before_promotion": "LiftFence"}
    assert set(undo) == set(BEFORE_PROMOTION)
    for stage, step in undo.items():
        held = state_of(stage).replace("Hooks", "Held")
        assert scope.states[held]["Next"] == step
    assert "HeldByHook" in scope.after("WhyNot")
    assert "HeldByHook" not in scope.reachable("RecoverPlaces")


def test_traffic_waits_for_the_hooks_before_it_and_nothing_comes_between() -> None:
    scope = top("region_failover")
    order = ["JudgeComponents", "HooksAfterPromotion", "ValidateStandby", "HooksBeforeTraffic", "SwitchTraffic"]
    for first, second in zip(order, [*order[1:], "HooksAfterTraffic"], strict=True):
        assert set(scope.after(first)) == {second, "Failed"}


def test_on_failure_people_are_told_and_the_lease_is_settled_first() -> None:
    scope = top("incident_response")
    assert scope.states["SettleLease"]["Next"] == "HasHooksOnFailure"
    assert "HooksOnFailure" not in scope.reachable("HooksOnFailure") - {"HooksOnFailure"}
    assert scope.reachable("HooksOnFailure") == {"HooksOnFailure", "Failed"}
