"""What is shaded is where the client failed, in every kind of drill; and a wrong shading is found."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from drills.report import client, lanes, timeline
from drills.report.reading import Reader
from drills.results.record import Recorded
from drills.results.truth import report_faults
from tests.drills.drill_record import FAULT
from tests.drills.report.drills_of_each_kind import FAILOVER, KINDS, QUIET, RESTORE, attempts, result_of


def faults(drill: Recorded, result: dict[str, Any] | None = None) -> list[str]:
    return report_faults(result or result_of(drill), drill.attempts, drill.fault_at)


@pytest.mark.parametrize("drill", KINDS.values(), ids=list(KINDS))
def test_every_kind_of_drill_is_shaded_where_its_client_failed(drill: Recorded) -> None:
    assert faults(drill) == []


PATTERNS = (
    "",
    "++++++++++++",
    "------------",
    "-+++++++++++",
    "+++++++++++-",
    "+-+-+-+-+-+-",
    "++++--++--++",
    "++  --  ++  ",
    "        ----",
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("kind", ["failover", "restore", "quiet"])
def test_whatever_the_client_met_in_whatever_drill(kind: str, pattern: str) -> None:
    assert faults(dataclasses.replace(KINDS[kind], attempts=attempts(pattern * 3))) == []


def shaded(drill: Recorded) -> list[tuple[float, float]]:
    """What the picture of the client shades, in seconds after the fault."""
    reader = Reader(result_of(drill))
    picture = client.draw(reader, timeline.read(reader).fault_at)
    assert picture is not None
    span = picture.axis.high - picture.axis.low
    begins = [picture.axis.low + band.x / 100 * span for band in picture.bands]
    return [(begin, begin + band.width / 100 * span) for begin, band in zip(begins, picture.bands, strict=True)]


def test_the_outage_of_a_restore_begins_with_its_stop_and_not_with_the_damage() -> None:
    (outage, blip) = shaded(RESTORE)
    assert outage == pytest.approx((5.0, 12.1), abs=0.05)
    assert blip == pytest.approx((15.0, 15.6), abs=0.05)


def test_failures_that_come_and_go_are_shaded_one_by_one() -> None:
    assert [round(begin, 1) for begin, _ in shaded(QUIET)] == [0.0, 1.5, 5.0]


@pytest.mark.parametrize(
    ("failing", "said"),
    [
        ([], "does not shade 14 failed attempts, the first +5.00\u00a0s"),
        ([(0.0, 3.17)], "does not shade 14 failed attempts"),
        ([(0.0, 3.17)], "where no attempt failed"),
        ([(0.0, 12.1), (15.0, 15.6)], "though the first attempt failed +5.00\u00a0s"),
        ([(5.0, 14.9), (15.0, 15.6)], "though bookings succeeded again +12.10\u00a0s"),
        ([(5.0, 9.0), (15.0, 15.6)], "does not shade 5 failed attempts, the first +9.50\u00a0s"),
        ([(5.0, None)], "though bookings succeeded again"),
    ],
)
def test_a_wrong_shading_fails_the_drill(failing: list[tuple[float, float | None]], said: str) -> None:
    drill = RESTORE if len(failing) == 2 else dataclasses.replace(RESTORE, attempts=RESTORE.attempts[:38])
    result = result_of(drill)
    rows = [{"began": begin, "ended": end, "failed": 1} for begin, end in failing]
    result["outage"]["failing"] = rows
    assert any(said in sentence for sentence in faults(drill, result))


def test_parts_that_do_not_add_up_fail_the_drill() -> None:
    result = result_of(FAILOVER)
    result["outage"]["parts"][0]["seconds"] += 0.5
    assert any(
        "the parts of the outage add up to 18.10 s instead of 17.60 s" in each for each in faults(FAILOVER, result)
    )


def test_both_pictures_are_checked() -> None:
    result = result_of(RESTORE)
    result["outage"]["failing"] = []
    told = faults(RESTORE, result)
    assert {sentence.split(" does")[0] for sentence in told} == {
        "the picture of the timeline",
        "the picture of the client",
    }


def test_lanes_are_shaded_as_far_as_they_reach() -> None:
    result = Reader(result_of(RESTORE))
    picture = lanes.draw(result, timeline.read(result))
    assert picture is not None
    assert picture.bands
    assert all(0 <= band.x <= band.x + band.width <= 100.01 for band in picture.bands)
    assert RESTORE.fault_at == FAULT
