"""Fault 60: a machine's time runs out between two attempts. It rolls back before; after a time-out its caller does."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters import clock
from lyo_dr.decisions.restore.rollback import is_left_as_it_was, rollback_told
from lyo_dr.decisions.restore.time_left import no_time_for
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.model.machines.times import after_restore, machine_times, search_time
from lyo_dr.model.plan import Plan
from lyo_dr.model.restore import Target
from lyo_dr.model.search import Bracket
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.steps.database_restore import restore_to_new_instance
from lyo_dr.steps.incident_response import put_back_restore, record_failure
from lyo_dr.steps.search_recovery_point import plan_probes
from tests.plans import lyo_plan
from tests.state_machines.asl import machine
from tests.unit.aws import World
from tests.unit.builders import OREGON, REPLICA, at
from tests.unit.decisions.restore_builders import a_run
from tests.unit.restores import FakeRds, given_rds

MINUTE = timedelta(minutes=1)
TIMED_OUT = {"Error": "States.TaskFailed", "Cause": json.dumps({"Name": "x", "Status": "TIMED_OUT"})}
ABORTED = {"Error": "States.TaskFailed", "Cause": json.dumps({"Name": "x", "Status": "ABORTED"})}
TASK_TIMED_OUT = {"Error": "States.Timeout", "Cause": ""}
NOT_PUT_BACK = {"Error": "States.TaskFailed", "Cause": json.dumps({"Status": "FAILED", "Error": "NotPutBack"})}
ROLLED_BACK = {
    "Error": "States.TaskFailed",
    "Cause": json.dumps({"Status": "FAILED", "Error": "RestoreFailed", "Cause": "the limit of 7 restores is reached"}),
}
LEFT = {"timed out": TIMED_OUT, "stopped": ABORTED, "task timed out": TASK_TIMED_OUT, "not put back": NOT_PUT_BACK}


@pytest.fixture
def rds(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeRds:
    monkeypatch.setattr(clock, "now", lambda: at(0))
    return given_rds(world, monkeypatch, REPLICA)


def stopped(world: World) -> Incident:
    """A restore that has scaled the service to zero and goes to its second attempt."""
    incident, ctx = world.given_incident(), world.ctx()
    ctx.store.control.change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    ctx.store.incidents.record_once(incident.id, "DAMAGED", "bookings", instance=REPLICA)
    ctx.store.incidents.record_once(incident.id, "STOPPED", "assistant", desired=2, minimum=2, maximum=6)
    Attempts(ctx, incident.id).add(1, Target(kind="moment", at=at(-1200)))
    Attempts(ctx, incident.id).add(2, Target(kind="moment", at=at(-1500)))
    return incident


def began(plan: Plan, left: timedelta) -> datetime:
    """When the restore began, if so much of its machine's time is left now."""
    return at(0) - machine_times(plan)["database_restore"] + left


def needed(plan: Plan) -> timedelta:
    return plan.budgets.restore + after_restore(plan, "database_restore")


def attempt(incident: Incident, started_at: datetime) -> Any:
    told = {"database": "bookings", "started_at": started_at.isoformat()}
    return restore_to_new_instance.handler({"incident": msgspec.to_builtins(incident), **told})


def test_fault_60_an_attempt_that_does_not_fit_is_not_made_and_the_machine_rolls_back(
    world: World, rds: FakeRds
) -> None:
    incident = stopped(world)
    verdict = attempt(incident, began(world.plan, needed(world.plan) - MINUTE))
    assert verdict["status"] == "broken"
    assert verdict["sentence"].startswith("No time for the restore of ")
    takes, left = humanize(needed(world.plan)), humanize(needed(world.plan) - MINUTE)
    assert verdict["sentence"].endswith(f": it may take {takes}, and the restore ends in {left}")
    assert set(rds.instances) == {REPLICA}
    states = machine("database_restore")["States"]
    assert (states["IsRestored"]["Default"], states["NotRestored"]["Next"]) == ("NotRestored", "PutBack")


def test_fault_60_the_twin_an_attempt_that_fits_is_made(world: World, rds: FakeRds) -> None:
    verdict = attempt(stopped(world), began(world.plan, needed(world.plan)))
    assert verdict["status"] == "pending"
    assert len(rds.instances) == 2


