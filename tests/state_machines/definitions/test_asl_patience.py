"""How long a state machine tries again: as long as the stage of the step lasts, by the plan."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lyo_dr.model.machines.times import PAUSE
from lyo_dr.model.plan import Plan
from stacks.asl import INVOKE_AND_AWAIT, MachineFault
from stacks.asl_yaml import load_definition, machine_files
from stacks.retries import PAUSE_EVENTS, attempts, history_events, longest_wait, stages
from tests.plans import lyo_plan
from tests.state_machines.asl import ROOT, Scope, everything, of_type, processes

STAGE = {
    "await_consent": "triage",
    "breach_response": "triage",
    "compare_damaged": "protection",
    "database_restore": "restore",
    "deploy_service": "capacity",
    "finish_evidence": "protection",
    "gather_facts": "triage",
    "incident_response": "triage",
    "preserve_breach": "copying",
    "promote_database": "promotion",
    "protect_database": "protection",
    "protect_restored": "protection",
    "region_failover": "triage",
    "replay_rows": "validation",
    "restore_replicated": "restore",
    "run_hooks": "triage",
    "search_recovery_point": "search",
    "secret_rotation": "capacity",
    "switch_traffic": "switch",
    "validate_recovery": "validation",
}
"""The stage whose budget the steps of a machine wait within."""
IMPATIENT = {
    **dict.fromkeys(("AnnounceIncident", "AnnounceOutcome", "AnnounceFailure"), "people are told beside the recovery"),
    **dict.fromkeys(("AnnounceBreach", "AnnounceBreachFailure", "AnnounceRestore"), "people are told beside it"),
    **dict.fromkeys(("AnnounceUncompared", "AnnounceUnprotected", "AnnounceReplayFailure"), "people are told"),
    "AnnounceRotationFailure": "people are told",
    "RecordFailure": "people are told next, and do not wait for a table",
    "PrepareStandby": "RaiseCapacity does the same later, and an answer may come at any time",
    "HoldDelayed": "a delayed replica is one way of two, and the damage goes on",
    "WarmTables": "users may wait for a slow first query, but not for this",
    "ReadReplica": "a replica that cannot be read is unknown, and the look is taken again",
    "FenceServices": "best effort: veto and latch protect without it",
}
"""Steps that are not worth waiting for, each with the reason."""
EACH_FROM_ITS_ENTRY = {"region_failover", "run_hooks"}
"""Machines whose steps have the whole budget each: what lies between them may have lasted longer."""
OUTAGE = {"Throttled", "ServiceUnreachable", "Lambda.TooManyRequestsException", "Lambda.ServiceException",
          "Lambda.AWSLambdaException", "Lambda.SdkClientException"}  # fmt: skip
CRASH = {"Runtime.ExitError", "Sandbox.Timedout", "Lambda.Unknown"}
MOST_EVENTS = 25_000


def retry_of(task: dict[str, Any], error: str) -> dict[str, Any]:
    (retry,) = [retry for retry in task["Retry"] if error in retry["ErrorEquals"]]
    return dict(retry)


def is_step(task: dict[str, Any]) -> bool:
    resource = str(task["Resource"])
    return resource.startswith("${") or resource == INVOKE_AND_AWAIT


STEPS = [row for row in of_type("Task") if is_step(row.values[0].states[row.values[1]])]


@pytest.mark.parametrize(("scope", "name"), STEPS)
def test_fault_56_every_step_waits_for_an_api_as_long_as_its_stage_lasts(scope: Scope, name: str) -> None:
    task = scope.states[name]
    if name in IMPATIENT:
        assert retry_of(task, "Throttled")["MaxAttempts"] <= 6
        assert "Catch" in task
        return
    budget = dict(stages(lyo_plan()))[STAGE[scope.process]]
    for error in OUTAGE:
        retry = retry_of(task, error)
        assert longest_wait(retry) >= budget
        assert longest_wait({**retry, "MaxAttempts": retry["MaxAttempts"] - 1}) < budget
        assert "JitterStrategy" not in retry, "drawn delays may add up to next to nothing"


@pytest.mark.parametrize(("scope", "name"), STEPS)
def test_must_not_fire_a_crash_is_tried_a_few_times_only(scope: Scope, name: str) -> None:
    for error in CRASH:
        assert retry_of(scope.states[name], error)["MaxAttempts"] <= 6


@pytest.mark.parametrize("process", processes())
def test_fault_56_the_attempts_follow_from_the_plan(process: str) -> None:
    def most(plan: Plan) -> int:
        found = load_definition(machine_files()[process], plan)
        return max((number for number in _attempts(found)), default=0)

    if process not in STAGE:
        return
    plan, span = lyo_plan(), timedelta(hours=3)
    budgets = msgspec.structs.replace(plan.budgets, **dict.fromkeys(set(STAGE.values()) - {"search", "copying"}, span))
    evidence = msgspec.structs.replace(plan.evidence, copy_within=span)
    searching = msgspec.structs.replace(plan.databases[0].restore, search_budget=span)
    databases = [msgspec.structs.replace(plan.databases[0], restore=searching)]
    longer = msgspec.structs.replace(plan, budgets=budgets, evidence=evidence, databases=databases)
    assert most(longer) > most(lyo_plan())


def _attempts(value: Any) -> list[int]:
    if isinstance(value, dict):
        return [
            number for key, inner in value.items() for number in ([inner] if key == "MaxAttempts" else _attempts(inner))
        ]
    return [number for inner in value for number in _attempts(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("process", processes())
def test_every_retry_of_every_state_used_up_still_fits_into_the_history(process: str) -> None:
    """Half is left for the polls of the stages, which the budgets bound as well."""
    tasks = [state for scope, _, state in everything() if scope.process == process and state["Type"] == "Task"]
    assert sum(history_events(task) for task in tasks) + PAUSE_EVENTS <= MOST_EVENTS / 2


def told(state: dict[str, Any]) -> bool:
    return "attempt" in state.get("Parameters", {})


def stage_in_code(process: str, name: str) -> str | None:
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    source = (ROOT / "lambdas" / "lyo_dr" / "steps" / process / f"{stem}.py").read_text(encoding="utf-8")
    found = re.search(rf'@step\("{name}", .*stage="(\w+)"\)', source)
    return found[1] if found else None


@pytest.mark.parametrize(("scope", "name"), STEPS)
def test_a_step_with_a_stage_is_told_which_try_it_is_and_the_stages_agree(scope: Scope, name: str) -> None:
    stage = stage_in_code(scope.process, name)
    assert told(scope.states[name]) == (stage is not None)
    if stage is not None:
        assert stage == STAGE[scope.process]
        parameters = scope.states[name]["Parameters"]
        assert parameters["attempt"]["retries.$"] == "$$.State.RetryCount"
        assert parameters["attempt"]["entered.$"] == "$$.State.EnteredTime"
        assert parameters["attempt"].get("started_at.$") == (
            None if scope.process in EACH_FROM_ITS_ENTRY else "$$.Execution.StartTime"
        )


def test_the_stages_of_a_failover_are_told_of_outages() -> None:
    steps = {name for scope, name, state in everything() if told(state)}
    assert {"RaiseCapacity", "CheckCapacity", "PromoteReplica", "CheckPromotion", "AcceptProof", "TakeAuthority",
            "ThrowLatch", "ChangeRecord", "CheckTraffic", "CheckEndpoints", "CheckGate"} <= steps  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "needed"), [(0, 1), (1, 1), (2, 2), (7, 3), (8, 4), (15, 4), (16, 5), (30, 5), (31, 6), (900, 63)]
)
def test_the_attempts_are_the_fewest_whose_delays_cover_the_budget(seconds: int, needed: int) -> None:
    assert attempts(timedelta(seconds=seconds), interval=1, rate=2.0, longest=15) == needed


@pytest.mark.parametrize(
    ("retry", "sentence"),
    [
        ("MaxAttempts: !attempts lunch", "line 3: !attempts lunch names no stage of the plan; write one of capacity,"),
        ("MaxAttempts: !attempts capacity, JitterStrategy: FULL", "line 3: drawn delays are not sure to last for cap"),
        ("IntervalSeconds: !attempts capacity", "line 3: !attempts stands for MaxAttempts of a retry only; write it"),
        ("IntervalSeconds: !every lunch", "line 3: !every knows no lunch; write pause"),
        ("MaxAttempts: !every pause", "line 3: !every stands for IntervalSeconds of a retry only; write it there"),
    ],
)
def test_attempts_that_cannot_be_computed_are_refused_in_one_sentence(
    tmp_path: Path, retry: str, sentence: str
) -> None:
    path = tmp_path / "x.asl.yaml"
    more = "" if retry.startswith("Interval") else "IntervalSeconds: 1, "
    path.write_text(
        f"StartAt: A\nStates:\n  A: {{Retry: [{{BackoffRate: 2.0, MaxDelaySeconds: 9, {more}{retry}}}]}}\n",
        encoding="utf-8",
    )
    with pytest.raises(MachineFault, match=re.escape(f"x.asl.yaml, {sentence}")):
        load_definition(path, lyo_plan())


def test_attempts_need_the_delays_they_are_computed_from(tmp_path: Path) -> None:
    path = tmp_path / "x.asl.yaml"
    path.write_text("StartAt: A\nStates:\n  A: {Retry: [{MaxAttempts: !attempts capacity}]}\n", encoding="utf-8")
    with pytest.raises(MachineFault, match="counts delays, so give IntervalSeconds as well"):
        load_definition(path, lyo_plan())


def test_delays_that_do_not_grow_need_no_limit(tmp_path: Path) -> None:
    path = tmp_path / "x.asl.yaml"
    retry = "{IntervalSeconds: !every pause, MaxAttempts: !attempts pause, BackoffRate: 1.0}"
    path.write_text(f"StartAt: A\nStates:\n  A: {{Retry: [{retry}]}}\n", encoding="utf-8")
    (written,) = load_definition(path, lyo_plan())["States"]["A"]["Retry"]
    assert written == {"IntervalSeconds": 15, "MaxAttempts": 240, "BackoffRate": 1.0}
    assert timedelta(seconds=written["IntervalSeconds"] * written["MaxAttempts"]) == PAUSE


@pytest.mark.parametrize("process", processes())
def test_fault_52_no_definition_says_itself_how_often_a_pause_is_looked_at(process: str) -> None:
    text = machine_files()[process].read_text(encoding="utf-8")
    waits = text.count("ErrorEquals: [AutomationPaused]")
    assert (text.count("IntervalSeconds: !every pause"), text.count("MaxAttempts: !attempts pause")) == (waits, waits)
