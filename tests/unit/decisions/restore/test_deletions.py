"""A deletion as the evidence of a moment: named by its commit, or between two looks at the counters."""

from __future__ import annotations

import msgspec

from lyo_dr.decisions.restore.recovery_point import choose_recovery_point
from lyo_dr.model.restore import MassChange, RecoveryPoint, RestoreRequest
from tests.unit.builders import NOON, at
from tests.unit.decisions.restore_builders import a_change, a_run, a_window, the_evidence

NAMED = msgspec.structs.replace(a_change(-60.5), how="deleted")
BETWEEN = msgspec.structs.replace(NAMED, at=at(-72), until=at(-57))


def choose(change: MassChange, wish: RestoreRequest | None = None) -> RecoveryPoint:
    return choose_recovery_point(
        wish or RestoreRequest(),
        evidence=the_evidence(change),
        runs=[a_run(-300)],
        window=a_window(latest=-1),
        snapshots=[],
        now=NOON,
    )


def test_a_deletion_that_is_named_goes_back_to_the_second_before_it() -> None:
    verdict = choose(NAMED)
    assert verdict.target is not None
    assert verdict.target.at == at(-61)
    assert "one transaction deleted 900 of 1000 rows of lyo_appointments at 2026-03-29 11:58:59.5" in verdict.sentence


def test_a_deletion_between_two_looks_goes_back_to_before_the_first() -> None:
    verdict = choose(BETWEEN)
    assert verdict.target is not None
    assert verdict.target.at == at(-73)
    assert "900 of 1000 rows of lyo_appointments were deleted between" in verdict.sentence


def test_an_operator_may_name_a_moment_between_the_looks_and_none_after_them() -> None:
    assert choose(BETWEEN, RestoreRequest(restore_to=at(-65))).status == "chosen"
    assert choose(BETWEEN, RestoreRequest(restore_to=at(-57))).status == "refused"
    assert choose(NAMED, RestoreRequest(restore_to=at(-60))).status == "refused"
