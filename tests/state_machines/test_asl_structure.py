"""Rules every state machine keeps, read from the files alone."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from typing import Any

import pytest

import lyo_dr.steps
from lyo_dr import errors
from lyo_dr.decisions.common.consent import waiting
from lyo_dr.errors import LyoDrError
from lyo_dr.model.resource_names import snake
from stacks.asl import INVOKE_AND_AWAIT
from tests.plans import PLAN_FILE, lyo_plan
from tests.state_machines.asl import ROOT, Scope, everything, machine, of_type, parts, processes, scopes

ALL = of_type("Task", "Choice", "Wait", "Pass", "Parallel", "Map", "Succeed", "Fail")
TRANSIENT = {
    "lambda": {"Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
               "Lambda.TooManyRequestsException", "Throttled", "ServiceUnreachable"},
    "execution": {"StepFunctions.ExecutionLimitExceededException", "StepFunctions.ThrottlingException"},
}  # fmt: skip
GREEN_AFTER_FAILURE = {
    ("secret_rotation", "TokensUnfinished"): "the logins go on first; AreTokensRotated fails the rotation afterwards",
    ("region_failover", "FenceUnknown"): "a fence is best effort: veto and latch protect, and silence is an outcome",
    ("incident_response", "NotAnnounced"): "a message that cannot be sent must not stop the recovery",
    ("region_failover", "DatabaseNotPromoted"): "judged by JudgePlaces, which fails for a critical database",
    ("region_failover", "ServiceNotDeployed"): "judged by JudgePlaces, which fails for any service",
    ("region_failover", "RecoveredUnprotected"): "users are served; the final message asks a person to protect",
    ("gather_facts", "ReplicaUnread"): "a replica that cannot be read is unknown, which triage weighs",
    ("await_consent", "NoAnswer"): "silence is an answer: TakeAnswer reads the table and says how it ended",
    (
        "await_consent",
        "NotPrepared",
    ): "what is not raised meanwhile is raised by deploy_service, or fails there",
    ("database_restore", "StopDamage"): "a message that cannot be sent must not leave the damage going on",
    ("database_restore", "ReadEvidence"): "a delayed replica that cannot be held is not used, and a restore needs none",
    ("database_restore", "IsToBeSearched"): "where nobody knows whether it helps, an ordinary restore does",
    ("database_restore", "RestoreInstead"): "a replica that cannot be promoted leaves the restore there always was",
    ("database_restore", "AlignLogins"): "tables that were not read beforehand are read by users, more slowly",
    ("database_restore", "RestoreBeside"): "a search that comes to nothing leaves the last good run as the moment",
    ("search_moment", "CloseSearch"): "what was found by then counts; at worst the last good run",
    ("search_moment", "ProbeLost"): "one look less: it is on record as without an answer, and the rounds go on",
    ("database_restore", "RestoredUnprotected"): "users are served; the final message says it is unprotected",
    ("protect_restored", "ReplicateAgain"): "protecting does not wait for a comparison that could not be started",
    (
        "secret_rotation",
        "AskForKey",
    ): "a key that could not be taken stays outstanding, and people are told; logins are rotated all the same",
    **{
        ("breach_response", name): "a part that fails stops no other; ConcludeBreach fails for it"
        for name in (
            "NotTold",
            "NotPreserved",
            "NotBlocked",
            "NotRevoked",
            "NotIsolated",
            "NotRotated",
            "NotProven",
            "NotAssessed",
        )
    },
    **{
        ("preserve_breach", name): "what cannot be preserved is an entry of the manifest, and never stops containment"
        for name in (
            "DatabasesMissed",
            "TasksMissed",
            "SecretsMissed",
            "ActionsMissed",
            "RequestsMissed",
            "LogsMissed",
        )
    },
    ("preserve_breach", "Preserved"): "what is sealed is sealed; only the later part could not be begun",
    ("finish_evidence", "LateMissed"): "the logs are worth exporting all the same; it is a gap in the manifest",
    ("finish_evidence", "ExportsMissed"): "it is a gap in the manifest, which is sealed again",
    ("incident_response", "Closed"): "the incident is closed; a last message that failed is on its timeline",
}
"""Targets of a Catch from which a machine may still end well, each with its reason."""
FAILS = {
    "IncidentFailed",
    "TrafficNotSwitched",
    "PromotionRefused",
    "PromotionBroken",
    "NotWritable",
    "CapacityUnavailable",
    "ValidationFailed",
    "Unprotected",
    "LoginNotAccepted",
    "OldLoginAlive",
    "OldTokenAlive",
    "TokenNotAccepted",
    "RotationNotFinished",
    "MomentRefused",
    "NotPutBack",
    "RestoreFailed",
    "NotCompared",
    "NotReplayed",
}
"""The errors machines end with; each is one an operator finds in the console."""
ASKED_OR_IN_FRONT = {
    *("receive", "set_password", "try_login", "retire_user", "write_rows", "let_app_write", "hold_replay"),
    *("try_token", "end_cache_sessions"),
    *("read_access", "lift_containment"),
}
"""Functions behind no state: the one in front of the door, and those that steps or the operator's door ask."""
EXCLUSIVE_RESULTS = {
    ("secret_rotation", "$.tokens"): "TokensUnfinished stands in for the result RotateTokens did not have",
    ("database_restore", "$.beside"): "the instance promoted first gives way to the one restored when it was no good",
    ("incident_response", "$.error"): "only one Catch is taken: each leads to RecordFailure, which leads to the end",
    ("incident_response", "$.run"): "a failover is announced first or asked about first, never both",
    ("incident_response", "$.triage"): "either a region is lost or an instance is dead: two ways that never meet",
    ("breach_response", "$.rotation"): "NotRotated and NothingToRotate stand in for the result there is not",
    ("breach_response", "$.proof"): "NotProven stands in for the result ProveContained did not have",
    ("breach_response", "$.assessment"): "NotAssessed stands in for the result AssessBreach did not have",
    ("incident_response", "$.outcome"): "a restore brings its outcome along; a failover is looked at once more",
    ("database_restore", "$.warm"): "reading tables beforehand is best effort: an error stands in for its result",
    ("database_restore", "$.error"): "NotStopped, NotRestored and NotGood put a verdict in the place of an error",
    ("region_failover", "$.fence"): "FenceUnknown stands in for the result FenceRegion did not have",
}


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


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_every_task_retries_what_passes_and_is_bounded(scope: Scope, name: str) -> None:
    task = scope.states[name]
    kind = "lambda" if task["Resource"].startswith("${") or task["Resource"] == INVOKE_AND_AWAIT else "execution"
    retried = {error for retry in task["Retry"] for error in retry["ErrorEquals"]}
    assert TRANSIENT[kind] <= retried
    assert 0 < task["TimeoutSeconds"] <= machine(scope.process)["TimeoutSeconds"]


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_every_failure_is_caught_by_the_task_or_by_what_encloses_it(scope: Scope, name: str) -> None:
    place: Scope | None = scope
    owner: str | None = name
    while place is not None and owner is not None:
        catches = place.states[owner].get("Catch", [])
        if any("States.ALL" in catch["ErrorEquals"] for catch in catches):
            return
        owner, place = place.owner, place.outer
    pytest.fail(f"an error of {scope.path}.{name} ends the machine without a word")


