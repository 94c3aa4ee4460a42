"""What a plan may say of a search and of reading beforehand."""

from __future__ import annotations

import pytest

from lyo_dr.model.machines.history import LIMIT, events
from lyo_dr.model.plan.file import PlanFaults, read_plan
from tests.plans import lyo_plan, raw_plan
from tests.state_machines.asl import machine

PATH = "databases__0__restore__"


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("warm_budget", "PT9M", "warm_budget: 9 min; write PT8M or less: users wait meanwhile"),
        ("max_restores", 0, "max_restores: 0; write 1 or more"),
    ],
)
def test_each_rule_broken_alone_is_named_alone(field: str, value: object, fault: str) -> None:
    with pytest.raises(PlanFaults) as refusal:
        read_plan(raw_plan(**{PATH + field: value}))
    assert refusal.value.faults == [f"databases[0].restore.{fault}"]


def test_a_plan_may_do_without_either() -> None:
    restore = lyo_plan(**{PATH + "search_budget": "PT0S", PATH + "warm_budget": "PT0S"}).databases[0].restore
    assert not restore.search_budget
    assert not restore.warm_budget


@pytest.mark.parametrize("number", [0, 6, 10])
def test_c7_a_search_makes_as_many_restores_at_once_as_one_execution_can_poll(number: int) -> None:
    with pytest.raises(PlanFaults) as refusal:
        read_plan(raw_plan(**{PATH + "search_at_once": number}))
    assert refusal.value.faults[-1] == (
        f"databases[0].restore.search_at_once: {number}; write 1 to 5: all of them are polled in one execution, "
        "which AWS Step Functions ends at 25,000 events"
    )


@pytest.mark.parametrize("number", [1, 5])
def test_c7_up_to_five_at_once_fit_into_one_execution(number: int) -> None:
    plan = lyo_plan(**{PATH + "search_at_once": number})
    assert events(plan, "search_recovery_point") < LIMIT


def test_warming_ends_before_its_task_does() -> None:
    warm = machine("database_restore")["States"]["WarmTables"]["TimeoutSeconds"]
    assert lyo_plan(**{PATH + "warm_budget": "PT8M"}).databases[0].restore.warm_budget.total_seconds() < warm
