"""Expectations of a ledger: each holds for the story in which all is right, and misses the one that is told wrongly."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from drills.engine.operators import Said
from drills.results.expect import Expectation
from drills.results.record import Recorded
from drills.scenarios.restore import reconciliation_expectations
from drills.scenarios.restore.reconciliation import Given, figures
from lyo_dr.model.plurals import counted
from tests.drills.recorded_drill import booking, measured, recovered

OLD, STRUCK, LATE, NEW = (booking(number, after) for number, after in ((1, -10), (2, -0.3), (3, 5), (4, 20)))
"""Booked before the moment; in its second, and overwritten; after the damage; in the restored database."""


def an_entry(booked: Any, what: str, change: str = "insert", **changes: Any) -> dict[str, Any]:
    """A line of the file."""
    row = f"({booked.id},customer-7)" if what != "damage" else ""
    return {"key": booked.id, "what": what, "change": change, "row": row, **changes}


def done(written: int, already: int) -> Said:
    rows = counted(written, "row")
    return Said(0, f"x\nReplay 001 is done: {rows} written, {already} already present, 0 skipped, 0 refused.")


RIGHT = Given(
    entries=(an_entry(OLD, "damage", "update"), an_entry(STRUCK, "conflicting"), an_entry(LATE, "replayable")),
    header={"columns": ["id uuid", "customer text"]},
    damaged=frozenset({OLD.id, STRUCK.id, LATE.id}),
    restored=frozenset({OLD.id, NEW.id}),
    shown=f"not without a person: {STRUCK.id}",
    first=done(1, 0),
    second=done(0, 1),
)


def story(given: Given | None, *there: Any) -> Recorded:
    """A drill in which this was found."""
    rows = tuple((each.id, datetime.now(UTC)) for each in there or (OLD, LATE, NEW))
    notes = {} if given is None else {"given back": given}
    return dataclasses.replace(recovered(), attempts=(OLD, STRUCK, LATE, NEW), rows=rows, notes=notes)


def misses(ask: Expectation, recorded: Recorded) -> list[str]:
    return ask(recorded, measured(recorded), recorded.plan.objectives)


JUDGES = (
    reconciliation_expectations.ledger_is_right(),
    reconciliation_expectations.overwritten_are_named(),
    reconciliation_expectations.given_back_once(),
)


@pytest.mark.parametrize("ask", JUDGES)
def test_what_is_right_is_not_missed_and_no_ledger_always_is(ask: Expectation) -> None:
    assert misses(ask, story(RIGHT)) == []
    assert misses(ask, story(None)) == ["there was no ledger"]


def told(**changes: Any) -> Recorded:
    return story(dataclasses.replace(RIGHT, **changes))


WRONG: dict[str, tuple[Expectation, Recorded, str]] = {
    "a row is not listed": (JUDGES[0], told(entries=RIGHT.entries[:2]), "1 rows are listed, 2 are in"),
    "a good row is called conflicting": (
        JUDGES[0],
        told(entries=(*RIGHT.entries[:2], an_entry(LATE, "conflicting"))),
        "1 bookings from after the damage are not replayable",
    ),
    "the damage is called replayable": (
        JUDGES[0],
        told(entries=(*RIGHT.entries, an_entry(OLD, "replayable"))),
        "3 rows are listed, 2 are in",
    ),
    "another row is in the file": (
        JUDGES[0],
        told(entries=(*RIGHT.entries[:2], an_entry(LATE, "replayable", row="(x,customer-1)"))),
        "is not the one that was booked",
    ),
    "the damage is forgotten": (JUDGES[0], told(entries=RIGHT.entries[1:]), "no damage was found"),
    "a deletion is made up": (
        JUDGES[0],
        told(entries=(*RIGHT.entries, an_entry(NEW, "damage", "delete"))),
        "1 rows are called deleted, 0 are gone",
    ),
    "a conflict is not named": (JUDGES[1], told(shown=""), "1 conflicting bookings were not named"),
    "the first replay wrote nothing": (JUDGES[2], told(first=done(0, 1)), "a replay of 1 row said"),
    "the second wrote again": (JUDGES[2], told(second=done(1, 0)), "a replay of 1 row said"),
    "a booking is missing in the end": (JUDGES[2], story(RIGHT, OLD, NEW), "1 acknowledged bookings are missing"),
}


@pytest.mark.parametrize(("ask", "recorded", "sentence"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_missed_with_a_sentence(ask: Expectation, recorded: Recorded, sentence: str) -> None:
    assert sentence in "; ".join(misses(ask, recorded))


def test_the_figures_of_the_report() -> None:
    assert figures(RIGHT) == {
        "rows_damaged_database": 3,
        "rows_restored_database": 2,
        "entries": {"replayable": 1, "conflicting": 1, "deleted": 0, "damage": 1, "unknown": 0},
    }
