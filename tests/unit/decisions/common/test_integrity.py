"""Is the data right? By the plan's questions and the last run that was good."""

from __future__ import annotations

import msgspec
import pytest

from lyo_dr.decisions.common.integrity import faults_to_tell, integrity_faults, last_good, not_askable, wrong_answers
from lyo_dr.model.plan import Check
from lyo_dr.model.restore import IntegrityCheck, Reading
from tests.unit.builders import at
from tests.unit.decisions.restore_builders import COUNT, ORPHANS, a_run, readings

CHECKS = [COUNT, ORPHANS]


@pytest.mark.parametrize(
    ("appointments", "orphans", "faults"),
    [
        (1000, 0, []),
        (990, 0, []),
        (5000, 0, []),
        (989, 0, ["appointments fell from 1000 to 989, by more than 1 %"]),
        (1000, 3, ["orphans: 3 instead of 0"]),
        (None, 0, ["appointments returned no result (SQLSTATE 57014)"]),
        (
            0,
            None,
            ["appointments fell from 1000 to 0, by more than 1 %", "orphans returned no result (SQLSTATE 42P01)"],
        ),
    ],
)
def test_every_deviation_is_one_sentence(appointments: float | None, orphans: float | None, faults: list[str]) -> None:
    assert integrity_faults(CHECKS, readings(appointments, orphans), a_run(-300)) == faults


def test_without_a_baseline_only_what_must_be_zero_is_judged() -> None:
    assert integrity_faults(CHECKS, readings(1, 0), None) == []
    assert integrity_faults(CHECKS, readings(1, 1), None) == ["orphans: 1 instead of 0"]


def test_a_question_that_was_never_asked_is_a_fault() -> None:
    assert integrity_faults(CHECKS, [], None) == [
        "appointments returned no result (not queried)",
        "orphans returned no result (not queried)",
    ]


def test_a_rise_is_judged_where_the_plan_limits_it() -> None:
    check = Check(name="admins", sql="select 1", expect="steady", may_rise_percent=10)
    before = a_run(-300)
    before.readings.append(Reading(name="admins", value=10))
    assert integrity_faults([check], [Reading(name="admins", value=11)], before) == []
    assert integrity_faults([check], [Reading(name="admins", value=12)], before) == [
        "admins rose from 10 to 12, by more than 10 %"
    ]


def test_the_last_good_run_is_the_newest_without_a_fault_up_to_a_moment() -> None:
    runs = [a_run(-600), a_run(-300), a_run(-10, "orphans: 3 instead of 0")]
    assert last_good(runs) == runs[1]
    assert last_good(runs, at(-400)) == runs[0]
    assert last_good(runs, at(-700)) is None


@pytest.mark.parametrize(
    ("error", "faults"),
    [
        ("SQLSTATE 57014", []),
        ("SQLSTATE 40001", []),
        ("no number", []),
        (None, []),
        ("SQLSTATE 42P01", ["orphans returned no result (SQLSTATE 42P01)"]),
        ("SQLSTATE 42703", ["orphans returned no result (SQLSTATE 42703)"]),
    ],
)
def test_a_question_that_found_no_time_accuses_nobody_and_a_table_that_is_gone_does(
    error: str | None, faults: list[str]
) -> None:
    told = [Reading(name="appointments", value=1000)]
    told += [Reading(name="orphans", error=error)] if error else []
    assert wrong_answers(CHECKS, told, a_run(-60)) == faults


def a_silent_run(seconds: float) -> IntegrityCheck:
    return msgspec.structs.replace(a_run(seconds, "orphans was not answered"), readings=readings(1000, None))


@pytest.mark.parametrize(
    ("orphans", "before", "told"),
    [
        pytest.param(0, [], [], id="all is well"),
        pytest.param(None, [], [], id="the first run of all found no time"),
        pytest.param(None, [a_run(-600), a_run(-300)], [], id="once under load"),
        pytest.param(None, [a_run(-600), a_silent_run(-300)], [], id="twice under load"),
        pytest.param(None, [a_silent_run(-600), a_run(-300)], [], id="now and then"),
        pytest.param(0, [a_silent_run(-600), a_silent_run(-300)], [], id="it answers again"),
        pytest.param(3, [], ["orphans: 3 instead of 0"], id="wrong is told at once"),
        pytest.param(
            None,
            [a_silent_run(-600), a_silent_run(-300)],
            ["orphans returned no result (SQLSTATE 57014)"],
            id="nobody can say any more",
        ),
    ],
)
def test_wrong_data_is_told_at_once_and_silence_only_when_it_lasts(
    orphans: float | None, before: list[IntegrityCheck], told: list[str]
) -> None:
    now = readings(1000, 0) if orphans == 0 else [Reading(name="appointments", value=1000)]
    if orphans is None:
        now.append(Reading(name="orphans", error="SQLSTATE 57014"))
    elif orphans:
        now.append(Reading(name="orphans", value=orphans))
    assert faults_to_tell(CHECKS, now, a_run(-60), before) == told


