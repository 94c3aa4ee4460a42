"""Fault 17: a status passes, is waited for within the budget, or is the end; never is RDS called in vain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lyo_dr.decisions.common.promotion import may_promote, promotion_progress
from lyo_dr.decisions.failover.gate import check_gate
from lyo_dr.model.verdict import Progress
from tests.plans import lyo_plan
from tests.unit.builders import REPLICA, a_deadline, an_incident, an_instance, given_replica

PASSING = ["backing-up", "modifying", "rebooting", "upgrading", "maintenance", "configuring-log-exports", "renaming"]
TERMINAL = [
    "storage-full",
    "incompatible-network",
    "incompatible-parameters",
    "incompatible-restore",
    "failed",
    "stopped",
]


def judged(status: str, seconds: float = 0) -> Progress:
    return may_promote(an_instance(status), called_by=None, deadline=a_deadline(timedelta(seconds=60), spent=seconds))


@pytest.mark.parametrize("status", PASSING)
def test_fault_17_a_status_that_passes_is_waited_for_and_no_longer_than_the_budget(status: str) -> None:
    assert judged(status) == Progress(
        status="pending", sentence=f"{REPLICA} is {status}; waiting, because RDS would refuse now", wait_seconds=15
    )
    assert judged(status, 60).status == "broken"
    assert f"has been {status} for the whole promotion budget" in judged(status, 60).sentence


@pytest.mark.parametrize("status", TERMINAL)
def test_fault_17_a_terminal_status_ends_it_before_and_after_the_call(status: str) -> None:
    assert judged(status) == Progress(status="broken", sentence=f"{REPLICA} is {status} and cannot be promoted")
    plan = lyo_plan()
    after = promotion_progress(an_instance(status), deadline=a_deadline(plan.budgets.promotion, spent=1))
    assert after.status == "broken"
    closed = check_gate(plan, an_incident(), [given_replica(silent_for=2)], {"bookings": an_instance(status)})
    assert closed.blockers == [f"database bookings: instance {REPLICA} is {status}"]


def test_fault_17_backing_up_after_the_promotion_holds_nothing_up() -> None:
    promoted = an_instance("backing-up", source=None, replicating=False)
    verdict = promotion_progress(promoted, deadline=a_deadline(lyo_plan().budgets.promotion, spent=1))
    assert verdict.status == "ready"
