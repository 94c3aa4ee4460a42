"""Calls of a restore that only a second misfortune asks for: its permissions have to be there all the same.

A database that was restored before, or lives in what was its delayed replica, has another name; a lease lies in the
other region; a restore fails after the secrets were pointed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.model.restore import DatabaseEvidence, NewInstance, Reading, Target, WritesSet
from lyo_dr.model.search import Bracket
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.steps.await_consent import take_answer
from lyo_dr.steps.database_restore import choose_recovery_point, judge_restored, put_back, restore_instead
from lyo_dr.steps.incident_response import triage_database
from lyo_dr.steps.protect_restored import replicate_again
from lyo_dr.steps.restore_replicated import judge_restored as judge_replicated
from lyo_dr.steps.search_recovery_point import close_search, plan_probes, restore_probe
from tests.plans import lyo_plan
from tests.unit.aws import World
from tests.unit.builders import IRELAND, OREGON, REPLICA, a_signal, at, serving
from tests.unit.decisions.common.test_consent import a_gate
from tests.unit.decisions.instance_builders import answering
from tests.unit.decisions.restore_builders import a_run, readings
from tests.unit.delayed import DELAYED, DelayedRds, with_delayed
from tests.unit.operator_requests import asked
from tests.unit.restores import given_rds

APP, OWN = "lyo-saas/production/app-secrets", "lyo-dr/bookings/sql"
RESTORED = f"{REPLICA}-r-0a1b2c3d-1"
SEARCH = Bracket(good=at(-300), bad=at(0), changed=["appointments of nobody: 3 instead of 0"])
WRONG = DatabaseEvidence(database="bookings", readings=[Reading(name="appointments of nobody", value=3)])
"""What a restored instance says whose data is damaged, too."""


@pytest.fixture(params=["restored before", "the delayed replica"])
def home(request: pytest.FixtureRequest) -> str:
    """The instance the database lives in since an earlier incident."""
    return RESTORED if request.param == "restored before" else DELAYED


@pytest.fixture
def moved(build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch, home: str) -> World:
    """A world in which it does, and where a new incident has begun."""
    world = build(with_delayed(lyo_plan()))
    fake = given_rds(world, monkeypatch, home)
    fake.instances[home]["DeletionProtection"] = True
    world.ctx().store.databases.move("bookings", home)
    return world


def go(handler: Any, incident: Incident, **more: Any) -> Any:
    """Run one state as the machine would."""
    return handler(msgspec.to_builtins({"incident": incident, "database": "bookings", **more}))


def begun(world: World, home: str, **changes: Any) -> Incident:
    """An incident that has chosen its moment."""
    incident = world.given_incident(**changes)
    world.ctx().store.incidents.record_once(incident.id, "DAMAGED", "bookings", instance=home)
    Attempts(world.ctx(), incident.id).add(1, Target(kind="moment", at=at(-301)))
    return incident


def leased_in_peer(world: World, **changes: Any) -> Incident:
    """An incident of the active region, whose lease lies in its standby's table."""
    incident = world.given_incident(lease_region=IRELAND, **changes)
    there = world.ctx(region=IRELAND)
    lease = there.store.control.take_lease(incident.id, there.now(), world.plan.budgets.lease)
    assert lease is not None
    assert lease.epoch == incident.epoch
    return incident


def played(monkeypatch: pytest.MonkeyPatch, world: World, answers: dict[str, Any]) -> list[str]:
    """Functions that answer so, by the end of their name; the names of those that were asked."""
    invoked: list[str] = []

    def function(given: dict[str, Any]) -> dict[str, Any]:
        (name,) = [name for name in answers if given["FunctionName"].endswith(name)]
        invoked.append(name)
        return {"Payload": io.BytesIO(msgspec.json.encode(answers[name]))}

    monkeypatch.setattr(world.calls, "functions", function)
    return invoked


def test_triage_looks_for_the_database_where_it_is_now_and_asks_its_data(
    moved: World, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triage_database, "probe_apps", lambda *_asked: [serving()])
    answers = {
        "count-connections": answering(),
        "read-replica": ReplicaReading(database="bookings", error="TimeoutError"),
        "read-integrity": DatabaseEvidence(database="bookings", at=at(0), lsn="0/1", readings=readings()),
    }
    invoked = played(monkeypatch, moved, answers)
    incident = leased_in_peer(moved, database="bookings")
    verdict = triage_database.handler({"incident": msgspec.to_builtins(incident), "so_far": {}})
    assert any(line.startswith(f"RDS: {home} is available") for line in verdict["evidence"])
    assert "read-integrity" in invoked


