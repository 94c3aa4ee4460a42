"""Reading only while a database is restored: what is said, and when nothing is restored."""

from __future__ import annotations

from lyo_dr.decisions.restore.stopping import read_only_progress
from lyo_dr.model.restore import WritesSet


def test_the_services_go_on_reading() -> None:
    verdict = read_only_progress("bookings", WritesSet(done=True, reason="set", ended=8))
    assert (verdict.status, verdict.sentence) == (
        "ready",
        "The services stay up read-only; bookings rejects their writes (8 sessions ended)",
    )


def test_the_twin_a_database_that_still_takes_writes_is_not_restored() -> None:
    verdict = read_only_progress("bookings", WritesSet(done=False, reason="a newer epoch is on record"))
    assert (verdict.status, verdict.sentence) == ("broken", "bookings still accepts writes: a newer epoch is on record")