@pytest.mark.parametrize(("scope", "name"), of_type("Task", "Parallel", "Map"))
def test_a_catch_keeps_what_is_known_so_far(scope: Scope, name: str) -> None:
    for catch in scope.states[name].get("Catch", []):
        assert catch["ResultPath"].startswith("$."), "without a ResultPath the error replaces the whole state"


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_every_retry_is_capped_and_spread(scope: Scope, name: str) -> None:
    for retry in scope.states[name]["Retry"]:
        assert 0 < retry["MaxAttempts"] <= 20
        assert 0 < retry["IntervalSeconds"] <= retry["MaxDelaySeconds"] <= 60
        assert retry["BackoffRate"] > 1
        waking = retry["ErrorEquals"] == ["Lambda.ResourceNotReadyException"]
        assert waking or retry["JitterStrategy"] == "FULL", "a herd that retries in step is throttled again"


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_a_retry_never_covers_a_refusal_of_the_guard(scope: Scope, name: str) -> None:
    retried = {error for retry in scope.states[name]["Retry"] for error in retry["ErrorEquals"]}
    assert not retried & {"LeaseLost", "EpochStale", "GateNotPassed", "AutomationPaused", "BadSignal", "States.ALL"}


CAUGHT = sorted(
    {(scope.path, target): scope for scope, name, _ in everything() for target in scope.caught_by(name)}.items(),
    key=lambda item: item[0],
)


