"""What a plan may say of a search and of reading beforehand: the machines behind them have limits of their own."""

from __future__ import annotations

import pytest

from lyo_dr.model.plan.file import PlanFaults, read_plan
from tests.plans import lyo_plan, raw_plan
from tests.state_machines.asl import machine

PATH = "databases__0__restore__"


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("search_budget", "PT61M", "search_budget: 1 h 1 min; a search may take PT1H at most"),
        ("search_at_once", 0, "search_at_once: 0; write 1 or more"),
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


def test_the_longest_search_and_its_cleaning_up_end_before_the_machine_does() -> None:
    longest = lyo_plan(**{PATH + "search_budget": "PT1H"})
    closing = longest.budgets.capacity
    seconds = (longest.databases[0].restore.search_budget + closing).total_seconds()
    assert seconds < machine("search_recovery_point")["TimeoutSeconds"]
    assert (
        machine("search_recovery_point")["TimeoutSeconds"]
        < machine("database_restore")["States"]["SearchRecoveryPoint"]["TimeoutSeconds"]
    )
    warm = machine("database_restore")["States"]["WarmTables"]["TimeoutSeconds"]
    assert lyo_plan(**{PATH + "warm_budget": "PT8M"}).databases[0].restore.warm_budget.total_seconds() < warm
