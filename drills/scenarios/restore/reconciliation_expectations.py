"""What is expected of a ledger: row by row what the client knows it wrote, and given back once however often asked."""

from __future__ import annotations

from collections.abc import Iterable

from drills.client.attempt_log import acknowledged
from drills.results.expect import Expectation, asking
from drills.results.record import Recorded
from drills.scenarios.restore.reconciliation import Given
from lyo_dr.model.plurals import counted
from lyo_dr.model.tables.row_text import columns_of


def ledger_is_right() -> Expectation:
    """What the damaged database alone holds is listed, whole, and nothing else; the client missed nothing of it."""
    return _asked(_misfits)


def overwritten_are_named() -> Expectation:
    """Bookings of the last moment before the damage, which overwrote them, are left to a person, by key."""
    return _asked(_overwritten)


def given_back_once() -> Expectation:
    """The replay wrote every row that conflicts with nothing, the second one nothing; no other booking is missing."""
    return _asked(_given_back)


def _asked(misses: object) -> Expectation:
    def found(recorded: Recorded) -> list[str]:
        given = recorded.notes.get("given back")
        if not isinstance(given, Given):
            return ["there was no ledger"]
        return list(misses(recorded, given))  # type: ignore[operator]

    return asking(lambda recorded: not found(recorded), lambda recorded: "; ".join(found(recorded)))


def _keys(given: Given, what: str, *changes: str) -> set[str]:
    return {
        entry["key"] for entry in given.entries if entry["what"] == what and entry["change"] in (changes or ("insert",))
    }


def _misfits(recorded: Recorded, given: Given) -> Iterable[str]:
    replayable, conflicting = _keys(given, "replayable"), _keys(given, "conflicting")
    alone, promised = given.damaged - given.restored, set(acknowledged(recorded.attempts))
    listed = replayable | conflicting
    if listed != alone:
        yield f"{len(listed)} rows are listed, {len(alone)} are in the damaged database alone"
    begun = {attempt.id: attempt.t_start for attempt in recorded.attempts if attempt.attempt == 1}
    struck_at = recorded.fault_at
    late = {each for each in promised & given.damaged if begun[each] > struck_at + 1.0}
    if not late:
        yield "nobody booked on after the damage, so nothing had to be given back"
    if late - replayable:
        yield f"{len(late - replayable)} bookings from after the damage are not replayable"
    if any(entry["what"] == "replayable" and entry["change"] == "delete" for entry in given.entries):
        yield "a deletion would be replayed"
    yield from _whole(given)
    yield from _damage(given, begun, struck_at)


def _whole(given: Given) -> Iterable[str]:
    """Rows to be written are as the app wrote them."""
    names = [str(column).partition(" ")[0] for column in given.header["columns"]]
    for entry in given.entries:
        if entry["what"] == "replayable":
            row = dict(zip(names, columns_of(entry["row"]), strict=True))
            booked = not given.sample or str(row["customer"]).startswith("customer-")
            if row[given.id] != entry["key"] or not booked:
                yield f"the row of {entry['key']} is not the one that was booked"


def _damage(given: Given, begun: dict[str, float], struck_at: float) -> Iterable[str]:
    """What the damage overwrote is in both databases; what it deleted is in the restored one and older."""
    overwritten, deleted = _keys(given, "damage", "update"), _keys(given, "damage", "delete")
    if overwritten and overwritten != given.damaged & given.restored:
        both = len(given.damaged & given.restored)
        yield f"{len(overwritten)} rows are called overwritten, {both} are in both databases"
    older = {each for each in given.restored - given.damaged if begun.get(each, 0.0) < struck_at}
    if deleted != older:
        yield f"{len(deleted)} rows are called deleted, {len(older)} are gone"
    if not overwritten | deleted:
        yield "no damage was found"


def _overwritten(recorded: Recorded, given: Given) -> Iterable[str]:
    conflicting = _keys(given, "conflicting", "insert", "update")
    began = {attempt.id: attempt.t_start for attempt in recorded.attempts if attempt.attempt == 1}
    if any(began[key] > recorded.fault_at + 1.0 for key in conflicting):
        yield "a booking from after the damage is called conflicting"
    if unnamed := [key for key in sorted(conflicting)[:40] if key not in given.shown]:
        yield f"{len(unnamed)} conflicting bookings were not named at the prompt"


def _given_back(recorded: Recorded, given: Given) -> Iterable[str]:
    count = len(_keys(given, "replayable", "insert", "update"))
    done = "{} written, {} already present, 0 skipped, 0 refused"
    for said, written, already in ((given.first, count, 0), (given.second, 0, count)):
        if said.code != 0 or done.format(counted(written, "row"), already) not in said.text:
            yield f"a replay of {counted(count, 'row')} said {said.text.splitlines()[-1:]} (exit code {said.code})"
    there = {each for each, _ in recorded.rows}
    missing = set(acknowledged(recorded.attempts)) - there
    if missing - _keys(given, "conflicting"):
        yield f"{len(missing - _keys(given, 'conflicting'))} acknowledged bookings are missing in the end"
