"""Which way a database takes, as the gate records it, and what a failure afterwards means for the lease."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.decisions.common.consent import frame
from lyo_dr.model.recovery_method import RecoveryMethod, Replicated
from lyo_dr.model.restore import DatabaseEvidence, Reading, Snapshot, Window
from lyo_dr.model.verdict import Gate
from lyo_dr.services.failover import replicated_backups
from lyo_dr.steps.database_restore import choose_recovery_point
from lyo_dr.steps.incident_response import record_failure
from lyo_dr.steps.protect_database import check_protection
from lyo_dr.steps.region_failover import check_gate
from tests.plans import lyo_plan
from tests.unit.aws import RdsModel, World
from tests.unit.builders import IRELAND, NOON, OREGON, REPLICA, a_signal, a_triage, an_incident, at, observers

KEPT = Replicated(arn="ab-x", window=Window(earliest=at(-86400), latest=at(-420)))


def orphans(count: float) -> DatabaseEvidence:
    answers = [Reading(name=check.name, value=count) for check in lyo_plan().databases[0].integrity]
    return DatabaseEvidence(database="bookings", at=NOON, lsn="0/1", readings=answers)


def judged(world: World, monkeypatch: pytest.MonkeyPatch, evidence: DatabaseEvidence | None) -> dict[str, Any]:
    monkeypatch.setattr(replicated_backups, "ask_integrity", lambda *_: evidence)
    monkeypatch.setattr(Backups, "replicated", lambda *_: KEPT)
    incident = world.given_incident(gate=None)
    event = msgspec.to_builtins({"incident": incident, "facts": observers(), "triage": a_triage()})
    verdict: dict[str, Any] = check_gate.handler(event)
    return verdict


def test_a_replica_that_passes_its_questions_is_promoted_and_its_backups_are_not_looked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [way["way"] for way in judged(world, monkeypatch, orphans(0))["ways"]] == ["promote"]


def test_a_replica_that_cannot_be_asked_is_not_accused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [way["way"] for way in judged(world, monkeypatch, None)["ways"]] == ["promote"]


def test_a_damaged_replica_closes_the_automatic_way_and_asks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = judged(world, monkeypatch, orphans(5))
    assert verdict["status"] == "ask"
    assert [(way["database"], way["way"]) for way in verdict["ways"]] == [("bookings", "restore")]
    head = world.ctx().store.incidents.head(an_incident().id)
    assert head is not None
    assert head["gate"] == "ask"


def test_the_question_says_what_is_restored_and_does_not_say_that_it_is_promoted() -> None:
    plan, incident = lyo_plan(), an_incident()
    gate = Gate(
        status="ask",
        sentence="",
        blockers=[],
        loss_seconds=420,
        ways=[RecoveryMethod(database="bookings", way="restore")],
    )
    lines = frame(plan, incident, gate, [], NOON).irrevocable
    assert lines[0] == "bookings is restored in us-west-2; rows that only its replica holds stay there"
    assert not any("promoted" in line for line in lines)


def failed(incident_id: str, database: str) -> dict[str, Any]:
    so_far = {"error": {"Error": "NotWritable", "Cause": "no"}, "incident": {"database": database}}
    said: dict[str, Any] = record_failure.handler({"incident_id": incident_id, "so_far": so_far})
    return said


@pytest.mark.parametrize(("database", "kept"), [("", True), ("bookings", False)])
def test_the_lease_is_kept_where_secrets_lead_to_a_restored_database_and_nobody_put_them_back(
    world: World, database: str, kept: bool
) -> None:
    incident = world.given_incident()
    world.ctx().store.incidents.record_once(incident.id, "POINTED", "bookings", instance="x")
    assert failed(incident.id, database)["keep_lease"] is kept


def test_what_was_restored_is_what_is_protected(world: World) -> None:
    incident = world.given_incident()
    restored = f"{REPLICA}-r-0a1b2c3d-1"
    world.ctx().store.incidents.record_once(incident.id, "POINTED", "bookings", instance=restored)
    world.calls.rds[restored] = RdsModel(source=None, multi_az=True, retention=7)
    event = {"incident": msgspec.to_builtins(incident), "database": "bookings", "started_at": NOON.isoformat()}
    assert check_protection.handler(event)["sentence"].startswith(f"{restored} keeps 7 days of backups")


@pytest.mark.parametrize(
    ("start", "latest", "status", "told"),
    [
        ("approve", -300, "held", "The plan requires approval; nothing was changed. To approve: lyo-dr start"),
        ("automatic", -300, "chosen", "up to 5 min of work is lost"),
        ("automatic", -1800, "held", "more than the RPO of 15 min, so approval is needed; nothing was changed"),
    ],
)
def test_a_dead_instance_is_restored_by_itself_only_where_the_plan_says_so_and_within_the_rpo(
    build: Any, monkeypatch: pytest.MonkeyPatch, start: str, latest: float, status: str, told: str
) -> None:
    world: World = build(with_start(start))
    monkeypatch.setenv("AWS_REGION", IRELAND)
    window = Window(earliest=at(-86400), latest=at(latest))
    monkeypatch.setattr(Backups, "window", lambda *_: window)
    monkeypatch.setattr(Backups, "snapshots", lambda *_: list[Snapshot]())
    incident = world.given_incident(
        gate=None, region=IRELAND, lost_region=IRELAND, database="bookings", lease_region=OREGON
    )
    ctx = world.ctx(region=IRELAND)
    ctx.store.incidents.open(incident, a_signal(), world.plan.digest())
    signal = a_signal(kind="database", source="connections", database="bookings", latest=True)
    evidence = DatabaseEvidence(database="bookings", error="TimeoutError")
    event = msgspec.to_builtins({"incident": incident, "signal": signal, "evidence": evidence})
    verdict = choose_recovery_point.handler(event)
    assert verdict["status"] == status
    assert told in verdict["sentence"]
    head = ctx.store.incidents.head(incident.id)
    assert head is not None
    assert (head.get("gate") == "open") == (status == "chosen")


def with_start(start: str) -> Any:
    plan = lyo_plan()
    restore = msgspec.structs.replace(plan.databases[0].restore, start=start)
    database = msgspec.structs.replace(plan.databases[0], restore=restore)
    return msgspec.structs.replace(plan, databases=[database])
