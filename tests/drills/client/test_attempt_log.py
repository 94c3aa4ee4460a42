"""From the record to outage, throughput, latency and loss."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from drills.client.attempt import Attempt
from drills.client.attempt_log import (
    Comparison,
    Outage,
    Second,
    acknowledged,
    compare,
    latency,
    outage_after,
    outages,
    per_second,
    read,
)

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def attempt(start: float, ok: bool, took: float = 0.01, identifier: str = "") -> Attempt:
    name = identifier or f"{start:g}"
    return Attempt(start, start + took, name, 1, 201 if ok else 0, ok, "127.0.81.1", "eu-west-1")


def story(text: str) -> list[Attempt]:
    """One attempt each second from 0: + succeeds, - fails, a space is quiet."""
    return [attempt(second, mark == "+") for second, mark in enumerate(text) if mark != " "]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+++++++", None),
        ("", None),
        ("+++--++", Outage(3, 5.01, 2)),
        ("+++-----", Outage(3, None, 5)),
        ("-++--++", Outage(3, 5.01, 2)),  # trouble before is not this fault's
        ("+++++-+", Outage(5, 6.01, 1)),  # the effect may come late
        ("+ +  --+", Outage(5, 7.01, 2)),
        ("----+", Outage(0, 4.01, 4)),  # never well before
        ("+++--+--+", Outage(3, 5.01, 2)),  # the first one
    ],
)
def test_the_outage_of_a_fault_at_2_5(text: str, expected: Outage | None) -> None:
    assert outage_after(story(text), 2.5) == expected


def test_an_attempt_that_hangs_past_the_recovery_does_not_prolong_the_outage() -> None:
    attempts = [attempt(0, True), attempt(1, False, 1.0), attempt(1.5, True, 0.1), attempt(1.2, False, 1.0)]
    found = outage_after(attempts, 0.5)
    assert found == Outage(1, 1.6, 2)
    assert found.seconds == pytest.approx(0.6)


def test_a_success_under_way_at_the_fault_ends_nothing() -> None:
    attempts = [
        attempt(0, True),
        attempt(0.9, False, 0.5),
        attempt(0.95, True, 0.2),
        attempt(2, False),
        attempt(3, True),
    ]
    assert outage_after(attempts, 1.0) == Outage(0.9, 3.01, 2)


def test_all_outages_are_found_in_order() -> None:
    assert outages(story("+-++--+-")) == [Outage(1, 2.01, 1), Outage(4, 6.01, 2), Outage(7, None, 1)]


def test_the_first_to_be_served_ends_an_outage_not_the_first_to_be_started() -> None:
    slow_start = [attempt(1, False), attempt(2, True, 0.5), attempt(2.1, True, 0.1), attempt(3, True)]
    (found,) = outages(slow_start)
    assert found.ended == pytest.approx(2.2)


def test_the_series_counts_quiet_seconds_too() -> None:
    series = per_second([attempt(10.2, True), attempt(10.7, False), attempt(12.1, True)])
    assert series == [Second(10, 1, 1), Second(11, 0, 0), Second(12, 1, 0)]
    assert per_second([]) == []


def test_latency_is_that_of_successes() -> None:
    attempts = [attempt(second, True, (second + 1) / 1000) for second in range(100)] + [attempt(200, False, 1.0)]
    found = latency(attempts)
    assert found is not None
    assert [found.p50, found.p99] == pytest.approx([0.050, 0.099])
    assert latency([attempt(0, False)]) is None


def test_the_first_acknowledgement_of_an_id_counts() -> None:
    attempts = [
        attempt(1, False, identifier="a"),
        attempt(3, True, 0, "a"),
        attempt(2, True, 0, "a"),
        attempt(1, True, 0, "b"),
    ]
    assert acknowledged(attempts) == {"b": 1, "a": 2}


@pytest.mark.parametrize(
    ("promised", "present", "expected"),
    [
        ({}, [], Comparison(0)),
        ({"a": 1.0}, ["a"], Comparison(1)),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, ["a"], Comparison(3, lost={"b": 2.0, "c": 3.0})),
        ({"a": 1.0}, ["a", "a"], Comparison(1, duplicated=("a",))),
        ({"a": 1.0}, ["a", "b"], Comparison(1, unacknowledged=("b",))),
        ({"a": 1.0}, ["b", "b"], Comparison(1, {"a": 1.0}, ("b",), ("b",))),
    ],
)
def test_what_was_promised_against_what_is_there(
    promised: dict[str, float], present: list[str], expected: Comparison
) -> None:
    assert compare(promised, [(each, CREATED) for each in present]) == expected


def test_ids_may_come_as_uuids_and_rows_of_others_can_be_left_out() -> None:
    mine, foreign = UUID(int=1), UUID(int=2)
    found = compare({str(mine): 1.0}, [(mine, CREATED), (foreign, CREATED)], attempted={str(mine)})
    assert found == Comparison(1)


@pytest.mark.parametrize(
    ("lost", "expected"),
    [({}, 0.0), ({"a": 98.5, "b": 99.0}, 1.5), ({"late": 100.2}, 0.0), ({"late": 100.2, "a": 99.0}, 1.0)],
)
def test_the_loss_window_of_a_fault_at_100_is_the_age_of_the_oldest_broken_promise(
    lost: dict[str, float], expected: float
) -> None:
    assert Comparison(5, lost=lost).loss_window(100.0) == pytest.approx(expected)


def test_a_record_is_read_back_as_it_was_written_without_a_half_last_line(tmp_path: Path) -> None:
    path = tmp_path / "bookings.jsonl"
    written = [attempt(1, True), attempt(2, False)]
    path.write_text("".join(each.to_line() + "\n" for each in written) + '{"t_start": 3')
    assert read(path) == written
    path.write_text("nonsense\n")
    with pytest.raises(ValueError, match="Expecting value"):
        read(path)
