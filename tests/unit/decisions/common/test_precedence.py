"""The order of precedence, as a table over all pairs; kinds of work that nothing starts yet have their rows, too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.common.lease import take
from lyo_dr.decisions.common.precedence import NAMES, ORDER, precedes, reason
from lyo_dr.decisions.incident.admission import takes_over
from tests.unit.builders import a_lease, at, first_day

TABLE = {
    # held by:       loss evac rest rota move repa prot exer      asks:
    "region_loss": "  =    >    >    >    >    >    >    >",
    "evacuation": "   <    =    >    >    >    >    >    >",
    "restore": "      <    <    =    >    >    >    >    >",
    "rotation": "     <    <    <    =    >    >    >    >",
    "planned_move": " <    <    <    <    =    >    >    >",
    "repair": "       <    <    <    <    <    =    >    >",
    "re_protection": "<    <    <    <    <    <    =    >",
    "exercise": "     <    <    <    <    <    <    <    =",
}
PAIRS = [(asks, held, sign) for asks, row in TABLE.items() for held, sign in zip(TABLE, row.split(), strict=True)]
OBSERVED = [
    ("region_loss", "restore"),
    ("region_loss", "evacuation"),
    ("evacuation", "restore"),
]
"""Pairs in which the higher one waits until the observers agree: an alarm alone must not end this work."""


def test_the_table_has_every_kind_in_the_order_of_the_product() -> None:
    assert tuple(TABLE) == ORDER
    assert set(NAMES) == set(ORDER)


@pytest.mark.parametrize(("asks", "held", "sign"), PAIRS)
def test_the_higher_one_takes_the_lease_under_a_new_epoch_and_the_lower_or_equal_one_does_not(
    asks: Any, held: Any, sign: str
) -> None:
    lease = a_lease(holder="first", epoch=4, kind=held)
    taken = take(lease, holder="second", kind=asks, record=first_day(), now=at(10), duration=timedelta(minutes=15))
    assert precedes(asks, held) is (sign == ">")
    if sign == ">":
        assert taken == a_lease(holder="second", epoch=5, kind=asks, taken_at=at(10), expires_at=at(910))
    else:
        assert taken is None


@pytest.mark.parametrize(("asks", "held", "sign"), PAIRS)
def test_once_it_has_expired_anybody_takes_it(asks: Any, held: Any, sign: str) -> None:
    lease = a_lease(holder="first", epoch=4, kind=held, expires_at=at(10))
    assert take(lease, holder="second", kind=asks, record=first_day(), now=at(10), duration=timedelta(minutes=15)), sign


@pytest.mark.parametrize(("asks", "held", "sign"), PAIRS)
def test_a_signal_takes_over_costly_work_only_when_the_observers_agree(asks: Any, held: Any, sign: str) -> None:
    lease = a_lease(holder="first", kind=held)
    assert takes_over(asks, lease, seen_lost=True) is (sign == ">")
    assert takes_over(asks, lease, seen_lost=False) is (sign == ">" and (asks, held) not in OBSERVED)


def test_the_reason_names_both() -> None:
    assert reason("region_loss", "exercise") == "the loss of a region takes precedence over an exercise"
