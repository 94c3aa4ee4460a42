"""The one door: receiving, opening, failing, closing."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from lyo_dr.errors import BadSignal, Throttled
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.step_record import Skip
from lyo_dr.steps.incident_response import (
    announce_failure,
    announce_incident,
    close_incident,
    open_incident,
    receive,
    record_failure,
    settle_lease,
    triage,
)
from tests.unit.aws import World, refusal
from tests.unit.builders import NOON, OREGON, a_signal, an_alarm, an_incident, observers, silent_looks

NAME = "region-eu-west-1-20260329T120000"
COPIES = [
    an_alarm(),
    an_alarm(id="b-copy", time="2026-03-29T12:00:09Z"),
    an_alarm(id="c-copy", time="2026-03-29T12:09:00Z"),
    an_alarm(version="1", time="2026-03-29T14:00:00Z"),
    an_alarm(id="e-copy"),
]


@pytest.mark.parametrize("copies", range(1, 6))
def test_fault_01_one_alarm_delivered_several_times_in_any_order_starts_one_incident(world: World, copies: int) -> None:
    for order in itertools.islice(itertools.permutations(COPIES[:copies]), 4):
        for event in order:
            assert receive.handler(event)["incident"] == NAME
    ((name, given),) = world.executions()
    assert name == NAME
    assert given == {
        "signal": {
            "kind": "region",
            "source": "route53",
            "region": "eu-west-1",
            "at": "2026-03-29T12:00:00.123000Z",
        }
    }


def test_fault_01_an_execution_that_exists_already_is_success_and_reported_as_a_copy(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.calls.fail("stepfunctions:StartExecution", refusal("ExecutionAlreadyExists"))
    assert receive.handler(an_alarm()) == {"incident": NAME, "started": False}
    assert "Dropped a duplicate signal" in caplog.text


def test_fault_01_another_refusal_is_no_success(world: World) -> None:
    world.calls.fail("stepfunctions:StartExecution", refusal("ThrottlingException"))
    with pytest.raises(Throttled, match=f"starting {NAME}"):
        receive.handler(an_alarm())


def test_fault_41_a_poisoned_event_starts_nothing(world: World) -> None:
    for event in (an_alarm(account="666666666666"), an_alarm(resources=["*"]), {"detail": "x" * 200_000}):
        with pytest.raises(BadSignal):
            receive.handler(event)
    assert world.executions() == []


def test_waking_a_function_does_nothing(world: World) -> None:
    for handler in (receive.handler, open_incident.handler, record_failure.handler):
        assert handler({"warm": True}) == {"warm": True}
    assert world.calls.made == []


def fresh_signal(world: World, **changes: Any) -> dict[str, Any]:
    signal = a_signal(at=world.ctx().now(), **changes)
    return {"signal": msgspec.to_builtins(signal), "execution": NAME}


def test_a_signal_of_the_lost_region_opens_an_incident_with_the_first_epoch(world: World) -> None:
    answer = open_incident.handler(fresh_signal(world))
    assert (answer["admission"], answer["epoch"], answer["region"]) == ("open", 1, OREGON)
    assert (answer["databases"], answer["services"]) == (["bookings"], ["assistant"])
    assert world.said(NAME) == ["Incident opened by route53: eu-west-1 may be lost"]
    head = world.ctx().store.incidents.head(NAME)
    assert head is not None
    assert head["plan"] == world.plan.digest()


def test_an_opening_that_crashed_is_opened_again_as_the_same_incident(world: World) -> None:
    event = fresh_signal(world)
    first, second = open_incident.handler(event), open_incident.handler(event)
    assert second == first


def test_a_second_incident_is_a_duplicate_while_the_first_is_worked_on(world: World) -> None:
    event = fresh_signal(world)
    open_incident.handler(event)
    answer = open_incident.handler({**event, "execution": "manual-2"})
    assert answer["admission"] == "duplicate"
    assert f"by {NAME}; this signal is recorded only" in world.said("manual-2")[0]


@pytest.mark.parametrize(
    "changes",
    [{"at": "2026-03-29T12:00:00"}, {"kind": "weather"}, {"source": "rumour"}, {"by": 7}, {"extra": 1}, {"at": 17}],
)
def test_fault_41_a_manual_start_that_does_not_fit_is_a_bad_signal(world: World, changes: dict[str, Any]) -> None:
    event = fresh_signal(world)
    event["signal"] |= changes
    with pytest.raises(BadSignal, match="OpenIncident got invalid input"):
        open_incident.handler(event)
    assert world.ctx().store.control.lease() is None


def given_triage(world: World, **facts: Any) -> Any:
    incident = world.given_incident(gate=None)
    seen = observers(samples=silent_looks(before=world.ctx().now()), **facts)
    return triage.handler(msgspec.to_builtins({"incident": incident, "facts": seen, "signal": a_signal()}))


def test_triage_says_what_it_found_on_the_timeline(world: World) -> None:
    assert given_triage(world)["decision"] == "act"
    assert world.said()[-1].startswith("eu-west-1 is down")


def test_triage_looks_again_with_the_plans_rhythm(world: World) -> None:
    verdict = given_triage(world, replicas=[])
    assert (verdict["decision"], verdict["wait_seconds"]) == ("look_again", 15)


def failing(world: World, **changes: Any) -> dict[str, Any]:
    error = {"Error": "NotWritable", "Cause": "Database bookings is still read-only"}
    return {"incident_id": NAME, "so_far": {"error": error, **changes}}


def settle(world: World) -> dict[str, Any]:
    """The failure path as the machine runs it."""
    event = failing(world)
    failure = record_failure.handler(event)
    event["so_far"]["failure"] = failure
    announce_failure.handler(event)
    return {**failure, **settle_lease.handler(event)}


def lease_runs_for(world: World) -> float:
    lease = world.ctx().store.control.lease()
    assert lease is not None
    return (lease.expires_at - world.ctx().now()).total_seconds()


def test_a_failure_before_anything_irreversible_gives_the_lease_back(world: World) -> None:
    world.given_incident()
    ended = settle(world)
    assert (ended["ending"], ended["kept"]) == ("failed", False)
    assert lease_runs_for(world) <= 0
    assert world.said()[-1] == "Lease released; nothing irreversible was done"


def test_a_failure_after_a_promotion_keeps_the_lease_for_a_person(world: World) -> None:
    incident = world.given_incident()
    world.ctx().store.incidents.record_once(incident.id, "PROMOTION", "bookings")
    ended = settle(world)
    assert (ended["ending"], ended["kept"]) == ("failed", True)
    assert lease_runs_for(world) > 300 * 86400


def test_fault_28_a_failure_after_the_switch_is_degraded_keeps_the_lease_and_people_are_told(world: World) -> None:
    incident = world.given_incident()
    world.ctx().store.incidents.record_once(incident.id, "PROMOTION", "bookings")
    world.ctx().store.incidents.set(incident.id, authority="taken")
    world.ctx().store.control.change_record(
        SystemRecord(active_region=OREGON, standby_region=None, epoch=incident.epoch)
    )
    ended = settle(world)
    assert (ended["ending"], ended["kept"]) == ("degraded", True)
    assert lease_runs_for(world) > 300 * 86400
    assert world.calls.count("sns:Publish") == 1
    assert "Notified responders: ACTION NEEDED: incident degraded" in world.said()
    assert world.ctx().store.control.record().active_region == OREGON, "there is no way back by itself"


@pytest.mark.parametrize(("authority", "ending"), [("", "failed"), ("taken", "degraded")])
def test_an_ending_that_is_no_recovery_names_what_was_skipped(world: World, authority: str, ending: str) -> None:
    incident, steps = world.given_incident(), world.ctx().store.steps
    world.ctx().store.incidents.set(incident.id, authority=authority)
    used = Skip(step="CheckEndpoints", by="arn:ada", why="search is down", at=NOON)
    steps.skip(incident.id, used)
    steps.used(incident.id, used, NOON)
    steps.skip(incident.id, Skip(step="CheckTraffic", by="arn:ada", why="never reached", at=NOON))
    ended = settle(world)
    assert ended["ending"] == ending
    assert ended["sentence"].endswith("; skipped, not checked: CheckEndpoints (by arn:ada: search is down)")
    assert ended["sentence"] in world.said()
    assert "never reached" not in " ".join(world.said())


def test_fault_28_a_lease_that_ran_out_meanwhile_is_kept_all_the_same(world: World) -> None:
    incident = world.given_incident()
    world.ctx().store.incidents.set(incident.id, authority="taken")
    system = world.ctx().store.control
    assert system.release_lease(incident.id, incident.epoch, world.ctx().now())
    assert settle(world)["kept"] is True
    assert lease_runs_for(world) > 300 * 86400


def test_where_the_failure_could_not_be_recorded_the_lease_is_kept(world: World) -> None:
    world.given_incident()
    assert settle_lease.handler(failing(world)) == {"kept": True}


def test_an_incident_that_holds_no_lease_settles_nothing(world: World) -> None:
    assert settle_lease.handler(failing(world)) == {"kept": False}
    assert world.said() == ["This incident holds no lease"]


def test_a_failure_before_the_opening_is_recorded_all_the_same(world: World) -> None:
    failure = record_failure.handler({"incident_id": NAME, "so_far": {"error": {"Error": "BadSignal"}}})
    assert failure["sentence"] == "Stopped before anything irreversible: BadSignal"
    assert world.ctx().store.incidents.head(NAME) is None


def test_a_message_that_cannot_be_sent_is_on_the_timeline_and_stops_nothing(world: World) -> None:
    incident = world.given_incident()
    world.calls.fail("sns:Publish", refusal("InternalError", status=500))
    event = {"incident": msgspec.to_builtins(incident), "triage": given_triage_verdict()}
    assert announce_incident.handler(event) == {"queued": ["stakeholders", "responders"], "missed": []}
    assert world.said()[0].startswith("Could not notify responders: publishing to arn:aws:sns:us-west-2")


def test_people_are_told_once_however_often_the_step_runs(world: World) -> None:
    incident = world.given_incident()
    event = {"incident": msgspec.to_builtins(incident), "triage": given_triage_verdict()}
    for _ in range(3):
        assert announce_incident.handler(event)["queued"] == ["stakeholders", "responders"]
    assert world.calls.count("sns:Publish") == 2


def given_triage_verdict() -> dict[str, Any]:
    return {"finding": "region_lost", "decision": "act", "sentence": "eu-west-1 is lost", "evidence": ["app silent"]}


def test_closing_gives_the_lease_back_and_closing_twice_changes_nothing(world: World) -> None:
    incident = world.given_incident()
    outcome = {"ending": "recovered", "sentence": "Recovered in us-west-2", "reasons": []}
    event = {"incident": msgspec.to_builtins(incident), "outcome": outcome}
    assert close_incident.handler(event)["lease_released"] is True
    assert lease_runs_for(world) <= 0
    close_incident.handler(event)
    head = world.ctx().store.incidents.head(incident.id)
    assert head is not None
    assert (head["state"], head["ending"], head["unprotected"]) == ("closed", "recovered", True)
    assert lease_runs_for(world) <= 0


def test_the_failure_message_is_sent_even_without_a_recorded_failure(world: World) -> None:
    told = announce_failure.handler({"incident_id": an_incident().id, "so_far": {}})
    assert told["queued"] == ["responders"]
