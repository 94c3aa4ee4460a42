"""Fault 33: without the table there is no lease, and without a lease nothing starts; people read why."""

from __future__ import annotations

import msgspec
import pytest
from botocore.exceptions import ReadTimeoutError

from lyo_dr.errors import ServiceUnreachable
from lyo_dr.steps.incident_response import announce_failure, open_incident, record_failure
from lyo_dr.steps.promote_database import promote_replica
from tests.unit.aws import World
from tests.unit.builders import REPLICA, a_signal


def the_table_is_silent(world: World) -> None:
    """No call of DynamoDB is answered from now on."""

    def silent(_number: int, name: str) -> None:
        if name.startswith("dynamodb:"):
            raise ReadTimeoutError(endpoint_url="https://dynamodb")

    world.calls.before = silent


def test_fault_33_nothing_starts_and_the_sentence_names_the_table(world: World) -> None:
    the_table_is_silent(world)
    signal = a_signal(at=world.ctx().now())
    with pytest.raises(ServiceUnreachable, match="table lyo-dr-incidents in us-west-2: no answer"):
        open_incident.handler({"signal": msgspec.to_builtins(signal), "execution": "x"})


def test_fault_33_what_runs_already_stops_before_the_irreversible(world: World) -> None:
    incident = world.given_incident()
    the_table_is_silent(world)
    with pytest.raises(ServiceUnreachable):
        promote_replica.handler(
            {
                "incident": msgspec.to_builtins(incident),
                "database": "bookings",
                "started_at": "2026-03-29T12:00:00Z",
            }
        )
    assert world.calls.rds[REPLICA].promotions == 0


def test_fault_33_people_are_told_what_failed_although_nothing_can_be_recorded(world: World) -> None:
    the_table_is_silent(world)
    error = {"Error": "ServiceUnreachable", "Cause": '{"errorMessage": "reading SYSTEM: no answer"}'}
    with pytest.raises(ServiceUnreachable):
        record_failure.handler({"incident_id": "x", "so_far": {"error": error}})
    assert announce_failure.handler({"incident_id": "x", "so_far": {"error": error}})["queued"] == ["responders"]
    sentence = announce_failure._unrecorded(error)["sentence"]
    assert sentence.endswith("could not be recorded: ServiceUnreachable: reading SYSTEM: no answer")


def test_fault_33_the_twin_with_the_table_it_starts(world: World) -> None:
    signal = a_signal(at=world.ctx().now())
    given = {"signal": msgspec.to_builtins(signal), "execution": "x"}
    assert open_incident.handler(given)["admission"] == "open"
