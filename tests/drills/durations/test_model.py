"""The model of AWS's durations: every figure has a source, and its sums are those of the longest chain."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from drills.durations.model import FIGURES, Figure, stretched
from drills.durations.outage import FAILOVER_PARTS, RESTORE_PARTS, Modelled, ModelledPart, Range, model
from drills.results import parts
from drills.world.addresses import Addresses
from drills.world.rehearsal_plan import CLOCK, for_rehearsal
from local_aws.data_plane.faults import STRETCHED
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan

PARTS = (
    "detection: checks, alarm, event",
    "triage: observers asked",
    "gate: loss and replica",
    "facts read again",
    "fence of the lost region",
    "promotion and capacity at once",
    "validation at the standby",
    "authority and latch",
    "DNS: check, TTL, first answer",
)
ALL_RESTORE_PARTS = (*(milestone.name for milestone in parts.RESTORE), "first answer of the new tasks")


@pytest.mark.parametrize("figure", FIGURES.values(), ids=list(FIGURES))
def test_every_figure_names_its_source_and_is_in_order(figure: Figure) -> None:
    assert figure.source.startswith(("Amazon ", "AWS ", "Elastic Load Balancing"))
    assert figure.says
    assert 0 < figure.low <= figure.typical <= figure.high


@pytest.mark.parametrize("figure", FIGURES.values(), ids=list(FIGURES))
def test_words_of_a_source_are_never_passed_off_as_its_numbers(figure: Figure) -> None:
    wordy = any(
        word in figure.says for word in ("several minutes", "no duration", "no latency", "depends on", "longer")
    )
    assert not (wordy and figure.published)


def test_what_is_stretched_lasts_its_typical_duration_on_the_clock_of_the_rehearsal() -> None:
    assert set(STRETCHED) <= set(FIGURES)
    assert stretched(20.0)["promotion"] == pytest.approx(30.0)
    assert stretched(1.0)["task_start"] == FIGURES["task_start"].typical


def test_the_parts_keep_the_names_and_the_order_they_have_where_they_are_measured() -> None:
    made = model(lyo_plan(), PARTS, recovered=True)
    assert tuple(part.name for part in made.parts) == PARTS
    assert all(part.of for part in made.parts)


def test_the_total_is_the_sum_of_the_parts() -> None:
    made = model(lyo_plan(), PARTS, recovered=True)
    total = _total(made)
    assert total.typical == pytest.approx(sum(_seconds(part).typical for part in made.parts))
    assert total.low < total.typical < total.high
    assert made.rto_seconds == lyo_plan().objectives.rto.total_seconds()


def test_promotion_and_capacity_run_side_by_side_so_only_the_longer_one_counts() -> None:
    (part,) = model(lyo_plan(), ["promotion and capacity at once"], recovered=True).parts
    both = FIGURES["promotion"].typical + FIGURES["task_start"].typical
    assert FIGURES["promotion"].typical < _seconds(part).typical < both


def test_backup_and_multi_az_come_after_users_are_served_and_are_no_part_of_the_outage() -> None:
    made = model(lyo_plan(), PARTS, recovered=True)
    told = " ".join(text for part in made.parts for text in part.of)
    assert FIGURES["backup"].name not in told
    assert FIGURES["modification"].name not in told


def test_the_waits_of_the_customers_plan_count_in_full() -> None:
    plan = lyo_plan()
    longer = msgspec.structs.replace(
        plan, policy=msgspec.structs.replace(plan.policy, agreement=plan.policy.agreement + timedelta(seconds=60))
    )
    before, after = (_total(model(each, PARTS, recovered=True)) for each in (plan, longer))
    assert after.typical - before.typical == pytest.approx(60)


def test_strategy_record_waits_for_the_propagation_and_not_for_the_metric() -> None:
    plan = lyo_plan()
    by_record = msgspec.structs.replace(plan, traffic=msgspec.structs.replace(plan.main_front(), strategy="record"))
    (part,) = model(by_record, ["DNS: check, TTL, first answer"], recovered=True).parts
    assert part.of[0] == FIGURES["propagation"].name
    assert _seconds(part).high == FIGURES["propagation"].high + plan.main_front().ttl.total_seconds()


def test_without_a_first_answer_there_is_no_total_and_only_the_parts_that_happened() -> None:
    made = model(lyo_plan(), PARTS[:3], recovered=False)
    assert made.total is None
    assert len(made.parts) == 3


def test_a_part_the_model_has_no_figure_for_is_shown_without_one_and_keeps_the_total_from_being_made() -> None:
    made = model(lyo_plan(), [*PARTS, "a part of tomorrow"], recovered=True)
    assert made.parts[-1] == ModelledPart("a part of tomorrow", None, ())
    assert made.total is None


def test_no_part_at_all_makes_no_total() -> None:
    assert model(lyo_plan(), [], recovered=True).total is None


def test_every_part_of_a_restore_by_point_in_time_has_its_figure() -> None:
    unknown = {part.name for part in model(lyo_plan(), ALL_RESTORE_PARTS, recovered=True).parts if part.seconds is None}
    assert unknown == {
        "detection: alarm or report, and admission",
        "triage of the instance",
        "advance the delayed replica",
    }


def test_a_restore_lasts_at_least_as_long_as_rds_and_as_new_tasks_take() -> None:
    total = _total(model(lyo_plan(), ["restore to a new instance", "renew the tasks"], recovered=True))
    assert total.typical > FIGURES["restore"].typical + FIGURES["task_start"].typical


def test_the_parts_a_failover_is_modelled_by_are_those_it_is_cut_into() -> None:
    assert tuple(milestone.name for milestone in parts.FAILOVER) == FAILOVER_PARTS[:-1]
    assert {milestone.name for milestone in parts.RESTORE} >= set(RESTORE_PARTS)


def test_the_budgets_of_a_stretched_rehearsal_leave_room_for_twice_the_typical_duration() -> None:
    plan = _rehearsed(lyo_plan(), stretched_=True)
    seconds = stretched(CLOCK)
    assert plan.budgets.promotion.total_seconds() > 2 * seconds["promotion"]
    assert plan.budgets.capacity.total_seconds() > 2 * seconds["task_start"]
    assert plan.budgets.protection.total_seconds() > 2 * (seconds["backup"] + seconds["modification"])


def test_the_budgets_of_an_ordinary_rehearsal_stay() -> None:
    assert _rehearsed(lyo_plan(), stretched_=False).budgets.promotion == timedelta(seconds=45)


def _rehearsed(plan: Plan, *, stretched_: bool) -> Plan:
    return for_rehearsal(plan, Addresses(0), stretched=stretched_).plan


def _total(made: Modelled) -> Range:
    assert made.total is not None
    return made.total


def _seconds(part: ModelledPart) -> Range:
    assert part.seconds is not None
    return part.seconds
