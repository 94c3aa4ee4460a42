"""Fault 59: RDS refuses a promotion between look and call; it is looked at again, and never adopted."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.errors import Throttled
from lyo_dr.model.incident import Incident
from lyo_dr.steps.database_restore import renew_tasks
from lyo_dr.steps.promote_database import promote_replica
from lyo_dr.steps.restore_replicated import renew_services
from tests.unit.aws import Killed, World
from tests.unit.builders import REPLICA

_LONG_AGO = "2020-01-01T00:00:00Z"


def promoted(world: World, incident: Incident, **more: Any) -> Any:
    started = {"started_at": world.ctx().now().isoformat()} | more
    return promote_replica.handler({"incident": msgspec.to_builtins(incident), "database": "bookings", **started})


def become_at_the_call(world: World, status: str) -> None:
    """The status after the look, and before the call: a backup or a maintenance begins."""

    def begin(_number: int, name: str) -> None:
        if name == "rds:PromoteReadReplica":
            world.calls.rds[REPLICA].status = status

    world.calls.before = begin


def calm(world: World) -> None:
    world.calls.before = world.calls.after = lambda _number, _name: None


@pytest.mark.parametrize("status", ["backing-up", "modifying", "rebooting"])
def test_fault_59_a_refused_promotion_is_called_again_and_never_adopted(world: World, status: str) -> None:
    incident, replica = world.given_incident(), world.calls.rds[REPLICA]
    become_at_the_call(world, status)
    refused = promoted(world, incident)
    assert (refused["status"], refused["sentence"].startswith("RDS refused for now")) == ("pending", True)
    calm(world)
    assert promoted(world, incident)["status"] == "pending", "the status alone does not say that we are promoting"
    assert replica.promotions == 0
    replica.status = "available"
    assert promoted(world, incident) == {"status": "ready", "sentence": f"Promoting {REPLICA}", "wait_seconds": 1}
    assert replica.promotions == 1


def test_fault_59_what_is_refused_until_the_budget_ends_is_broken(world: World) -> None:
    incident = world.given_incident()
    become_at_the_call(world, "backing-up")
    assert promoted(world, incident, started_at=_LONG_AGO)["status"] == "broken"


@pytest.mark.parametrize("status", ["available", "modifying", "backing-up"])
def test_fault_59_a_promotion_that_was_accepted_is_adopted_after_a_crash_whatever_its_status(
    world: World, status: str
) -> None:
    """Must not fire: RDS is not called a second time for what it has accepted."""
    incident, replica = world.given_incident(), world.calls.rds[REPLICA]
    source = replica.source

    def kill(_number: int, name: str) -> None:
        if name == "dynamodb:PutItem" and replica.promotions:
            raise Killed

    world.calls.after = kill
    with pytest.raises(Killed):
        promoted(world, incident)
    calm(world)
    replica.source, replica.status = source, status  # RDS shows it late
    assert promoted(world, incident)["sentence"] == f"{REPLICA} is already being promoted"
    assert replica.promotions == 1


def test_fault_59_a_crash_right_after_the_call_ends_in_one_promotion(world: World) -> None:
    """Without the second record the source tells: it is gone once RDS has carried the promotion out."""
    incident, replica = world.given_incident(), world.calls.rds[REPLICA]

    def kill(_number: int, name: str) -> None:
        if name == "rds:PromoteReadReplica":
            raise Killed

    world.calls.after = kill
    with pytest.raises(Killed):
        promoted(world, incident)
    calm(world)
    assert promoted(world, incident)["sentence"] == f"{REPLICA} is already being promoted"
    assert replica.promotions == 1


@pytest.mark.parametrize("status", ["storage-optimization", "storage-config-upgrade"])
def test_a4_a_replica_whose_storage_is_optimised_for_hours_is_promoted_at_once(world: World, status: str) -> None:
    incident, replica = world.given_incident(), world.calls.rds[REPLICA]
    replica.status = status
    assert promoted(world, incident)["status"] == "ready"
    assert replica.promotions == 1


RENEWALS = {
    "after a restore": (renew_tasks.handler, {"service": "assistant"}),
    "from replicated backups": (
        renew_services.handler,
        {"database": "bookings", "restored": {"database": "bookings"}},
    ),
}


@pytest.mark.parametrize(("renew", "more"), RENEWALS.values(), ids=RENEWALS.keys())
def test_fault_59_a_redeployment_that_was_refused_is_not_taken_for_made(
    world: World, monkeypatch: pytest.MonkeyPatch, renew: Any, more: dict[str, Any]
) -> None:
    """The same fault elsewhere: tasks that are never replaced go on with the address of the damaged database."""
    incident, made = world.given_incident(), [False, True]
    deployed = []

    def deploy(_self: Ecs, _place: Any) -> None:
        if not made.pop(0):
            raise Throttled("AWS asks to slow down")
        deployed.append(1)

    monkeypatch.setattr(Ecs, "deploy_again", deploy)
    event = {"incident": msgspec.to_builtins(incident), **more}
    with pytest.raises(Throttled):
        renew(event)
    assert "is redeployed" in renew(event)["sentence"]
    assert deployed == [1]


def test_fault_59_the_twin_what_was_redeployed_once_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, deployed = world.given_incident(), []
    monkeypatch.setattr(Ecs, "deploy_again", lambda _self, place: deployed.append(place))
    for _ in range(2):
        renew_tasks.handler({"incident": msgspec.to_builtins(incident), "service": "assistant"})
    assert len(deployed) == 1
