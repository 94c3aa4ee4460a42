"""Fault 43: the moment to restore to is impossible. Refused before any call, with the nearest that would do."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.errors import BadSignal
from lyo_dr.model.restore import RestoreRequest
from lyo_dr.steps.incident_response import open_incident
from tests.unit.aws import World
from tests.unit.builders import at
from tests.unit.decisions.restore.test_recovery_point import choose
from tests.unit.decisions.restore_builders import a_change, a_run, a_snapshot, a_window, the_evidence


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (60, "2026-03-29 12:01:00 UTC is in the future; the nearest recovery point is 2026-03-29T11:55:00+00:00"),
        (
            -100,
            (
                "2026-03-29 11:58:20 UTC is not in the backups yet; "
                "the nearest recovery point is 2026-03-29T11:55:00+00:00"
            ),
        ),
        (
            -90000,
            (
                "2026-03-28 11:00:00 UTC is before the first backup; "
                "the nearest recovery point is 2026-03-28T12:00:00+00:00"
            ),
        ),
    ],
)
def test_fault_43_a_moment_outside_the_backups_is_refused_with_the_nearest(seconds: float, sentence: str) -> None:
    verdict = choose(RestoreRequest(restore_to=at(seconds)))
    assert (verdict.status, verdict.sentence, verdict.target) == ("refused", sentence, None)


@pytest.mark.parametrize("wish", [RestoreRequest(restore_to=at(-400)), RestoreRequest(latest=True)])
def test_fault_43_a_moment_after_the_damage_is_refused_with_the_second_before_it(wish: RestoreRequest) -> None:
    verdict = choose(wish, evidence=the_evidence(a_change(-500.5)), runs=[a_run(-900)])
    assert verdict.status == "refused"
    assert "after the damage (one transaction wrote 900 of 1000 rows" in verdict.sentence
    assert verdict.sentence.endswith("the nearest recovery point is 2026-03-29T11:51:39+00:00")


def test_fault_43_the_twin_a_moment_before_the_damage_is_taken() -> None:
    verdict = choose(RestoreRequest(restore_to=at(-501)), evidence=the_evidence(a_change(-500.5)), runs=[a_run(-900)])
    assert verdict.status == "chosen"


def test_fault_43_a_snapshot_that_is_not_there_is_refused_with_the_newest_that_is() -> None:
    snapshots = [a_snapshot("b", -500), a_snapshot("a", -900), a_snapshot("c", -10, status="creating")]
    assert choose(RestoreRequest(snapshot="c"), snapshots=snapshots).sentence == (
        "Snapshot c is not available; the newest available one is b"
    )


def test_fault_43_without_a_backup_there_is_no_moment_at_all() -> None:
    verdict = choose(RestoreRequest(restore_to=at(-100)), window=a_window(latest=None))
    assert verdict.sentence.endswith("no recovery point is available yet")


@pytest.mark.parametrize("moment", ["2026-03-29T11:00:00", "yesterday", 17])
def test_fault_43_a_moment_without_a_zone_is_a_bad_signal(world: World, moment: Any) -> None:
    signal = {"kind": "database", "source": "operator", "region": "eu-west-1", "at": "2026-03-29T12:00:00Z"}
    with pytest.raises(BadSignal, match="restore_to"):
        open_incident.handler({"signal": {**signal, "database": "bookings", "restore_to": moment}, "execution": "x"})
    assert not world.calls.made
