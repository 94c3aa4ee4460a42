"""What the machine of a breach may never do, read from its file."""

from __future__ import annotations

import pytest

from tests.state_machines.asl import Scope, scopes

(MACHINE,) = [scope for scope in scopes("breach_response") if scope.top]
AT_ONCE = [scope for scope in scopes("breach_response") if scope.owner == "AtOnce"]
CONTAIN = [scope for scope in scopes("breach_response") if scope.owner == "Contain"]
STARTING_ANEW = {"RenewTasks", "RotateSecrets", "IsolateGroups", "RevokeSessions"}
"""What changes or starts anew something evidence is taken of."""


def _before(wall: str) -> set[str]:
    """States that can be reached without passing ``wall``."""
    seen: set[str] = set()
    ahead = [MACHINE.start]
    while ahead:
        name = ahead.pop()
        if name not in seen and name != wall:
            seen.add(name)
            ahead += MACHINE.after(name)
    return seen


def test_fault_51_evidence_is_taken_before_anything_starts_anew() -> None:
    assert {scope.start for scope in AT_ONCE} == {"AnnounceBreach", "PreserveBreach", "BlockAddresses"}
    assert not _before("AtOnce") & {"Contain", "RotateSecrets"}
    for scope in AT_ONCE:
        assert not STARTING_ANEW & set(scope.states)


@pytest.mark.parametrize("scope", [*AT_ONCE, *CONTAIN], ids=lambda scope: scope.start)
def test_fault_51_a_part_that_fails_stops_no_other(scope: Scope) -> None:
    """Every task of a branch is caught inside it, and the branch ends well: the parallel state never fails for it."""
    for name, state in scope.states.items():
        if state["Type"] == "Task":
            assert scope.caught_by(name), name
    assert not [name for name, state in scope.states.items() if state["Type"] == "Fail"]


def test_fault_51_after_a_failed_rotation_the_rest_is_proven_and_assessed() -> None:
    assert MACHINE.caught_by("RotateSecrets") == ["NotRotated"]
    after = MACHINE.reachable("NotRotated")
    assert {"ProveContained", "AssessBreach", "ConcludeBreach", "AnnounceBreachFailure", "NotContained"} <= after


def test_nothing_is_isolated_revoked_or_rotated_before_the_gate() -> None:
    choices = MACHINE.states["WhatNow"]["Choices"]
    assert {(one["StringEquals"], one["Next"]) for one in choices} == {("act", "Contain"), ("ask", "AwaitConsent")}
    assert MACHINE.states["WhatNow"]["Default"] == "ConcludeBreach", "a light finding is preserved and told"
    assert {name for name in MACHINE.states if "Contain" in MACHINE.after(name)} == {"WhatNow", "OpenGate"}
    assert {name for name in MACHINE.states if "OpenGate" in MACHINE.after(name)} == {"HasConsent"}


def test_older_sessions_are_refused_only_when_fresh_tasks_run() -> None:
    (scope,) = [scope for scope in CONTAIN if scope.start == "RenewTasks"]
    assert {name for name in scope.states if "RevokeSessions" in scope.after(name)} == {"AreFresh"}
    assert scope.states["AreFresh"]["Choices"][0] == {
        "Variable": "$.check.status",
        "StringEquals": "ready",
        "Next": "RevokeSessions",
    }


def test_secrets_are_rotated_when_older_sessions_can_no_longer_read_them() -> None:
    assert "Contain" not in _before("Contain")
    assert "RotateSecrets" not in _before("Contain")


def test_containment_is_lifted_by_nothing_in_the_machine() -> None:
    assert "LiftContainment" not in str(MACHINE.states)
