"""From two compared databases to rows given back: what is put on record, who may begin, and what a crash leaves."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.restore.reconciliation import facts_of
from lyo_dr.model.incident import Incident
from lyo_dr.model.reconciliation import Compared
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.services.restore import replay_progress
from lyo_dr.steps.compare_damaged import announce_uncompared, record_ledger
from lyo_dr.steps.replay_rows import announce_replay_failure, conclude_replay, replay_table
from tests.unit.aws import Killed, World
from tests.unit.builders import OREGON
from tests.unit.operator_requests import ADA, knock

USERS = Compared(table="lyo_users", found_by="commit times", in_damaged=1, in_restored=1, file="u", version="v0")
BOOKINGS = Compared(
    table="lyo_appointments",
    found_by="commit times",
    in_damaged=380,
    in_restored=255,
    replayable=105,
    conflicting=1,
    named=["7"],
    file="i/bookings/lyo_appointments.jsonl",
    version="v1",
)
FACTS = facts_of([USERS, BOOKINGS])


def given_ledger(world: World) -> Incident:
    """An incident that has ended, and what RecordLedger leaves of it."""
    incident = world.given_incident(database="bookings")
    world.ctx().store.control.release_lease(incident.id, incident.epoch, world.ctx().now())
    tables = msgspec.to_builtins([USERS, BOOKINGS])
    record_ledger.handler({"incident": msgspec.to_builtins(incident), "database": "bookings", "tables": tables})
    return incident


def order(incident: Incident, **changes: Any) -> dict[str, Any]:
    return {"action": "replay", "incident": incident.id, "facts": FACTS, **changes}


def started(world: World) -> list[dict[str, Any]]:
    """Inputs of the replays that were begun."""
    states, machine = client("stepfunctions", OREGON), ResourceNames(world.plan, OREGON).machine("replay_rows")
    found = states.list_executions(stateMachineArn=machine)["executions"]
    inputs = [json.loads(states.describe_execution(executionArn=one["executionArn"])["input"]) for one in found]
    return sorted(inputs, key=lambda each: str(each["replay"]))


@pytest.fixture(autouse=True)
def _machine(world: World) -> None:
    client("stepfunctions", OREGON).create_state_machine(
        name=ResourceNames(world.plan, OREGON).machine_name("replay_rows"),
        definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/machine",
    )


def test_the_figures_are_on_the_timeline_and_responders_know_the_command(world: World) -> None:
    incident = given_ledger(world)
    said = world.said()
    assert (
        "lyo_appointments: 380 rows in the damaged, 255 in the restored database; 105 can be replayed, 1 conflict"
        in said
    )
    assert "Notified responders: ACTION NEEDED: 105 rows can be replayed" in said
    assert said[-1].endswith(f"`lyo-dr replay {incident.id}` writes them back")


def test_the_first_ledger_counts_whatever_a_second_run_finds(world: World) -> None:
    incident = given_ledger(world)
    other = msgspec.to_builtins([msgspec.structs.replace(BOOKINGS, replayable=1, version="v9")])
    record_ledger.handler({"incident": msgspec.to_builtins(incident), "database": "bookings", "tables": other})
    assert knock(order(incident))[0] == 200


def test_a_consent_is_on_record_with_who_and_what_and_begins_the_replay_in_the_plans_order(world: World) -> None:
    incident = given_ledger(world)
    assert knock(order(incident, include=["7"])) == (200, f"replay 001 of {incident.id} has started")
    (begun,) = started(world)
    tables = [table.name for table in world.plan.databases[0].tables]
    assert (begun["tables"], begun["include"], begun["replay"]) == (tables, ["7"], "001")
    assert msgspec.convert(begun["incident"], Incident) == incident
    (consent,) = world.ctx().store.incidents.notes(incident.id, "CONSENT")
    assert (consent["by"], consent["facts"], consent["include"]) == (ADA, FACTS, ["7"])
    assert any(line.startswith(f"{ADA} approved replay 001 of lyo_users") for line in world.said())


def test_it_may_be_asked_for_again_and_is_another_replay(world: World) -> None:
    incident = given_ledger(world)
    knock(order(incident))
    knock(order(incident, table="lyo_users"))
    assert [(each["replay"], len(each["tables"])) for each in started(world)] == [("001", 3), ("002", 1)]


@pytest.mark.parametrize(
    ("changes", "status"), [({"facts": "another"}, 409), ({"table": "pg_authid"}, 409), ({"facts": ""}, 400)]
)
def test_what_nobody_was_shown_is_not_replayed(world: World, changes: dict[str, str], status: int) -> None:
    incident = given_ledger(world)
    assert knock(order(incident, **changes))[0] == status
    assert started(world) == []


def test_without_a_ledger_and_without_a_name_nothing_begins(world: World) -> None:
    incident = world.given_incident()
    assert knock(order(incident)) == (404, "this incident has no ledger: nothing was compared")
    assert knock(order(incident), by=None)[0] == 403
    assert started(world) == []


def test_while_another_incident_works_nothing_is_replayed(world: World) -> None:
    incident = given_ledger(world)
    assert world.ctx().store.control.take_lease("region-2", world.ctx().now(), world.plan.budgets.lease)
    assert knock(order(incident)) == (409, "region-2 is in progress; replay when it has ended")
    assert started(world) == []


class Writer:
    """The function inside the VPC, with a file of 105 rows in batches of 50 bytes each."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.there: set[int] = set()

    def __call__(self, _function: str, asked: dict[str, Any], _region: str, *, seconds: float) -> dict[str, Any]:
        """One batch."""
        assert seconds < 80
        self.asked.append(asked)
        batch = asked["offset"] // 50
        known = batch in self.there
        self.there.add(batch)
        counts = {"already": 35} if known else {"written": 35}
        return {"offset": asked["offset"] + 50, "done": batch == 2, **counts}


