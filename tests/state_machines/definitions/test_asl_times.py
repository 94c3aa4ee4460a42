"""The times of the state machines: waits, time-outs, and the budgets of the plan."""

from __future__ import annotations

import json
import re
from typing import Any, get_args

import pytest

from lyo_dr.decisions.common.consent import waiting
from lyo_dr.model.machines.stages import stages_of
from lyo_dr.model.machines.times import around, machine_times, seconds
from lyo_dr.model.plan import HookStage, Plan
from stacks.asl import START_AND_WAIT, process_of, tasks
from stacks.asl_yaml import load_definition, machine_files
from stacks.process import limits_of
from tests.plans import lyo_plan
from tests.state_machines.asl import Scope, everything, of_type, parts, processes, scopes


@pytest.mark.parametrize(("scope", "name"), of_type("Wait"))
def test_every_wait_takes_its_length_from_the_plan(scope: Scope, name: str) -> None:
    assert scope.states[name]["SecondsPath"].endswith(".wait_seconds")
    assert not {"Seconds", "Timestamp", "TimestampPath"} & set(scope.states[name])


PLANS: dict[str, dict[str, Any]] = {
    "the committed plan": {},
    "longer stages, several secrets, caches and a delayed replica": {
        "budgets__restore": "PT3H",
        "budgets__capacity": "PT20M",
        "budgets__consent": "PT45M",
        "databases__0__restore__delayed": {
            "instances": {"eu-west-1": "lyo-saas-production-postgres-delayed"},
            "delay": "PT1H",
        },
        "secrets": [
            {"name": "one", "keys": ["DATABASE_URL", "REDIS_URL"]},
            {"name": "two", "keys": ["DATABASE_URL", "REDIS_URL"]},
        ],
        "breach__secrets": ["one", "two"],
        "caches": [
            {"name": name, "secret": name, "key": "REDIS_URL", "groups": {"eu-west-1": name, "us-west-2": name}}
            for name in ("one", "two")
        ],
    },
    "hooks at every stage, and two of them at one": {
        "hooks": [
            {
                "name": f"hook-{number}",
                "stage": stage,
                "budget": "PT5M",
                "function": {"eu-west-1": "shop-hook", "us-west-2": "shop-hook"},
            }
            for number, stage in enumerate([*get_args(HookStage), "before_traffic"])
        ]
    },
}
every_plan = pytest.mark.parametrize("plan", [lyo_plan(**changes) for changes in PLANS.values()], ids=PLANS)


def definition(process: str, plan: Plan) -> dict[str, Any]:
    return load_definition(machine_files()[process], plan)


def one_after_the_other(plan: Plan) -> dict[str, int]:
    """Maps that work on one item at a time, with the number of items the plan gives them at most."""
    tables = max(len(database.tables) for database in plan.databases)
    logins, tokens, keys = len(plan.rotatable()), 2 * len(plan.caches), len(plan.issued())
    return {
        "CompareTables": tables,
        "ReplayTables": 1,
        "RotateSecrets": logins,
        "RetireLogins": logins,
        "RotateTokens": tokens,
        "RetireTokens": tokens,
        "ReplaceKeys": keys,
        "ProveKeys": keys,
        **{
            "Hooks" + "".join(part.capitalize() for part in stage.split("_")): len(plan.hooks_at(stage) and [stage])
            for stage in get_args(HookStage)
        },
    }


class Ways:
    """The longest way through a machine: its tasks' time-outs, and the budgets it polls against."""

    def __init__(self, process: str, plan: Plan) -> None:
        self.raw = definition(process, plan)
        self.items = one_after_the_other(plan)
        # Waits that share a budget are passed one after the other: it is counted with the first of them.
        self.lasts = {stage.waits[0]: stage.lasts.total_seconds() for stage in stages_of(plan)[process]}

    def longest(self) -> float:
        """Seconds."""
        return self._from(self.raw["StartAt"], self.raw["States"], frozenset())

    def _from(self, start: str, states: dict[str, Any], seen: frozenset[str]) -> float:
        if start in seen:
            return 0
        scope = Scope("", "", start, states)
        ahead = [self._from(name, states, seen | {start}) for name in scope.after(start)]
        return self._at(start, states) + max(ahead, default=0)

    def _at(self, name: str, states: dict[str, Any]) -> float:
        """A state, and all the time in which a Wait state leads back to it; of a Map its items."""
        state = states[name]
        inner = [self._from(part["StartAt"], part["States"], frozenset()) for part in parts(state)]
        times = self.items[name] if state.get("MaxConcurrency") == 1 else 1
        waited = sum(self.lasts.get(wait, 0) for wait, each in states.items() if each.get("Next") == name)
        # The budgets of the plan's stages are those of all items together.
        budgets = self._budgets(state)
        return max([float(state.get("TimeoutSeconds", 0)), *((each - budgets) * times + budgets for each in inner)]) + (
            waited if state["Type"] != "Wait" else 0
        )

    def _budgets(self, state: dict[str, Any]) -> float:
        return sum(self.lasts.get(name, 0) for part in parts(state) for name in part["States"])


@every_plan
@pytest.mark.parametrize("process", processes())
def test_a1_a_machine_outlasts_its_steps_its_budgets_and_the_machines_inside_it(process: str, plan: Plan) -> None:
    """Else it would be timed out without the sentence that says what it waited for, and without rolling back."""
    assert Ways(process, plan).longest() < definition(process, plan)["TimeoutSeconds"]


