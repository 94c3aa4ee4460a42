"""The format of ``drill.json``: its schema is committed, and a record of every kind of drill is written in it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from drills.results.format import FORMAT, SCHEMA, fault_of, schema
from drills.results.record import Recorded, TimelineLine
from tests.drills.report.drills_of_each_kind import BREACH, KINDS, RESTORE, result_of


def committed() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return read


def test_the_committed_schema_is_that_of_the_format() -> None:
    assert committed() == schema(), "write it anew: python -m drills.results.format"


@pytest.mark.parametrize("drill", KINDS.values(), ids=list(KINDS))
def test_a_record_of_every_kind_of_drill_is_in_the_format(drill: Recorded) -> None:
    result = result_of(drill)
    jsonschema.validate(result, committed())
    assert fault_of(result) == ""
    assert result["format"] == FORMAT


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "2"}, "$.format"),
        ({"kind": "disaster"}, "$.kind"),
        ({"thrown out": 2.5}, "thrown out"),
        ({"ledger": {"  replayable, conflicting, deleted, damage": "105, 18, 0, 430"}}, "$.ledger"),
        ({"outage": None}, "$.outage"),
    ],
)
def test_what_is_in_no_format_is_found(changes: dict[str, Any], said: str) -> None:
    result = result_of(RESTORE, **changes)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(result, committed())
    assert said in fault_of(result)


def test_figures_are_numbers_under_names() -> None:
    restore, breach = result_of(RESTORE), result_of(BREACH)
    assert restore["ledger"] == {
        "rows_damaged_database": 613,
        "rows_restored_database": 1421,
        "entries": {"replayable": 394, "conflicting": 15, "deleted": 0, "damage": 204},
        "replays": [
            {"written": 394, "already_present": 0, "skipped": 1, "refused": 0},
            {"written": 0, "already_present": 394, "skipped": 1, "refused": 0},
        ],
    }
    assert restore["restore"] == {
        "target": "2027-01-15 07:59:59 UTC",
        "recovery_point": "2027-01-15T07:59:59.000+00:00",
        "moment_before_damage_seconds": 1.0,
        "restores_called": 0,
        "counted": {"damaged_rows": 0},
    }
    assert list(breach["breach"]["seconds_after_opening"]) == [
        *("told", "contained", "blocked", "rotated", "thrown_out", "proven", "preserved")
    ]
    assert breach["breach"]["failed_bookings"] == 0


@pytest.mark.parametrize(
    ("told", "target", "point"),
    [
        ("to 2026-11-30 20:30:38 UTC", "2026-11-30 20:30:38 UTC", "2026-11-30T20:30:38.000+00:00"),
        (
            "to the latest restorable time, 2026-11-30 20:32:25 UTC, in bookings-r-1; unprotected",
            "the latest restorable time, 2026-11-30 20:32:25 UTC",
            "2026-11-30T20:32:25.000+00:00",
        ),
        ("to snapshot before-the-release", "snapshot before-the-release", None),
        ("to snapshot before-the-release, in bookings-r-1; unprotected", "snapshot before-the-release", None),
    ],
)
def test_what_was_restored_to_is_told_whatever_it_was(told: str, target: str, point: str | None) -> None:
    line = TimelineLine(RESTORE.fault_at + 8, "RestoreToNewInstance", f"bookings-r-1 is restored {told}")
    found = result_of(dataclasses.replace(RESTORE, timeline=(line,)))["restore"]
    assert (found["target"], found["recovery_point"]) == (target, point)
    assert (found["moment_before_damage_seconds"] is None) is (point is None)


def test_a_restore_that_stopped_before_has_nothing_to_tell() -> None:
    line = TimelineLine(RESTORE.fault_at + 8, "RestoreToNewInstance", "bookings-r-1 is being restored, to 2026 UTC")
    assert result_of(dataclasses.replace(RESTORE, timeline=(line,)))["restore"] is None


def test_only_a_failover_has_what_an_observer_of_the_standby_saw() -> None:
    seen = {name: result_of(drill)["seen_from_outside"] is not None for name, drill in KINDS.items()}
    assert {name for name, has in seen.items() if has} == {"failover", "failover that never recovers"}