def test_a_table_that_is_gone_is_told_once_and_at_once() -> None:
    now = [Reading(name="appointments", value=1000), Reading(name="orphans", error="SQLSTATE 42P01")]
    silent = [a_silent_run(-600), a_silent_run(-300)]
    for before in ([], silent):
        assert faults_to_tell(CHECKS, now, a_run(-60), before) == ["orphans returned no result (SQLSTATE 42P01)"]


@pytest.mark.parametrize(
    ("before", "now", "fault"),
    [
        (0, 5000, "admins rose from 0 to 5000, by more than 0 %"),
        (0, 0.001, "admins rose from 0 to 0.001, by more than 0 %"),
        (0, -5, "admins fell from 0 to -5, by more than 100 %"),
        (-10, -11, None),
        (-10, -21, "admins fell from -10 to -21, by more than 100 %"),
        (-10, -9, "admins rose from -10 to -9, by more than 0 %"),
        (5, 0, None),
        (0, 0, None),
        (0, -0.0, None),
    ],
)
def test_i1_from_nothing_any_move_is_more_than_any_share(before: float, now: float, fault: str | None) -> None:
    check = Check(name="admins", sql="select 1", expect="steady", may_rise_percent=0, may_fall_percent=100)
    good = msgspec.structs.replace(a_run(-300), readings=[Reading(name="admins", value=before)])
    assert integrity_faults([check], [Reading(name="admins", value=now)], good) == ([fault] if fault else [])


def test_i1_the_twin_a_rise_without_a_limit_is_none() -> None:
    check = Check(name="admins", sql="select 1", expect="steady")
    good = msgspec.structs.replace(a_run(-300), readings=[Reading(name="admins", value=0)])
    assert integrity_faults([check], [Reading(name="admins", value=5000)], good) == []


NEVER = msgspec.structs.replace(a_run(-300), readings=[Reading(name="appointments", value=1000)])
OTHER = msgspec.structs.replace(
    a_run(-300), readings=[*NEVER.readings, Reading(name="orphans", value=0, question="another")]
)
ASKED = {
    "a typo": ("SQLSTATE 42601", NEVER, False),
    "a table that never was": ("SQLSTATE 42P01", NEVER, False),
    "a column that never was": ("SQLSTATE 42703", None, False),
    "a schema that never was": ("SQLSTATE 3F000", None, False),
    "a function that never was": ("SQLSTATE 42883", NEVER, False),
    "a missing grant": ("SQLSTATE 42501", NEVER, False),
    "a grant that was taken away": ("SQLSTATE 42501", a_run(-300), False),
    "row security": ("SQLSTATE 42501 (row security withholds rows from this user)", a_run(-300), False),
    "a text instead of a number": ("no number", NEVER, False),
    "a question that was rewritten, with a typo": ("SQLSTATE 42P01", OTHER, False),
    "the twin: the table was there": ("SQLSTATE 42P01", a_run(-300), True),
    "the twin: the column was there": ("SQLSTATE 42703", a_run(-300), True),
    "the twin: the schema was there": ("SQLSTATE 3F000", a_run(-300), True),
}


@pytest.mark.parametrize(("error", "baseline", "wrong"), ASKED.values(), ids=list(ASKED))
def test_n4_what_could_not_be_asked_is_no_wrong_data_and_has_its_own_name(
    error: str, baseline: IntegrityCheck | None, wrong: bool
) -> None:
    now = [Reading(name="appointments", value=1000), Reading(name="orphans", error=error, question="this one")]
    silent = [a_silent_run(-600), a_silent_run(-300)]
    faults = [f"orphans returned no result ({error})"] if wrong else []
    assert integrity_faults(CHECKS, now, baseline) == faults
    assert wrong_answers(CHECKS, now, baseline) == faults, "the gate of a failover"
    assert faults_to_tell(CHECKS, now, baseline, silent) == faults, "however often"
    assert not_askable(CHECKS, now, baseline) == ([] if wrong else [f"orphans could not be asked ({error})"])


@pytest.mark.parametrize("error", ["SQLSTATE 57014", "SQLSTATE 53300", "SQLSTATE 40001", "SQLSTATE XX001"])
def test_n4_the_twin_what_found_no_time_or_met_broken_data_could_be_asked(error: str) -> None:
    assert not_askable(CHECKS, [Reading(name="orphans", error=error)], None) == []
    assert not_askable(CHECKS, [Reading(name="nobody asks this", error="SQLSTATE 42601")], None) == []


def test_a_rewritten_question_is_not_held_against_the_answer_to_the_old_one() -> None:
    good = msgspec.structs.replace(a_run(-300), readings=[Reading(name="appointments", value=1000, question="old")])
    assert integrity_faults([COUNT], [Reading(name="appointments", value=5, question="new")], good) == []
    assert integrity_faults([COUNT], [Reading(name="appointments", value=5, question="old")], good) != []
