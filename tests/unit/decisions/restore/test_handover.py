"""Who puts back what a restore has stopped, when a lost region has taken its lease."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.restore.handover import may_put_back
from tests.unit.builders import IRELAND, NOON, OREGON, a_lease, at, first_day

OURS = "operator-bookings-x"
MOVED = first_day(active_region=OREGON, standby_region=None, epoch=2)
FAILOVER = a_lease(holder="region-eu-west-1-x", epoch=2, expires_at=at(900))

TABLE: dict[str, tuple[dict[str, Any], str]] = {
    "its lease is its own": ({"lease": a_lease(holder=OURS, kind="restore")}, "held"),
    "a failover works": ({"lease": FAILOVER}, "waits"),
    "a failover stood down": ({"lease": a_lease(holder="region-eu-west-1-x", epoch=2, expires_at=NOON)}, "take_again"),
    "its lease ran out, and nobody took it": ({"lease": a_lease(holder=OURS, expires_at=NOON)}, "take_again"),
    "it took the lease again and its step was retried": ({"lease": a_lease(holder=OURS, epoch=3)}, "take_again"),
    "a failover recovered elsewhere": ({"lease": FAILOVER, "record": MOVED}, "handed_over"),
    "the same, long ago": ({"lease": None, "record": MOVED}, "handed_over"),
}


@pytest.mark.parametrize(("facts", "status"), TABLE.values(), ids=TABLE.keys())
def test_it_is_put_back_by_who_owns_the_region(facts: dict[str, Any], status: str) -> None:
    given = {"record": first_day(), **facts}
    verdict = may_put_back(given["record"], given["lease"], here=IRELAND, holder=OURS, epoch=1, now=at(10))
    assert verdict.status == status


def test_what_is_handed_over_says_who_is_active() -> None:
    verdict = may_put_back(MOVED, FAILOVER, here=IRELAND, holder=OURS, epoch=1, now=NOON)
    assert verdict.sentence == (
        "Nothing is rolled back: us-west-2 is active at epoch 2, and what was stopped in eu-west-1 stays stopped"
    )