@pytest.mark.parametrize(("target", "scope"), [pytest.param(t, s, id=f"{t[0]}.{t[1]}") for t, s in CAUGHT])
def test_after_a_failure_no_machine_ends_well_unless_a_reason_is_written_down(
    target: tuple[str, str], scope: Scope
) -> None:
    if (scope.process, target[1]) in GREEN_AFTER_FAILURE:
        return
    ends = {name for name in scope.reachable(target[1]) if not scope.after(name)}
    assert {scope.states[name]["Type"] for name in ends} == {"Fail"}


def test_every_written_reason_is_still_needed() -> None:
    targets = {(scope.process, target[1]) for target, scope in CAUGHT}
    assert set(GREEN_AFTER_FAILURE) <= targets


@pytest.mark.parametrize("process", processes())
def test_every_machine_has_a_way_to_fail_and_a_limit(process: str) -> None:
    kinds = {state["Type"] for state in machine(process)["States"].values()}
    assert "Fail" in kinds
    assert machine(process)["TimeoutSeconds"] > 0
    assert machine(process)["Comment"]


def _results(scope: Scope) -> dict[str, set[str]]:
    """Which states write each path; a Catch writes, too."""
    paths: dict[str, set[str]] = {}
    for name, state in scope.states.items():
        if state["Type"] in ("Task", "Pass", "Parallel", "Map") and "ResultPath" in state:
            paths.setdefault(state["ResultPath"], set()).add(name)
        for catch in state.get("Catch", []):
            paths.setdefault(catch["ResultPath"], set()).add(f"{name} (caught)")
    return paths


@pytest.mark.parametrize("scope", [s for p in processes() for s in scopes(p)], ids=lambda scope: scope.path)
def test_no_state_overwrites_the_result_of_another(scope: Scope) -> None:
    for path, writers in _results(scope).items():
        if len(writers) == 1 or (path == "$.error" and all(writer.endswith("(caught)") for writer in writers)):
            continue
        assert (scope.process, path) in EXCLUSIVE_RESULTS, f"{path} is written by {', '.join(sorted(writers))}"


@pytest.mark.parametrize("scope", [s for p in processes() for s in scopes(p)], ids=lambda scope: scope.path)
def test_after_an_error_was_written_down_no_other_error_can_overwrite_it(scope: Scope) -> None:
    for name in scope.states:
        for catch in scope.states[name].get("Catch", []):
            later = {
                other["ResultPath"]
                for ahead in scope.reachable(catch["Next"])
                for other in scope.states[ahead].get("Catch", [])
            }
            looping = name in scope.reachable(catch["Next"]) or (scope.process, catch["Next"]) in GREEN_AFTER_FAILURE
            assert looping or catch["ResultPath"] not in later


@pytest.mark.parametrize("scope", [s for p in processes() for s in scopes(p) if s.top], ids=lambda scope: scope.path)
def test_nothing_writes_over_the_incident_the_input_or_the_whole_state(scope: Scope) -> None:
    for path, writers in _results(scope).items():
        assert path not in ("$", "$.signal", "$.database", "$.service", "$.through")
        assert path != "$.incident" or writers == {"OpenIncident"}


def _our_errors() -> set[str]:
    for module in pkgutil.walk_packages(lyo_dr.steps.__path__, "lyo_dr.steps."):
        importlib.import_module(module.name)

    def below(kind: type[LyoDrError]) -> set[str]:
        return {kind.__name__} | {name for child in kind.__subclasses__() for name in below(child)}

    return below(LyoDrError)


def _named_errors() -> set[str]:
    named: set[str] = set()
    for _, _, state in everything():
        for rule in [*state.get("Retry", []), *state.get("Catch", [])]:
            named |= set(rule["ErrorEquals"])
    return named


