"""Which columns of a written row may read otherwise: those a trigger sets to the time of the write, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.model.tables.write_stamps import altered, are_stamps, may_be_stamps, only_written_later
from tests.unit.builders import NOON

TYPES = {
    "id": "integer",
    "v": "text",
    "changed": "timestamp with time zone",
    "seen": "timestamp(0) without time zone",
    "day": "date",
}
GIVEN = '(7,"a, b","2026-03-01 10:00:00.5+00","2026-03-01 10:00:00",2026-03-01)'
WINDOW = (NOON, NOON + timedelta(seconds=2))
NOW = f"{NOON:%Y-%m-%d %H:%M:%S}"


def row(v: str = '"a, b"', changed: str = "2026-03-01 10:00:00.5+00", seen: str = "2026-03-01 10:00:00") -> str:
    return f'(7,{v},"{changed}","{seen}",2026-03-01)'


@pytest.mark.parametrize(
    ("found", "names"),
    [
        (GIVEN, []),
        (row(changed=f"{NOW}+00"), ["changed"]),
        (row(v="x", seen=NOW), ["v", "seen"]),
        ("(7)", None),
        ("no row", None),
    ],
)
def test_what_reads_otherwise_is_known_by_name(found: str, names: list[str] | None) -> None:
    assert altered(TYPES, GIVEN, found) == names


@pytest.mark.parametrize(
    ("names", "keys", "may"),
    [
        (["changed"], ["id"], True),
        (["changed", "seen"], ["id"], True),
        (["changed"], ["id", "changed"], False),
        (["changed", "v"], ["id"], False),
        (["day"], ["id"], False),
    ],
)
def test_only_times_that_are_no_key_may_be_stamps(names: list[str], keys: list[str], may: bool) -> None:
    assert may_be_stamps(TYPES, names, keys) is may


@pytest.mark.parametrize(
    ("found", "names", "are"),
    [
        (row(changed=f"{NOW}.7+00"), ["changed"], True),
        (row(seen=NOW), ["seen"], True),
        (row(changed=f"{NOW}+00", seen=NOW), ["changed", "seen"], True),
        (row(changed=f"{NOW}+00"), ["changed", "seen"], False),
        (row(changed="infinity"), ["changed"], False),
        (row(changed="0044-03-15 12:00:00+00 BC"), ["changed"], False),
        (GIVEN, ["changed"], False),
    ],
)
def test_a_stamp_reads_as_a_time_within_the_transaction(found: str, names: list[str], are: bool) -> None:
    assert are_stamps(TYPES, names, found, WINDOW) is are


@pytest.mark.parametrize(
    ("found", "later"),
    [
        (row(changed=f"{NOW}+00"), True),
        (row(changed=f"{NOW}+00", seen=NOW), True),
        (row(v="x", changed=f"{NOW}+00"), False),
        (row(changed="2025-01-01 00:00:00+00"), False),
        (row(changed="infinity"), False),
        (GIVEN, False),
        ("(7)", False),
    ],
)
def test_a_row_an_earlier_run_has_written_is_there_already(found: str, later: bool) -> None:
    assert only_written_later(TYPES, GIVEN, found, ["id"]) is later
