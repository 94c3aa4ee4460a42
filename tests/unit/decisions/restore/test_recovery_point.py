"""To which moment a database goes back: the cheapest evidence that names one."""

from __future__ import annotations

import pytest

from lyo_dr.decisions.restore.recovery_point import before, choose_recovery_point, find_damage, next_target
from lyo_dr.model.restore import (
    DatabaseEvidence,
    IntegrityCheck,
    RecoveryPoint,
    RestoreRequest,
    Snapshot,
    Target,
    Window,
)
from tests.unit.builders import NOON, at
from tests.unit.decisions.restore_builders import a_change, a_run, a_snapshot, a_window, the_evidence

BAD = "orphans: 3 instead of 0"


_NO_WISH = RestoreRequest()


def choose(
    wish: RestoreRequest = _NO_WISH,
    *,
    evidence: DatabaseEvidence | None = None,
    runs: list[IntegrityCheck] | None = None,
    window: Window | None = None,
    snapshots: list[Snapshot] | None = None,
) -> RecoveryPoint:
    return choose_recovery_point(
        wish,
        evidence=evidence or the_evidence(),
        runs=runs or [],
        window=window or a_window(),
        snapshots=snapshots or [],
        now=NOON,
    )


def test_a_transaction_that_rewrote_a_table_after_the_last_good_run_names_the_second_before_it() -> None:
    verdict = choose(evidence=the_evidence(a_change(-61.5)), runs=[a_run(-300), a_run(-10, BAD)])
    assert verdict.status == "chosen"
    assert verdict.target == Target(kind="moment", at=at(-62))
    assert "one transaction wrote 900 of 1000 rows of lyo_appointments at 2026-03-29 11:58:58.500000 UTC" in (
        verdict.sentence
    )


def test_the_first_of_several_is_the_damage_and_an_old_one_is_history() -> None:
    changes = (a_change(-5000), a_change(-200), a_change(-100))
    assert find_damage(the_evidence(*changes), [a_run(-300)]) == changes[1]


def test_without_such_a_transaction_the_last_good_run_counts() -> None:
    verdict = choose(runs=[a_run(-600), a_run(-300), a_run(-10, BAD)])
    assert verdict.target == Target(kind="moment", at=at(-301))
    assert "no single transaction stands out" in verdict.sentence


def test_a_moment_found_by_evidence_may_be_ahead_of_the_archived_log_and_is_waited_for() -> None:
    verdict = choose(evidence=the_evidence(a_change(-10.5)), runs=[a_run(-60)], window=a_window(latest=-300))
    assert verdict.target == Target(kind="moment", at=at(-11))


def test_without_any_evidence_a_person_is_asked() -> None:
    verdict = choose(evidence=the_evidence(error="DatabaseUnreachable", at=None))
    assert (verdict.status, verdict.target) == ("refused", None)
    assert verdict.sentence == "It is unknown when the data was good; name a recovery point"


def test_a_database_that_does_not_answer_is_restored_by_its_baseline() -> None:
    verdict = choose(evidence=the_evidence(error="TimeoutError", at=None), runs=[a_run(-300)])
    assert verdict.status == "chosen"
    assert "unread: TimeoutError" in verdict.evidence


@pytest.mark.parametrize(
    ("wish", "target"),
    [
        (RestoreRequest(restore_to=at(-600)), Target(kind="moment", at=at(-600))),
        (RestoreRequest(restore_to=at(-300)), Target(kind="moment", at=at(-300))),
        (RestoreRequest(latest=True), Target(kind="latest", at=at(-300))),
        (RestoreRequest(snapshot="nightly"), Target(kind="snapshot", at=at(-900), snapshot="nightly")),
    ],
)
def test_an_operator_who_knows_the_moment_is_obeyed(wish: RestoreRequest, target: Target) -> None:
    assert choose(wish, snapshots=[a_snapshot("nightly", -900)]).target == target


@pytest.mark.parametrize(("change", "moment"), [(-61.5, -62), (-61.0, -62), (-61.999, -62)])
def test_the_moment_is_the_last_whole_second_before_the_commit(change: float, moment: float) -> None:
    assert before(at(change)) == at(moment)
    assert before(at(change)) < at(change)


def test_after_wrong_data_comes_the_last_good_run_before_it_and_then_the_newest_older_snapshot() -> None:
    runs = [a_run(-900), a_run(-400)]
    snapshots = [a_snapshot("old", -7000), a_snapshot("newer", -2000), a_snapshot("made-now", -1, status="creating")]
    tried = [Target(kind="moment", at=at(-62))]
    second = next_target(tried, runs, a_window(), snapshots)
    assert second == Target(kind="moment", at=at(-401))
    third = next_target([*tried, Target(kind="moment", at=at(-401))], runs, a_window(), snapshots)
    assert third == Target(kind="moment", at=at(-901))
    fourth = next_target([Target(kind="moment", at=at(-901))], runs, a_window(), snapshots)
    assert fourth == Target(kind="snapshot", at=at(-2000), snapshot="newer")
    assert next_target([Target(kind="snapshot", at=at(-7000), snapshot="old")], [], a_window(), snapshots) is None


def test_a_run_before_the_first_backup_is_no_moment() -> None:
    assert next_target([Target(kind="moment", at=at(-62))], [a_run(-900)], a_window(earliest=-500), []) is None


def test_a_run_that_was_good_in_the_second_before_the_wrong_moment_counts() -> None:
    runs = [a_run(-900), a_run(-0.6)]
    assert next_target([Target(kind="moment", at=NOON)], runs, a_window(), []) == Target(kind="moment", at=at(-1))
    assert next_target([Target(kind="moment", at=at(-1))], runs, a_window(), []) == Target(kind="moment", at=at(-901))
