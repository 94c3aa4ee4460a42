"""The steps that restore a lost region's database here, and what they learn from: runs, settings, a wish."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import rds_backups
from lyo_dr.adapters.aws.rds_backups import Backups, restored_settings, settings_to_keep
from lyo_dr.model.facts import WriteProof
from lyo_dr.model.incident import Incident
from lyo_dr.model.recovery_method import Replicated
from lyo_dr.model.restore import DatabaseEvidence, Reading, RestoreRequest, Target, Window
from lyo_dr.services.failover import replicated_backups
from lyo_dr.services.restore.attempts import Attempts, keep_as_good
from lyo_dr.steps.incident_response import open_incident
from lyo_dr.steps.keeper import check_integrity
from lyo_dr.steps.restore_replicated import (
    accept_proof,
    choose_recovery_point,
    judge_restored,
    restore_to_new_instance,
)
from tests.state_machines.asl import machine
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, NOON, OREGON, REPLICA, a_signal, at
from tests.unit.decisions.restore_builders import readings

ARN = "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-x"
KEPT = Replicated(arn=ARN, window=Window(earliest=at(-86400), latest=at(-420)))
LIKE = {
    "DBInstanceClass": "db.r6g.large",
    "DBSubnetGroup": {"DBSubnetGroupName": "private", "Subnets": ["what nobody needs"]},
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"}],
    "DBParameterGroups": [{"DBParameterGroupName": "tuned", "ParameterApplyStatus": "in-sync"}],
    "TagList": [{"Key": "team", "Value": "booking"}],
}


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is replicated here, which instances there are, and what was restored."""
    found: dict[str, Any] = {"backups": KEPT, "instances": {}, "restored": []}

    def restore(_self: Any, arn: str, like: dict[str, Any], name: str, target: Target, incident: str) -> None:
        found["restored"].append((arn, restored_settings(like, incident)["DBSubnetGroupName"], name, target))

    monkeypatch.setattr(Backups, "replicated", lambda *_: found["backups"])
    monkeypatch.setattr(Backups, "find", lambda _self, name: found["instances"].get(name))
    monkeypatch.setattr(Backups, "restore_replicated", restore)
    return found


def event(incident: Incident, **more: Any) -> dict[str, Any]:
    told = {"database": "bookings", "started_at": incident.opened_at.isoformat(), **msgspec.to_builtins(more)}
    return {"incident": msgspec.to_builtins(incident), **told}


def test_a_replica_that_is_gone_is_restored_to_the_latest_with_the_settings_it_once_had(
    world: World, kept: dict[str, Any]
) -> None:
    incident = world.given_incident()
    world.ctx().store.databases.keep_settings("bookings", settings_to_keep(LIKE))
    chosen = choose_recovery_point.handler(
        event(incident, evidence=DatabaseEvidence(database="bookings", error="TimeoutError"))
    )
    assert chosen["target"] == {"kind": "latest", "at": "2026-03-29T11:53:00Z", "snapshot": None}
    assert "so its latest backup is used; up to 7 min of work is lost" in chosen["sentence"]
    assert restore_to_new_instance.handler(event(incident))["status"] == "pending"
    name = world.ctx().names.restored(REPLICA, incident.id, 1)
    assert kept["restored"] == [(ARN, "private", name, Target(kind="latest", at=at(-420)))]


def test_without_settings_nobody_guesses_a_network(world: World, kept: dict[str, Any]) -> None:
    incident = world.given_incident()
    Attempts(world.ctx(), incident.id, "bookings").add(1, Target(kind="latest"))
    verdict = restore_to_new_instance.handler(event(incident))
    assert (verdict["status"], kept["restored"]) == ("broken", [])
    assert "the replica's settings were never recorded" in verdict["sentence"]


def test_without_backups_it_is_refused_before_anything_is_made(world: World, kept: dict[str, Any]) -> None:
    kept["backups"] = None
    incident = world.given_incident()
    verdict = choose_recovery_point.handler(event(incident, evidence=DatabaseEvidence(database="bookings", error="x")))
    assert (verdict["status"], verdict["sentence"]) == (
        "refused",
        "No backups of bookings are replicated to us-west-2",
    )


