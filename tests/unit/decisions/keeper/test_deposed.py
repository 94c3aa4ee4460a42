"""Deposed or not, fenced or not, and since when rows are compared. Unknown fences nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyo_dr.decisions.keeper.deposed import (
    compare_since,
    deposed_by,
    divergence_sentence,
    judge_deposed,
    must_be_fenced,
    own_fence,
)
from lyo_dr.model.fence import Closure, Deposed, OwnFence, Stopped
from lyo_dr.model.incident import SystemRecord
from tests.unit.builders import IRELAND, NOON, OREGON, at, first_day

OREGON_TOOK_OVER = first_day(active_region=OREGON, standby_region=None, epoch=1)
IRELAND_STANDS_BY = first_day(active_region=OREGON, standby_region=IRELAND, epoch=2)
IRELAND_TOOK_BACK = first_day(active_region=IRELAND, standby_region=None, epoch=3)

DEPOSED = {
    "Ireland wakes up after a failover": (IRELAND, first_day(), OREGON_TOOK_OVER),
    "Ireland has copied the record already": (IRELAND, OREGON_TOOK_OVER, OREGON_TOOK_OVER),
    "and holds on to it when Oregon falls silent": (IRELAND, OREGON_TOOK_OVER, None),
    "Oregon wakes up after the failover back": (OREGON, IRELAND_STANDS_BY, IRELAND_TOOK_BACK),
    "Oregon slept through all of it": (OREGON, first_day(epoch=0, active_region=OREGON), IRELAND_TOOK_BACK),
}
NOT_DEPOSED = {
    "a healthy first day, seen from Ireland": (IRELAND, first_day(), first_day()),
    "a healthy first day, seen from the standby": (OREGON, first_day(), first_day()),
    "the peer does not answer": (IRELAND, first_day(), None),
    "the peer names itself with the same epoch": (IRELAND, first_day(), first_day(active_region=OREGON)),
    "the peer names itself with an older epoch": (IRELAND, IRELAND_TOOK_BACK, OREGON_TOOK_OVER),
    "the peer is newer and names us": (IRELAND, first_day(), IRELAND_TOOK_BACK),
    "the peer is newer and we stand by": (IRELAND, OREGON_TOOK_OVER, IRELAND_STANDS_BY),
    "the one that took over": (OREGON, OREGON_TOOK_OVER, first_day()),
    "the one that took over, its peer silent": (OREGON, OREGON_TOOK_OVER, None),
    "the one that took over, its peer agreeing": (OREGON, OREGON_TOOK_OVER, OREGON_TOOK_OVER),
}


@pytest.mark.parametrize(("here", "mine", "theirs"), DEPOSED.values(), ids=DEPOSED.keys())
def test_a_region_is_deposed_by_a_newer_record_that_neither_names_it_active_nor_standby(
    here: str, mine: SystemRecord, theirs: SystemRecord | None
) -> None:
    record = deposed_by(mine, theirs, here=here)
    assert record is not None
    assert record.active_region != here
    assert record.epoch >= mine.epoch


@pytest.mark.parametrize(("here", "mine", "theirs"), NOT_DEPOSED.values(), ids=NOT_DEPOSED.keys())
def test_every_other_region_is_left_alone(here: str, mine: SystemRecord, theirs: SystemRecord | None) -> None:
    assert deposed_by(mine, theirs, here=here) is None


RECORDS = st.builds(
    SystemRecord,
    active_region=st.sampled_from([IRELAND, OREGON]),
    standby_region=st.sampled_from([None, IRELAND, OREGON]),
    epoch=st.integers(0, 5),
)


@given(mine=RECORDS, theirs=st.none() | RECORDS, here=st.sampled_from([IRELAND, OREGON]))
def test_the_region_the_newest_record_names_is_never_fenced(
    mine: SystemRecord, theirs: SystemRecord | None, here: str
) -> None:
    """Whatever both records say: with equal epochs our own word holds, and silence changes nothing."""
    newest = theirs if theirs is not None and theirs.epoch > mine.epoch else mine
    if newest.active_region == here:
        assert deposed_by(mine, theirs, here=here) is None
    if theirs is None or theirs.epoch <= mine.epoch:
        assert deposed_by(mine, theirs, here=here) == deposed_by(mine, None, here=here)


@given(mine=RECORDS, theirs=RECORDS)
def test_never_are_both_regions_deposed_by_each_other(mine: SystemRecord, theirs: SystemRecord) -> None:
    """Where both know of both records, and those name somebody: one of the two stays."""
    if mine.epoch != theirs.epoch:
        fenced = [deposed_by(mine, theirs, here=IRELAND), deposed_by(theirs, mine, here=OREGON)]
        assert fenced.count(None) >= 1


@pytest.mark.parametrize(
    ("record", "here", "expected"),
    [
        (first_day(), IRELAND, False),
        (first_day(), OREGON, False),
        (first_day(standby_region=None), IRELAND, False),
        (OREGON_TOOK_OVER, OREGON, True),
        (OREGON_TOOK_OVER, IRELAND, False),
        (IRELAND_STANDS_BY, OREGON, False),
        (IRELAND_TOOK_BACK, IRELAND, True),
    ],
)
def test_the_peer_is_fenced_from_outside_only_between_a_takeover_and_a_new_standby(
    record: SystemRecord, here: str, expected: bool
) -> None:
    assert must_be_fenced(record, here=here) is expected


def stopped(*at_rest: str, failures: list[str] | None = None, fenced: list[str] | None = None) -> Stopped:
    told = ["assistant"] if fenced is None else fenced
    return Stopped(fenced=told, at_rest=list(at_rest), failures=failures or [])


SHUT = Closure(database="bookings", closed=True, reason="closed", ended=4)
OPEN = Closure(database="bookings", closed=False, reason="DatabaseUnreachable")


def test_a_fence_is_complete_when_services_rest_and_databases_are_closed() -> None:
    fence = own_fence(OREGON_TOOK_OVER, ["assistant"], stopped("assistant"), [SHUT])
    assert fence == OwnFence(
        epoch=1,
        complete=True,
        sentence="us-west-2 is active at epoch 1, so this region is fencing itself: "
        "services at zero, bookings closed to the app",
    )


@pytest.mark.parametrize(
    ("services", "closure", "missing"),
    [
        (stopped(), SHUT, "assistant is still running"),
        (stopped("assistant"), OPEN, "bookings is not closed (DatabaseUnreachable)"),
        (stopped(failures=["no answer"], fenced=[]), SHUT, "assistant is still running; no answer"),
    ],
)
def test_what_is_missing_is_named(services: Stopped, closure: Closure, missing: str) -> None:
    fence = own_fence(OREGON_TOOK_OVER, ["assistant"], services, [closure])
    assert not fence.complete
    assert fence.sentence.endswith(f"; not complete: {missing}")


KNOWN = Deposed(epoch=1, incident="i")
COMPLETE = OwnFence(epoch=1, complete=True, sentence="all done")
UNCONFIRMED = {
    "silence": (stopped(failures=["no answer"], fenced=[]), None, "eu-west-1 does not respond yet (no answer)"),
    "tasks still run": (stopped(), COMPLETE, "eu-west-1 responds; assistant is still running"),
    "no word of its own": (
        stopped("assistant"),
        None,
        "eu-west-1 responds and its services are at zero; it has not yet reported its databases as closed",
    ),
    "a word of an older epoch": (
        stopped("assistant"),
        OwnFence(epoch=0, complete=True, sentence="old"),
        "eu-west-1 responds and its services are at zero; it has not yet reported its databases as closed",
    ),
    "its database is open": (
        stopped("assistant"),
        OwnFence(epoch=1, complete=False, sentence="not yet"),
        "eu-west-1 responds and its services are at zero; it reports: not yet",
    ),
}


@pytest.mark.parametrize(("services", "own", "sentence"), UNCONFIRMED.values(), ids=UNCONFIRMED.keys())
def test_a_fence_is_not_confirmed_before_both_have_been_seen(
    services: Stopped, own: OwnFence | None, sentence: str
) -> None:
    verdict = judge_deposed(KNOWN, IRELAND, ["assistant"], services, own, now=NOON, by="FenceDeposed")
    assert (verdict.confirmed_at, verdict.by, verdict.sentence) == (None, None, sentence)


def test_a_fence_that_holds_is_confirmed_with_time_and_witness() -> None:
    verdict = judge_deposed(KNOWN, IRELAND, ["assistant"], stopped("assistant"), COMPLETE, now=NOON, by="FenceDeposed")
    assert (verdict.confirmed_at, verdict.by) == (NOON, "FenceDeposed")
    assert verdict.sentence == "Fence of eu-west-1 confirmed: all done"


def test_rows_are_compared_from_before_the_last_commit_that_was_replayed() -> None:
    rpo = timedelta(minutes=15)
    known = compare_since(NOON, timedelta(seconds=2), rpo=rpo, confirmed_at=at(600))
    unknown = compare_since(NOON, None, rpo=rpo, confirmed_at=at(600))
    by_hand = compare_since(None, None, rpo=rpo, confirmed_at=at(600))
    assert (known, unknown) == (at(-302), at(-1200))
    assert by_hand == at(600) - timedelta(days=1)


@pytest.mark.parametrize(
    ("missing", "cut", "sentence"),
    [
        (0, None, "Every recent row of t in the deposed database exists here as well"),
        (1, None, "1 row of t exists only in the deposed database"),
        (3, None, "3 rows of t exist only in the deposed database"),
        (1000, 1000, "1000 rows of t exist only in the deposed database; only its newest 1000 rows were compared"),
    ],
)
def test_divergence_is_said_in_one_sentence(missing: int, cut: int | None, sentence: str) -> None:
    assert divergence_sentence("t", missing, cut=cut) == sentence
