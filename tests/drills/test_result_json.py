"""The result as JSON, and the client's record as it grows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drills.engine.screen import ClientTail
from drills.results import result_json
from drills.results.measure import measure
from drills.results.record import Recorded, Seen
from tests.drills.drill_record import ATTEMPTS, FAULT, STEPS, attempt, recorded
from tests.plans import lyo_plan


def as_json(drill: Recorded, misses: list[str] | None = None) -> dict[str, Any]:
    """The result as it is written and read again."""
    made = result_json.as_json(drill, measure(drill, STEPS), lyo_plan(), misses or [])
    read: dict[str, Any] = json.loads(json.dumps(msgspec.to_builtins(made)))
    return read


def test_a_result_says_what_was_measured_and_under_which_settings() -> None:
    result = as_json(recorded())
    assert (result["drill"], result["passed"], result["missed"]) == ("region-loss", True, [])
    assert result["regions"] == {"lost": "eu-west-1", "recovered_in": "us-west-2"}
    assert result["target"] == {"rto": 14400.0, "rpo": 900.0, "rto_in_scale": pytest.approx(79.4)}
    outage = result["outage"]
    assert outage["critical_path_seconds"] == pytest.approx(sum(part["seconds"] for part in outage["critical_path"]))
    assert outage["ratio"] == pytest.approx(outage["seconds"] / outage["critical_path_seconds"])
    assert result["bookings"]["lost"] == 1
    assert result["incident"]["timeline"][0]["at"] == "2027-01-15T08:00:03.000+00:00"
    settings = result["rehearsal"]
    assert (settings["aws_clock_factor"], settings["replication_link_one_way_seconds"]) == (20.0, 0.065)
    assert {change["path"] for change in settings["plan_changes"]} >= {"timing.poll", "budgets.fence", "traffic.ttl"}
    assert settings["not_shown"]


def test_what_was_seen_from_outside_is_told_in_seconds_after_the_fault_or_not_at_all() -> None:
    seen = as_json(recorded(seen=Seen(FAULT + 13.0, None, FAULT + 17.25)))["seen_from_outside"]
    assert seen == {"database_writable": 13.0, "service_ready": None, "name_moved": 17.25}


def test_a_result_with_a_miss_has_not_passed() -> None:
    result = as_json(recorded(), ["the client never got an answer again"])
    assert (result["passed"], result["missed"]) == (False, ["the client never got an answer again"])


def test_a_drill_in_which_nothing_happened_is_a_result_too() -> None:
    nothing = recorded(
        ending="", incident_id="", timeline=(), calls=(), attempts=(), rows=(), seen=Seen(None, None, None)
    )
    result = as_json(nothing)
    assert (result["outage"]["parts"], result["client"]["per_second"], result["incident"]["timeline"]) == ([], [], [])


def write(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "attempts.jsonl"


def test_a_client_that_has_not_begun_has_no_seconds(record: Path) -> None:
    assert ClientTail(record).seconds() == []


def test_the_tail_counts_what_ended_in_each_second_quiet_ones_included(record: Path) -> None:
    write(record, "".join(each.to_line() + "\n" for each in ATTEMPTS[:3]))
    at = int(FAULT)
    quiet = [(at + second, 0, 0) for second in range(3)]
    assert ClientTail(record).seconds() == [(at - 2, 1, 0), (at - 1, 1, 0), *quiet, (at + 3, 0, 1)]


def test_the_tail_reads_on_and_waits_for_the_rest_of_a_line(record: Path) -> None:
    tail, line = ClientTail(record), attempt(0.1, "first").to_line()
    write(record, line[:20])
    assert tail.seconds() == []
    write(record, line[20:] + "\n")
    assert tail.seconds() == [(int(FAULT), 1, 0)]
    write(record, attempt(0.2, "second", ok=False).to_line() + "\n")
    assert tail.seconds() == tail.seconds() == [(int(FAULT), 1, 1)]


def test_an_attempt_that_ended_in_an_earlier_second_is_counted_there(record: Path) -> None:
    tail = ClientTail(record)
    late, early = attempt(3.0, "late").to_line(), attempt(1.0, "early").to_line()
    write(record, f"{attempt(0.0, 'zero').to_line()}\n{late}\n{early}\n")
    at = int(FAULT)
    assert tail.seconds() == [(at, 1, 0), (at + 1, 1, 0), (at + 2, 0, 0), (at + 3, 1, 0)]


def test_the_tail_forgets_what_no_longer_fits_on_the_screen(record: Path) -> None:
    write(record, f"{attempt(0.0, 'zero').to_line()}\n{attempt(100.0, 'later').to_line()}\n")
    write(record, attempt(0.5, "forgotten").to_line() + "\n")
    seconds = ClientTail(record).seconds()
    assert (len(seconds), seconds[-1]) == (40, (int(FAULT) + 100, 1, 0))
    assert sum(good for _, good, _ in seconds) == 1
