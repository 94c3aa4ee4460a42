"""Budgets against the state machines that follow from them."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from lyo_dr.model.deadline import patience
from lyo_dr.model.machines.history import LIMIT, ROOM, events
from lyo_dr.model.machines.stages import MOST_ATTEMPTS, stages_of
from lyo_dr.model.machines.times import after_restore, machine_times, search_time
from lyo_dr.model.plan.file import PlanFaults
from lyo_dr.model.plan.rules import broken_rules
from tests.plans import lyo_plan

DELAYED = {"instances": {"eu-west-1": "lyo-saas-production-postgres-delayed"}, "delay": "PT1H"}


def test_a1_a_restore_of_three_hours_is_a_plan_like_any_other() -> None:
    """With a delayed replica, too; and its machines stay below the limit of their history."""
    for changes in ({}, {"databases__0__restore__delayed": DELAYED}):
        plan = lyo_plan(budgets__restore="PT3H", **changes)
        assert machine_times(plan)["database_restore"] > timedelta(hours=3 * MOST_ATTEMPTS)
        assert all(events(plan, process) < LIMIT for process in stages_of(plan))


def test_a1_margins_are_no_part_of_the_rto() -> None:
    """The machines of a failover may last longer than the RTO; the stages of a failover may not."""
    plan = lyo_plan()
    assert machine_times(plan)["region_failover"] > plan.objectives.rto
    with pytest.raises(PlanFaults, match=r"objectives\.rto: 4 h is less than the budgets"):
        lyo_plan(budgets__promotion="PT4H")


@pytest.mark.parametrize(
    ("changes", "process", "enough", "budget"),
    [
        ({"budgets__first_reading": "PT3H"}, "restore_replicated", "PT20S", "budgets.first_reading"),
        (
            {"databases__0__restore__search_budget": "PT4H"},
            "search_recovery_point",
            "PT20S",
            "databases[].restore.search_budget",
        ),
        ({"timing__poll": "PT4S"}, "search_recovery_point", "PT5S", "databases[].restore.search_budget"),
    ],
)
def test_c7_polling_that_would_overflow_the_history_is_refused_in_one_sentence(
    changes: dict[str, str], process: str, enough: str, budget: str
) -> None:
    with pytest.raises(PlanFaults) as refusal:
        lyo_plan(**changes)
    (sentence,) = refusal.value.faults
    assert sentence.startswith(f"timing.poll: with these budgets the state machine {process} may need ")
    assert sentence.endswith(f"ends an execution at 25,000; write {enough} or more, or shorten {budget}")


@pytest.mark.parametrize(
    "changes", [{"budgets__first_reading": "PT3H"}, {"databases__0__restore__search_budget": "PT4H"}]
)
def test_c7_the_remedy_of_the_sentence_works(changes: dict[str, str]) -> None:
    plan = lyo_plan(**changes, timing__poll="PT20S")
    assert all(events(plan, process) <= LIMIT - ROOM for process in stages_of(plan))


def test_a_poll_of_nothing_is_named_by_its_own_rule() -> None:
    plan = lyo_plan()
    timing = msgspec.structs.replace(plan.timing, poll=timedelta(0))
    (sentence,) = broken_rules(msgspec.structs.replace(plan, timing=timing))
    assert sentence.startswith("timing.poll: 0 s is no duration")


def test_a_plan_without_a_search_allows_no_time_for_one() -> None:
    plan = lyo_plan(databases__0__restore__search_budget="PT0S")
    assert search_time(lyo_plan()) - search_time(plan) == timedelta(hours=1)


def test_a1_fewer_restores_in_the_plan_are_fewer_in_the_machine() -> None:
    one, seven = lyo_plan(databases__0__restore__max_restores=1), lyo_plan()
    difference = machine_times(seven)["database_restore"] - machine_times(one)["database_restore"]
    warm = one.databases[0].restore.warm_budget + timedelta(minutes=1)
    read = warm + one.budgets.first_reading + one.timing.cold_sql_timeout
    assert difference == 2 * (one.budgets.restore + read + timedelta(minutes=3))


def test_a3_what_follows_a_restore_holds_capacity_and_validation() -> None:
    plan = lyo_plan()
    rest = plan.budgets.capacity + plan.budgets.validation
    assert after_restore(plan, "database_restore") > rest
    assert after_restore(plan, "restore_replicated") > rest


def test_a_long_wait_looks_less_and_less_often() -> None:
    poll = timedelta(seconds=15)
    assert patience(timedelta(0), poll) == 15
    assert patience(timedelta(hours=1), poll) == 180
    assert patience(timedelta(days=1), poll) == 600
