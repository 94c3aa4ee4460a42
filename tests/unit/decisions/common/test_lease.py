"""The lease: one valid holder at a time, and epochs that only grow."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lyo_dr.decisions.common.lease import remedy, still_ours, take
from lyo_dr.model.incident import Lease, WorkKind
from tests.unit.builders import NOON, a_lease, an_incident, at, first_day

OURS = an_incident().id
QUARTER = timedelta(minutes=15)


def taken(current: Lease | None, *, holder: str = OURS, epoch: int = 0, now: float = 0.0) -> Lease | None:
    return take(
        current, holder=holder, kind="region_loss", record=first_day(epoch=epoch), now=at(now), duration=QUARTER
    )


def test_the_first_lease_has_the_epoch_after_the_record() -> None:
    assert taken(None) == a_lease()
    lease = taken(None, epoch=6)
    assert lease is not None
    assert lease.epoch == 7


def test_a_holder_that_comes_back_keeps_its_epoch_and_gets_more_time() -> None:
    assert taken(a_lease(), now=600) == a_lease(expires_at=at(1500))


def test_nobody_else_gets_a_lease_that_runs() -> None:
    assert taken(a_lease(), holder="another", now=899.9) is None


def test_a_holder_that_begins_anew_gets_a_new_epoch_while_its_lease_runs() -> None:
    lease = take(
        a_lease(epoch=4), holder=OURS, kind="region_loss", record=first_day(), now=at(10), duration=QUARTER, anew=True
    )
    assert lease == a_lease(epoch=5, taken_at=at(10), expires_at=at(910))


def test_a_takeover_after_the_end_gets_a_new_epoch() -> None:
    lease = taken(a_lease(), holder="another", now=900)
    assert lease == Lease(holder="another", epoch=2, taken_at=at(900), expires_at=at(1800))


def test_a_holder_that_comes_back_too_late_gets_a_new_epoch_too() -> None:
    lease = taken(a_lease(), now=900)
    assert lease is not None
    assert lease.epoch == 2


def test_a_new_epoch_is_newer_than_record_and_lease() -> None:
    lease = taken(a_lease(epoch=4), holder="another", epoch=9, now=900)
    assert lease is not None
    assert lease.epoch == 10


NOT_OURS = {
    "gone": (None, "the lease no longer exists"),
    "another holds it": (
        a_lease(holder="another", epoch=2),
        "the lease is held by another (epoch 2) since 12:00:00 UTC",
    ),
    "ours, but of a later life": (a_lease(epoch=2), "the lease has epoch 2, this step was given 1"),
    "ended": (a_lease(expires_at=NOON), "our lease expired at 12:00:00 UTC"),
    "given back": (a_lease(expires_at=at(60), released=True), "our lease was released at 12:01:00 UTC"),
}


@pytest.mark.parametrize(("lease", "reason"), NOT_OURS.values(), ids=NOT_OURS.keys())
def test_a_lease_that_is_not_ours_says_whose_it_is(lease: Lease | None, reason: str) -> None:
    assert still_ours(lease, holder=OURS, epoch=1, now=NOON) == reason


def test_a_lease_that_was_taken_over_says_by_whom_and_why() -> None:
    lease = a_lease(holder="region-x", epoch=2)
    assert still_ours(lease, holder=OURS, epoch=1, now=NOON, kind="restore") == (
        "the lease is held by region-x (epoch 2) since 12:00:00 UTC: "
        "the loss of a region takes precedence over a restore"
    )


def test_a_lease_that_is_ours_says_nothing() -> None:
    assert still_ours(a_lease(), holder=OURS, epoch=1, now=at(899)) is None


EXPIRED: dict[str, tuple[Lease | None, float, bool]] = {
    "just now": (a_lease(expires_at=NOON), 0, True),
    "within the grace": (a_lease(expires_at=NOON), 3599, True),
    "when the grace is over": (a_lease(expires_at=NOON), 3600, False),
    "and was released": (a_lease(expires_at=NOON, released=True), 1, False),
    "and another took it": (a_lease(holder="another", epoch=2, expires_at=at(900)), 1, False),
    "and another took it, whose lease has expired as well": (
        a_lease(holder="another", epoch=2, expires_at=NOON), 1, False,
    ),
    "and we took it anew": (a_lease(epoch=2, expires_at=at(900)), 1, False),
    "and is gone": (None, 1, False),
}  # fmt: skip


@pytest.mark.parametrize(("lease", "now", "ours"), EXPIRED.values(), ids=EXPIRED.keys())
def test_a_lease_that_expired_is_ours_within_the_grace_unless_somebody_did_something(
    lease: Lease | None, now: float, ours: bool
) -> None:
    fault = still_ours(lease, holder=OURS, epoch=1, now=at(now), grace=timedelta(hours=1))
    assert (fault is None) is ours


class LeaseHistory(RuleBasedStateMachine):
    """Three incidents and the passing of time, in any order; each holder remembers the epoch it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOON
        self.lease: Lease | None = None
        self.given: dict[str, int] = {}
        self.epochs: list[int] = []
        self.recorded = 0

    @rule(holder=st.sampled_from(["a", "b", "c"]))
    def somebody_asks(self, holder: str) -> None:
        """Take, or be refused while another's lease runs."""
        before = self.lease
        record = first_day(epoch=self.recorded)
        lease = take(before, holder=holder, kind="region_loss", record=record, now=self.now, duration=QUARTER)
        if lease is None:
            assert before is not None
            assert before.holder != holder
            assert before.expires_at > self.now
            return
        if before is None or lease.epoch != before.epoch:
            self.epochs.append(lease.epoch)
        self.lease, self.given[holder] = lease, lease.epoch

    @rule(seconds=st.integers(min_value=1, max_value=1200))
    def time_passes(self, seconds: int) -> None:
        """Leases end by themselves."""
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.lease is not None)
    @rule()
    def the_holder_gives_it_back(self) -> None:
        """The lease ends, its epoch stays."""
        assert self.lease is not None
        ended = min(self.now, self.lease.expires_at)
        self.lease = Lease(
            holder=self.lease.holder, epoch=self.lease.epoch, taken_at=self.lease.taken_at, expires_at=ended
        )

    @precondition(lambda self: self.lease is not None)
    @rule()
    def the_holder_takes_authority(self) -> None:
        """The record follows the lease."""
        assert self.lease is not None
        self.recorded = max(self.recorded, self.lease.epoch)

    @invariant()
    def at_most_one_holds_a_valid_lease(self) -> None:
        """Whatever happened."""
        valid = [h for h, e in self.given.items() if still_ours(self.lease, holder=h, epoch=e, now=self.now) is None]
        assert len(valid) <= 1

    @invariant()
    def epochs_only_grow_and_are_never_used_twice(self) -> None:
        """Whatever happened."""
        assert self.epochs == sorted(set(self.epochs))


TestLeaseHistory = LeaseHistory.TestCase
TestLeaseHistory.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.mark.parametrize(
    ("current", "kind", "sentence"),
    [
        (a_lease(holder="another"), "region_loss", "when another has ended: take it up again with `lyo-dr resume i`"),
        (a_lease(holder="another"), "restore", "when another has ended: it rolls back what it has changed; then start"),
        (a_lease(holder="another"), "rotation", "when another has ended: the next `lyo-dr rotate` finishes it"),
        (a_lease(holder="another", released=True), "rotation", "the next `lyo-dr rotate` finishes it"),
        (a_lease(holder="i"), "region_loss", "take it up again with `lyo-dr resume i`"),
        (None, "region_loss", "take it up again with `lyo-dr resume i`"),
    ],
)
def test_a_lost_lease_has_a_remedy(current: Lease | None, kind: WorkKind, sentence: str) -> None:
    assert remedy(current, holder="i", kind=kind).startswith(sentence)
