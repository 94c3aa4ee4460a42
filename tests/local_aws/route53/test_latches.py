"""Both latches together: where the name leads through failovers there and back, whoever is dead or silent.

A latch keeps its last value while its region is dead. Each step below is one minute of the keepers that live.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from local_aws.route53.answers import Directory
from local_aws.route53.model import Zone
from lyo_dr.decisions.failover.traffic import latch_value
from lyo_dr.model.incident import SystemRecord
from tests.local_aws.route53.fake_control_plane import API, PRIMARY, SECONDARY, failover_pair

IRELAND, OREGON = "eu-west-1", "us-west-2"
FIRST_DAY = SystemRecord(active_region=IRELAND, standby_region=OREGON, epoch=0)
OREGON_ALONE = SystemRecord(active_region=OREGON, standby_region=None, epoch=1)
IRELAND_STANDS_BY = SystemRecord(active_region=OREGON, standby_region=IRELAND, epoch=2)
IRELAND_ALONE = SystemRecord(active_region=IRELAND, standby_region=None, epoch=3)
OREGON_STANDS_BY = SystemRecord(active_region=IRELAND, standby_region=OREGON, epoch=4)
CHECKS = {OREGON: "p", IRELAND: "s"}
"""Whose keeper holds which record out of the answer."""


@dataclass
class Pair:
    """Both keepers with what their tables say, and the latches as they were written last."""

    records: dict[str, SystemRecord] = field(default_factory=lambda: {IRELAND: FIRST_DAY, OREGON: FIRST_DAY})
    alive: set[str] = field(default_factory=lambda: {IRELAND, OREGON})
    off: set[str] = field(default_factory=set)

    def now(self, record: SystemRecord | None = None, *, dead: str | None = None) -> str:
        """Write a record where somebody lives, let the living keepers run; where the name leads."""
        self.alive = {IRELAND, OREGON} - {dead}
        for region in self.alive:
            self.records[region] = record or self.records[region]
            value = latch_value(self.records[region], here=region, primary=IRELAND, secondary=OREGON)
            (self.off.add if value else self.off.discard)(CHECKS[region])
        zone = Zone("lyo-booking.com", tuple(failover_pair()))
        (line,) = Directory([zone], {}, lambda check: check not in self.off).answer(API, "A").lines
        return {PRIMARY: IRELAND, SECONDARY: OREGON}[line.value]


def test_a_failover_moves_the_name_and_nothing_moves_it_back() -> None:
    pair = Pair()
    assert pair.now() == IRELAND
    assert pair.now(dead=IRELAND) == IRELAND, "a loss alone moves nothing"
    assert pair.now(OREGON_ALONE, dead=IRELAND) == OREGON
    pair.records[IRELAND] = FIRST_DAY
    assert pair.now() == OREGON, "Ireland is back and still considers itself active"
    assert pair.now(OREGON_ALONE) == OREGON, "it has read who is active"
    assert pair.now(IRELAND_STANDS_BY) == OREGON, "a standby is no failback"


def test_after_a_failover_losing_oregon_moves_nothing_until_a_new_failover_to_ireland() -> None:
    pair = Pair()
    pair.now(OREGON_ALONE)
    assert pair.now(IRELAND_STANDS_BY) == OREGON
    assert pair.now(dead=OREGON) == OREGON
    assert pair.now(dead=OREGON) == OREGON, "however long it lasts"
    # Both records are held out now: Oregon's latch was never taken back. Route 53 then takes all for healthy.
    assert pair.now(IRELAND_ALONE, dead=OREGON) == IRELAND
    assert pair.off == {"p", "s"}
    pair.records[OREGON] = IRELAND_STANDS_BY
    assert pair.now() == IRELAND, "Oregon is back and still considers itself active"
    assert pair.now(IRELAND_ALONE) == IRELAND
    assert pair.off == {"s"}, "and now by health alone"


def test_after_going_there_and_back_the_next_failover_works_as_the_first() -> None:
    pair = Pair()
    for record in (OREGON_ALONE, IRELAND_STANDS_BY, IRELAND_ALONE):
        pair.now(record)
    assert pair.now(OREGON_STANDS_BY) == IRELAND
    assert pair.off == set(), "both latches rest"
    again = SystemRecord(active_region=OREGON, standby_region=None, epoch=5)
    assert pair.now(again, dead=IRELAND) == OREGON


def test_a_latch_that_was_not_laid_to_rest_would_lead_the_next_failover_to_the_dead_region() -> None:
    """Why declaring a standby lays the latch to rest before anything else."""
    pair = Pair()
    for record in (OREGON_ALONE, IRELAND_STANDS_BY, IRELAND_ALONE):
        pair.now(record)
    assert pair.off == {"s"}
    assert pair.now(SystemRecord(active_region=OREGON, standby_region=None, epoch=5), dead=IRELAND) == IRELAND


@pytest.mark.parametrize("active", [IRELAND, OREGON])
@pytest.mark.parametrize("standby", [None, IRELAND, OREGON])
def test_where_both_keepers_read_the_same_record_the_name_leads_to_the_active_region(
    active: str, standby: str | None
) -> None:
    if standby == active:
        return
    assert Pair().now(SystemRecord(active_region=active, standby_region=standby, epoch=9)) == active
