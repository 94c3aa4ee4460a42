"""Fault 26: a change stays PENDING, or Route 53 forgets it. The wait is bounded, and what users see decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import msgspec
import pytest

from lyo_dr.decisions.failover.traffic import change_progress
from lyo_dr.model.verdict import RecordChange
from lyo_dr.steps.switch_traffic import check_change
from tests.state_machines.asl import machine, scopes
from tests.unit.aws import World, refusal
from tests.unit.builders import a_deadline, at

Status = Literal["PENDING", "INSYNC"] | None


def judged(status: Status, *, spent: float = 0, waited: float = 0) -> RecordChange:
    return change_progress(
        status, submitted_at=at(spent - waited), deadline=a_deadline(timedelta(seconds=600), spent=spent)
    )


LOOKS: dict[str, tuple[Status, float, float, str]] = {
    "in sync": ("INSYNC", 30, 30, "ready"),
    "in sync at last": ("INSYNC", 9999, 30, "ready"),
    "spreading": ("PENDING", 30, 30, "pending"),
    "pending for a quarter of the budget": ("PENDING", 150, 150, "again"),
    "submitted again just now": ("PENDING", 160, 10, "pending"),
    "forgotten": (None, 30, 30, "again"),
    "pending to the end": ("PENDING", 600, 10, "overdue"),
    "forgotten at the end": (None, 600, 10, "overdue"),
}


@pytest.mark.parametrize(("status", "spent", "waited", "expected"), LOOKS.values(), ids=LOOKS.keys())
def test_fault_26_a_change_is_waited_for_submitted_again_and_given_up_within_the_budget(
    status: Status, spent: float, waited: float, expected: str
) -> None:
    assert judged(status, spent=spent, waited=waited).status == expected


def test_fault_26_a_change_route_53_does_not_know_is_no_error(world: World) -> None:
    now = world.ctx().now().isoformat()
    event: dict[str, Any] = {
        "incident": msgspec.to_builtins(world.given_incident()),
        "change": {"changes": [{"name": "api.lyo-booking.com", "id": "C1"}], "submitted_at": now},
        "started_at": now,
    }
    world.calls.fail("route53:GetChange", refusal("NoSuchChange", status=404))
    assert check_change.handler(event)["status"] == "again"
    assert world.said()[-1] == "Route 53 does not know the change; submitting it again"


def test_fault_26_an_overdue_change_is_judged_by_asking_as_users_do() -> None:
    choice = machine("switch_traffic")["States"]["IsChangeSpread"]
    assert {each["StringEquals"]: each["Next"] for each in choice["Choices"]} == {
        "pending": "WaitForChange",
        "again": "ChangeRecord",
    }
    assert choice["Default"] == "CheckTraffic"
    (top,) = scopes("switch_traffic")
    assert "ThrowLatch" not in top.reachable("ChangeRecord")