def test_an_interrupted_restore_of_it_is_taken_up_while_it_is_still_there(moved: World, home: str) -> None:
    incident = begun(moved, home)
    moved.ctx().store.databases.begin_restore("bookings", incident.id)
    signal = a_signal(kind="database", region=OREGON, source="operator", database="bookings", by="ada")
    event = {
        "incident": incident,
        "signal": signal,
        "evidence": DatabaseEvidence(database="bookings", error="TimeoutError"),
    }
    verdict = choose_recovery_point.handler(msgspec.to_builtins(event))
    assert "resuming where" in verdict["sentence"]
    assert moved.calls.count("rds:DescribeDBInstances") == 1


def test_where_restored_data_is_wrong_its_snapshots_are_looked_through(moved: World, home: str) -> None:
    incident = begun(moved, home)
    beside = NewInstance(status="ready", sentence="", identifier="x", host="x", port=1)
    verdict = go(judge_restored.handler, incident, beside=beside, restored=WRONG)
    assert verdict["status"] == "broken"
    assert moved.calls.count("rds:DescribeDBSnapshots") == 1


def test_a_search_restores_beside_it_and_is_closed(moved: World, home: str) -> None:
    incident = moved.given_incident()
    ctx = moved.ctx()
    ctx.store.incidents.record_once(incident.id, "DAMAGED", "bookings", instance=home)
    ctx.store.databases.record_run("bookings", a_run(-300))
    Attempts(ctx, incident.id).add(1, Target(kind="moment", at=at(-301)), SEARCH)
    since = {"search": SEARCH, "started_at": ctx.now() - timedelta(seconds=60), "restore_began": ctx.now()}
    first = go(plan_probes.handler, incident, **since)["probes"][0]
    assert f"next to {home}" in go(restore_probe.handler, incident, probe=first, **since)["sentence"]
    assert go(close_search.handler, incident, **since)["status"] in ("ready", "pending")


def test_what_the_secrets_and_services_were_before_is_put_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = given_rds(world, monkeypatch, REPLICA)
    fake.given(RESTORED)
    fake.instances[RESTORED]["Endpoint"] = {"Address": "restored", "Port": 5432}
    world.prepare("ecs")
    before = {name: json.dumps(_leading_to("damaged", own=name == OWN)) for name in (APP, OWN)}
    after = {name: json.dumps(_leading_to("restored", own=name == OWN)) for name in (APP, OWN)}
    with world.elsewhere():
        store = client("secretsmanager", OREGON)
        for name in (APP, OWN):
            store.create_secret(Name=name, SecretString=before[name])
            store.put_secret_value(SecretId=name, SecretString=after[name])
    invoked = played(monkeypatch, world, {"let-app-write": WritesSet(done=True, reason="")})
    incident = leased_in_peer(world)
    ctx = world.ctx()
    ctx.store.control.change_record(SystemRecord(active_region=OREGON, standby_region="eu-west-1", epoch=1))
    ctx.store.incidents.record_once(incident.id, "DAMAGED", "bookings", instance=REPLICA)
    ctx.store.incidents.record_once(incident.id, "POINTED", "bookings", instance=RESTORED, at=at(-60).isoformat())
    ctx.store.incidents.record_once(incident.id, "STOPPED", "assistant", desired=2, minimum=2, maximum=6)
    ctx.store.incidents.record_once(incident.id, "READ_ONLY", "bookings")
    sentence = go(put_back.handler, incident)["sentence"]
    assert sentence.endswith(f"Rolled back: {APP}, {OWN}, assistant, bookings accepts writes")
    with world.elsewhere():
        assert {name: store.get_secret_value(SecretId=name)["SecretString"] for name in before} == before
    assert (world.service(), invoked) == ((2, 2, 6), ["let-app-write"])