def test_every_error_a_machine_names_is_a_class_of_ours_or_of_step_functions() -> None:
    ours = {name for name in _named_errors() if "." not in name}
    assert ours <= _our_errors()
    assert {name.split(".")[0] for name in _named_errors() - ours} <= {
        "States",
        "Lambda",
        "StepFunctions",
        "Sandbox",
        "Runtime",
    }


def test_the_errors_of_the_vocabulary_have_a_sentence_each() -> None:
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, LyoDrError):
            assert kind.__doc__, name
            assert kind.__doc__.strip().endswith("."), name


def test_every_fail_state_says_why_and_is_written_down() -> None:
    written = {state["Error"] for _, _, state in everything() if state["Type"] == "Fail" and "Error" in state}
    assert written == FAILS
    for _, name, state in everything():
        if state["Type"] == "Fail":
            assert {"Error", "ErrorPath"} & set(state), name
            assert {"Cause", "CausePath"} & set(state), name


@pytest.mark.parametrize("process", processes())
def test_every_placeholder_has_its_step_or_machine_and_every_step_is_used(process: str) -> None:
    named = set(re.findall(r"\$\{([^}]*)\}", json.dumps(machine(process))))
    machines = {snake(name.removesuffix("Machine")) for name in named if name.endswith("Machine")}
    assert machines <= set(processes())
    folder = ROOT / "lambdas" / "lyo_dr" / "steps" / process
    files = {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}
    assert {snake(name) for name in named if not name.endswith("Machine")} == files - ASKED_OR_IN_FRONT


def test_every_child_machine_is_called_by_somebody() -> None:
    called = set(re.findall(r"\$\{(\w+)Machine\}", "".join(json.dumps(machine(p)) for p in processes())))
    assert {snake(name) for name in called} == set(processes()) - {"incident_response", "replay_rows"}


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_a_step_has_the_name_of_its_state(scope: Scope, name: str) -> None:
    resource = scope.states[name]["Resource"]
    if resource == INVOKE_AND_AWAIT:
        resource = scope.states[name]["Parameters"]["FunctionName"]
    if not resource.startswith("${"):
        return
    assert resource == f"${{{name}}}"
    module = importlib.import_module(f"lyo_dr.steps.{scope.process}.{snake(name)}")
    assert callable(module.handler)
    assert str(module.__doc__).startswith(f"{name}:")


@pytest.mark.parametrize(("scope", "name"), of_type("Wait"))
def test_every_wait_takes_its_length_from_the_plan(scope: Scope, name: str) -> None:
    assert scope.states[name]["SecondsPath"].endswith(".wait_seconds")
    assert not {"Seconds", "Timestamp", "TimestampPath"} & set(scope.states[name])


@pytest.mark.parametrize("process", processes())
def test_the_machines_speak_jsonpath_only(process: str) -> None:
    text = json.dumps(machine(process))
    for other in ("QueryLanguage", "JSONata", "{%", '"Assign"', '"Arguments"', '"Output":'):
        assert other not in text


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_a_nested_execution_is_waited_for_and_names_its_parent(scope: Scope, name: str) -> None:
    task = scope.states[name]
    if task["Resource"].startswith("${") or task["Resource"] == INVOKE_AND_AWAIT:
        return
    assert "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$" in task["Parameters"]["Input"]
    waits = task["Resource"].endswith(".sync:2")
    assert waits or name in ("ProtectDatabase", "ProtectRestored", "CompareDamaged", "FinishEvidence"), (
        "users are served already: only protecting, comparing, and evidence that comes hours later, are not waited for"
    )


def _seconds(state: dict[str, Any]) -> int:
    inner = [longest(part["StartAt"], part["States"]) for part in parts(state)]
    return max([int(state.get("TimeoutSeconds", 0)), *inner])


def longest(start: str, states: dict[str, Any], seen: frozenset[str] = frozenset()) -> int:
    """The time-outs of the longest way that enters no state twice."""
    if start in seen:
        return 0
    scope = Scope("", "", start, states)
    ahead = [longest(name, states, seen | {start}) for name in scope.after(start)]
    return _seconds(states[start]) + max(ahead, default=0)


@pytest.mark.parametrize("process", processes())
def test_the_states_time_out_before_their_machine_does(process: str) -> None:
    raw = machine(process)
    assert longest(raw["StartAt"], raw["States"]) < raw["TimeoutSeconds"]


