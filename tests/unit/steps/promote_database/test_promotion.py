"""Promotion and protection: killed anywhere, run again, the same end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.errors import LeaseLost, ServiceUnreachable
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.steps.promote_database import accept_proof, check_promotion, promote_replica
from lyo_dr.steps.protect_database import announce_unprotected, apply_protection, check_protection
from tests.plans import lyo_plan, plan_of_two
from tests.unit.aws import Killed, RdsModel, World, refusal
from tests.unit.builders import REPLICA, a_proof


def event(world: World, incident: Incident, database: str = "bookings", **more: Any) -> dict[str, Any]:
    started = world.ctx().now().isoformat()
    return {"incident": msgspec.to_builtins(incident), "database": database, "started_at": started, **more}


def replica(world: World) -> RdsModel:
    return world.calls.rds[REPLICA]


def run_until_ready(world: World, incident: Incident, rounds: int = 5) -> dict[str, Any]:
    """As the machine does: promote, and come back while it is pending."""
    verdict: dict[str, Any] = {}
    for _ in range(rounds):
        verdict = promote_replica.handler(event(world, incident))
        if verdict["status"] != "pending":
            break
    return verdict


def end_state(world: World, incident: Incident) -> tuple[Any, ...]:
    model = replica(world)
    note = world.ctx().store.incidents.read_note(incident.id, "PROMOTION", "bookings")
    check = check_promotion.handler(event(world, incident))
    return (model.source, model.retention, model.promotions, note is not None, check["status"])


PROMOTED = (None, 7, 1, True, "ready")


def test_a_promotion_is_called_once_with_the_plans_retention(world: World) -> None:
    incident = world.given_incident()
    first = promote_replica.handler(event(world, incident))
    assert (first["status"], first["sentence"]) == ("ready", f"Promoting {REPLICA}")
    second = promote_replica.handler(event(world, incident))
    assert second["sentence"] == f"{REPLICA} is already being promoted"
    assert world.calls.count("rds:PromoteReadReplica") == 1
    assert end_state(world, incident) == PROMOTED


def calls_of_one_run(build: Callable[[Plan], World]) -> int:
    """How many calls an undisturbed run makes: one guard, one look, records before and after, one promotion."""
    world = build(lyo_plan())
    incident = world.given_incident()
    before = len(world.calls.made)
    promote_replica.handler(event(world, incident))
    return len(world.calls.made) - before


BOUNDARIES = 13
"""The calls of one undisturbed run; the next test holds the number."""


def test_every_boundary_of_the_promotion_is_known(build: Callable[[Plan], World]) -> None:
    assert calls_of_one_run(build) == BOUNDARIES


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("boundary", range(BOUNDARIES))
@pytest.mark.parametrize("status_after", ["available", "modifying", "backing-up"])
def test_fault_10_a_promotion_killed_at_any_call_and_run_again_ends_in_the_same_state(
    world: World, boundary: int, moment: str, status_after: str
) -> None:
    incident = world.given_incident()
    replica(world).after_promotion = status_after
    first = len(world.calls.made)

    def kill(number: int, _name: str) -> None:
        if number == first + boundary:
            raise Killed

    setattr(world.calls, moment, kill)
    with pytest.raises(Killed):
        promote_replica.handler(event(world, incident))
    world.calls.before = world.calls.after = lambda _number, _name: None
    assert run_until_ready(world, incident)["status"] == "ready"
    replica(world).status = "available"
    assert end_state(world, incident) == PROMOTED


@pytest.mark.parametrize("name", ["rds:DescribeDBInstances", "rds:PromoteReadReplica", "dynamodb:PutItem"])
def test_fault_10_an_answer_that_is_lost_on_the_way_back_promotes_no_second_time(world: World, name: str) -> None:
    """The call took effect, the answer timed out; the state machine retries."""
    incident = world.given_incident()

    def lose(_number: int, called: str) -> None:
        if called == name:
            world.calls.after = lambda _number, _name: None
            raise refusal("ServiceUnavailable", status=503)

    world.calls.after = lose
    with contextlib.suppress(ServiceUnreachable):
        promote_replica.handler(event(world, incident))
    assert run_until_ready(world, incident)["status"] == "ready"
    assert end_state(world, incident) == PROMOTED


def test_a_replica_that_begins_to_back_up_at_the_last_moment_is_waited_for(world: World) -> None:
    incident = world.given_incident()

    def begin(_number: int, name: str) -> None:
        if name == "rds:PromoteReadReplica":
            replica(world).status = "backing-up"

    world.calls.before = begin
    verdict = promote_replica.handler(event(world, incident))
    assert (verdict["status"], verdict["wait_seconds"]) == ("pending", 15)
    assert verdict["sentence"].startswith("RDS refused for now: promoting database")
    world.calls.before = lambda _number, _name: None
    replica(world).status = "available"
    assert run_until_ready(world, incident)["status"] == "ready"
    assert replica(world).promotions == 1


@pytest.mark.parametrize("status", ["storage-full", "incompatible-restore"])
def test_fault_17_a_replica_that_cannot_be_promoted_is_refused_without_a_call(world: World, status: str) -> None:
    incident = world.given_incident()
    replica(world).status = status
    assert promote_replica.handler(event(world, incident))["status"] == "broken"
    assert world.calls.count("rds:PromoteReadReplica") == 0


def test_a_replica_somebody_else_promoted_is_not_adopted(world: World) -> None:
    incident = world.given_incident()
    replica(world).source = None
    verdict = promote_replica.handler(event(world, incident))
    assert (verdict["status"], "by someone else" in verdict["sentence"]) == ("broken", True)


def test_without_the_lease_nothing_is_promoted(world: World) -> None:
    incident = world.given_incident()
    world.ctx().store.control.release_lease(incident.id, incident.epoch, world.ctx().now())
    with pytest.raises(LeaseLost):
        promote_replica.handler(event(world, incident))
    assert world.calls.count("rds:PromoteReadReplica") == 0


def test_the_second_database_is_promoted_under_its_own_note(build: Callable[[Plan], World]) -> None:
    world = build(plan_of_two())
    incident = world.given_incident()
    promote_replica.handler(event(world, incident, "archive"))
    assert (world.calls.rds[f"{REPLICA}-archive"].retention, replica(world).promotions) == (14, 0)
    promote_replica.handler(event(world, incident))
    assert len(world.ctx().store.incidents.notes(incident.id, "PROMOTION")) == 2


def test_fault_19_a_read_only_database_is_never_accepted_and_ends_in_not_writable(world: World) -> None:
    incident = world.given_incident()
    proof = msgspec.to_builtins(a_proof(written=False, in_recovery=True, epoch=None))
    assert accept_proof.handler(event(world, incident, proof=proof))["status"] == "pending"
    late = {**event(world, incident, proof=proof), "started_at": "2020-01-01T00:00:00Z"}
    verdict = accept_proof.handler(late)
    assert verdict["status"] == "broken", "the Choice state sends this to NotWritable"
    assert (
        verdict["sentence"] == "Database bookings is still read-only although RDS reports it as promoted; traffic stays"
    )
    proven = msgspec.to_builtins(a_proof())
    assert accept_proof.handler(event(world, incident, proof=proven))["status"] == "ready"


def given_promoted(world: World, status: str = "available") -> Incident:
    incident = world.given_incident()
    replica(world).source, replica(world).status = None, status
    return incident


def test_fault_20_a_bare_primary_is_modified_once_and_verified(world: World) -> None:
    incident = given_promoted(world)
    for _ in range(3):
        assert apply_protection.handler(event(world, incident))["status"] == "ready"
    assert replica(world).changes == 1
    assert check_protection.handler(event(world, incident))["status"] == "pending", "accepted is not protected"
    replica(world).carry_out()
    assert check_protection.handler(event(world, incident))["status"] == "ready"
    assert (replica(world).multi_az, replica(world).retention) == (True, 7)


def test_fault_20_while_it_backs_up_the_change_is_tried_again(world: World) -> None:
    incident = given_promoted(world, "backing-up")
    assert apply_protection.handler(event(world, incident))["status"] == "pending"
    assert world.calls.count("rds:ModifyDBInstance") == 0
    replica(world).status = "available"

    def begin(_number: int, name: str) -> None:
        if name == "rds:ModifyDBInstance":
            replica(world).status = "backing-up"

    world.calls.before = begin
    refused = apply_protection.handler(event(world, incident))
    assert (refused["status"], refused["sentence"].startswith("RDS refused for now")) == ("pending", True)
    world.calls.before = lambda _number, _name: None
    replica(world).status = "available"
    assert apply_protection.handler(event(world, incident))["status"] == "ready"
    assert replica(world).changes == 1


def test_fault_20_protecting_needs_no_lease_since_the_incident_may_be_closed(world: World) -> None:
    incident = given_promoted(world)
    world.ctx().store.control.release_lease(incident.id, incident.epoch, world.ctx().now())
    assert apply_protection.handler(event(world, incident))["status"] == "ready"


def test_fault_20_what_is_better_than_the_plan_is_never_lowered(build: Callable[[Plan], World]) -> None:
    world = build(lyo_plan(databases__0__multi_az=False))
    incident = given_promoted(world)
    replica(world).multi_az = True
    apply_protection.handler(event(world, incident))
    assert replica(world).pending == {"MultiAZ": True, "BackupRetentionPeriod": 7}


def test_fault_20_what_stays_unprotected_is_told_in_one_sentence(world: World) -> None:
    incident = given_promoted(world)
    error = {"Error": "Throttled", "Cause": '{"errorMessage": "AWS asks to slow down", "stackTrace": ["line 7"]}'}
    assert announce_unprotected.handler(event(world, incident, so_far={"error": error}))["queued"] == ["responders"]
    assert world.said()[-1] == "Notified responders: ACTION NEEDED: bookings is not protected yet"
