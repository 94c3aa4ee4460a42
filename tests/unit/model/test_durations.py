"""One format for every duration a person reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.model.durations import humanize

DAY = 86_400.0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (0.0004, "0 s"),
        (0.004, "4 ms"),
        (0.0996, "0.1 s"),
        (0.37, "0.4 s"),
        (1.0, "1 s"),
        (12.34, "12.3 s"),
        (59.9, "59.9 s"),
        (59.97, "1 min"),
        (90.0, "1 min 30 s"),
        (300.0, "5 min"),
        (330.4, "5 min 30 s"),
        (3599.7, "1 h"),
        (3600.0, "1 h"),
        (7500.0, "2 h 5 min"),
        (14_400.0, "4 h"),
        (36 * 3600.0, "36 h"),
        (2 * DAY - 1, "2 days"),
        (2.2 * DAY, "2 days 5 h"),
        (35 * DAY, "35 days"),
        (-5.0, "-5 s"),
        (-0.0001, "0 s"),
    ],
)
def test_a_duration_is_rounded_to_what_a_person_needs(seconds: float, text: str) -> None:
    assert humanize(seconds) == text


def test_a_timedelta_reads_like_its_seconds() -> None:
    assert humanize(timedelta(hours=2, minutes=5)) == "2 h 5 min"
