"""A failed incident is taken up again: its id and records stay, its epoch is new, its promotion is adopted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.errors import LeaseLost
from lyo_dr.model.incident import Incident, Resumption
from lyo_dr.steps.incident_response import (
    announce_failure,
    close_incident,
    open_incident,
    record_failure,
    settle_lease,
    triage,
)
from lyo_dr.steps.promote_database import promote_replica
from lyo_dr.steps.region_failover import check_gate
from tests.unit.aws import World
from tests.unit.builders import (
    REPLICA,
    a_signal,
    a_triage,
    given_replica,
    observers,
    serving,
    silent_looks,
)

ERROR = {"Error": "PlacesNotRecovered", "Cause": "service assistant: AccessDenied"}
STARTED = "2026-03-29T12:00:00Z"


def given_failed(world: World, *, promoted: bool = True) -> Incident:
    """An incident that failed after it had promoted its database, as its own failure path leaves it."""
    incident = world.given_incident()
    if promoted:
        event = {"incident": incident, "database": "bookings", "started_at": STARTED}
        promote_replica.handler(msgspec.to_builtins(event))
    fail(incident.id, {"incident": {"admission": "open", **msgspec.to_builtins(incident)}})
    return incident


def fail(execution: str, so_far: dict[str, Any]) -> None:
    """The failure path of the machine."""
    state = {"error": ERROR, **so_far}
    failure = record_failure.handler({"incident_id": execution, "so_far": state})
    announce_failure.handler({"incident_id": execution, "so_far": {**state, "failure": failure}})
    settle_lease.handler({"incident_id": execution, "so_far": {**state, "failure": failure}})


def resumed(world: World, incident: str, run: int = 2, by: str = "ada") -> dict[str, Any]:
    """What the execution that takes it up is told by its first step."""
    signal = a_signal(resumes=Resumption(incident, by, "quota raised", world.ctx().now()))
    execution = f"{incident}-{run}"
    answer: dict[str, Any] = open_incident.handler({"signal": msgspec.to_builtins(signal), "execution": execution})
    return answer


def test_it_keeps_its_id_and_gets_a_new_epoch_and_says_who_and_why(world: World) -> None:
    failed = given_failed(world)
    answer = resumed(world, failed.id)
    assert (answer["admission"], answer["id"], answer["execution"]) == ("open", failed.id, f"{failed.id}-2")
    assert answer["epoch"] == failed.epoch + 1
    assert world.said()[-1] == "ada takes this incident up again: quota raised"
    head = world.ctx().store.incidents.head(failed.id)
    assert head is not None
    assert (head["state"], head["gate"], head["ending"], head["epoch"]) == ("open", "", "", answer["epoch"])
    assert world.ctx().store.incidents.id_of(f"{failed.id}-2") == failed.id


def test_the_signal_may_be_as_old_as_it_is(world: World) -> None:
    failed = given_failed(world)
    signal = a_signal(resumes=Resumption(failed.id, "ada", "quota raised", world.ctx().now()))
    assert world.ctx().now() - signal.at > world.plan.policy.signal_max_age
    assert resumed(world, failed.id)["admission"] == "open"


def test_what_the_failed_execution_still_does_is_refused(world: World) -> None:
    failed = given_failed(world)
    resumed(world, failed.id)
    with pytest.raises(LeaseLost, match="the lease has epoch 2, this step was given 1"):
        promote_replica.handler(
            msgspec.to_builtins({"incident": failed, "database": "bookings", "started_at": STARTED})
        )


def test_a_retry_of_its_first_step_takes_it_up_as_well(world: World) -> None:
    failed = given_failed(world)
    assert [resumed(world, failed.id)["admission"] for _ in range(2)] == ["open", "open"]


def test_two_executions_at_once_are_one(world: World) -> None:
    failed = given_failed(world)
    assert resumed(world, failed.id)["admission"] == "open"
    second = resumed(world, failed.id, run=3, by="grace")
    assert second["admission"] == "not_resumable"
    assert f"is still in progress, in execution {failed.id}-2" in second["sentence"]


def test_two_that_read_the_same_head_are_one(world: World) -> None:
    failed = given_failed(world)
    incidents = world.ctx().store.incidents
    head = incidents.head(failed.id)
    assert head is not None
    assert incidents.take_up(failed.id, f"{failed.id}-2", head) is True
    assert incidents.take_up(failed.id, f"{failed.id}-3", head) is False


@pytest.mark.parametrize("state", ["closed", "open"])
def test_the_twin_what_has_ended_or_runs_is_left_alone(world: World, state: str) -> None:
    incident = world.given_incident()
    world.ctx().store.incidents.set(incident.id, state=state, ending="recovered" if state == "closed" else "")
    before, lease = world.ctx().store.incidents.head(incident.id), world.ctx().store.control.lease()
    assert resumed(world, incident.id)["admission"] == "not_resumable"
    assert world.ctx().store.incidents.head(incident.id) == before
    assert world.ctx().store.control.lease() == lease


def again(world: World, failed: Incident) -> dict[str, Any]:
    """The incident that later steps carry."""
    answer = resumed(world, failed.id)
    return {name: value for name, value in answer.items() if name != "admission"}


def promoted_reading(**changes: Any) -> Any:
    """The server answers as a primary, with heartbeats of its own."""
    return given_replica(silent_for=0.5, in_recovery=False, receiving=False, **changes)


def seen(world: World, incident: dict[str, Any], **facts: Any) -> dict[str, Any]:
    facts = {"replicas": [promoted_reading()], "samples": silent_looks(before=world.ctx().now()), **facts}
    event = {"incident": incident, "facts": observers(**facts), "signal": a_signal()}
    verdict: dict[str, Any] = triage.handler(msgspec.to_builtins(event))
    return verdict


def test_after_its_promotion_it_goes_on_though_the_replica_is_none_any_more(world: World) -> None:
    verdict = seen(world, again(world, given_failed(world)))
    assert verdict["decision"] == "act"
    assert verdict["sentence"] == (
        "bookings was promoted by this incident, so there is no way back; eu-west-1 does not serve users: going on"
    )


def test_the_twin_a_region_that_serves_users_again_keeps_them(world: World) -> None:
    verdict = seen(world, again(world, given_failed(world)), apps=[serving()])
    assert (verdict["decision"], verdict["finding"]) == ("held", "recovered")
    assert "traffic stays there" in verdict["sentence"]


def test_the_twin_the_same_reading_without_a_promotion_of_its_own_is_doubt(world: World) -> None:
    verdict = seen(world, again(world, given_failed(world, promoted=False)))
    assert (verdict["decision"], verdict["finding"]) == ("look_again", "unclear")


def test_its_gate_opens_for_what_it_has_promoted_itself(world: World) -> None:
    incident = again(world, given_failed(world))
    event = {"incident": incident, "facts": observers(replicas=[promoted_reading()]), "triage": a_triage()}
    gate = check_gate.handler(msgspec.to_builtins(event))
    assert gate["status"] == "open"
    assert gate["sentence"] == "bookings was recovered by this incident before; going on loses nothing more"
    assert [way["way"] for way in gate["ways"]] == ["promote"]


def test_the_twin_what_somebody_else_has_promoted_keeps_the_gate_closed(world: World) -> None:
    failed = given_failed(world, promoted=False)
    Rds(world.ctx().region).promote(REPLICA, 7)
    event = {"incident": again(world, failed), "facts": observers(replicas=[promoted_reading()]), "triage": a_triage()}
    gate = check_gate.handler(msgspec.to_builtins(event))
    assert gate["status"] == "closed"
    assert "it was promoted earlier, outside this incident" in gate["sentence"]


def test_it_is_promoted_once_altogether(world: World) -> None:
    incident = again(world, given_failed(world))
    world.ctx().store.incidents.set(incident["id"], gate="open")
    promote_replica.handler({"incident": incident, "database": "bookings", "started_at": STARTED})
    assert world.calls.rds[REPLICA].promotions == 1


def test_a_second_failure_is_recorded_and_told_again_and_keeps_the_lease(world: World) -> None:
    failed = given_failed(world)
    answer = resumed(world, failed.id)
    fail(f"{failed.id}-2", {"incident": answer})
    told = [sentence for sentence in world.said() if sentence == "Notified responders: ACTION NEEDED: incident failed"]
    assert len(told) == 2
    head, lease = world.ctx().store.incidents.head(failed.id), world.ctx().store.control.lease()
    assert head is not None
    assert head["state"] == "failed"
    assert lease is not None
    assert lease.expires_at - world.ctx().now() > timedelta(days=300)
    assert resumed(world, failed.id, run=3)["admission"] == "open"


def test_a_first_step_that_dies_half_way_leaves_it_failed_and_its_lease_kept(world: World) -> None:
    """It had changed the head and taken the lease, and its answer never arrived."""
    failed = given_failed(world)
    resumed(world, failed.id)
    fail(f"{failed.id}-2", {})
    head, lease = world.ctx().store.incidents.head(failed.id), world.ctx().store.control.lease()
    assert head is not None
    assert head["state"] == "failed"
    assert lease is not None
    assert lease.expires_at - world.ctx().now() > timedelta(days=300)


def test_the_twin_a_first_step_that_dies_before_it_changed_anything_changes_nothing(world: World) -> None:
    failed = given_failed(world)
    before, lease = world.ctx().store.incidents.head(failed.id), world.ctx().store.control.lease()
    fail(f"{failed.id}-2", {})
    assert world.ctx().store.incidents.head(failed.id) == before
    assert world.ctx().store.control.lease() == lease


def test_it_closes_under_its_id_and_counts_from_its_first_opening(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = again(world, given_failed(world))
    head = world.ctx().store.incidents.head(incident["id"])
    assert head is not None
    outcome = {"ending": "recovered", "sentence": "Recovered", "reasons": []}
    close_incident.handler({"incident": incident, "outcome": outcome})
    closed = world.ctx().store.incidents.head(incident["id"])
    assert closed is not None
    assert (closed["state"], closed["ending"], closed["opened_at"]) == ("closed", "recovered", head["opened_at"])
    lease = world.ctx().store.control.lease()
    assert lease is not None
    assert lease.expires_at <= world.ctx().now()
