"""Traffic: seen from outside, and the latch over the whole history of a pair."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.decisions.failover.traffic import latch_value, traffic_progress
from lyo_dr.model.facts import Probe
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.verdict import Progress
from tests.unit.builders import IRELAND, OREGON, a_deadline, a_probe, first_day, serving

NAME = "api.lyo-booking.com"


def judged(resolved: list[str], answer: Probe | None, *, spent: float = 0.0) -> Progress:
    return traffic_progress(
        name=NAME,
        region=OREGON,
        expected=["192.0.2.1", "192.0.2.2"],
        resolved=resolved,
        answer=answer,
        deadline=a_deadline(timedelta(minutes=10), spent=spent),
    )


ARRIVED = {
    "both addresses": (["192.0.2.1", "192.0.2.2"], serving(OREGON)),
    "one of the addresses": (["192.0.2.2"], serving(OREGON)),
    "an app that names no region": (["192.0.2.1"], a_probe(200)),
    "a page that is not ready still shows where it leads": (["192.0.2.1"], a_probe(503, region=OREGON)),
}
NOT_ARRIVED = {
    "no answer to the name": ([], None, f"{NAME} does not resolve"),
    "the lost region's address": (["198.51.100.7"], serving(IRELAND), f"{NAME} still resolves to 198.51.100.7"),
    "one of each": (
        ["192.0.2.1", "198.51.100.7"],
        serving(OREGON),
        f"{NAME} still resolves to 192.0.2.1, 198.51.100.7",
    ),
    "silence": (["192.0.2.1"], a_probe(), f"{NAME} resolves to this region, but nothing answers"),
    "nobody was asked": (["192.0.2.1"], None, f"{NAME} resolves to this region, but nothing answers"),
    "the other region answers": (["192.0.2.1"], serving(IRELAND), f"{NAME} is answered by {IRELAND}"),
}


@pytest.mark.parametrize(("resolved", "answer"), ARRIVED.values(), ids=ARRIVED.keys())
def test_traffic_has_arrived_when_name_and_answer_are_of_this_region(resolved: list[str], answer: Probe) -> None:
    verdict = judged(resolved, answer, spent=9999)
    assert verdict == Progress(status="ready", sentence=f"{NAME} resolves to {OREGON} ({', '.join(resolved)})")


@pytest.mark.parametrize(("resolved", "answer", "reason"), NOT_ARRIVED.values(), ids=NOT_ARRIVED.keys())
def test_traffic_that_has_not_arrived_is_waited_for_and_then_handed_to_a_person(
    resolved: list[str], answer: Probe | None, reason: str
) -> None:
    waiting = judged(resolved, answer, spent=599)
    assert waiting == Progress(status="pending", sentence=f"Latch set; {reason}", wait_seconds=15)
    given_up = judged(resolved, answer, spent=600)
    assert given_up.status == "broken"
    assert given_up.sentence == f"After 10 min {reason}; see the runbook for the break-glass step"


HISTORY = {
    "first day": (first_day(), False, False),
    "failed over to Oregon": (first_day(active_region=OREGON, standby_region=None, epoch=1), False, True),
    "Ireland is the new standby": (first_day(active_region=OREGON, standby_region=IRELAND, epoch=2), False, True),
    "Oregon lost its peer again": (first_day(active_region=OREGON, standby_region=None, epoch=3), False, True),
    "failed back to Ireland, Oregon gone": (
        first_day(active_region=IRELAND, standby_region=None, epoch=4),
        True,
        False,
    ),
    "Oregon stands by again": (first_day(active_region=IRELAND, standby_region=OREGON, epoch=5), False, False),
    "Ireland lost its peer afterwards": (first_day(active_region=IRELAND, standby_region=None, epoch=6), True, False),
}


@pytest.mark.parametrize(("record", "in_ireland", "in_oregon"), HISTORY.values(), ids=HISTORY.keys())
def test_the_latches_over_the_whole_history(record: SystemRecord, in_ireland: bool, in_oregon: bool) -> None:
    """``in_ireland`` takes the SECONDARY record out of the answer, ``in_oregon`` the PRIMARY record."""
    assert latch_value(record, here=IRELAND, primary=IRELAND, secondary=OREGON) is in_ireland
    assert latch_value(record, here=OREGON, primary=IRELAND, secondary=OREGON) is in_oregon


@pytest.mark.parametrize("record", [row[0] for row in HISTORY.values()], ids=HISTORY.keys())
def test_never_are_both_records_out_of_the_answer(record: SystemRecord) -> None:
    out = [latch_value(record, here=here, primary=IRELAND, secondary=OREGON) for here in (IRELAND, OREGON)]
    assert not all(out)


@pytest.mark.parametrize("standby", [None, IRELAND])
def test_while_oregon_is_active_traffic_never_returns_by_itself(standby: str | None) -> None:
    record = first_day(active_region=OREGON, standby_region=standby, epoch=7)
    assert latch_value(record, here=OREGON, primary=IRELAND, secondary=OREGON) is True
