"""What becomes of each row of a damaged database: situations as a table, each with the twin that is not given back."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from lyo_dr.decisions.restore.reconciliation import (
    Damage,
    check_replay_answer,
    compare_since,
    damage_of,
    facts_of,
    judge_missing,
    judge_row,
    replay_sentence,
    table_sentence,
)
from lyo_dr.model.reconciliation import Compared, Row
from lyo_dr.model.restore import Target
from tests.unit.builders import at
from tests.unit.decisions.restore_builders import a_change

MOMENT, BEGUN = at(-61), at(0)
STRUCK = damage_of([a_change(-60)], "lyo_appointments", MOMENT)
ELSEWHERE = damage_of([a_change(-60, table="lyo_users")], "lyo_appointments", MOMENT)
NO_DAMAGE = Damage(frozenset(), None)
BY_ID = Damage(frozenset(), None, writers=frozenset({"700"}))
DELETED = Damage(frozenset(), None, seen=True)


def a_row(seconds: float | None, text: str = '{"id":1}') -> Row:
    """A version of row 1, committed so many seconds from noon."""
    return Row(key="1", text=text, version="700", at=None if seconds is None else at(seconds))


OLD, NEW = a_row(-3600, "before"), a_row(60, "since the restore")

SITUATIONS = {
    "booked after the damage": (a_row(-30), None, STRUCK, "replayable", "insert"),
    "booked in the second before it": (a_row(-60.5), None, STRUCK, "replayable", "insert"),
    "booked in that second and overwritten": (a_row(-60), None, STRUCK, "conflicting", "insert"),
    "overwritten by the damage": (a_row(-60), OLD, STRUCK, "damage", "update"),
    "a few rows of another table in the same transaction": (a_row(-60), OLD, ELSEWHERE, "damage", "update"),
    "changed after the damage to this table": (a_row(-30), OLD, STRUCK, "conflicting", "update"),
    "changed just before the damage to this table": (a_row(-60.5), OLD, STRUCK, "replayable", "update"),
    "changed after the damage to another table": (a_row(-30), OLD, ELSEWHERE, "replayable", "update"),
    "changed on both sides": (a_row(-30), NEW, ELSEWHERE, "conflicting", "update"),
    "the same number given out twice": (a_row(-30), NEW, NO_DAMAGE, "conflicting", "update"),
    "new, and no damage was recognised": (a_row(-30), None, NO_DAMAGE, "unknown", "insert"),
    "changed, and no damage was recognised": (a_row(-30), OLD, NO_DAMAGE, "unknown", "update"),
    "new, without a record of commits": (a_row(None), None, NO_DAMAGE, "unknown", "insert"),
    "new, without a record of commits, beside a deletion": (a_row(None), None, DELETED, "replayable", "insert"),
    "new, by the transaction of the damage, without one": (a_row(None), None, BY_ID, "conflicting", "insert"),
    "changed by the transaction of the damage, without one": (a_row(None), OLD, BY_ID, "damage", "update"),
    "changed after a deletion of much of another table": (a_row(-30), OLD, DELETED, "replayable", "update"),
    "changed, without a record of commits": (a_row(None), OLD, NO_DAMAGE, "conflicting", "update"),
}


@pytest.mark.parametrize(("row", "there", "damage", "what", "change"), SITUATIONS.values(), ids=list(SITUATIONS))
def test_what_becomes_of_a_row(row: Row, there: Row | None, damage: Damage, what: str, change: str) -> None:
    entry = judge_row(row, there, damage, BEGUN, same_shape=True)
    assert entry is not None
    assert (entry.what, entry.change, bool(entry.why)) == (what, change, what != "replayable")
    assert bool(entry.row) == (what != "damage"), "the damage itself is not copied"


@pytest.mark.parametrize("damage", [STRUCK, ELSEWHERE, NO_DAMAGE])
def test_a_row_both_hold_alike_is_no_difference_however_it_was_found(damage: Damage) -> None:
    assert judge_row(a_row(-30), a_row(60), damage, BEGUN, same_shape=True) is None


def test_a_table_of_another_shape_gives_nothing_back_by_itself() -> None:
    entry = judge_row(a_row(-30), None, STRUCK, BEGUN, same_shape=False)
    assert entry is not None
    assert entry.what == "conflicting"


def test_a_row_says_nothing_of_what_it_holds_where_it_is_shown_by_mistake() -> None:
    entry = judge_row(a_row(-30, "secret"), None, STRUCK, BEGUN, same_shape=True)
    assert "secret" not in f"{a_row(-30, 'secret')} {entry!r}"


@pytest.mark.parametrize("there", [None, OLD])
def test_a_row_in_doubt_is_unknown_and_one_written_alike_with_many_is_damage(there: Row | None) -> None:
    doubted = judge_row(a_row(-90), there, STRUCK, BEGUN, same_shape=True, doubt="one of 12 rows")
    alike = judge_row(a_row(-90), OLD, STRUCK, BEGUN, same_shape=True, alike=True)
    assert doubted is not None
    assert (doubted.what, doubted.why, bool(doubted.row)) == ("unknown", "one of 12 rows", True)
    assert alike is not None
    assert alike.what == "damage"


def test_a_deletion_whose_commit_is_known_is_a_damage_and_one_between_two_looks_only_seen() -> None:
    exact = msgspec.structs.replace(a_change(-30), how="deleted")
    known = damage_of([exact], "lyo_appointments", MOMENT)
    assert (known.commits, known.struck_at) == (frozenset({at(-30)}), None)
    around = msgspec.structs.replace(exact, at=at(-70), until=at(-50))
    assert damage_of([around], "lyo_appointments", MOMENT) == DELETED
    assert damage_of([msgspec.structs.replace(around, until=at(-65))], "lyo_appointments", MOMENT) == NO_DAMAGE


@pytest.mark.parametrize(
    ("missing", "of", "what"), [(9, 20, "deleted"), (10, 200, "damage"), (10, 201, "deleted"), (200, 200, "damage")]
)
def test_many_deleted_rows_are_the_damage_and_a_few_are_for_a_person(missing: int, of: int, what: str) -> None:
    (entry,) = judge_missing(["1"], missing, of)
    assert (entry.what, entry.change, entry.row) == (what, "delete", "")


@pytest.mark.parametrize(
    ("target", "since"),
    [
        (Target(kind="moment", at=at(-61)), at(-62)),
        (Target(kind="snapshot", at=at(-86400), snapshot="s"), at(-86400 - 3600)),
        (Target(kind="latest"), at(-3600)),
    ],
)
def test_where_the_comparison_begins_depends_on_how_exactly_the_moment_is_known(
    target: Target, since: datetime
) -> None:
    assert compare_since(target, BEGUN) == since


def test_a_rewriting_of_before_the_moment_is_no_damage() -> None:
    assert damage_of([a_change(-62)], "lyo_appointments", MOMENT) == NO_DAMAGE


def a_table(**changes: object) -> Compared:
    """What a comparison found."""
    facts: dict[str, object] = {
        "table": "lyo_appointments",
        "found_by": "commit times",
        "in_damaged": 380,
        "in_restored": 255,
        "version": "v1",
    }
    return Compared(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_table_in_one_sentence() -> None:
    whole = a_table(replayable=105, conflicting=20, damage=255)
    assert table_sentence(whole) == (
        "lyo_appointments: 380 rows in the damaged, 255 in the restored database; "
        "105 can be replayed, 20 conflict, 255 are part of the damage"
    )
    assert table_sentence(a_table()).endswith("; no difference")
    assert table_sentence(a_table(unknown=3)).endswith("; 3 may be part of it or users' work, which nobody knows")
    refused = a_table(refused="lines: order_id is not a unique key; write key: [order_id, line]")
    assert table_sentence(refused).startswith("Not compared: lines: order_id is not")
    assert "commit timestamps are off" in table_sentence(a_table(found_by="written_at"))


@pytest.mark.parametrize("other", [{"version": "v2"}, {"replayable": 1}, {"unknown": 1}, {"table": "lyo_users"}])
def test_a_consent_is_to_these_files_and_figures(other: dict[str, object]) -> None:
    assert facts_of([a_table()]) == facts_of([a_table(named=["1"])])
    assert facts_of([a_table()]) != facts_of([a_table(**other)])


RULINGS = [
    ({"facts": None}, "this incident has no ledger: nothing was compared"),
    ({"shown": "other"}, "the ledger is f, but you were shown other; run the command again"),
    ({"table": "x"}, "the plan has no table x in this database; it has a, b"),
    ({"at_work": "region-1"}, "region-1 is in progress; replay when it has ended"),
    ({}, None),
    ({"table": "b"}, None),
]


@pytest.mark.parametrize(("changes", "why_not"), RULINGS)
def test_when_a_replay_may_begin(changes: dict[str, object], why_not: str | None) -> None:
    fine: dict[str, object] = {"facts": "f", "shown": "f", "tables": ["a", "b"], "table": "", "at_work": None}
    assert check_replay_answer(**{**fine, **changes}) == why_not  # type: ignore[arg-type]


def test_what_a_replay_came_to() -> None:
    found = {"written": 3, "already": 1, "conflicting": 2, "refused": 1}
    assert replay_sentence("t", found, "SQLSTATE 23503") == (
        "t: 3 written, 1 already present, 2 skipped, the row has changed, 1 refused by the database (SQLSTATE 23503)"
    )
    assert replay_sentence("t", dict.fromkeys(found, 0), "") == "t: nothing to write"
    assert replay_sentence("t", {"written": 3}, "", ["changed", "seen"]) == (
        "t: 3 written (a trigger has set changed, seen to the time of the replay)"
    )