def test_fault_10_an_instance_this_incident_has_made_is_adopted(world: World, kept: dict[str, Any]) -> None:
    incident = world.given_incident()
    Attempts(world.ctx(), incident.id, "bookings").add(1, Target(kind="latest"))
    name = world.ctx().names.restored(REPLICA, incident.id, 1)
    ours = {"DBInstanceIdentifier": name, "DBInstanceStatus": "available", "Endpoint": {"Address": "x", "Port": 1}}
    kept["instances"][name] = {**ours, "TagList": [{"Key": rds_backups.INCIDENT_TAG, "Value": incident.id}]}
    assert restore_to_new_instance.handler(event(incident))["status"] == "ready"
    assert kept["restored"] == []


def test_fault_45_restored_data_that_is_wrong_leads_to_an_earlier_moment(world: World, kept: dict[str, Any]) -> None:
    incident = world.given_incident()
    Attempts(world.ctx(), incident.id, "bookings").add(1, Target(kind="latest", at=at(-420)))
    beside = {"status": "ready", "sentence": "", "identifier": "x", "host": "x", "port": 1}
    wrong = DatabaseEvidence(database="bookings", readings=[Reading(name="appointments of nobody", value=3)])
    verdict = judge_restored.handler(event(incident, beside=beside, restored=wrong))
    assert verdict["status"] == "broken", "no run ever passed, and there are no snapshots here"
    assert "appointments of nobody: 3 instead of 0" in verdict["sentence"]


def test_a5_the_proof_has_its_time_from_when_the_instance_was_available(world: World, kept: dict[str, Any]) -> None:
    """A restore may take longer than the whole promotion budget: the first write that fails does not end it."""
    incident = world.given_incident()
    Attempts(world.ctx(), incident.id, "bookings").add(1, Target(kind="latest"))
    name = world.ctx().names.restored(REPLICA, incident.id, 1)
    ours = {"DBInstanceIdentifier": name, "DBInstanceStatus": "available", "Endpoint": {"Address": "x", "Port": 1}}
    kept["instances"][name] = {**ours, "TagList": [{"Key": rds_backups.INCIDENT_TAG, "Value": incident.id}]}
    before = world.ctx().now()
    available = datetime.fromisoformat(restore_to_new_instance.handler(event(incident))["available_at"])
    assert before <= available <= world.ctx().now()
    began = machine("restore_replicated")["States"]["AcceptProof"]["Parameters"]["started_at.$"]
    assert began == "$.beside.available_at"
    cold = WriteProof(database="bookings", written=False, error="TimeoutError")
    assert accept_proof.handler(event(incident, started_at=available, proof=cold))["status"] == "pending"


def test_a5_the_twin_a_database_that_takes_no_write_in_its_time_is_not_accepted(world: World) -> None:
    incident, long_ago = world.given_incident(), world.ctx().now() - timedelta(minutes=45)
    cold = WriteProof(database="bookings", written=False, error="TimeoutError")
    assert accept_proof.handler(event(incident, started_at=long_ago, proof=cold))["status"] == "broken"


def test_the_replicated_backups_of_a_restored_instance_count_too_and_the_newest_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raw(identifier: str, latest: float, region: str = IRELAND) -> dict[str, Any]:
        arn = f"arn:aws:rds:{region}:123456789012:db:{identifier}"
        told = {"EarliestTime": at(-9000), "LatestTime": at(latest)}
        kept_as = f"ab-{identifier}"
        return {
            "DBInstanceArn": arn,
            "DBInstanceIdentifier": identifier,
            "DBInstanceAutomatedBackupsArn": kept_as,
            "RestoreWindow": told,
        }

    class Rds:
        def describe_db_instance_automated_backups(self) -> dict[str, Any]:
            found = [raw("db", -900), raw("db-r-12345678-1", -400), raw("db-staging", -10), raw("db", -5, OREGON)]
            return {"DBInstanceAutomatedBackups": found}

    monkeypatch.setattr(rds_backups, "client", lambda *_: Rds())
    database = msgspec.structs.replace(world.plan.databases[0], instances={IRELAND: "db", OREGON: "db-replica"})
    found = Backups(OREGON).replicated(lambda name: database.lives_in(name, IRELAND), IRELAND)
    assert found is not None
    assert (found.arn, found.window.latest) == ("ab-db-r-12345678-1", at(-400))
    assert Backups(OREGON).replicated(lambda _: False, IRELAND) is None