def _leading_to(host: str, *, own: bool) -> dict[str, Any]:
    if own:
        return {"host": host, "port": 5432, "username": "dr", "password": "p", "dbname": "lyo"}
    return {"DATABASE_URL": f"postgresql://app:p@{host}:5432/lyo", "OPENAI_API_KEY": "k"}


def test_a_delayed_replica_is_given_up_by_an_incident_whose_lease_lies_in_the_peer(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(with_delayed(lyo_plan()))
    fake = DelayedRds()
    fake.given(REPLICA)
    fake.given_delayed(world.ctx().now())
    monkeypatch.setattr(world.calls, "_rds", fake)
    incident = leased_in_peer(world)
    Attempts(world.ctx(), incident.id).add(1, Target(kind="moment", at=at(-301)))
    assert go(restore_instead.handler, incident)["status"] == "restore"


def test_an_answer_is_taken_by_an_incident_whose_lease_lies_in_the_peer(world: World) -> None:
    incident, question = asked(world)
    there = world.ctx(region=IRELAND)
    assert there.store.control.take_lease(incident.id, there.now(), world.plan.budgets.lease)
    incident = msgspec.structs.replace(incident, lease_region=IRELAND)
    gate = msgspec.structs.replace(a_gate(), facts=question.facts)
    verdict = take_answer.handler(msgspec.to_builtins({"incident": incident, "gate": gate}))
    assert verdict["answer"] == "expired"


def test_where_what_was_restored_from_replicated_backups_is_wrong_they_are_read_again(world: World) -> None:
    incident = world.given_incident()
    Attempts(world.ctx(), incident.id, "bookings").add(1, Target(kind="latest", at=at(-420)))
    beside = NewInstance(status="ready", sentence="", identifier="x", host="x", port=1)
    assert go(judge_replicated.handler, incident, beside=beside, restored=WRONG)["status"] == "broken"
    assert world.calls.count("rds:DescribeDBInstanceAutomatedBackups") == 1


def test_a_replica_made_anew_gets_the_group_of_the_one_before_it(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(lyo_plan())
    rds = given_rds(world, monkeypatch, RESTORED)
    world.ctx().store.databases.move("bookings", RESTORED)
    incident = world.given_incident()
    name = world.plan.databases[0].instances[IRELAND]
    aside = world.ctx().names.damaged(name, incident.id)
    for made, group in ((name, "default.postgres16"), (aside, "tuned")):
        rds.given(made)
        rds.instances[made]["DBParameterGroups"] = [{"DBParameterGroupName": group}]
    rds.instances[name]["ReadReplicaSourceDBInstanceIdentifier"] = rds.instances[RESTORED]["DBInstanceArn"]
    changed: list[dict[str, Any]] = []

    def modify(given: dict[str, Any]) -> dict[str, Any]:
        changed.append(given)
        return {}

    monkeypatch.setattr(rds, "modify_db_instance", modify)
    verdict = go(replicate_again.handler, incident, started_at=world.ctx().now())
    assert verdict["status"] == "pending"
    assert [(one["DBInstanceIdentifier"], one["DBParameterGroupName"]) for one in changed] == [(name, "tuned")]


def test_a_new_replica_whose_group_is_not_in_force_is_rebooted_once(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(lyo_plan())
    rds = given_rds(world, monkeypatch, RESTORED)
    world.ctx().store.databases.move("bookings", RESTORED)
    incident = world.given_incident()
    name = world.plan.databases[0].instances[IRELAND]
    rds.given(name)
    group = {"DBParameterGroupName": "tuned", "ParameterApplyStatus": "pending-reboot"}
    rds.instances[name] |= {
        "DBParameterGroups": [group],
        "ReadReplicaSourceDBInstanceIdentifier": rds.instances[RESTORED]["DBInstanceArn"],
        "StatusInfos": [{"StatusType": "read replication", "Status": "replicating"}],
    }
    rebooted: list[str] = []

    def reboot(given: dict[str, Any]) -> dict[str, Any]:
        rebooted.append(given["DBInstanceIdentifier"])
        rds.instances[name]["DBInstanceStatus"] = "rebooting"
        return {}

    monkeypatch.setattr(rds, "reboot_db_instance", reboot, raising=False)
    said = [go(replicate_again.handler, incident, started_at=world.ctx().now()) for _ in range(2)]
    assert [each["status"] for each in said] == ["pending", "pending"]
    assert rebooted == [name]