@every_plan
@pytest.mark.parametrize("process", processes())
def test_a1_every_wait_of_a_machine_belongs_to_one_budget(process: str, plan: Plan) -> None:
    """A new Wait state without a budget fails here, and so does a machine that is in no table."""
    waits = sorted(name for scope in scopes(process) for name, state in scope.states.items() if state["Type"] == "Wait")
    assert waits == sorted(name for stage in stages_of(plan)[process] for name in stage.waits)


def test_a1_every_machine_has_its_time_limit() -> None:
    assert sorted(stages_of(lyo_plan())) == processes()
    assert sorted(machine_times(lyo_plan())) == sorted([*processes(), "ask_consent"])


@every_plan
@pytest.mark.parametrize("process", processes())
def test_a1_time_limits_follow_from_the_plan_the_task_outlasting_its_machine(process: str, plan: Plan) -> None:
    times = machine_times(plan)
    raw = definition(process, plan)
    assert raw["TimeoutSeconds"] == seconds(times[process])
    for name, task in tasks(raw):
        if task["Resource"] == START_AND_WAIT:
            child = process_of(task["Parameters"]["StateMachineArn"].strip("${}"))
            assert child is not None
            assert seconds(times[child]) < task["TimeoutSeconds"] == seconds(around(times[child])), name


def test_a1_the_budget_of_a_restore_decides_and_not_its_machine() -> None:
    """Ninety minutes of a restore, and what follows; and three hours where the plan says so."""
    for budget, plan in ((5400, lyo_plan()), (10800, lyo_plan(budgets__restore="PT3H"))):
        rest = (plan.budgets.capacity + plan.budgets.validation).total_seconds()
        for process in ("restore_replicated", "database_restore"):
            assert budget + rest < definition(process, plan)["TimeoutSeconds"]
    grown = [definition("incident_response", lyo_plan(budgets__restore=value)) for value in ("PT90M", "PT3H")]
    assert grown[0]["TimeoutSeconds"] < grown[1]["TimeoutSeconds"]


def test_c3_a_breachs_rotation_outlasts_two_caches_and_a_secret() -> None:
    plan = lyo_plan(**list(PLANS.values())[1])
    budgets = plan.budgets
    tokens, logins = 2 * len(plan.caches), len(plan.rotatable())
    own = tokens * 2 * budgets.capacity + logins * 2 * budgets.validation + budgets.capacity
    task = definition("breach_response", plan)["States"]["RotateSecrets"]["TimeoutSeconds"]
    assert own.total_seconds() < definition("secret_rotation", plan)["TimeoutSeconds"] < task
    assert task < definition("breach_response", plan)["TimeoutSeconds"]


def test_the_plans_path_adds_up_to_less_than_the_rto() -> None:
    """Detection (Route 53's checks, the alarm, the event) and the TTL are not in our hands and counted as well."""
    plan = lyo_plan()
    budgets = plan.budgets
    detection, ttl = 180, plan.main_front().ttl.total_seconds()
    side_by_side = max(budgets.promotion, budgets.capacity)
    ours = budgets.triage + budgets.consent + budgets.fence + side_by_side + budgets.switch + 2 * budgets.validation
    assert detection + ours.total_seconds() + ttl < plan.objectives.rto.total_seconds()


@every_plan
def test_a_question_ends_before_the_state_machine_stops_waiting_and_that_before_its_task_does(plan: Plan) -> None:
    """An answer of the last moment still reaches the execution; and the task ends by the plan, not by its limit."""
    consent = plan.budgets.consent
    (ask,) = [state for name, state in tasks(definition("await_consent", plan)) if name == "AskConsent"]
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


def sequential_maps() -> list[tuple[str, dict[str, Any]]]:
    """Maps that work on one item after the other, and poll in each of them."""
    found = [(name, state) for _, name, state in everything() if state.get("MaxConcurrency") == 1]
    return [(name, state) for name, state in found if "$.begun.at" in json.dumps(state) or "EnteredTime" in str(state)]


@pytest.mark.parametrize(("name", "state"), sequential_maps(), ids=[name for name, _ in sequential_maps()])
def test_a_budget_of_one_item_is_not_used_up_by_those_before_it(name: str, state: dict[str, Any]) -> None:
    """The clock of a Map begins with its first item; that of each item begins when its turn comes."""
    assert "EnteredTime" not in str(state.get("ItemSelector", {}))
    inner = state["ItemProcessor"]
    begin = inner["States"][inner["StartAt"]]
    assert (begin["Type"], begin["Parameters"], begin["ResultPath"]) == (
        "Pass",
        {"at.$": "$$.State.EnteredTime"},
        "$.begun",
    )
    clocks = re.findall(r'"started_at\.\$": "([^"]+)"', json.dumps(inner))
    assert clocks
    assert set(clocks) == {"$.begun.at"}


def test_every_map_of_a_rotation_that_waits_gives_each_item_its_own_budget() -> None:
    waiting = {
        name
        for scope, name, state in everything()
        if scope.process == "secret_rotation" and state.get("MaxConcurrency") == 1 and '"Wait"' in json.dumps(state)
    }
    assert waiting == {name for name, _ in sequential_maps()}
    assert waiting == {"RotateTokens", "RotateSecrets", "RetireLogins", "RetireTokens", "ProveKeys"}
