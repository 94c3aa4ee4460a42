"""Fault 45: the restored data is wrong as well. The service is led to none that was not asked; another is tried."""

from __future__ import annotations

import pytest

from lyo_dr.decisions.restore.new_instance import judge_restored
from lyo_dr.model.restore import Target
from tests.unit.builders import at

WRONG = ["orphans: 3 instead of 0"]
EARLIER = Target(kind="moment", at=at(-600))


def test_fault_45_wrong_data_means_an_earlier_moment() -> None:
    verdict = judge_restored(WRONG, name="new-1", tried=1, most=3, after=EARLIER)
    assert (verdict.status, verdict.target) == ("again", EARLIER)
    assert verdict.sentence == "new-1 is damaged as well: orphans: 3 instead of 0; next: 2026-03-29 11:50:00 UTC"


@pytest.mark.parametrize(
    ("tried", "after", "why"),
    [(3, EARLIER, "the limit of 3 restores is reached"), (1, None, "no earlier recovery point or snapshot is left")],
)
def test_fault_45_it_ends_where_the_plan_or_the_backups_end(tried: int, after: Target | None, why: str) -> None:
    verdict = judge_restored(WRONG, name="new-1", tried=tried, most=3, after=after)
    assert (verdict.status, verdict.target) == ("broken", None)
    assert verdict.sentence.endswith(why)


def test_fault_45_the_twin_good_data_goes_on() -> None:
    assert judge_restored([], name="new-1", tried=3, most=3, after=None).status == "good"
