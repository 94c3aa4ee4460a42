"""Fault 18: the promotion is stuck. It is watched to the end of its budget and never called again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.common.promotion import is_slow, promotion_progress
from lyo_dr.decisions.failover.components import Component, Components, judge_components
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.promote_database import check_promotion, promote_replica
from tests.plans import lyo_plan
from tests.unit.aws import World
from tests.unit.builders import OREGON, REPLICA, a_deadline, an_instance

BUDGET = timedelta(minutes=45)


def test_fault_18_it_is_pending_to_the_last_second_of_its_budget_and_broken_then() -> None:
    stuck = an_instance("modifying")
    looks = [promotion_progress(stuck, deadline=a_deadline(BUDGET, spent=seconds)).status for seconds in (0, 60, 2699)]
    assert looks == ["pending"] * 3
    end = promotion_progress(stuck, deadline=a_deadline(BUDGET, spent=2700))
    assert (end.status, end.sentence) == (
        "broken",
        f"{REPLICA} is still modifying after the whole promotion budget (45 min)",
    )


def test_fault_18_however_often_the_machine_comes_back_rds_is_called_once(world: World) -> None:
    incident = world.given_incident()
    event = {
        "incident": msgspec.to_builtins(incident),
        "database": "bookings",
        "started_at": world.ctx().now().isoformat(),
    }
    promote_replica.handler(event)
    model = world.calls.rds[REPLICA]
    model.status, model.source = "modifying", "arn:aws:rds:eu-west-1:123456789012:db:lyo-saas-production-postgres"
    for _ in range(5):
        assert promote_replica.handler(event)["sentence"] == f"{REPLICA} is already being promoted"
        assert check_promotion.handler(event)["status"] == "pending"
    assert world.calls.count("rds:PromoteReadReplica") == 1


@pytest.mark.parametrize(("seconds", "told"), [(0, 0), (1349, 0), (1350, 1), (2699, 1)])
def test_fault_18_at_half_time_responders_are_told_once(world: World, seconds: int, told: int) -> None:
    incident = world.given_incident()
    since = world.ctx().now() - timedelta(seconds=seconds)
    event = {"incident": msgspec.to_builtins(incident), "database": "bookings", "started_at": since.isoformat()}
    world.calls.rds[REPLICA].status = "modifying"
    for _ in range(3):
        assert check_promotion.handler(event)["status"] == "pending"
    assert world.calls.count("sns:Publish") == told
    assert world.said().count("Notified responders: Promotion of bookings is slow") == told


@pytest.mark.parametrize("status", ["ready", "broken"])
def test_fault_18_the_twin_what_is_over_is_not_slow(status: Any) -> None:
    over = Progress(status=status, sentence="")
    assert not is_slow(over, deadline=a_deadline(BUDGET, spent=2699))


def test_fault_18_traffic_waits_for_every_critical_database() -> None:
    cause = json.dumps({"Error": "PromotionBroken", "Cause": f"{REPLICA} is still modifying"})
    stuck = Component(name="bookings", recovered=False, error={"Error": "States.TaskFailed", "Cause": cause})
    verdict = judge_components(
        lyo_plan(), Components(databases=[stuck], services=[Component(name="assistant", recovered=True)]), OREGON
    )
    assert verdict.blockers == [f"database bookings: PromotionBroken: {REPLICA} is still modifying"]