def replay(incident: Incident, number: str = "001") -> dict[str, Any]:
    asked = {"database": "bookings", "table": "lyo_appointments", "replay": number, "include": []}
    result: dict[str, Any] = replay_table.handler({"incident": msgspec.to_builtins(incident), **asked})
    return result


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    found = Writer()
    monkeypatch.setattr(replay_progress, "invoke", found)
    return found


def test_a_table_is_replayed_batch_by_batch_from_the_version_that_was_shown(world: World, writer: Writer) -> None:
    incident = given_ledger(world)
    assert replay(incident)["sentence"] == "lyo_appointments: 105 written"
    assert [asked["offset"] for asked in writer.asked] == [0, 50, 100]
    assert {(asked["file"], asked["version"]) for asked in writer.asked} == {(BOOKINGS.file, "v1")}


def test_a_replay_that_died_goes_on_where_it_was_and_once_more_writes_nothing(world: World, writer: Writer) -> None:
    incident = given_ledger(world)
    written = 0

    def kill(_number: int, name: str) -> None:
        nonlocal written
        written += name == "dynamodb:PutItem"
        if written == 2:
            raise Killed

    world.calls.before = kill
    with pytest.raises(Killed):
        replay(incident)
    world.calls.before = lambda _number, _name: None
    assert replay(incident)["sentence"] == "lyo_appointments: 70 written, 35 already present"
    assert replay(incident, "002")["sentence"] == "lyo_appointments: 105 already present"


def test_a_paused_automation_replays_nothing(world: World, writer: Writer) -> None:
    incident = given_ledger(world)
    world.pause()
    with pytest.raises(Exception, match="did nothing: the automation is paused"):
        replay(incident)
    assert writer.asked == []


def test_the_end_adds_the_tables_up_and_a_failure_is_told(world: World, writer: Writer) -> None:
    incident = given_ledger(world)
    replay(incident)
    given = {"incident": msgspec.to_builtins(incident), "replay": "001"}
    ended = conclude_replay.handler({**given, "tables": ["lyo_users", "lyo_appointments"]})
    assert ended["sentence"] == ("Replay 001 is done: 105 rows written, 0 already present, 0 skipped, 0 refused")
    error = {"Error": "DatabaseUnreachable", "Cause": '{"errorMessage": "no answer", "errorType": "x"}'}
    announce_replay_failure.handler({**given, "replay": "002", "so_far": {"error": error}})
    assert world.ctx().store.incidents.read_note(incident.id, "CONCLUDED", "002")
    assert any("Replay 002 stopped: DatabaseUnreachable: no answer" in line for line in world.said())


def test_a_comparison_that_failed_leaves_a_person_with_the_reason(world: World) -> None:
    incident = world.given_incident(database="bookings")
    asked = {"incident": msgspec.to_builtins(incident), "database": "bookings"}
    told = announce_uncompared.handler({**asked, "so_far": {"places": {"sentence": "x cannot be read yet"}}})
    assert told == {"queued": ["responders"], "missed": []}
    assert "bookings was not compared with its damaged instance: x cannot be read yet" in world.said()