def test_the_whole_response_ends_within_the_rto() -> None:
    rto = lyo_plan().objectives.rto.total_seconds()
    assert machine("incident_response")["TimeoutSeconds"] <= rto, PLAN_FILE


def test_the_plans_path_adds_up_to_less_than_the_rto() -> None:
    """Detection (Route 53's checks, the alarm, the event) and the TTL are not in our hands and counted as well."""
    plan = lyo_plan()
    budgets = plan.budgets
    detection, ttl = 180, plan.traffic.ttl.total_seconds()
    side_by_side = max(budgets.promotion, budgets.capacity)
    ours = budgets.triage + budgets.consent + budgets.fence + side_by_side + budgets.switch + 2 * budgets.validation
    assert detection + ours.total_seconds() + ttl < plan.objectives.rto.total_seconds()


WAITED = {
    "promote_database": "promotion",
    "await_consent": "consent",
    "deploy_service": "capacity",
    "switch_traffic": "switch",
    "validate_recovery": "validation",
    "protect_database": "protection",
}


@pytest.mark.parametrize(("process", "budget"), WAITED.items())
def test_a_machine_outlasts_the_budget_it_waits_for(process: str, budget: str) -> None:
    """Else the machine would time out without the sentence that says what it waited for."""
    assert getattr(lyo_plan().budgets, budget).total_seconds() < machine(process)["TimeoutSeconds"]


def test_fault_28_after_the_switch_nothing_goes_back_to_the_lost_region() -> None:
    (scope,) = [scope for scope in scopes("region_failover") if scope.top]
    after = scope.reachable("SwitchTraffic")
    assert after == {
        "SwitchTraffic",
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
    assert {name for name in failover.states if "SwitchTraffic" in failover.after(name)} == {"ValidateStandby"}
    assert {name for name in failover.states if "ValidateStandby" in failover.after(name)} == {"JudgePlaces"}
    assert {name for name in failover.states if "JudgePlaces" in failover.after(name)} == {"RecoverPlaces"}


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


def test_a_question_ends_before_the_state_machine_stops_waiting_and_that_before_its_task_does() -> None:
    """An answer of the last moment still reaches the execution; and the task ends by the plan, not by its limit."""
    consent = lyo_plan().budgets.consent
    (ask,) = [state for _, name, state in everything() if name == "AskConsent"]
    assert ask["HeartbeatSecondsPath"] == "$.gate.wait_seconds"
    assert consent.total_seconds() < waiting(consent) < ask["TimeoutSeconds"]


def test_fault_39_only_an_approved_answer_leads_on_and_the_gate_is_judged_again_first() -> None:
    (scope,) = [scope for scope in scopes("region_failover") if scope.top]
    assert scope.states["HasConsent"]["Default"] == "UndoPreparation"
    assert [choice["StringEquals"] for choice in scope.states["HasConsent"]["Choices"]] == ["approved"]
    assert scope.next_of("ReadFactsAnew") == ["CheckGate"]
    assert scope.reachable("UndoPreparation") == {
        "UndoPreparation", "WhyNot", "CalledOff", "NotConsented", "Held", "Failed",
    }  # fmt: skip


def test_what_was_prepared_is_undone_on_every_way_that_recovers_nothing() -> None:
    (scope,) = [scope for scope in scopes("region_failover") if scope.top]
    for ending in ("CalledOff", "NotConsented", "Held"):
        assert {name for name in scope.states if ending in scope.after(name)} == {"WhyNot"}


def test_what_triage_leaves_to_a_person_goes_to_the_gate_without_telling_users_of_a_disruption() -> None:
    (scope,) = [scope for scope in scopes("incident_response") if scope.top]
    ways = {choice["StringEquals"]: choice["Next"] for choice in scope.states["WhatToDo"]["Choices"]}
    assert ways == {"act": "AnnounceAndRecover", "ask": "AskAndRecover", "look_again": "WaitToLookAgain"}
    assert scope.next_of("AskAndRecover") == ["ValidateOutcome"]
    assert "${RegionFailoverMachine}" in json.dumps(scope.states["AskAndRecover"])
