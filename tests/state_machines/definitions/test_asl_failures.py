"""What a failure leads to in every state machine, and what it leaves in place."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import lyo_dr.steps
from lyo_dr import errors
from lyo_dr.errors import LyoDrError
from tests.state_machines.asl import Scope, everything, machine, of_type, processes, scopes

GREEN_AFTER_FAILURE = {
    ("secret_rotation", "TokensUnfinished"): "the logins go on first; AreTokensRotated fails the rotation afterwards",
    ("region_failover", "FenceUnknown"): "a fence is best effort: veto and latch protect, and silence is an outcome",
    ("incident_response", "NotAnnounced"): "a message that cannot be sent must not stop the recovery",
    ("region_failover", "DatabaseNotPromoted"): "judged by JudgeComponents, which fails for a critical database",
    ("region_failover", "ServiceNotDeployed"): "judged by JudgeComponents, which fails for a critical service",
    ("region_failover", "FollowerNotRaised"): "found by ValidateFrontDoor, which fails for a critical service",
    ("region_failover", "RecoveredUnprotected"): "users are served; the final message asks a person to protect",
    **{
        ("region_failover", f"IsRequired{stage}"): "a hook is foreign: it stops a recovery only where the plan says so"
        for stage in ("BeforeFence", "AfterFence", "BeforePromotion", "AfterPromotion", "BeforeTraffic", "AfterTraffic")
    },
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
    ("database_restore", "ReadRestored"): "tables that were not read beforehand are read by the queries, more slowly",
    ("restore_replicated", "ReadRestored"): "tables that were not read beforehand are read by the queries, more slowly",
    (
        "database_restore",
        "RestoreToNewInstance",
    ): "a search that comes to nothing leaves the last good run as the moment",
    ("search_recovery_point", "CloseSearch"): "what was found by then counts; at worst the last good run",
    ("search_recovery_point", "ProbeLost"): "one look less: it is on record as without an answer, and the rounds go on",
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
    "HookStopped",
}
"""The errors machines end with; each is one an operator finds in the console."""


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
    ("restore_replicated", "$.warm"): "reading tables beforehand is best effort: an error stands in for its result",
    ("database_restore", "$.error"): "NotStopped, NotRestored and NotGood put a verdict in the place of an error",
    ("region_failover", "$.held_by"): "the first hook that holds leads out of the failover; no second one is reached",
    ("region_failover", "$.fence"): "FenceUnknown stands in for the result FenceRegion did not have",
}


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