def test_the_stand_by_keeps_its_own_runs_and_the_settings_of_its_replica_and_tells_no_metric(
    world: World, kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept["instances"][REPLICA] = LIKE
    evidence = DatabaseEvidence(database="bookings", at=NOON, lsn="0/1", readings=readings())
    monkeypatch.setattr(check_integrity, "invoke", lambda *_args, **_limits: msgspec.to_builtins(evidence))
    checked = check_integrity.handler({})["checked"]
    assert set(checked) == {"bookings"}
    ctx = world.ctx()
    assert len(ctx.store.databases.runs("bookings", NOON)) == 1
    assert ctx.store.databases.settings("bookings")["DBSubnetGroup"] == {"DBSubnetGroupName": "private"}
    assert world.calls.count("cloudwatch:PutMetricData") == 0


def test_a_replica_made_anew_is_not_held_against_the_one_before(
    world: World, kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(appointments: float, seconds: float, resource: str) -> int:
        kept["instances"][REPLICA] = {**LIKE, "DbiResourceId": resource}
        name = world.plan.databases[0].integrity[2].name
        told = [Reading(name=check.name, value=0) for check in world.plan.databases[0].integrity if check.name != name]
        given = [*told, Reading(name=name, value=appointments)]
        evidence = DatabaseEvidence(database="bookings", at=at(seconds), lsn="0/1", readings=given)
        monkeypatch.setattr(check_integrity, "invoke", lambda *_args, **_limits: msgspec.to_builtins(evidence))
        return int(check_integrity.handler({})["checked"]["bookings"])

    assert asked(1000, 0, "db-A") == 0
    assert asked(500, 300, "db-A") == 1
    assert asked(500, 600, "db-B") == 0
    assert asked(500, 900, "db-B") == 0


def test_what_a_restored_database_answered_is_the_baseline_from_now_on(world: World) -> None:
    ctx, evidence = world.ctx(), DatabaseEvidence(database="bookings", at=NOON, lsn="0/1", readings=readings())
    keep_as_good(ctx, "bookings", DatabaseEvidence(database="bookings", error="TimeoutError"))
    assert ctx.store.databases.baseline("bookings") is None
    keep_as_good(ctx, "bookings", evidence)
    found = ctx.store.databases.baseline("bookings")
    assert found is not None
    assert (found.at, found.faults) == (NOON, [])


def test_a_wish_of_the_operator_is_kept_and_the_incident_stays_one_of_its_region(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lyo_dr.adapters.clock.now", lambda: NOON)
    signal = a_signal(source="operator", database="bookings", restore_to=at(-600))
    opened = open_incident.handler({"signal": msgspec.to_builtins(signal), "execution": "op-1"})
    assert (opened["admission"], opened["database"]) == ("open", "")
    assert replicated_backups.wish_for(world.ctx(), "op-1", "bookings") == RestoreRequest(restore_to=at(-600))
    assert replicated_backups.wish_for(world.ctx(), "op-1", "ledger") is None


def test_settings_that_cannot_be_read_hold_nothing_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.calls.fail("rds:DescribeDBInstances", refusal("AccessDenied"))
    monkeypatch.setattr(check_integrity, "_check", lambda *_args, **_more: 0)
    assert check_integrity.handler({})["checked"] == {"bookings": 0}
