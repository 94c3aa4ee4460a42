"""What comes before what in the state machines, and which ways there are at all."""

from __future__ import annotations

import json

import pytest

from tests.state_machines.asl import Scope, of_type, processes, scopes

ALL = of_type("Task", "Choice", "Wait", "Pass", "Parallel", "Map", "Succeed", "Fail")


@pytest.mark.parametrize("scope", [s for p in processes() for s in scopes(p)], ids=lambda scope: scope.path)
def test_every_state_is_reachable(scope: Scope) -> None:
    assert scope.reachable(scope.start) == set(scope.states)


@pytest.mark.parametrize(("scope", "name"), ALL)
def test_every_way_leads_to_a_state_of_the_same_scope_and_every_state_goes_on_or_ends(scope: Scope, name: str) -> None:
    assert set(scope.after(name)) <= set(scope.states)
    state = scope.states[name]
    terminal = state["Type"] in ("Succeed", "Fail") or state.get("End") is True
    assert terminal != bool(scope.next_of(name))


@pytest.mark.parametrize(("scope", "name"), of_type("Choice"))
def test_every_choice_has_a_default(scope: Scope, name: str) -> None:
    assert "Default" in scope.states[name]


def test_what_runs_once_is_raised_only_after_authority_is_taken() -> None:
    (scope,) = [scope for scope in scopes("region_failover") if scope.top]
    assert set(scope.after("SwitchTraffic")) == {"HooksAfterTraffic", "Failed"}
    before = [name for name in scope.states if "RaiseFollowers" in scope.after(name)]
    assert before == ["HooksAfterTraffic"]
    before = [name for name in scope.states if "HooksAfterTraffic" in scope.after(name)]
    assert before == ["SwitchTraffic"], "TakeAuthority is its first state"
    assert scope.states["RaiseFollowers"]["ItemsPath"] == "$.judgement.after_authority"


def test_fault_28_after_the_switch_nothing_goes_back_to_the_lost_region() -> None:
    (scope,) = [scope for scope in scopes("region_failover") if scope.top]
    after = scope.reachable("SwitchTraffic")
    assert after == {
        "SwitchTraffic",
        "HooksAfterTraffic",
        "RaiseFollowers",
        "ValidateFrontDoor",
        "ProtectDatabases",
        "Recovered",
        "RecoveredUnprotected",
        "Failed",
    }
    touching = {"FenceRegion", "LiftFence", "RecoverPlaces", "ReadFactsAgain"}
    assert not after & touching


def test_fault_28_nothing_in_the_switch_throws_the_latch_back() -> None:
    (scope,) = [scope for scope in scopes("switch_traffic") if scope.top]
    steps = [name for name, state in scope.states.items() if state["Type"] == "Task"]
    assert steps == ["TakeAuthority", "ThrowLatch", "ChangeRecord", "CheckChange", "CheckTraffic"]


def test_fault_19_traffic_waits_for_the_proof_of_every_database() -> None:
    (scope,) = [scope for scope in scopes("promote_database") if scope.top]
    before = {name for name in scope.states if "Promoted" in scope.after(name)}
    assert before == {"IsProven"}
    assert scope.states["IsProven"]["Choices"][0] == {
        "Variable": "$.verdict.status",
        "StringEquals": "ready",
        "Next": "Promoted",
    }
    assert scope.states["IsProven"]["Default"] == "NotWritable"
    (failover,) = [scope for scope in scopes("region_failover") if scope.top]
    way = ["RecoverPlaces", "JudgeComponents", "HooksAfterPromotion", "ValidateStandby", "HooksBeforeTraffic"]
    for first, second in zip(way, [*way[1:], "SwitchTraffic"], strict=True):
        assert {name for name in failover.states if second in failover.after(name)} == {first}


def test_fault_20_protection_is_started_and_never_waited_for() -> None:
    (inner,) = [scope for scope in scopes("region_failover") if scope.owner == "ProtectDatabases"]
    assert inner.states["ProtectDatabase"]["Resource"] == "arn:aws:states:::states:startExecution"


def test_nothing_irreversible_happens_before_the_gate_and_the_second_look() -> None:
    (scope,) = [scope for scope in scopes("region_failover") if scope.top]
    for wall in ("CheckGate", "ConfirmRegionLost"):
        without = {name: state for name, state in scope.states.items() if name != wall}
        open_way = {scope.start} - {wall}
        for _ in without:
            open_way |= {after for name in open_way for after in scope.after(name) if after != wall}
        assert not open_way & {"FenceRegion", "RecoverPlaces", "SwitchTraffic", "LiftFence"}


def test_fault_39_only_an_approved_answer_leads_on_and_the_gate_is_judged_again_first() -> None:
    (scope,) = [scope for scope in scopes("region_failover") if scope.top]
    assert scope.states["HasConsent"]["Default"] == "UndoPreparation"
    assert [choice["StringEquals"] for choice in scope.states["HasConsent"]["Choices"]] == ["approved"]
    assert scope.next_of("ReadFactsAnew") == ["CheckGate"]
    assert scope.reachable("UndoPreparation") == {
        "UndoPreparation", "WhyNot", "CalledOff", "NotConsented", "Held", "HeldByHook", "Failed",
    }  # fmt: skip


def test_what_was_prepared_is_undone_on_every_way_that_recovers_nothing() -> None:
    (scope,) = [scope for scope in scopes("region_failover") if scope.top]
    for ending in ("CalledOff", "NotConsented", "Held", "HeldByHook"):
        assert {name for name in scope.states if ending in scope.after(name)} == {"WhyNot"}


def test_what_triage_leaves_to_a_person_goes_to_the_gate_without_telling_users_of_a_disruption() -> None:
    (scope,) = [scope for scope in scopes("incident_response") if scope.top]
    ways = {choice["StringEquals"]: choice["Next"] for choice in scope.states["WhatToDo"]["Choices"]}
    assert ways == {"act": "AnnounceAndRecover", "ask": "AskAndRecover", "look_again": "WaitToLookAgain"}
    assert scope.next_of("AskAndRecover") == ["ValidateOutcome"]
    assert "${RegionFailoverMachine}" in json.dumps(scope.states["AskAndRecover"])