def test_fault_60_the_twin_what_is_under_way_is_waited_for_and_not_given_up(
    world: World, rds: FakeRds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison is that of the beginning: the later looks of an attempt cannot make it too late."""
    incident, started_at = stopped(world), began(world.plan, needed(world.plan))
    attempt(incident, started_at)
    for minutes in range(10, 90, 10):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: at(60 * minutes))
        assert attempt(incident, started_at)["status"] in ("pending", "ready")


def search(world: World, incident: Incident, left: timedelta) -> Any:
    bracket = Bracket(good=at(-300), bad=at(0), changed=["appointments of nobody: 3 instead of 0"])
    told = {"database": "bookings", "search": bracket, "started_at": at(0), "restore_began": began(world.plan, left)}
    return plan_probes.handler(msgspec.to_builtins({"incident": incident, **told}))


@pytest.mark.parametrize(("short", "status"), [(MINUTE, "done"), (timedelta(0), "probe")])
def test_a3_a_search_begins_only_if_a_restore_fits_in_after_it(
    world: World, rds: FakeRds, short: timedelta, status: str
) -> None:
    incident = stopped(world)
    world.ctx().store.databases.record_run("bookings", a_run(-300))
    verdict = search(world, incident, search_time(world.plan) + needed(world.plan) - short)
    assert verdict["status"] == status
    assert ("No time for a search" in verdict["sentence"]) is (status == "done")


@pytest.mark.parametrize("budget", ["PT45M", "PT90M", "PT3H"])
def test_a3_a_restore_that_begins_in_time_has_time_for_the_search_and_an_attempt(budget: str) -> None:
    """Even if stopping the services took its whole budget."""
    plan = lyo_plan(budgets__restore=budget)
    left = machine_times(plan)["database_restore"] - plan.budgets.capacity - 10 * MINUTE
    assert no_time_for("it", begins=at(0), takes=search_time(plan) + needed(plan), ends=at(0) + left) is None


def put_back(incident: Incident, error: dict[str, str]) -> str:
    told = {"incident": msgspec.to_builtins(incident), "database": "bookings", "error": error}
    return str(put_back_restore.handler(told)["sentence"])


@pytest.mark.parametrize("error", LEFT.values(), ids=LEFT)
def test_fault_60_the_caller_puts_back_what_a_restore_left_behind(
    world: World, rds: FakeRds, error: dict[str, str]
) -> None:
    world.prepare("ecs")
    incident = stopped(world)
    assert put_back(incident, error) == "Rolled back: assistant"
    assert world.service() == (2, 2, 6)


def test_fault_60_the_twin_a_restore_that_ended_by_itself_is_not_rolled_back_again(world: World, rds: FakeRds) -> None:
    incident = stopped(world)
    assert put_back(incident, ROLLED_BACK) == ""
    assert not [call for call in world.calls.made if call.startswith("ecs:")]


def test_fault_60_the_twin_users_of_a_restored_database_are_not_led_back_to_damage(world: World, rds: FakeRds) -> None:
    """Everything was concluded, and only the end of the machine was missed."""
    incident = stopped(world)
    world.ctx().store.incidents.set(incident.id, instance=f"{REPLICA}-r-0a1b2c3d-1")
    assert put_back(incident, TIMED_OUT).startswith("Not rolled back: users are served by")
    assert not [call for call in world.calls.made if call.startswith("ecs:")]


def test_fault_60_the_failure_says_what_was_put_back_and_shouts_what_was_not(world: World) -> None:
    incident = stopped(world)
    so_far: dict[str, Any] = {"error": TIMED_OUT, "put_back": {"sentence": "Rolled back: assistant"}}
    told = record_failure.handler({"incident_id": incident.id, "so_far": so_far})["sentence"]
    assert told.endswith("x ended TIMED_OUT. Rolled back: assistant")
    lost = {"error": TIMED_OUT, "put_back_error": {"Error": "LeaseLost", "Cause": '{"errorMessage": "taken"}'}}
    told = record_failure.handler({"incident_id": incident.id, "so_far": lost})["sentence"]
    assert told.endswith("; ACTION NEEDED: what the restore had stopped could not be put back (LeaseLost: taken)")


@pytest.mark.parametrize("error", [None, "text", {}, {"Error": "States.TaskFailed", "Cause": "[1]"}, ROLLED_BACK])
def test_an_error_that_says_nothing_of_a_time_out_is_none(error: Any) -> None:
    assert not is_left_as_it_was(error)
    assert rollback_told(None, None) == ""


def test_a3_the_incident_rolls_a_restore_back_before_it_records_its_failure() -> None:
    states = machine("incident_response")["States"]
    (caught,) = states["DatabaseRestore"]["Catch"]
    assert (caught["ErrorEquals"], caught["Next"]) == (["States.ALL"], "PutBackRestore")
    ways = {states["PutBackRestore"]["Next"], *(each["Next"] for each in states["PutBackRestore"]["Catch"])}
    assert ways == {"IsPutBack", "RecordFailure"}
    (waits,) = states["IsPutBack"]["Choices"]
    assert (waits["StringEquals"], waits["Next"]) == ("pending", "WaitToPutBack")
    assert (states["WaitToPutBack"]["Next"], states["IsPutBack"]["Default"]) == ("PutBackRestore", "RecordFailure")
