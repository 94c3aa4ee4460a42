"""The times of the state machines: waits, time-outs, and the budgets of the plan."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.common.consent import waiting
from stacks.process import limits_of
from tests.plans import PLAN_FILE, lyo_plan
from tests.state_machines.asl import Scope, everything, machine, of_type, parts, processes


@pytest.mark.parametrize(("scope", "name"), of_type("Wait"))
def test_every_wait_takes_its_length_from_the_plan(scope: Scope, name: str) -> None:
    assert scope.states[name]["SecondsPath"].endswith(".wait_seconds")
    assert not {"Seconds", "Timestamp", "TimestampPath"} & set(scope.states[name])


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


def test_a_question_ends_before_the_state_machine_stops_waiting_and_that_before_its_task_does() -> None:
    """An answer of the last moment still reaches the execution; and the task ends by the plan, not by its limit."""
    consent = lyo_plan().budgets.consent
    (ask,) = [state for _, name, state in everything() if name == "AskConsent"]
    assert ask["HeartbeatSecondsPath"] == "$.gate.wait_seconds"
    assert consent.total_seconds() < waiting(consent) < ask["TimeoutSeconds"]


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_a2_no_function_outlasts_the_task_that_waits_for_it(scope: Scope, name: str) -> None:
    """Else the task would fail while its call still works."""
    if scope.states[name]["Resource"] == f"${{{name}}}":
        limit = limits_of(scope.process, name).timeout.to_seconds()
        assert limit <= scope.states[name]["TimeoutSeconds"]


ON_A_COLD_VOLUME = [
    ("database_restore", "ReadRestored"),
    ("database_restore", "AlignLogins"),
    ("restore_replicated", "ReadRestored"),
    ("restore_replicated", "AlignLogins"),
    ("search_recovery_point", "ReadProbe"),
]


@pytest.mark.parametrize(("process", "step"), ON_A_COLD_VOLUME)
def test_a2_a_function_outlasts_the_longest_round_of_queries_a_plan_may_want(process: str, step: str) -> None:
    longest_round = lyo_plan(timing__cold_sql_timeout="PT4M").timing.cold_sql_timeout
    assert longest_round.total_seconds() < limits_of(process, step).timeout.to_seconds()
